//! The window of time that a query asks for.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

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
