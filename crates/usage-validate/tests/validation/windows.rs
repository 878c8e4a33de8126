//! What was asked for: UR501 to UR503.

use usage_model::{Granularity, Window};
use usage_validate::Config;

use crate::{
    lists::{Slot, day, slot, text},
    support::{at, config, validate},
};

fn windowed(start: &str, end: &str) -> Config {
    let mut config = config();
    config.window = Some(Window::new(at(start), at(end)).unwrap());
    config.granularity = Some(Granularity::Daily);
    config.select = vec!["UR5".parse().unwrap(), "UR404".parse().unwrap()];
    config
}

fn said(config: &Config, slots: &[Slot]) -> Vec<String> {
    let (findings, _) = validate(config, &text(slots));
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.message))
        .collect()
}

fn codes(config: &Config, slots: &[Slot]) -> Vec<String> {
    said(config, slots)
        .iter()
        .map(|text| text[..5].to_owned())
        .collect()
}

#[test]
fn a_record_outside_the_window_is_said_and_left_out() {
    let config = windowed("2026-06-01T06:00:00Z", "2026-06-04T18:00:00Z");
    assert_eq!(codes(&config, &[day(0), day(1), day(2), day(3)]), [""; 0]);
    // A month later, without a gap in between, and a coverage that is none.
    assert_eq!(
        codes(&config, &[day(0), day(1), day(2), day(3), day(30)]),
        ["UR501"]
    );
    assert_eq!(
        codes(&config, &[day(-9), day(1), day(2), day(3)]),
        ["UR501", "UR502"]
    );
    assert_eq!(
        codes(&config, &[day(4), day(0), day(1), day(2), day(3)]),
        ["UR501"]
    );
}

#[test]
fn the_window_is_covered_but_for_its_last_day() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z");
    assert_eq!(codes(&config, &[day(0), day(1), day(2), day(3)]), [""; 0]);
    assert_eq!(codes(&config, &[day(0), day(1), day(2)]), [""; 0]);
    assert_eq!(
        said(&config, &[day(0), day(1)]),
        [
            "UR502 the end of the requested window 2026-06-01 to 2026-06-05 is not covered: there is \
             no record from 2026-06-03T00:00:00Z to 2026-06-04T00:00:00Z, 1 day"
        ]
    );
    assert_eq!(
        said(&config, &[day(2), day(3)]),
        [
            "UR502 the start of the requested window 2026-06-01 to 2026-06-05 is not covered: there \
             is no record from 2026-06-01T00:00:00Z to 2026-06-03T00:00:00Z, 2 days"
        ]
    );
    assert_eq!(codes(&config, &[slot(12, 24), day(1), day(2)]), ["UR502"]);
    assert_eq!(codes(&config, &[day(1)]), ["UR502", "UR502"]);
    assert_eq!(codes(&config, &[]), ["UR502"]);
    assert_eq!(codes(&config, &[day(3), day(2), day(0)]), ["UR404"]);
}

#[test]
fn a_window_may_be_covered_by_records_of_any_length() {
    let mut config = windowed("2026-06-01T00:00:00Z", "2026-06-06T00:00:00Z");
    config.granularity = None;
    assert_eq!(
        said(&config, &[]),
        [
            "UR502 the start of the requested window 2026-06-01 to 2026-06-06 is not covered: there \
             is no record from 2026-06-01T00:00:00Z to 2026-06-05T00:00:00Z"
        ]
    );
    // How long a record without a time is, nothing says.
    assert_eq!(codes(&config, &[slot(24, 0)]), [""; 0]);
    assert_eq!(codes(&config, &[slot(0, 96)]), [""; 0]);
    assert_eq!(codes(&config, &[slot(24, 96)]), ["UR502"]);
}

#[test]
fn the_two_edges_of_a_window_are_findings_of_their_own() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z");
    let (findings, _) = validate(&config, &text(&[day(1)]));
    assert_eq!(findings.len(), 2);
    assert_ne!(findings[0].fingerprint, findings[1].fingerprint);
}

#[test]
fn records_without_a_time_may_stand_at_the_edges() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-06T00:00:00Z");
    let reversed = slot(24, 0);
    assert_eq!(codes(&config, &[reversed, day(1), day(2), day(3)]), [""; 0]);
    assert_eq!(codes(&config, &[reversed, day(2), day(3)]), ["UR502"]);
}

#[test]
fn what_cannot_be_there_yet_or_any_more_is_not_missing() {
    // As of 2026-11-01T12:00:00Z: nothing is promised after 2026-10-31T12:00:00Z.
    let ends = |end: &str| {
        let config = windowed("2026-10-29T00:00:00Z", end);
        codes(&config, &[day(150), day(151)])
    };
    assert_eq!(ends("2026-12-01T00:00:00Z"), ["UR502"]);
    assert_eq!(
        codes(
            &windowed("2026-10-29T00:00:00Z", "2026-12-01T00:00:00Z"),
            &[day(150), day(151), day(152)]
        ),
        [""; 0]
    );
    assert_eq!(ends("2026-11-01T00:00:00Z"), [""; 0]);
    // Retention: 2025-05-01 is 396 days before 1 June 2026.
    let config = windowed("2025-04-01T00:00:00Z", "2025-05-03T00:00:00Z");
    assert_eq!(codes(&config, &[day(-396), day(-395)]), ["UR503"]);
    assert_eq!(
        codes(&config, &[day(-395)]),
        ["UR503", "UR502"]
            .map(str::to_owned)
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    let config = windowed("2025-05-01T00:00:00Z", "2025-05-03T00:00:00Z");
    assert_eq!(codes(&config, &[day(-396), day(-395)]), [""; 0]);
}

#[test]
fn a_window_of_a_day_need_not_be_covered() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    let (findings, summary) = validate(&config, "[]");
    assert_eq!((findings.len(), summary.rules["UR502"].evaluated), (0, 0));
    assert_eq!(summary.rules["UR503"].evaluated, 1);
}

#[test]
fn a_record_that_could_not_be_read_covers_no_more_than_its_bucket() {
    let covered = |line: &str| {
        let mut config = windowed("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z");
        config.select = vec!["UR502".parse().unwrap()];
        let text = text(&[day(1), day(2)]) + line;
        let (findings, _) = validate(&config, &text);
        let uncovered = findings.iter().filter(|finding| finding.code == "UR502");
        uncovered.count()
    };
    assert_eq!(covered(""), 2);
    // It stands for the one day at the start, and not for the many at the end.
    assert_eq!(covered(r#"{"data":7}"#), 1);
    let of = |start: &str, end: &str| {
        format!(r#"{{"period":{{"start":"{start}","end":"{end}"}},"data":7}}"#)
    };
    assert_eq!(
        covered(&of("2026-06-30T00:00:00Z", "2026-07-01T00:00:00Z")),
        1
    );
    assert_eq!(
        covered(&of("2027-02-01T00:00:00Z", "2027-02-02T00:00:00Z")),
        2
    );
    assert_eq!(
        covered(&of("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z")),
        1
    );
}

#[test]
fn an_empty_period_meets_no_window_and_misses_none() {
    let config = windowed("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    let (findings, summary) = validate(&config, &text(&[slot(99, 99)]));
    assert_eq!((findings.len(), summary.rules["UR501"].evaluated), (0, 0));
}
