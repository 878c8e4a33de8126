//! Periods, retention and settling: UR301 to UR321.

use usage_model::{Granularity, Window};
use usage_validate::{Config, Severity};

use crate::support::{assert_found, at, config, found, period, validate, with_period};

#[test]
fn a_reversed_period_is_an_error_and_nothing_else_is_said_of_it() {
    let text = period("2030-06-02T00:00:00Z", "2020-06-01T00:00:00Z");
    let (findings, summary) = validate(&config(), &text);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].code, findings[0].severity),
        ("UR301", Severity::Error)
    );
    for code in ["UR303", "UR310", "UR311", "UR312", "UR320", "UR321"] {
        assert_eq!(summary.rules[code].evaluated, 0, "{code}");
    }
}

#[test]
fn an_empty_period_is_a_warning() {
    let text = period("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z");
    let (findings, summary) = validate(&config(), &text);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].code, findings[0].severity),
        ("UR301", Severity::Warning)
    );
    assert_eq!((summary.errors, summary.warnings), (0, 1));
    assert_eq!(findings[0].pointer, "/period");
}

#[test]
fn alignment_needs_a_granularity_with_buckets() {
    let text = period("2026-06-01T01:00:00Z", "2026-06-01T02:00:00Z");
    for (granularity, expected) in [
        (None, vec![]),
        (Some(Granularity::All), vec![]),
        (Some(Granularity::Hourly), vec![]),
        (Some(Granularity::Daily), vec!["UR302 /period"]),
    ] {
        let mut config = config();
        config.granularity = granularity;
        assert_eq!(found(&config, &text), expected, "{granularity:?}");
        let evaluated = validate(&config, &text).1.rules["UR302"].evaluated;
        let has_buckets = granularity.is_some_and(|granularity| granularity.bucket().is_some());
        assert_eq!(evaluated, u64::from(has_buckets));
    }
}

#[test]
fn the_edges_of_the_queried_window_are_exempt_from_alignment() {
    let mut config = config();
    config.granularity = Some(Granularity::Daily);
    config.select = vec!["UR3".parse().unwrap()];
    let text = period("2026-06-01T06:00:00Z", "2026-06-02T00:00:00Z");
    assert_eq!(found(&config, &text), ["UR302 /period"]);
    config.window =
        Some(Window::new(at("2026-06-01T06:00:00Z"), at("2026-07-01T00:00:00Z")).unwrap());
    assert_eq!(found(&config, &text), [""; 0]);
}

#[test]
fn a_period_without_a_start_is_judged_by_its_end() {
    let ends = |end: &str| with_period(&format!(r#"{{"end":"{end}"}}"#), "{}", "{}");
    let mut config = config();
    config.select = vec!["UR3".parse().unwrap()];
    for (end, expected) in [
        ("2025-05-01T00:00:00Z", "UR310"),
        ("2025-05-01T01:00:00Z", ""),
        ("2026-10-30T12:00:00Z", ""),
        ("2026-10-30T12:00:01Z", "UR321"),
        ("2026-11-01T00:00:00Z", "UR320"),
    ] {
        let (findings, summary) = validate(&config, &ends(end));
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes.concat(), expected, "{end}");
        let evaluated =
            ["UR310", "UR311", "UR312", "UR320"].map(|code| summary.rules[code].evaluated);
        assert_eq!(evaluated, [1, 0, 0, 1], "{end}");
    }
}

#[test]
fn usage_does_not_come_from_the_future() {
    let start = |start: &str| period(start, "2026-12-01T00:00:00Z");
    assert_found(&start("2026-11-01T12:04:59.999Z"), &["UR320 /period"]);
    assert_found(
        &start("2026-11-01T12:05:00Z"),
        &["UR303 /period", "UR320 /period"],
    );
    let zeros = with_period(
        r#"{"start":"2026-11-02T00:00:00Z","end":"2026-11-03T00:00:00Z"}"#,
        r#"{"total":0,"to_sim":0,"from_sim":0,"home":null}"#,
        r#"{"total":0,"download":0,"upload":0,"units":"bytes"}"#,
    );
    assert_found(&zeros, &["UR320 /period"]);
}

#[test]
fn future_usage_counts_at_any_node() {
    let text = with_period(
        r#"{"start":"2026-11-02T00:00:00Z","end":"2026-11-03T00:00:00Z"}"#,
        r#"{"total":0,"to_sim":0,"from_sim":0}"#,
        r#"{"total":0,"download":0,"upload":0,"units":"bytes","international_roaming":[
            {"total":0,"download":0,"upload":1,"units":"bytes","country_code":"DEU"}]}"#,
    );
    assert!(found(&config(), &text).contains(&"UR303 /period".to_owned()));
}

