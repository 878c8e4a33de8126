//! Points in time as they are typed: an instant, a day, a month, or how long ago.

use std::str::FromStr;

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use usage_model::nearest;

/// A point in time as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Now,
    Instant(DateTime<Utc>),
    /// Midnight UTC at the start of the day.
    Day(NaiveDate),
    Hours(i64),
    /// Midnight UTC, this many days ago.
    Days(u64),
    /// Midnight UTC, this many calendar months ago.
    Months(u32),
}

/// The forms, for messages.
const GRAMMAR: &str = "an RFC 3339 instant (2026-03-05T07:00:00Z), a day (2026-03-05), a month (2026-03), `now`, \
    `today`, `yesterday`, or how long ago (12h, 30d, 4w, 18mo, 1y)";

/// The words that are moments.
const WORDS: [&str; 3] = ["now", "today", "yesterday"];

impl Moment {
    /// The instant it names, seen from `now`; `None` beyond the calendar.
    pub(crate) fn at(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today = now.date_naive();
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        let instant = match self {
            Self::Now => Some(now),
            Self::Instant(instant) => Some(instant),
            Self::Day(day) => Some(midnight(day)),
            Self::Hours(hours) => now.checked_sub_signed(TimeDelta::try_hours(hours)?),
            Self::Days(days) => today.checked_sub_days(Days::new(days)).map(midnight),
            Self::Months(months) => today.checked_sub_months(Months::new(months)).map(midnight),
        };
        // RFC 3339 has no years before 0.
        instant.filter(|instant| instant.year() >= 0)
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "now" => return Ok(Self::Now),
            "today" => return Ok(Self::Days(0)),
            "yesterday" => return Ok(Self::Days(1)),
            _ => {}
        }
        if let Some(day) = date(text)? {
            return Ok(Self::Day(day));
        }
        if let Ok(timestamp) = text.parse::<usage_model::Timestamp>() {
            return Ok(Self::Instant(timestamp.instant()));
        }
        if let Some(ago) = ago(text) {
            return ago;
        }
        if let Some(why) = text.get(..10).and_then(|day| date(day).err()) {
            return Err(why);
        }
        let meant = nearest(text, WORDS).map(|word| format!("; did you mean `{word}`?"));
        Err(format!("expected {GRAMMAR}{}", meant.unwrap_or_default()))
    }
}

/// Reads a day or a month. An error says that there is no such day; `None` that the text has another form.
fn date(text: &str) -> Result<Option<NaiveDate>, String> {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| -> Option<u32> {
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    };
    let (year, month, day) = match parts.as_slice() {
        [year, month] => (number(year, 4), number(month, 2), Some(1)),
        [year, month, day] => (number(year, 4), number(month, 2), number(day, 2)),
        _ => return Ok(None),
    };
    let (Some(year), Some(month), Some(day)) = (year, month, day) else {
        return Ok(None);
    };
    let year = i32::try_from(year).unwrap_or(i32::MAX);
    let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) else {
        return Err(format!("there is no month {month:02}: a year has 12"));
    };
    NaiveDate::from_ymd_opt(year, month, day)
        .map(Some)
        .ok_or_else(|| {
            let days = first
                .checked_add_months(Months::new(1))
                .map_or(31, |next| (next - first).num_days());
            format!(
                "there is no such day: {} has {days} days",
                first.format("%B %Y")
            )
        })
}

/// Reads how long ago; `None` where the text has another form.
fn ago(text: &str) -> Option<Result<Moment, String>> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return None;
    }
    let moment: fn(u32) -> Option<Moment> = match unit {
        "h" => |hours| Some(Moment::Hours(hours.into())),
        "d" => |days| Some(Moment::Days(days.into())),
        "w" => |weeks| Some(Moment::Days(u64::from(weeks) * 7)),
        "mo" => |months| Some(Moment::Months(months)),
        "y" => |years| years.checked_mul(12).map(Moment::Months),
        _ => return None,
    };
    let moment = number.parse().ok().and_then(moment);
    Some(moment.ok_or_else(|| format!("{text} ago lies beyond the calendar")))
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
    fn every_form_names_the_instant_that_is_meant() {
        for (text, instant) in [
            ("2026-03-05", "2026-03-05T00:00:00Z"),
            ("2026-03", "2026-03-01T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("2026-03-05T07:00:00+02:00", "2026-03-05T05:00:00Z"),
            ("now", "2026-08-31T15:30:00Z"),
            ("today", "2026-08-31T00:00:00Z"),
            ("yesterday", "2026-08-30T00:00:00Z"),
            ("12h", "2026-08-31T03:30:00Z"),
            ("30d", "2026-08-01T00:00:00Z"),
            ("2w", "2026-08-17T00:00:00Z"),
            ("18mo", "2025-02-28T00:00:00Z"),
            ("1y", "2025-08-31T00:00:00Z"),
        ] {
            assert_eq!(at(text), instant, "{text}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_named() {
        for (text, why) in [
            ("2026-02-29", "February 2026 has 28 days"),
            ("2026-02-30T00:00:00Z", "February 2026 has 28 days"),
            ("2024-02-30", "February 2024 has 29 days"),
            ("2026-04-31", "April 2026 has 30 days"),
            ("2026-04-00", "April 2026 has 30 days"),
            ("2026-13", "there is no month 13"),
            ("2026-13-01", "there is no month 13"),
        ] {
            let error = text.parse::<Moment>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_forms() {
        for text in [
            "",
            "30",
            "30 d",
            "-3d",
            "5q",
            "2026-3-5T00:00Z",
            "2026-3-5",
            "d",
            "März",
            "2026-03-05 07:00",
        ] {
            let error = text.parse::<Moment>().unwrap_err();
            assert!(error.starts_with("expected an RFC 3339"), "{text}: {error}");
        }
        let error = "yesteday".parse::<Moment>().unwrap_err();
        assert!(error.ends_with("did you mean `yesterday`?"), "{error}");
        assert!("99999999999d".parse::<Moment>().is_err());
    }

    #[test]
    fn beyond_the_calendar_is_no_panic() {
        let now = "2026-08-31T15:30:00Z".parse().unwrap();
        for text in ["4294967295d", "4294967295h", "4294967295mo", "4294967295w"] {
            let moment: Moment = text.parse().unwrap();
            let _: Option<DateTime<Utc>> = moment.at(now);
        }
        assert!("4294967295y".parse::<Moment>().is_err());
        let before_year_0 = "9999y".parse::<Moment>().unwrap();
        assert_eq!(before_year_0.at(now), None);
    }
}
