//! Cutting a window into pieces that meet at UTC hours, midnights or months.

use std::{iter::FusedIterator, num::NonZeroU32};

use chrono::{DateTime, Datelike, Months, NaiveTime, TimeDelta, Utc};

use super::Window;

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
    pub(super) const fn new(window: Window, part: WindowPart, count: NonZeroU32) -> Self {
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
