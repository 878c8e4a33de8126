//! Hours and days of UTC as numbers.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};

/// Seconds of an hour.
const HOUR: i64 = 3600;
/// Hours of a UTC day.
pub(crate) const HOURS_PER_DAY: i64 = 24;

/// An hour of UTC, counted from the start of 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hour(pub(crate) i64);

/// A day of UTC, counted from 1 January 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) i64);

impl Hour {
    /// The hour that an instant lies in.
    pub(crate) const fn containing(instant: DateTime<Utc>) -> Self {
        Self(instant.timestamp().div_euclid(HOUR))
    }

    /// The first hour that starts at an instant or after it.
    pub(crate) fn from(instant: DateTime<Utc>) -> Self {
        let Self(hour) = Self::containing(instant);
        let exact = Self(hour).start() == instant;
        Self(if exact { hour } else { hour + 1 })
    }

    /// When the hour starts.
    pub(crate) fn start(self) -> DateTime<Utc> {
        // Hours come from instants, so that the way back stays within the calendar but at its very edge.
        DateTime::UNIX_EPOCH
            .checked_add_signed(TimeDelta::seconds(self.0.saturating_mul(HOUR)))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The day of the hour.
    pub(crate) const fn day(self) -> Day {
        Day(self.0.div_euclid(HOURS_PER_DAY))
    }

    /// The hour of its day, 0 to 23.
    pub(crate) const fn of_day(self) -> i64 {
        self.0.rem_euclid(HOURS_PER_DAY)
    }
}

impl Day {
    /// Before every day that a window has.
    pub(crate) const FIRST: Self = Self(i64::MIN);

    /// The day that an instant lies in.
    pub(crate) const fn containing(instant: DateTime<Utc>) -> Self {
        Hour::containing(instant).day()
    }

    /// The first day that starts at an instant or after it.
    pub(crate) fn from(instant: DateTime<Utc>) -> Self {
        let Self(day) = Self::containing(instant);
        let exact = Self(day).start() == instant;
        Self(if exact { day } else { day + 1 })
    }

    /// When the day starts.
    pub(crate) fn start(self) -> DateTime<Utc> {
        self.hours().start.start()
    }

    /// The hours of the day.
    pub(crate) const fn hours(self) -> Range<Hour> {
        Hour(self.0 * HOURS_PER_DAY)..Hour((self.0 + 1) * HOURS_PER_DAY)
    }

    /// The day of the week; Monday is 0.
    pub(crate) const fn weekday(self) -> i64 {
        // Day 0 was a Thursday.
        (self.0 + 3).rem_euclid(7)
    }

    /// The number of the week, which starts on Monday.
    pub(crate) const fn week(self) -> i64 {
        (self.0 + 3).div_euclid(7)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn instants_are_floored_and_ceiled() {
        let noon = Hour::containing(at("2026-03-05T12:59:59.999Z"));
        assert_eq!(noon.start(), at("2026-03-05T12:00:00Z"));
        assert_eq!(noon.of_day(), 12);
        assert_eq!(Hour::from(at("2026-03-05T12:00:00Z")), noon);
        assert_eq!(Hour::from(at("2026-03-05T12:00:00.001Z")), Hour(noon.0 + 1));
        assert_eq!(Day::from(at("2026-03-05T00:00:00Z")), noon.day());
        assert_eq!(
            Day::from(at("2026-03-05T00:00:00.001Z")).start(),
            at("2026-03-06T00:00:00Z")
        );
        assert_eq!(Day::containing(at("1969-12-31T23:59:59Z")), Day(-1));
    }

    #[test]
    fn weekdays_are_those_of_the_calendar() {
        for days in -400..400 {
            let day = Day(days);
            let calendar = day.start().weekday().num_days_from_monday();
            assert_eq!(day.weekday(), i64::from(calendar));
            assert_eq!(Day(days + 1).week() != day.week(), day.weekday() == 6);
        }
    }
}
