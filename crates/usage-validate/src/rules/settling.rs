//! Whether usage has had the time to arrive.

use chrono::{DateTime, Utc};
use usage_model::{REFLECTED_AFTER, SETTLED_AFTER};

use crate::{
    catalogue::RuleId, config::clock::later, findings::draft::Draft, findings::text::instant,
    validator::check::Check,
};

const POINTER: &str = "/period";

/// Checks that usage is reflected (UR320) and settled (UR321). The stronger statement stands alone.
pub(super) fn check(end: DateTime<Utc>, check: &mut Check<'_>) {
    check.evaluated(RuleId::UNREFLECTED);
    if !check.clock.is_reflected(end) {
        check.report(RuleId::UNREFLECTED, || {
            let message = format!(
                "the period ends at {}; usage may be missing altogether until {}",
                instant(end),
                instant(later(end, REFLECTED_AFTER))
            );
            Draft::new(POINTER, message).help(fetch_again(end))
        });
        return;
    }
    check.evaluated(RuleId::SETTLING);
    if !check.clock.is_settled(end) {
        check.report(RuleId::SETTLING, || {
            let message = format!(
                "the period ended at {}; the figures may still grow",
                instant(end)
            );
            Draft::new(POINTER, message).help(fetch_again(end))
        });
    }
}

fn fetch_again(end: DateTime<Utc>) -> String {
    format!(
        "fetch the record again after {}",
        instant(later(end, SETTLED_AFTER))
    )
}
