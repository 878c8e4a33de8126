//! The rules as data: what each one asks for, why, and what it looks like when it is broken.

mod document;
mod example;
mod id;
mod list;
mod member;
mod period;
mod rule;
mod run;
mod sum;
mod window;

pub use example::{EXAMPLES_AS_OF, Example};
pub(crate) use id::RuleId;
pub use rule::{Rule, Scope};

/// Every rule that is checked, in the order of the codes.
///
/// ```
/// let errors: Vec<_> = usage_validate::catalogue()
///     .iter()
///     .filter(|rule| rule.severity == usage_validate::Severity::Error)
///     .map(|rule| rule.code)
///     .collect();
/// assert_eq!(
///     errors,
///     ["UR001", "UR002", "UR201", "UR202", "UR204", "UR301", "UR402", "UR403", "UR406", "UR504"]
/// );
/// ```
pub fn catalogue() -> &'static [Rule] {
    &CATALOGUE
}

/// The rule of a code, which is written in capitals.
///
/// ```
/// assert_eq!(usage_validate::rule("UR201").map(|rule| rule.name), Some("network-sum"));
/// ```
pub fn rule(code: &str) -> Option<&'static Rule> {
    CATALOGUE.iter().find(|rule| rule.code == code)
}

static CATALOGUE: [Rule; RuleId::COUNT] = [
    document::MALFORMED_DOCUMENT,
    document::MALFORMED_RECORD,
    member::MISSING_MEMBER,
    member::NULL_COUNTER,
    member::UNKNOWN_MEMBER,
    member::SID_PATTERN,
    member::UNIT,
    member::COUNTRY_ENTRY,
    sum::NETWORK_SUM,
    sum::DIRECTION_SUM,
    sum::BREAKDOWN_MISSING,
    sum::PART_EXCEEDS_WHOLE,
    sum::INTERNATIONAL_OUTSIDE_TOTAL,
    list::INTERNATIONAL_POLICY_INCONSISTENT,
    period::PERIOD_REVERSED,
    period::PERIOD_ALIGNMENT,
    period::FUTURE_PERIOD,
    period::RETENTION_EXPIRED,
    period::RETENTION_PARTIAL,
    period::RETENTION_SOON,
    period::UNREFLECTED,
    period::SETTLING,
    list::DUPLICATE_IDENTICAL,
    list::DUPLICATE_CONFLICTING,
    list::OVERLAP,
    list::GAP,
    list::OUT_OF_ORDER,
    list::MIXED_ACCOUNT,
    list::MIXED_GRANULARITY,
    window::OUTSIDE_WINDOW,
    window::WINDOW_UNCOVERED,
    window::WINDOW_PAST_RETENTION,
    window::INCOMPLETE_FETCH,
    run::FINDINGS_CAPPED,
    run::NOT_EVALUATED,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_stands_at_its_id_and_codes_ascend() {
        for (index, rule) in catalogue().iter().enumerate() {
            assert_eq!(rule.id.index(), index, "{}", rule.code);
        }
        assert!(catalogue().is_sorted_by(|a, b| a.code < b.code));
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
