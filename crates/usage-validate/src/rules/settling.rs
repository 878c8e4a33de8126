//! Whether usage has had the time to arrive.

use chrono::{DateTime, Utc};
use usage_model::{REFLECTED_AFTER, SETTLED_AFTER};

use crate::{
    config::{
        clock::{Clock, later},
        severity::Severity,
    },
    findings::{draft::Draft, reporter::Reporter, subject::Subject, text::instant},
    rules::{
        catalogue::{
            example::{Example, record},
            rule::{Rule, Scope},
        },
        coverage::PERIOD,
    },
};

pub(crate) static UNREFLECTED: Rule = Rule {
    code: "UR320",
    name: "unreflected",
    severity: Severity::Info,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A period that ended less than 24 hours before the fetch may not show its usage yet.",
    formula: "end ≤ as-of − 24 h",
    origin: "KORE's page, \"Data availability\": usage may not be reflected for up to 24 hours.",
    false_positives: "None: it is a reminder to fetch the record again.",
    example: Example::new(record!(start: "2026-10-31T00:00:00Z", end: "2026-11-01T00:00:00Z")),
    near_miss: Example::new(record!(start: "2026-10-30T12:00:00Z", end: "2026-10-31T12:00:00Z")),
};

pub(crate) static SETTLING: Rule = Rule {
    code: "UR321",
    name: "settling",
    severity: Severity::Info,
    scope: Scope::Period,
    since: "0.1.0",
    sentence: "A period that ended less than 48 hours before the fetch may still grow.",
    formula: "end ≤ as-of − 48 h, if UR320 holds",
    origin: "KORE's page, \"Data availability\": all usage is typically processed within 48 hours.",
    false_positives: "None: it is a reminder to fetch the record again.",
    example: Example::new(record!(start: "2026-10-30T00:00:00Z", end: "2026-10-31T00:00:00Z")),
    near_miss: Example::new(record!(start: "2026-10-29T12:00:00Z", end: "2026-10-30T12:00:00Z")),
};

/// Checks that usage is reflected (UR320) and settled (UR321). The stronger statement stands alone.
pub(crate) fn check(
    end: DateTime<Utc>,
    clock: &Clock,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    reporter.evaluated(&UNREFLECTED);
    if !clock.is_reflected(end) {
        reporter.report(&UNREFLECTED, subject, || {
            let message = format!(
                "the period ends at {}; its usage may not appear before {}",
                instant(end),
                instant(later(end, REFLECTED_AFTER))
            );
            Draft::new(PERIOD, message).help(fetch_again(end))
        });
        return;
    }
    reporter.evaluated(&SETTLING);
    if !clock.is_settled(end) {
        reporter.report(&SETTLING, subject, || {
            let message = format!(
                "the period ended at {}; the figures may still grow",
                instant(end)
            );
            Draft::new(PERIOD, message).help(fetch_again(end))
        });
    }
}

fn fetch_again(end: DateTime<Utc>) -> String {
    format!(
        "fetch the record again after {}",
        instant(later(end, SETTLED_AFTER))
    )
}
