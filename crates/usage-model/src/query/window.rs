//! The window of time that a query asks for.

use std::{fmt, iter::FusedIterator, num::NonZeroU32};

use chrono::{DateTime, Datelike, Months, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error, ser::SerializeStruct};

use crate::{Timestamp, rfc3339};

/// A window of time, half-open: `start` inclusive, `end` exclusive, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Window {
    /// Returns a window between two instants.
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

    /// Returns when the window starts; inclusive.
    pub const fn start(self) -> DateTime<Utc> {
        self.start
    }

    /// Returns when the window ends; exclusive.
    pub const fn end(self) -> DateTime<Utc> {
        self.end
    }

    /// Returns whether any instant belongs to both this window and the half-open period `start..end`.
    ///
    /// An empty or reversed period belongs nowhere but within the window.
    pub fn meets(self, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
        start < self.end && self.start < end
    }

    /// Returns whether all of `other` lies within this window.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Returns the time that belongs to both windows; `None` if there is none.
    pub fn overlap(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }

    /// Returns the smallest window that contains both, and what lies between them.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// Returns the window widened to whole UTC days, as the API widens every window.
    ///
    /// Bounds at midnight stay. At the end of the calendar, which has no further midnight, the end stays too.
    ///
    /// ```
    /// use usage_model::Window;
    ///
    /// let window = Window::new("2025-06-20T12:00:00Z".parse()?, "2025-06-21T00:00:01Z".parse()?)?;
    /// assert_eq!(window.widened_to_days().to_string(), "2025-06-20 to 2025-06-22");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn widened_to_days(self) -> Self {
        Self {
            start: WindowPart::Day.floor(self.start),
            end: WindowPart::Day.ceil(self.end),
        }
    }

    /// Returns whether the window starts and ends at UTC midnight.
    pub fn is_whole_days(self) -> bool {
        self.start.time() == NaiveTime::MIN && self.end.time() == NaiveTime::MIN
    }

    /// Cuts the window at UTC hours, midnights or firsts of the month, each piece `count` of them wide.
    ///
    /// The pieces come in order, meet without gap or overlap, and together are the window. Every boundary
    /// between two pieces is a whole UTC hour, midnight or first of the month. The first piece counts
    /// from the last such boundary at or before the start, so that it is shorter where the window starts
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
    ///         "2025-07-01 to 2025-08-01",
    ///         "2025-08-01 to 2025-08-02",
    ///     ],
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn split(self, part: WindowPart, count: NonZeroU32) -> WindowParts {
        WindowParts::new(self, part, count)
    }
}

/// Writes the dates if the window starts and ends at UTC midnight, otherwise the instants.
///
/// The end is exclusive either way: `2025-06-20 to 2025-06-22` is two days.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_whole_days() {
            let (start, end) = (self.start.date_naive(), self.end.date_naive());
            return write!(f, "{start} to {end}");
        }
        write!(f, "{} to {}", rfc3339(self.start), rfc3339(self.end))
    }
}

/// Written as `{"start":"2025-06-20T00:00:00Z","end":"2025-06-22T00:00:00Z"}`.
impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Window", 2)?;
        object.serialize_field("start", &Timestamp::from(self.start))?;
        object.serialize_field("end", &Timestamp::from(self.end))?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Bounds {
            start: Timestamp,
            end: Timestamp,
        }
        let bounds = Bounds::deserialize(deserializer)?;
        Self::new(bounds.start.instant(), bounds.end.instant()).map_err(D::Error::custom)
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
    /// The last boundary at or before an instant.
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

    /// The first boundary at or after an instant; the instant itself where the calendar ends before.
    fn ceil(self, instant: DateTime<Utc>) -> DateTime<Utc> {
        match self.floor(instant) {
            boundary if boundary == instant => instant,
            boundary => self.after(boundary, NonZeroU32::MIN).unwrap_or(instant),
        }
    }

    /// Returns the boundary `count` parts after another one; `None` beyond the calendar.
    fn after(self, boundary: DateTime<Utc>, count: NonZeroU32) -> Option<DateTime<Utc>> {
        match self {
            Self::Hour => boundary.checked_add_signed(TimeDelta::hours(i64::from(count.get()))),
            Self::Day => boundary.checked_add_signed(TimeDelta::days(i64::from(count.get()))),
            Self::Month => boundary.checked_add_months(Months::new(count.get())),
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
        let boundary = self.part.after(self.part.floor(start), self.count);
        let boundary = boundary.map_or(end, |boundary| boundary.min(end));
        self.rest = Window::new(boundary, end).ok();
        Some(Window {
            start,
            end: boundary,
        })
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
