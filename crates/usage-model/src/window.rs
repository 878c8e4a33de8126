//! The window of time that a query asks for.

mod split;

use std::{fmt, num::NonZeroU32};

use chrono::{DateTime, SecondsFormat, Utc};

pub use split::{WindowPart, WindowParts};

/// A window of time, half-open: `start` inclusive, `end` exclusive, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Window {
    /// A window between two instants.
    ///
    /// # Errors
    ///
    /// Where `end` is not after `start`.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, WindowError> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(WindowError { start, end })
        }
    }

    /// When the window starts; inclusive.
    pub const fn start(self) -> DateTime<Utc> {
        self.start
    }

    /// When the window ends; exclusive.
    pub const fn end(self) -> DateTime<Utc> {
        self.end
    }

    /// Whether any instant belongs to both this window and the half-open period `start..end`.
    pub fn meets(self, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
        start < self.end && self.start < end
    }

    /// Cuts the window at UTC hours, midnights or firsts of the month, each piece `count` of them wide.
    ///
    /// The pieces come in order, meet without gap or overlap, and together are the window. Every border
    /// between two pieces is a whole UTC hour, midnight or first of the month. The first piece counts
    /// from the last such border at or before the start, so that it is shorter where the window starts
    /// off one; the last ends with the window.
    ///
    /// ```
    /// use std::num::NonZeroU32;
    /// use usage_model::{Window, WindowPart};
    ///
    /// let window = Window::new("2025-06-20T12:00:00Z".parse()?, "2025-08-02T00:00:00Z".parse()?)?;
    /// let months: Vec<String> = window
    ///     .split(WindowPart::Month, NonZeroU32::MIN)
    ///     .map(|month| month.to_string())
    ///     .collect();
    /// assert_eq!(
    ///     months,
    ///     [
    ///         "2025-06-20T12:00:00Z to 2025-07-01T00:00:00Z",
    ///         "2025-07-01T00:00:00Z to 2025-08-01T00:00:00Z",
    ///         "2025-08-01T00:00:00Z to 2025-08-02T00:00:00Z",
    ///     ],
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn split(self, part: WindowPart, count: NonZeroU32) -> WindowParts {
        WindowParts::new(self, part, count)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |instant: DateTime<Utc>| instant.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        write!(f, "{} to {}", text(self.start), text(self.end))
    }
}

/// A window that would be empty or reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the window ends at {end}, not after its start {start}")]
pub struct WindowError {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}
