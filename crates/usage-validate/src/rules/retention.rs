//! How long a record will still be kept.

use chrono::{DateTime, Days, Months, NaiveTime, Utc};
use usage_model::{RETENTION_MONTHS, retention_cutoff};

use crate::{
    catalogue::RuleId, config::clock::Clock, findings::draft::Draft, findings::text::instant,
    validator::check::Check,
};

const POINTER: &str = "/period";

/// How a period stands to the months for which usage is kept. As time passes a period only moves down
/// this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Retention {
    /// Wholly kept, for longer than the expiry horizon.
    Kept,
    /// Wholly kept, and about to expire.
    Soon,
    /// Its beginning is past retention.
    Partial,
    /// Wholly past retention.
    Expired,
}

/// Checks retention (UR310, UR311, UR312). The strongest statement stands alone.
pub(super) fn check(start: DateTime<Utc>, end: DateTime<Utc>, check: &mut Check<'_>) {
    let retention = classify(start, end, check.clock);
    check.evaluated(RuleId::RETENTION_EXPIRED);
    if retention < Retention::Expired {
        check.evaluated(RuleId::RETENTION_PARTIAL);
    }
    if retention < Retention::Partial {
        check.evaluated(RuleId::RETENTION_SOON);
    }
    let cutoff = check.clock.cutoff;
    match retention {
        Retention::Kept => {}
        Retention::Soon => check.report(RuleId::RETENTION_SOON, || {
            Draft::new(POINTER, format!("the record expires on {}", day(end)))
                .help("keep a copy before that day: afterwards the API answers without it and without an error")
        }),
        Retention::Partial => check.report(RuleId::RETENTION_PARTIAL, || {
            Draft::new(
                POINTER,
                format!(
                    "the period starts at {}, before usage is kept from {} on; the rest expires on {}",
                    instant(start),
                    instant(cutoff),
                    day(end)
                ),
            )
            .help("the figures may lack what was used before that: do not compare them with earlier readings")
        }),
        Retention::Expired => check.report(RuleId::RETENTION_EXPIRED, || {
            Draft::new(
                POINTER,
                format!(
                    "the period ended at {}, and usage is kept from {} on",
                    instant(end),
                    instant(cutoff)
                ),
            )
            .help("the figures may be incomplete, or 0 although there was usage: take them from an earlier fetch")
        }),
    }
}

fn classify(start: DateTime<Utc>, end: DateTime<Utc>, clock: &Clock) -> Retention {
    if end <= clock.cutoff {
        Retention::Expired
    } else if start < clock.cutoff {
        Retention::Partial
    } else if end <= clock.cutoff_at_horizon {
        Retention::Soon
    } else {
        Retention::Kept
    }
}

/// The first UTC day on which a period that ends at `end` is past retention.
fn expiry(end: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut day = end
        .date_naive()
        .checked_add_months(Months::new(RETENTION_MONTHS))?;
    // The day is clamped to the month in both directions, so the sum can be a few days early.
    loop {
        let midnight = day.and_time(NaiveTime::MIN).and_utc();
        if retention_cutoff(midnight) >= end {
            return Some(midnight);
        }
        day = day.checked_add_days(Days::new(1))?;
    }
}

fn day(end: DateTime<Utc>) -> String {
    expiry(end).map_or_else(
        || "no day of the calendar".to_owned(),
        |expiry| expiry.format("%Y-%m-%d").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::Config;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn expiry_is_the_first_day_on_which_the_record_is_expired() {
        let mut end = at("2022-12-25T00:00:00Z");
        for _ in 0..2 * 366 * 5 {
            let expiry = expiry(end).unwrap();
            assert!(end <= retention_cutoff(expiry), "{end}");
            assert!(
                end > retention_cutoff(expiry - TimeDelta::nanoseconds(1)),
                "{end}"
            );
            end += TimeDelta::hours(12);
        }
        assert_eq!(day(at("2023-08-31T00:00:00Z")), "2025-03-01");
        assert_eq!(day(at("2023-02-28T00:00:00Z")), "2024-08-28");
        assert_eq!(expiry(DateTime::<Utc>::MAX_UTC), None);
    }

    #[test]
    fn the_classes_follow_each_other_and_never_go_back() {
        for (start, end) in [
            ("2023-02-27T00:00:00Z", "2023-02-28T00:00:00Z"),
            ("2023-02-28T00:00:00Z", "2023-03-01T00:00:00Z"),
            ("2023-02-10T01:14:37.507Z", "2023-03-10T01:14:37.507Z"),
            ("2022-05-19T00:00:00Z", "2023-06-20T00:00:00Z"),
        ] {
            let mut last = Retention::Kept;
            let mut as_of = at("2023-06-01T00:00:00Z");
            for _ in 0..24 * 700 {
                let clock = Clock::new(&Config::new(as_of));
                let now = classify(at(start), at(end), &clock);
                assert!(now >= last, "{start} at {as_of}: {last:?} to {now:?}");
                last = now;
                as_of += TimeDelta::hours(1);
            }
            assert_eq!(last, Retention::Expired, "{start}");
        }
    }

    #[test]
    fn the_bounds_are_where_the_formulas_say() {
        let clock = Clock::new(&Config::new(at("2026-08-31T12:00:00Z")));
        assert_eq!(clock.cutoff, at("2025-02-28T00:00:00Z"));
        for (start, end, class) in [
            (
                "2025-02-27T00:00:00Z",
                "2025-02-28T00:00:00Z",
                Retention::Expired,
            ),
            (
                "2025-02-27T00:00:00Z",
                "2025-02-28T00:00:00.001Z",
                Retention::Partial,
            ),
            (
                "2025-02-28T00:00:00Z",
                "2025-02-28T00:00:00Z",
                Retention::Expired,
            ),
            (
                "2025-02-28T00:00:00Z",
                "2025-03-01T00:00:00Z",
                Retention::Soon,
            ),
            (
                "2025-03-29T00:00:00Z",
                "2025-03-30T00:00:00Z",
                Retention::Soon,
            ),
            (
                "2025-03-29T00:00:00Z",
                "2025-03-30T00:00:00.001Z",
                Retention::Kept,
            ),
        ] {
            assert_eq!(
                classify(at(start), at(end), &clock),
                class,
                "{start} to {end}"
            );
        }
    }
}
