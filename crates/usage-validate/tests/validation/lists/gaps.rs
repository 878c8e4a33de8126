//! Times of a series that no record is for.

use super::*;

#[test]
fn a_record_that_is_missing_is_a_gap_before_the_next() {
    for (missing, expected) in [(1, "UR404 1"), (4, "UR404 4"), (7, "UR404 7")] {
        assert_said(&days((0..9).filter(|day| *day != missing)), &[expected]);
    }
    // Newest first, the later record of the list is the older one.
    assert_said(&days((0..9).rev().filter(|day| *day != 4)), &["UR404 4"]);
    let (findings, _) = validate(&config(), &text(&days([0, 1, 4, 6])));
    let messages: Vec<_> = findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "2 days are missing: there is no record from 2026-06-03T00:00:00Z to 2026-06-05T00:00:00Z",
            "1 day is missing: there is no record from 2026-06-06T00:00:00Z to 2026-06-07T00:00:00Z",
        ]
    );
    assert_eq!(findings[0].pointer, "/period");
    assert_eq!(
        findings[0].key.as_ref().unwrap().account_sid.as_deref(),
        Some(ACCOUNT)
    );
}

#[test]
fn a_gap_shorter_than_a_bucket_is_one_as_well() {
    let slots = [day(0), slot(36, 60), slot(60, 84)];
    assert_said(&slots, &["UR404 1"]);
    let (findings, _) = validate(&config(), &text(&slots));
    assert!(
        findings[0]
            .message
            .starts_with("less than 1 day is missing")
    );
}

#[test]
fn a_month_that_is_missing_is_one_period_whatever_the_length_of_its_neighbours() {
    let month = |first: i64, days: i64| slot(first * 24, (first + days) * 24);
    let (may, july, august, september) =
        (month(-31, 31), month(30, 31), month(61, 31), month(92, 30));
    let said = |slots: &[Slot], granularity| {
        let mut config = config();
        config.granularity = granularity;
        config.select = vec!["UR404".parse().unwrap()];
        let (findings, _) = validate(&config, &text(slots));
        findings[0].message.split(':').next().unwrap().to_owned()
    };
    for granularity in [Some(Granularity::All), None] {
        assert_eq!(said(&[may, july], granularity), "1 period is missing");
        assert_eq!(said(&[may, august], granularity), "2 periods are missing");
        assert_eq!(said(&[july, september], granularity), "1 period is missing");
        assert_eq!(
            said(&[may, slot(10, 10 + 31 * 24)], granularity),
            "less than 1 period of 31 days is missing"
        );
    }
    // A record without a time may be the month.
    let timeless = format!("{{\"account_sid\":\"{ACCOUNT}\"}}\n");
    let lines = may.of(ACCOUNT, None) + &timeless + &july.of(ACCOUNT, None);
    assert_eq!(validate(&config(), &lines).1.rules["UR404"].failed, 0);
}

#[test]
fn a_later_record_fills_a_gap() {
    assert_said(&days([0, 2, 1, 3]), &["UR405 2"]);
    // Parts of a gap are gaps beside the record that fills the middle.
    assert_said(&days([0, 4, 2]), &["UR405 2", "UR404 2", "UR404 2"]);
    assert_said(&days([0, 4, 1]), &["UR405 2", "UR404 2"]);
    assert_said(&days([0, 4, 3]), &["UR405 2", "UR404 2"]);
    // Two months, the later one fetched first.
    assert_said(&days((4..8).chain(0..4)), &["UR405 4"]);
}

#[test]
fn a_gap_of_a_bucket_stays_one_beside_an_overlap() {
    // The overlap is as long as the gap, and the gap is a whole day.
    assert_said(
        &[day(0), slot(24, 72), day(2), day(4)],
        &["UR407 1", "UR403 2", "UR404 3"],
    );
    assert_said(
        &[day(0), slot(36, 60), day(2).sent(3), day(3)],
        &["UR403 2"],
    );
}

#[test]
fn gaps_on_both_sides_of_a_record_have_names_of_their_own() {
    let (findings, _) = validate(&config(), &text(&days([0, 9, 4])));
    let prints: std::collections::BTreeSet<_> = findings
        .iter()
        .filter(|finding| finding.code == "UR404")
        .map(|finding| &finding.fingerprint)
        .collect();
    assert_eq!(prints.len(), 2, "{findings:?}");
}

#[test]
fn a_gap_longer_than_the_overlap_beside_it_stays() {
    // Twelve hours are missing; the record after them was not moved by as much.
    assert_said(
        &[day(0), slot(36, 60), slot(54, 78)],
        &["UR403 2", "UR404 1"],
    );
    assert_said(&[day(0), slot(36, 60), slot(48, 72)], &["UR403 2"]);
    assert_said(
        &[day(3), slot(36, 60), slot(18, 42)],
        &["UR403 2", "UR404 1"],
    );
    // And so does one longer than the overlap before it.
    assert_said(
        &[day(0), slot(18, 42), slot(54, 78)],
        &["UR403 1", "UR404 2"],
    );
    assert_said(&[day(0), slot(18, 42), slot(48, 72)], &["UR403 1"]);
    // An overlap further on has nothing to do with it.
    assert_said(
        &[day(0), slot(30, 54), slot(54, 78), slot(66, 90)],
        &["UR403 3", "UR404 1"],
    );
}

#[test]
fn a_gap_counts_buckets_of_the_granularity_that_was_asked_for() {
    let mut hourly = config();
    hourly.granularity = Some(Granularity::Hourly);
    hourly.select = vec!["UR4".parse().unwrap()];
    let (findings, _) = validate(&hourly, &text(&[day(0), day(2)]));
    assert!(
        findings[0].message.starts_with("24 hours are missing"),
        "{}",
        findings[0].message
    );
}

#[test]
fn a_gap_beside_overlapping_periods_of_other_lengths_is_reported_and_its_record_is_no_overlap() {
    // Six hours are missing before a period of thirty that overlaps the next day; nothing was moved.
    let hidden = [day(0), slot(30, 60), slot(48, 72)];
    let codes = |slots: &[Slot]| -> Vec<String> {
        let mut config = config();
        config.ignore = vec!["UR407".parse().unwrap()];
        said(&config, &text(slots))
    };
    assert_eq!(codes(&hidden), ["UR403 2", "UR404 1"]);
    assert_eq!(
        codes(&[&hidden[..], &[slot(24, 30)]].concat()),
        ["UR403 2", "UR405 3"]
    );
    // Where a day was moved, its own time is still free.
    let moved = [day(0), slot(30, 54), day(2)];
    assert_eq!(codes(&moved), ["UR403 2"]);
    assert_eq!(
        codes(&[&moved[..], &[slot(24, 30)]].concat()),
        ["UR403 2", "UR405 3"]
    );
    assert_eq!(
        codes(&[&moved[..], &[slot(24, 31)]].concat()),
        ["UR403 2", "UR403 3"]
    );
}

#[test]
fn an_empty_period_where_a_gap_begins_fills_nothing() {
    let (findings, _) = validate(&config(), &text(&[day(0), day(2), slot(24, 24)]));
    let codes: Vec<_> = findings.iter().map(place).collect();
    assert_eq!(codes, ["UR301 2", "UR404 1"]);
}
