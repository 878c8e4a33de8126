//! How finely a query divides time.

use chrono::{DateTime, TimeDelta, Utc};

use crate::named;

/// How the API summarises usage by time: one record an hour, one a day, or one for the whole window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the API has these three, and a caller has to handle each"
)]
pub enum Granularity {
    /// One record for each UTC hour.
    Hourly,
    /// One record for each UTC day.
    Daily,
    /// One record for the whole window.
    All,
}

impl Granularity {
    /// Returns how long the period of one record is, or `None` where it is the whole window.
    pub const fn bucket(self) -> Option<TimeDelta> {
        match self {
            Self::Hourly => Some(TimeDelta::hours(1)),
            Self::Daily => Some(TimeDelta::days(1)),
            Self::All => None,
        }
    }

    /// Returns the granularity that a period looks like: one UTC hour is hourly, one UTC day daily, and any other
    /// period is the whole of a window.
    pub fn of_period(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        let is_one = |length: TimeDelta| {
            end.signed_duration_since(start) == length
                && start.timestamp().rem_euclid(length.num_seconds()) == 0
                && start.timestamp_subsec_nanos() == 0
        };
        let matching = [Self::Hourly, Self::Daily]
            .into_iter()
            .find(|granularity| granularity.bucket().is_some_and(is_one));
        matching.unwrap_or(Self::All)
    }
}

// The spelling of the query parameter, which is lower case only.
named!(pub Granularity, "a granularity", { Hourly: "hourly", Daily: "daily", All: "all" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_utc_hours_and_days_are_hourly_and_daily() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let of = |start, end| Granularity::of_period(at(start), at(end));
        assert_eq!(
            of("2026-06-01T23:00:00Z", "2026-06-02T00:00:00Z"),
            Granularity::Hourly
        );
        assert_eq!(
            of("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"),
            Granularity::Daily
        );
        assert_eq!(
            of("1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"),
            Granularity::Daily
        );
        for (start, end) in [
            ("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z"),
            ("2026-06-01T12:00:00Z", "2026-06-02T12:00:00Z"),
            ("2026-06-01T00:30:00Z", "2026-06-01T01:30:00Z"),
            ("2026-06-01T00:00:00.5Z", "2026-06-01T01:00:00.5Z"),
        ] {
            assert_eq!(of(start, end), Granularity::All, "{start} {end}");
        }
    }
}
