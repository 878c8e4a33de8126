//! How many hours or days a fetch has no record of.

use chrono::{DateTime, TimeDelta, Utc};
use usage_client::{FetchReport, WindowPage, WindowState};
use usage_model::{Granularity, Timestamp, Window};

use crate::messages::{grouped, number};

/// Usage may be missing for this long.
const MAY_BE_LATE: TimeDelta = TimeDelta::hours(48);

/// Counts the records of periods for which there should be one by now.
///
/// A server may leave out hours and days without usage, and those that it has lost look the same.
#[derive(Default)]
pub(super) struct Coverage {
    /// Usage of what ended by then is no longer late, by the clock of the first page.
    settled: Option<DateTime<Utc>>,
    records: u64,
}

impl Coverage {
    /// Counts the records of a page.
    pub(super) fn add(&mut self, page: &WindowPage, now: DateTime<Utc>) {
        let settled = *self
            .settled
            .get_or_insert_with(|| now.checked_sub_signed(MAY_BE_LATE).unwrap_or(now));
        let ends_in_time = |end: Option<DateTime<Utc>>| end.is_none_or(|end| end <= settled);
        let counted = page.records.iter().filter(|record| {
            ends_in_time(match record {
                Ok(placed) => {
                    let period = placed.record.period.value();
                    period.and_then(|period| period.end.value().map(|end| end.instant()))
                }
                Err(malformed) => malformed.key().end.map(Timestamp::instant),
            })
        });
        self.records += u64::try_from(counted.count()).unwrap_or(u64::MAX);
    }

    /// Says how many hours or days have no record, where others have one.
    pub(super) fn remark(
        &self,
        reports: &[FetchReport],
        granularity: Granularity,
    ) -> Option<String> {
        let noun = match granularity {
            Granularity::Hourly => "hour",
            Granularity::Daily => "day",
            Granularity::All => return None,
        };
        let length = granularity.bucket()?.num_seconds();
        let settled = self.settled?;
        let windows = reports.iter().flat_map(|report| &report.windows);
        // What is missing for another reason is told as that.
        let expected: u64 = windows
            .filter(|window| window.state == WindowState::Complete && !window.past_retention)
            .map(|window| periods(window.window, settled, length))
            .sum();
        let absent = expected.saturating_sub(self.records);
        (absent > 0 && self.records > 0).then(|| {
            format!(
                "{} of {} {} no record: either there was no usage, or the server leaves it out; \
                 `kore-usage check` says when",
                grouped(absent),
                number(expected, noun),
                if absent == 1 { "has" } else { "have" },
            )
        })
    }
}

/// How many periods of that many seconds the window meets that end by a time.
fn periods(window: Window, by: DateTime<Utc>, seconds: i64) -> u64 {
    let first = window.start().timestamp().div_euclid(seconds);
    let end = window.end().timestamp();
    let end = end.div_euclid(seconds) + i64::from(end.rem_euclid(seconds) > 0);
    let last = end.min(by.timestamp().div_euclid(seconds));
    u64::try_from(last - first).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_count_that_the_window_meets_and_that_are_over() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (start, end, by, days) in [
            (
                "2026-06-01T00:00:00Z",
                "2026-06-11T00:00:00Z",
                "2026-07-01T00:00:00Z",
                10,
            ),
            (
                "2026-06-01T07:00:00Z",
                "2026-06-10T00:00:01Z",
                "2026-07-01T00:00:00Z",
                10,
            ),
            (
                "2026-06-01T00:00:00Z",
                "2026-06-11T00:00:00Z",
                "2026-06-08T23:59:59Z",
                7,
            ),
            (
                "2026-06-01T00:00:00Z",
                "2026-06-11T00:00:00Z",
                "2026-06-09T00:00:00Z",
                8,
            ),
            (
                "2026-06-01T00:00:00Z",
                "2026-06-11T00:00:00Z",
                "2026-05-01T00:00:00Z",
                0,
            ),
        ] {
            let window = Window::new(at(start), at(end)).unwrap();
            assert_eq!(periods(window, at(by), 86_400), days, "{start} {end} {by}");
        }
    }
}