#[test]
fn retention_says_one_thing_of_a_record() {
    for (start, end, expected) in [
        (
            "2025-04-30T00:00:00Z",
            "2025-05-01T00:00:00Z",
            &["UR310 /period"][..],
        ),
        (
            "2025-04-30T00:00:00Z",
            "2025-05-02T00:00:00Z",
            &["UR311 /period"],
        ),
        (
            "2025-05-01T00:00:00Z",
            "2025-05-02T00:00:00Z",
            &["UR312 /period"],
        ),
        (
            "2025-05-31T00:00:00Z",
            "2025-06-01T00:00:00Z",
            &["UR312 /period"],
        ),
        ("2025-05-31T00:00:00Z", "2025-06-01T00:00:00.001Z", &[]),
        ("2025-05-01T00:00:00Z", "2026-10-01T00:00:00Z", &[]),
    ] {
        assert_found(&period(start, end), expected);
    }
}

#[test]
fn retention_counts_only_what_was_evaluated() {
    let evaluated = |start, end| {
        let rules = validate(&config(), &period(start, end)).1.rules;
        ["UR310", "UR311", "UR312"].map(|code| rules[code].evaluated)
    };
    assert_eq!(
        evaluated("2025-04-30T00:00:00Z", "2025-05-01T00:00:00Z"),
        [1, 0, 0]
    );
    assert_eq!(
        evaluated("2025-04-30T00:00:00Z", "2025-05-02T00:00:00Z"),
        [1, 1, 0]
    );
    assert_eq!(
        evaluated("2026-04-30T00:00:00Z", "2026-05-02T00:00:00Z"),
        [1, 1, 1]
    );
}

#[test]
fn the_day_of_expiry_is_said() {
    let (findings, _) = validate(
        &config(),
        &period("2025-05-14T00:00:00Z", "2025-05-15T00:00:00Z"),
    );
    assert_eq!(findings[0].message, "the record expires on 2026-11-15");
    let (findings, _) = validate(
        &config(),
        &period("2025-01-01T00:00:00Z", "2025-08-31T00:00:00Z"),
    );
    assert!(
        findings[0]
            .message
            .ends_with("the rest expires on 2027-03-01"),
        "{}",
        findings[0].message
    );
}

#[test]
fn the_expiry_horizon_can_be_set() {
    let text = period("2025-06-01T00:00:00Z", "2025-06-02T00:00:00Z");
    let horizon = |days| {
        let mut config = config();
        config.expiry_horizon = chrono::TimeDelta::days(days);
        found(&config, &text)
    };
    assert_eq!(horizon(30), [""; 0]);
    assert_eq!(horizon(31), ["UR312 /period"]);
    assert_eq!(horizon(-1_000_000_000), [""; 0]);
    assert_eq!(horizon(100_000_000), ["UR312 /period"]);
}

#[test]
fn settling_gives_a_record_one_finding_and_makes_it_provisional() {
    for (end, expected) in [
        ("2026-10-30T12:00:00Z", &[][..]),
        ("2026-10-30T12:00:00.001Z", &["UR321 /period"]),
        ("2026-10-31T12:00:00Z", &["UR321 /period"]),
        ("2026-10-31T12:00:00.001Z", &["UR320 /period"]),
        ("2026-11-02T00:00:00Z", &["UR320 /period"]),
    ] {
        let text = period("2026-10-30T00:00:00Z", end);
        assert_found(&text, expected);
        let findings = validate(&config(), &text).0;
        assert!(findings.iter().all(|finding| finding.provisional));
    }
    let (findings, _) = validate(
        &config(),
        &period("2026-10-29T00:00:00Z", "2026-10-31T00:00:00Z"),
    );
    assert_eq!(
        findings[0].help.as_deref(),
        Some("fetch the record again after 2026-11-02T00:00:00Z")
    );
}

#[test]
fn bounds_in_other_offsets_are_compared_as_instants() {
    assert_found(
        &period("2026-06-01T02:00:00+02:00", "2026-06-02T00:00:00Z"),
        &[],
    );
    let mut config = config();
    config.granularity = Some(Granularity::Daily);
    assert_eq!(
        found(
            &config,
            &period("2026-06-01T02:00:00+02:00", "2026-06-01T19:00:00-05:00")
        ),
        [""; 0]
    );
}

#[test]
fn the_edges_of_the_calendar_are_no_panic() {
    use chrono::{DateTime, Utc};
    for as_of in [
        DateTime::<Utc>::MIN_UTC,
        DateTime::<Utc>::MAX_UTC,
        DateTime::UNIX_EPOCH,
    ] {
        for (start, end) in [
            ("0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"),
            ("9999-12-31T00:00:00Z", "9999-12-31T23:59:59-23:59"),
            ("0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00Z"),
        ] {
            let mut config = Config::new(as_of);
            config.granularity = Some(Granularity::Hourly);
            config.expiry_horizon = chrono::TimeDelta::MAX;
            validate(&config, &period(start, end));
        }
    }
}
