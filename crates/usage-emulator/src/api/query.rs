//! The query parameters of the record resources.

use std::ops::RangeInclusive;

use chrono::{DateTime, Months, NaiveDate, NaiveTime, Utc};
use url::form_urlencoded;
use usage_model::{Granularity, PageSize, Timestamp};

use super::refusal::Refusal;

/// The first and the last moment that a window may have: whatever is widened to whole days or written in
/// a link then has a year of four digits.
const CALENDAR: RangeInclusive<DateTime<Utc>> = {
    let first = NaiveDate::from_ymd_opt(0, 1, 1);
    let last = NaiveDate::from_ymd_opt(9999, 12, 31);
    match (first, last) {
        (Some(first), Some(last)) => {
            first.and_time(NaiveTime::MIN).and_utc()..=last.and_time(NaiveTime::MIN).and_utc()
        }
        _ => DateTime::UNIX_EPOCH..=DateTime::UNIX_EPOCH,
    }
};

/// The length of the window where the query has no `Start`.
const DEFAULT_WINDOW: Months = Months::new(1);

/// A query, with the defaults put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
    pub(crate) granularity: Granularity,
    pub(crate) page_size: PageSize,
    pub(crate) page: Option<u64>,
    pub(crate) page_token: Option<String>,
}

/// The parameters as they came; the first of each name counts.
#[derive(Default)]
struct Raw {
    start: Option<String>,
    end: Option<String>,
    granularity: Option<String>,
    page_size: Option<String>,
    page: Option<String>,
    page_token: Option<String>,
}

impl Query {
    /// The names of all parameters.
    pub(crate) const NAMES: [&str; 6] = [
        "Start",
        "End",
        "Granularity",
        "PageSize",
        "Page",
        "PageToken",
    ];

    /// Reads the query part of a URL; unknown parameters are passed over, also known ones in other case.
    pub(crate) fn parse(query: &str, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let raw = Raw::read(query);
        let end = instant("End", raw.end.as_deref())?.unwrap_or(now);
        let month_before = || {
            let start = end.checked_sub_months(DEFAULT_WINDOW);
            start.map_or(*CALENDAR.start(), |start| start.max(*CALENDAR.start()))
        };
        let start = instant("Start", raw.start.as_deref())?.unwrap_or_else(month_before);
        if start > end {
            return Err(Refusal::invalid_combination("Start must not be after End"));
        }
        Ok(Self {
            start,
            end,
            granularity: parsed(
                "Granularity",
                raw.granularity.as_deref(),
                "hourly, daily or all",
            )?
            .unwrap_or(Granularity::All),
            page_size: parsed(
                "PageSize",
                raw.page_size.as_deref(),
                "a number from 1 to 1000",
            )?
            .unwrap_or(PageSize::API_DEFAULT),
            page: parsed("Page", raw.page.as_deref(), "a number from 0")?,
            page_token: raw.page_token,
        })
    }
}

impl Raw {
    fn read(query: &str) -> Self {
        let mut raw = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match &*name {
                "Start" => &mut raw.start,
                "End" => &mut raw.end,
                "Granularity" => &mut raw.granularity,
                "PageSize" => &mut raw.page_size,
                "Page" => &mut raw.page,
                "PageToken" => &mut raw.page_token,
                _ => continue,
            };
            slot.get_or_insert_with(|| value.into_owned());
        }
        raw
    }
}

fn parsed<T: std::str::FromStr>(
    name: &str,
    value: Option<&str>,
    expected: &str,
) -> Result<Option<T>, Refusal> {
    let value = value.map(str::parse).transpose();
    value.map_err(|_| Refusal::invalid_value(name, expected))
}

/// Reads a timestamp, which has to be in UTC and say so with `Z`.
fn instant(name: &str, value: Option<&str>) -> Result<Option<DateTime<Utc>>, Refusal> {
    let expected = "an ISO 8601 date and time in UTC, like 2026-03-05T00:00:00Z, \
        not after 9999-12-31T00:00:00Z";
    if value.is_some_and(|text| !text.ends_with('Z')) {
        return Err(Refusal::invalid_value(name, expected));
    }
    let timestamp: Option<Timestamp> = parsed(name, value, expected)?;
    let instant = timestamp.map(Timestamp::instant);
    if instant.is_some_and(|instant| !CALENDAR.contains(&instant)) {
        return Err(Refusal::invalid_value(name, expected));
    }
    Ok(instant)
}
