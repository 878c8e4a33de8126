//! The query parameters of the record resources.

use std::ops::RangeInclusive;

use chrono::{DateTime, Months, NaiveDate, NaiveTime, Utc};
use usage_model::{Granularity, PageSize, SimStatus, Timestamp};

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

/// The length of the window if the query has no `Start`.
const DEFAULT_WINDOW: Months = Months::new(1);

/// What is expected of `Start` and `End`.
const INSTANT: &str = "an ISO 8601 date and time in UTC, like 2026-03-05T00:00:00Z, \
    not after 9999-12-31T00:00:00Z";

/// The parameters of a request, in their order; of several with one name the first counts.
pub(crate) type Parameters = Vec<(String, String)>;

/// Returns the first parameter of a name.
fn parameter<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    let mut named = parameters.iter().filter(|(known, _)| known == name);
    named.next().map(|(_, value)| value.as_str())
}

/// What is asked of the record resources, with the defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
    pub(crate) granularity: Granularity,
    pub(crate) page: PageQuery,
}

/// What is asked of the list of SIMs: those with a status, a card number and a rate plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SimQuery {
    pub(crate) status: Option<SimStatus>,
    pub(crate) iccid: Option<String>,
    pub(crate) rate_plan: Option<String>,
}

/// Which page is asked for, of any list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageQuery {
    pub(crate) size: PageSize,
    /// The client's own count of pages, from 0.
    pub(crate) number: Option<u64>,
    pub(crate) token: Option<String>,
}

/// Why the parameters of a request are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryError {
    /// A parameter has a value that is not allowed.
    Value {
        name: &'static str,
        expected: &'static str,
    },
    /// The window ends before it starts.
    Reversed,
}

impl Query {
    /// Reads the parameters; those of other names are ignored, also known ones in another case.
    pub(crate) fn parse(parameters: &Parameters, now: DateTime<Utc>) -> Result<Self, QueryError> {
        let end = instant(parameters, "End")?.unwrap_or(now);
        let month_before = || {
            let start = end.checked_sub_months(DEFAULT_WINDOW);
            start.map_or(*CALENDAR.start(), |start| start.max(*CALENDAR.start()))
        };
        let start = instant(parameters, "Start")?.unwrap_or_else(month_before);
        if start > end {
            return Err(QueryError::Reversed);
        }
        let granularity = parsed(parameters, "Granularity", "hourly, daily or all")?;
        Ok(Self {
            start,
            end,
            granularity: granularity.unwrap_or(Granularity::All),
            page: PageQuery::parse(parameters)?,
        })
    }
}

impl SimQuery {
    /// Reads the parameters; those of other names are ignored.
    pub(crate) fn parse(parameters: &Parameters) -> Result<Self, QueryError> {
        let given = |name| parameter(parameters, name).map(str::to_owned);
        Ok(Self {
            status: parsed(parameters, "Status", "a status such as active")?,
            iccid: given("Iccid"),
            rate_plan: given("RatePlan"),
        })
    }

    /// Returns the parameters that are given, as a link states them.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let pairs = [
            ("Status", self.status.map(SimStatus::as_str)),
            ("Iccid", self.iccid.as_deref()),
            ("RatePlan", self.rate_plan.as_deref()),
        ];
        let given = pairs.into_iter();
        given.filter_map(|(name, value)| Some((name, value?)))
    }
}

impl PageQuery {
    /// Reads the parameters of paging.
    pub(crate) fn parse(parameters: &Parameters) -> Result<Self, QueryError> {
        let size = parsed(parameters, "PageSize", "a number from 1 to 1000")?;
        Ok(Self {
            size: size.unwrap_or(PageSize::API_DEFAULT),
            number: parsed(parameters, "Page", "a number from 0")?,
            token: parameter(parameters, "PageToken").map(str::to_owned),
        })
    }
}

fn parsed<T: std::str::FromStr>(
    parameters: &Parameters,
    name: &'static str,
    expected: &'static str,
) -> Result<Option<T>, QueryError> {
    let value = parameter(parameters, name).map(str::parse).transpose();
    value.map_err(|_| QueryError::Value { name, expected })
}

/// Reads a timestamp, which has to be in UTC and say so with `Z`.
fn instant(
    parameters: &Parameters,
    name: &'static str,
) -> Result<Option<DateTime<Utc>>, QueryError> {
    let refused = QueryError::Value {
        name,
        expected: INSTANT,
    };
    if parameter(parameters, name).is_some_and(|text| !text.ends_with('Z')) {
        return Err(refused);
    }
    let timestamp: Option<Timestamp> = parsed(parameters, name, INSTANT)?;
    let instant = timestamp.map(Timestamp::instant);
    if instant.is_some_and(|instant| !CALENDAR.contains(&instant)) {
        return Err(refused);
    }
    Ok(instant)
}
