//! The figures of real responses hold, apart from what is known of each.

use usage_validate::{Config, Finding, Policy, Summary};

use crate::support::{at, places, validate};

const TWO_COUNTRIES: &str = include_str!("../fixtures/two-countries.json");
const NULL_COUNTERS: &str = include_str!("../fixtures/null-counters.json");
const OLDEST_SHAPE: &str = include_str!("../fixtures/oldest-shape.json");
const EMPTY_OBJECTS: &str = include_str!("../fixtures/empty-objects.json");

fn fetched(as_of: &str, policy: Policy, text: &str) -> (Vec<Finding>, Summary) {
    let mut config = Config::new(at(as_of));
    config.policy = policy;
    validate(&config, text)
}

#[test]
fn two_countries() {
    for policy in [Policy::Auto, Policy::Include] {
        let (findings, summary) = fetched("2018-07-01T00:00:00Z", policy, TWO_COUNTRIES);
        assert_eq!(
            places(&findings),
            [
                "UR102 /usage_records/0/commands",
                "UR102 /usage_records/0/commands/international_roaming/0",
            ]
        );
        assert_eq!(summary.errors + summary.warnings, 0);
        assert_eq!(summary.totals.data.total, 2_452_346_626);
        assert_eq!(summary.rules["UR201"].evaluated, 6);
        assert_eq!(summary.rules["UR202"].evaluated, 9);
    }
}

#[test]
fn the_wording_of_the_page_contradicts_real_figures() {
    let (findings, _) = fetched("2018-07-01T00:00:00Z", Policy::Exclude, TWO_COUNTRIES);
    assert_eq!(
        findings
            .iter()
            .filter(|finding| finding.code == "UR201")
            .count(),
        5
    );
}

#[test]
fn null_counters() {
    let (findings, summary) = fetched("2020-05-01T00:00:00Z", Policy::Auto, NULL_COUNTERS);
    assert_eq!(places(&findings), ["UR102 /usage_records/0/commands"]);
    assert_eq!(summary.totals.commands.total, 0);
}

#[test]
fn oldest_shape() {
    let (findings, summary) = fetched("2017-06-01T00:00:00Z", Policy::Auto, OLDEST_SHAPE);
    assert_eq!(places(&findings), ["UR104 /usage_records/0/account_sid"]);
    assert!(findings[0].message.contains("redacted"));
    assert_eq!(summary.totals.data.total, 5_446_765_119);
}

#[test]
fn empty_objects() {
    let (findings, summary) = fetched("2015-08-15T00:00:00Z", Policy::Auto, EMPTY_OBJECTS);
    assert_eq!(
        places(&findings),
        [
            "UR301 /usage_records/0/period",
            "UR101 /usage_records/1/period",
            "UR101 /usage_records/1/commands",
            "UR101 /usage_records/1/data",
        ]
    );
    assert_eq!(summary.errors, 0);
}

#[test]
fn today_all_of_them_are_past_retention_and_none_is_an_error() {
    for text in [TWO_COUNTRIES, NULL_COUNTERS, OLDEST_SHAPE, EMPTY_OBJECTS] {
        let (findings, summary) = fetched("2026-11-01T12:00:00Z", Policy::Auto, text);
        assert_eq!(summary.errors, 0);
        assert_eq!(
            findings
                .iter()
                .filter(|finding| finding.code == "UR310")
                .count(),
            1
        );
    }
}
