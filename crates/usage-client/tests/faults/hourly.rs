//! An API whose records are the hours of its windows, with the habits that servers have.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use usage_client::UsageQuery;
use usage_model::{Granularity, MalformedRecord, PageSize, PlacedRecord, Resource, Window};

use crate::{
    replies::json,
    server::{Request, Step},
};

/// How the server reads a query.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hourly {
    /// Whether the hour that starts at `End` is sent too.
    pub inclusive: bool,
    /// Whether the whole day that starts at `End` is sent too.
    pub whole_end: bool,
    /// Days of a window above which the server refuses it.
    pub longest: Option<i64>,
    /// The largest page, where it is smaller than what is asked for.
    pub largest_page: Option<usize>,
    /// Added to every figure.
    pub drift: u64,
    pub newest_first: bool,
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What is asked for between two instants, hour by hour.
pub fn hours(start: &str, end: &str, page_size: u16) -> UsageQuery {
    let window = Window::new(at(start), at(end)).unwrap();
    UsageQuery::new(Resource::Account, window, Granularity::Hourly)
        .page_size(PageSize::new(page_size).unwrap())
}

/// The number of the hour since 1970.
fn number(hour: DateTime<Utc>) -> i64 {
    hour.timestamp() / 3600
}

/// The hours between two instants as the numbers that [`delivered`] gives.
pub fn served(start: &str, end: &str) -> Vec<i64> {
    (number(at(start))..number(at(end))).collect()
}

/// The hours of some records, by number.
pub fn delivered(records: &[Result<PlacedRecord, MalformedRecord>]) -> Vec<i64> {
    let records = records.iter().map(|record| record.as_ref().unwrap());
    records
        .map(|record| {
            let period = record.record.period.value().unwrap();
            number(period.bounds().unwrap().0)
        })
        .collect()
}

impl Hourly {
    /// The answer to a request.
    pub fn answer(&self, request: &Request) -> Step {
        let query = request.query();
        let value = |name: &str| {
            let pair = query.iter().find(|(known, _)| known == name);
            pair.map(|(_, value)| value.as_str())
        };
        let midnight = |at: DateTime<Utc>| at.date_naive().and_time(NaiveTime::MIN).and_utc();
        let (start, asked_end) = (at(value("Start").unwrap()), at(value("End").unwrap()));
        let start = midnight(start);
        let end = match midnight(asked_end) {
            whole if whole == asked_end => whole,
            cut => cut + Days::new(1),
        };
        if self
            .longest
            .is_some_and(|longest| end - start > TimeDelta::days(longest))
        {
            return json(400, r#"{"code":33101,"message":"the window is too long"}"#);
        }
        let asked: usize = value("PageSize").unwrap().parse().unwrap();
        let size = self
            .largest_page
            .map_or(asked, |largest| largest.min(asked));
        let page: usize = value("Page").map_or(0, |page| page.parse().unwrap());
        let last = number(end) + i64::from(self.inclusive) + 24 * i64::from(self.whole_end);
        let mut hours: Vec<i64> = (number(start)..last).collect();
        if self.newest_first {
            hours.reverse();
        }
        let pages: Vec<&[i64]> = hours.chunks(size).collect();
        let records: Vec<String> = pages[page].iter().map(|&hour| self.record(hour)).collect();
        let next = if page + 1 < pages.len() {
            format!(r#""?Page={}&PageSize={size}""#, page + 1)
        } else {
            "null".to_owned()
        };
        let records = records.join(",");
        json(
            200,
            &format!(r#"{{"usage_records":[{records}],"meta":{{"next_page_url":{next}}}}}"#),
        )
    }

    fn record(&self, hour: i64) -> String {
        let instant = |hour: i64| {
            let at = DateTime::<Utc>::from_timestamp(hour * 3600, 0).unwrap();
            at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
        };
        let (start, end) = (instant(hour), instant(hour + 1));
        let total = u64::try_from(hour).unwrap() + self.drift;
        format!(r#"{{"period":{{"start":"{start}","end":"{end}"}},"data":{{"total":{total}}}}}"#)
    }
}
