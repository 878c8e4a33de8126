//! Points in time as they are typed: an instant, a date, or a while ago.

use std::str::FromStr;

use chrono::{DateTime, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

/// A point in time as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Instant(DateTime<Utc>),
    /// Midnight UTC at the start of the day.
    Day(NaiveDate),
    Hours(i64),
    /// Midnight UTC, this many days ago.
    Days(i64),
    /// Midnight UTC, this many calendar months ago.
    Months(u32),
}

/// How moments are typed, for messages and help.
pub(crate) const GRAMMAR: &str = "an RFC 3339 instant (2026-03-05T07:00:00Z), a date (2026-03-05, midnight UTC), or how long ago (12h, 30d, 4w, 18mo)";

impl Moment {
    /// The instant it names, seen from `now`; `None` beyond the calendar.
    pub(crate) fn at(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today = now.date_naive();
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        match self {
            Self::Instant(instant) => Some(instant),
            Self::Day(day) => Some(midnight(day)),
            Self::Hours(hours) => now.checked_sub_signed(TimeDelta::try_hours(hours)?),
            Self::Days(days) => today
                .checked_sub_signed(TimeDelta::try_days(days)?)
                .map(midnight),
            Self::Months(months) => today.checked_sub_months(Months::new(months)).map(midnight),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("expected {GRAMMAR}");
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Ok(Self::Day(day));
        }
        if let Ok(timestamp) = text.parse::<usage_model::Timestamp>() {
            return Ok(Self::Instant(timestamp.instant()));
        }
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(refuse)?;
        let (number, unit) = text.split_at(digits);
        let number: u32 = number.parse().map_err(|_| refuse())?;
        match unit {
            "h" => Ok(Self::Hours(number.into())),
            "d" => Ok(Self::Days(number.into())),
            "w" => Ok(Self::Days(i64::from(number) * 7)),
            "mo" => Ok(Self::Months(number)),
            _ => Err(refuse()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> String {
        let now = "2026-08-31T15:30:00Z".parse().unwrap();
        let moment: Moment = text.parse().unwrap();
        moment
            .at(now)
            .unwrap()
            .format("%Y-%m-%dT%H:%M:%SZ")
            .to_string()
    }

    #[test]
    fn what_is_typed_is_what_is_meant() {
        assert_eq!(at("2026-03-05"), "2026-03-05T00:00:00Z");
        assert_eq!(at("2026-03-05T07:00:00+02:00"), "2026-03-05T05:00:00Z");
        assert_eq!(at("12h"), "2026-08-31T03:30:00Z");
        assert_eq!(at("30d"), "2026-08-01T00:00:00Z");
        assert_eq!(at("2w"), "2026-08-17T00:00:00Z");
        assert_eq!(at("18mo"), "2025-02-28T00:00:00Z");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "yesterday",
            "30",
            "30 d",
            "-3d",
            "5y",
            "2026-3-5T00:00Z",
            "99999999999d",
            "2026-02-30",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }

    #[test]
    fn beyond_the_calendar_is_no_panic() {
        let now = "2026-08-31T15:30:00Z".parse().unwrap();
        for text in ["4294967295d", "4294967295h", "4294967295mo", "4294967295w"] {
            let moment: Moment = text.parse().unwrap();
            let _: Option<DateTime<Utc>> = moment.at(now);
        }
    }
}
