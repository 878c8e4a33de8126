//! The one list of all rules.

use super::rule::Rule;
use crate::rules::{
    accounts, counters, country, coverage, drift, duplicates, identity, international, length,
    malformed, member, order, pages, period, reconcile, retention, run, settling, sums, unit,
    window,
};

/// Returns every rule that is checked, in the order of the codes.
///
/// ```
/// let errors: Vec<_> = usage_validate::catalogue()
///     .iter()
///     .filter(|rule| rule.severity == usage_validate::Severity::Error)
///     .map(|rule| rule.code)
///     .collect();
/// assert_eq!(
///     errors,
///     [
///         "UR001", "UR002", "UR201", "UR202", "UR204", "UR301", "UR402", "UR403", "UR406", "UR504", "UR601",
///         "UR603", "UR702", "UR705"
///     ]
/// );
/// ```
pub fn catalogue() -> &'static [&'static Rule] {
    CATALOGUE
}

/// Returns the rule of a code, which is written in capitals.
///
/// ```
/// assert_eq!(usage_validate::rule("UR201").map(|rule| rule.name), Some("network-sum"));
/// ```
pub fn rule(code: &str) -> Option<&'static Rule> {
    CATALOGUE.iter().find(|rule| rule.code == code).copied()
}

/// In the order of the codes.
static CATALOGUE: &[&Rule] = &[
    &malformed::MALFORMED_DOCUMENT,
    &malformed::MALFORMED_RECORD,
    &identity::MISSING_MEMBER,
    &counters::NULL_COUNTER,
    &member::UNKNOWN_MEMBER,
    &identity::SID_PATTERN,
    &unit::UNIT,
    &country::COUNTRY_ENTRY,
    &counters::AMOUNT_KEPT_AS_TEXT,
    &sums::network::NETWORK_SUM,
    &sums::direction::DIRECTION_SUM,
    &sums::network::BREAKDOWN_MISSING,
    &sums::network::PART_EXCEEDS_WHOLE,
    &sums::network::INTERNATIONAL_OUTSIDE_TOTAL,
    &international::INTERNATIONAL_POLICY_INCONSISTENT,
    &period::PERIOD_REVERSED,
    &period::PERIOD_ALIGNMENT,
    &period::FUTURE_PERIOD,
    &retention::RETENTION_EXPIRED,
    &retention::RETENTION_PARTIAL,
    &retention::RETENTION_SOON,
    &settling::UNREFLECTED,
    &settling::SETTLING,
    &duplicates::DUPLICATE_IDENTICAL,
    &duplicates::DUPLICATE_CONFLICTING,
    &coverage::OVERLAP,
    &coverage::GAP,
    &order::OUT_OF_ORDER,
    &accounts::MIXED_ACCOUNT,
    &length::MIXED_GRANULARITY,
    &window::OUTSIDE_WINDOW,
    &window::WINDOW_UNCOVERED,
    &window::WINDOW_PAST_RETENTION,
    &pages::INCOMPLETE_FETCH,
    &reconcile::GRANULARITY_MISMATCH,
    &reconcile::GRANULARITY_INCOMPLETE,
    &reconcile::SIM_SUM_EXCEEDS_ACCOUNT,
    &reconcile::SIM_SUM_BELOW_ACCOUNT,
    &reconcile::UNMATCHED_PERIOD,
    &drift::SETTLED_INCREASE,
    &drift::SETTLED_DECREASE,
    &drift::PROVISIONAL_DECREASE,
    &drift::RECLASSIFIED,
    &drift::VANISHED,
    &drift::BILLED_CHANGED,
    &run::FINDINGS_CAPPED,
    &run::NOT_EVALUATED,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_each_is_counted_by_itself() {
        assert!(catalogue().is_sorted_by(|a, b| a.code < b.code));
        // Slots ascend as well, so that no two are the same.
        assert!(catalogue().is_sorted_by(|a, b| a.slot() < b.slot()));
        for rule in catalogue() {
            let digits = rule.code.strip_prefix("UR").unwrap();
            assert!(
                digits.len() == 3 && digits.bytes().all(|digit| digit.is_ascii_digit()),
                "{}",
                rule.code
            );
            assert!(rule.slot() < Rule::SLOTS, "{}", rule.code);
        }
    }

    #[test]
    fn names_are_kebab_case_and_unique() {
        for rule in catalogue() {
            assert!(
                rule.name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{}",
                rule.name
            );
            let same = catalogue().iter().filter(|other| other.name == rule.name);
            assert_eq!(same.count(), 1, "{}", rule.name);
        }
    }
}
