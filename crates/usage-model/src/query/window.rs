//! The window of time that a query asks for.

use std::{fmt, iter::FusedIterator, num::NonZeroU32};

use chrono::{DateTime, Datelike, Months, NaiveTime, SecondsFormat, TimeDelta, Utc};

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

/// What the pieces of a window are measured in; every one starts and ends in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WindowPart {
    /// Hours, from minute zero.
    Hour,
    /// Days, from midnight.
    Day,
    /// Calendar months, from midnight of the first.
    Month,
}

impl WindowPart {
    /// The last border at or before an instant.
    fn floor(self, instant: DateTime<Utc>) -> DateTime<Utc> {
        let whole = |seconds: i64| {
            let start = instant.timestamp().div_euclid(seconds) * seconds;
            // Nothing is before the first instant that chrono has.
            DateTime::from_timestamp(start, 0).unwrap_or(DateTime::<Utc>::MIN_UTC)
        };
        match self {
            Self::Hour => whole(3_600),
            Self::Day => whole(86_400),
            Self::Month => instant
                .date_naive()
                .with_day(1)
                .map_or(instant, |first| first.and_time(NaiveTime::MIN).and_utc()),
        }
    }

    /// The border so many parts after another one; `None` beyond the calendar.
    fn after(self, border: DateTime<Utc>, count: NonZeroU32) -> Option<DateTime<Utc>> {
        match self {
            Self::Hour => border.checked_add_signed(TimeDelta::hours(i64::from(count.get()))),
            Self::Day => border.checked_add_signed(TimeDelta::days(i64::from(count.get()))),
            Self::Month => border.checked_add_months(Months::new(count.get())),
        }
    }
}

/// The pieces of a window, in order; from [`Window::split`].
#[derive(Clone, Debug)]
pub struct WindowParts {
    rest: Option<Window>,
    part: WindowPart,
    count: NonZeroU32,
}

impl WindowParts {
    const fn new(window: Window, part: WindowPart, count: NonZeroU32) -> Self {
        Self {
            rest: Some(window),
            part,
            count,
        }
    }
}

impl Iterator for WindowParts {
    type Item = Window;

    fn next(&mut self) -> Option<Window> {
        let Window { start, end } = self.rest.take()?;
        let border = self.part.after(self.part.floor(start), self.count);
        let border = border.map_or(end, |border| border.min(end));
        self.rest = Window::new(border, end).ok();
        Some(Window { start, end: border })
    }
}

impl FusedIterator for WindowParts {}

/// A window that would be empty or reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the window ends at {end}, not after its start {start}")]
pub struct WindowError {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}
