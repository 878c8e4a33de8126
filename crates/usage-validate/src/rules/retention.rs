//! How long a record will still be kept.

use chrono::{DateTime, Days, Months, NaiveTime, Utc};
use usage_model::{RETENTION_MONTHS, retention_cutoff};

use crate::{
    config::{clock::Clock, severity::Severity},
    findings::{draft::Draft, reporter::Reporter, subject::Subject, text::instant},
    rules::{
        catalogue::{
            example::{Example, record},
            rule::{Rule, Scope},
        },
        coverage::PERIOD,
    },
};

pub(crate) static RETENTION_EXPIRED: Rule = Rule {
    code: "UR310",
    name: "retention-expired",
    severity: Severity::Warning,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A record must not be wholly older than the 18 months for which usage is kept.",
    formula: "end > cutoff; cutoff = UTC date of as-of − 18 calendar months, at 00:00Z",
    origin: "KORE's page, \"Retention period\": older queries can return incomplete data, without an error.",
    false_positives: "Records fetched earlier: give the time of the fetch as as-of.",
    example: Example::new(record!(start: "2025-04-30T00:00:00Z", end: "2025-05-01T00:00:00Z")),
    near_miss: Example::new(record!(start: "2025-05-01T00:00:00Z", end: "2025-05-02T00:00:00Z")),
};

pub(crate) static RETENTION_PARTIAL: Rule = Rule {
    code: "UR311",
    name: "retention-partial",
    severity: Severity::Warning,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A record must not start before the 18 months for which usage is kept.",
    formula: "start ≥ cutoff, or end ≤ cutoff (UR310)",
    origin: "KORE's page, \"Retention period\": older queries can return incomplete data, without an error.",
    false_positives: "Records fetched earlier: give the time of the fetch as as-of.",
    example: Example::new(record!(start: "2025-04-01T00:00:00Z", end: "2025-07-01T00:00:00Z")),
    near_miss: Example::new(record!(start: "2025-05-01T00:00:00Z", end: "2025-07-01T00:00:00Z")),
};

pub(crate) static RETENTION_SOON: Rule = Rule {
    code: "UR312",
    name: "retention-soon",
    severity: Severity::Info,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A record that is about to expire is reported, with the day on which it expires.",
    formula: "start ≥ cutoff ⇒ end > cutoff at as-of + expiry horizon (30 days)",
    origin: "KORE's page, \"Retention period\".",
    false_positives: "None: it is a reminder to fetch the record while it is available.",
    example: Example::new(record!(start: "2025-05-31T00:00:00Z", end: "2025-06-01T00:00:00Z")),
    near_miss: Example::new(record!(start: "2025-06-01T00:00:00Z", end: "2025-06-02T00:00:00Z")),
};

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

/// Checks retention (UR310, UR311, UR312). The strongest statement stands alone. Without a start only UR310 can be
/// decided.
pub(crate) fn check(
    start: Option<DateTime<Utc>>,
    end: DateTime<Utc>,
    clock: &Clock,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    reporter.evaluated(&RETENTION_EXPIRED);
    let cutoff = clock.cutoff;
    let Some(start) = start else {
        if end <= cutoff {
            report_expired(end, cutoff, subject, reporter);
        }
        return;
    };
    let retention = classify(start, end, clock);
    if retention < Retention::Expired {
        reporter.evaluated(&RETENTION_PARTIAL);
    }
    if retention < Retention::Partial {
        reporter.evaluated(&RETENTION_SOON);
    }
    match retention {
        Retention::Kept => {}
        Retention::Soon => reporter.report(&RETENTION_SOON, subject, || {
            Draft::new(PERIOD, format!("the record expires on {}", day(end)))
                .help("keep a copy before that day: from then on the API leaves the record out without an error")
        }),
        Retention::Partial => reporter.report(&RETENTION_PARTIAL, subject, || {
            Draft::new(
                PERIOD,
                format!(
                    "the period starts at {}, but usage is kept only from {} on; the rest expires on {}",
                    instant(start),
                    instant(cutoff),
                    day(end)
                ),
            )
            .help("the figures may lack the usage before that time: do not compare them with earlier readings")
        }),
        Retention::Expired => report_expired(end, cutoff, subject, reporter),
    }
}

fn report_expired(
    end: DateTime<Utc>,
    cutoff: DateTime<Utc>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    reporter.report(&RETENTION_EXPIRED, subject, || {
        Draft::new(
            PERIOD,
            format!(
                "the period ended at {}, but usage is kept only from {} on",
                instant(end),
                instant(cutoff)
            ),
        )
        .help("the figures may be incomplete, or 0 although there was usage: use the figures of an earlier fetch")
    });
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
    use crate::config::clock::EXPIRY_HORIZON;

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
                let clock = Clock::new(as_of, EXPIRY_HORIZON);
                let now = classify(at(start), at(end), &clock);
                assert!(now >= last, "{start} at {as_of}: {last:?} to {now:?}");
                last = now;
                as_of += TimeDelta::hours(1);
            }
            assert_eq!(last, Retention::Expired, "{start}");
        }
    }

    #[test]
    fn the_bounds_are_those_of_the_formulas() {
        let clock = Clock::new(at("2026-08-31T12:00:00Z"), EXPIRY_HORIZON);
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
