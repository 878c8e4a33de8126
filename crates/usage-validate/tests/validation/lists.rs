//! Rules on lists of records: UR206, UR401 to UR407.

mod gaps;
mod lengths;
mod many_gaps;
mod owners;
mod unplaced;

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{Granularity, Window};
use usage_validate::{Accounts, Config, Finding};

use crate::support::{ACCOUNT, at, config, validate};

/// A record of the account between two points in time, in hours after midnight of 1 June.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) sent: u64,
}

pub(crate) const fn slot(start: i64, end: i64) -> Slot {
    Slot {
        start,
        end,
        sent: 1,
    }
}

/// The day so many days after 1 June.
pub(crate) const fn day(number: i64) -> Slot {
    slot(number * 24, number * 24 + 24)
}

fn hour(hours: i64) -> DateTime<Utc> {
    at("2026-06-01T00:00:00Z") + TimeDelta::hours(hours)
}

impl Slot {
    const fn sent(self, sent: u64) -> Self {
        Self { sent, ..self }
    }

    fn of(self, account: &str, sim: Option<&str>) -> String {
        let sim = sim.map_or_else(String::new, |sim| format!(r#""sim_sid":"{sim}","#));
        let sent = self.sent;
        format!(
            r#"{{"account_sid":"{account}",{sim}"period":{{"start":"{}","end":"{}"}},"commands":{{"total":{sent},"to_sim":{sent},"from_sim":0,"home":{{"total":{sent},"to_sim":{sent},"from_sim":0}}}},"data":{{"total":0,"download":0,"upload":0,"units":"bytes"}}}}"#,
            hour(self.start).format("%Y-%m-%dT%H:%M:%SZ"),
            hour(self.end).format("%Y-%m-%dT%H:%M:%SZ"),
        ) + "\n"
    }
}

pub(crate) fn text(slots: &[Slot]) -> String {
    if slots.is_empty() {
        return "[]".to_owned();
    }
    slots.iter().map(|slot| slot.of(ACCOUNT, None)).collect()
}

/// Code and record of each finding.
fn said(config: &Config, text: &str) -> Vec<String> {
    let (findings, summary) = validate(config, text);
    let with_findings: std::collections::BTreeSet<_> = findings
        .iter()
        .filter_map(|finding| finding.record)
        .collect();
    assert_eq!(
        summary.with_findings,
        u64::try_from(with_findings.len()).unwrap()
    );
    findings.iter().map(place).collect()
}

fn place(finding: &Finding) -> String {
    match finding.record {
        Some(record) => format!("{} {record}", finding.code),
        None => finding.code.to_owned(),
    }
}

#[track_caller]
fn assert_said(slots: &[Slot], expected: &[&str]) {
    assert_eq!(said(&config(), &text(slots)), expected, "{slots:?}");
}

fn days(numbers: impl IntoIterator<Item = i64>) -> Vec<Slot> {
    numbers.into_iter().map(day).collect()
}

#[test]
fn a_series_is_silent_in_either_direction() {
    assert_said(&days(0..9), &[]);
    assert_said(&days((0..9).rev()), &[]);
    assert_said(&[slot(0, 1), slot(1, 2), slot(2, 3)], &[]);
}

#[test]
fn every_rule_is_evaluated_for_each_record_after_another() {
    let (_, summary) = validate(&config(), &text(&days(0..5)));
    for code in ["UR401", "UR402", "UR403", "UR404", "UR405", "UR407"] {
        assert_eq!(summary.rules[code].evaluated, 4, "{code}");
    }
    assert_eq!(summary.rules["UR406"].evaluated, 5);
}

#[test]
fn a_record_that_is_there_twice_is_named_once() {
    for at in 0..5 {
        for to in at..5 {
            let mut slots = days(0..5);
            slots.insert(to + 1, slots[at]);
            let record = to + 1;
            assert_said(&slots, &[format!("UR401 {record}").as_str()]);
            slots[record].sent = 2;
            assert_said(&slots, &[format!("UR402 {record}").as_str()]);
        }
    }
    let (findings, _) = validate(&config(), &text(&[day(0), day(0).sent(2), day(0)]));
    assert_eq!(
        findings[0].message,
        "the period is duplicated with different figures: it was already in record 0 of input.json, and \
         commands.total, commands.to_sim, commands.home.total, commands.home.to_sim differ; the later copy counts"
    );
    assert!(
        findings[1]
            .message
            .contains("with the same figures: it was already in record 0 of input.json")
    );
}

#[test]
fn a_list_that_is_there_twice_is_all_duplicates() {
    let slots: Vec<_> = days((0..300).map(|day| day - 300)).repeat(2);
    let found = said(&config(), &text(&slots));
    assert_eq!(
        found
            .iter()
            .filter(|place| place.starts_with("UR401"))
            .count(),
        300
    );
    assert_eq!(found.len() - 300, 0, "{:?}", &found[..3]);
}

#[test]
fn overlaps_are_seen_however_far_back() {
    assert_said(&[day(0), slot(23, 47)], &["UR403 1"]);
    assert_said(&[day(1), slot(1, 25)], &["UR403 1"]);
    assert_said(
        &[slot(0, 72), day(1), day(2), day(3)],
        &["UR407 1", "UR403 1", "UR403 2"],
    );
    assert_said(&[day(0), day(1), slot(0, 48)], &["UR407 2", "UR403 2"]);
    assert_said(&[slot(0, 1), slot(1, 2)], &[]);
}

#[test]
fn a_record_that_was_moved_overlaps_and_leaves_no_gap() {
    for shift in [-23, -12, -1, 1, 12, 23] {
        let mut slots = days(0..7);
        slots[3] = slot(72 + shift, 96 + shift);
        let record = if shift < 0 { 3 } else { 4 };
        assert_said(&slots, &[format!("UR403 {record}").as_str()]);
        slots.reverse();
        let record = if shift < 0 { 4 } else { 3 };
        assert_said(&slots, &[format!("UR403 {record}").as_str()]);
    }
}

#[test]
fn order_is_one_direction_whichever() {
    assert_said(&days([0, 1, 3, 2, 4]), &["UR405 3"]);
    assert_said(&days([4, 3, 1, 2, 0]), &["UR405 3"]);
    // The first two need not be the ones that are in order: the list runs the way most of its records do.
    assert_said(&days([1, 0, 2, 3, 4, 5]), &["UR405 2", "UR405 3"]);
    assert_said(&days([4, 5, 3, 2, 1, 0]), &["UR405 2", "UR405 3"]);
    let message = |numbers: [i64; 3]| {
        validate(&config(), &text(&days(numbers))).0[0]
            .message
            .clone()
    };
    assert!(
        message([0, 2, 1]).contains("starts before") && message([0, 2, 1]).contains("oldest first")
    );
    assert!(
        message([2, 0, 1]).contains("starts after") && message([2, 0, 1]).contains("newest first")
    );
}

#[test]
fn a_rule_that_is_off_gives_no_record_a_finding() {
    let lists = [
        days((0..40).map(|number| number * 2)),
        days([0, 2, 4]),
        days([0, 0, 1]),
    ];
    for slots in lists {
        // The other rules on lists are on, and have nothing to say.
        let mut config = config();
        config.ignore = vec!["UR401".parse().unwrap(), "UR404".parse().unwrap()];
        let (findings, summary) = validate(&config, &text(&slots));
        assert_eq!((findings.len(), summary.with_findings), (0, 0));
    }
}

#[test]
fn late_findings_go_by_account_sim_and_period() {
    let sims = [
        "DEffffffffffffffffffffffffffffffff",
        "DE00000000000000000000000000000000",
    ];
    let mut lines = String::new();
    for sim in sims {
        for number in [0, 2, 4] {
            lines += &day(number).of(ACCOUNT, Some(sim));
        }
    }
    assert_eq!(
        said(&config(), &lines),
        ["UR404 4", "UR404 5", "UR404 1", "UR404 2"]
    );
}

fn international_day(number: i64, total: u64) -> String {
    international(day(number), total)
}

/// A record with traffic abroad inside the total (8), outside it (5), or neither.
fn international(slot: Slot, total: u64) -> String {
    let (start, end) = (hour(slot.start), hour(slot.end));
    format!(
        r#"{{"account_sid":"{ACCOUNT}","period":{{"start":"{}","end":"{}"}},"commands":{{"total":0,"to_sim":0,"from_sim":0}},"data":{{"total":{total},"download":{},"upload":1,"units":"bytes","home":{{"total":5,"download":4,"upload":1,"units":"bytes"}},"international_roaming":[{{"total":3,"download":3,"upload":0,"units":"bytes","country_code":"DEU"}}]}}}}"#,
        start.format("%Y-%m-%dT%H:%M:%SZ"),
        end.format("%Y-%m-%dT%H:%M:%SZ"),
        total - 1,
    ) + "\n"
}

#[test]
fn records_agree_on_where_international_traffic_counts() {
    let of = |totals: &[u64]| {
        let lines: String = (0..)
            .zip(totals)
            .map(|(number, total)| international_day(number, *total))
            .collect();
        let mut config = config();
        config.select = vec!["UR206".parse().unwrap()];
        let (findings, summary) = validate(&config, &lines);
        let found: Vec<_> = findings.iter().map(place).collect();
        (found.join(" "), summary.rules["UR206"].evaluated)
    };
    assert_eq!(of(&[8, 8, 8]), (String::new(), 3));
    assert_eq!(of(&[5, 5]), (String::new(), 2));
    assert_eq!(of(&[8, 5, 8]), ("UR206 1".to_owned(), 3));
    assert_eq!(of(&[5, 8, 5]), ("UR206 1".to_owned(), 3));
    assert_eq!(of(&[8, 5]), ("UR206 1".to_owned(), 2));
    // Of two halves the one that leaves it out is named, whichever came first.
    assert_eq!(of(&[5, 8]), ("UR206 0".to_owned(), 2));
    assert_eq!(of(&[8, 8, 5, 5, 5]), ("UR206 0".to_owned(), 5));
    // A total that fits neither way has no say.
    assert_eq!(of(&[8, 7]), (String::new(), 1));
    let (findings, _) = validate(
        &config(),
        &[
            international_day(0, 8),
            international_day(1, 5),
            international_day(2, 8),
        ]
        .concat(),
    );
    let last = findings.last().unwrap();
    assert_eq!((last.code, last.pointer.as_str()), ("UR206", "/data"));
    // Of Commands too, where each record that leaves it out breaks the sum as well.
    let of_commands = |totals: &[u64]| {
        let lines = (0..).zip(totals).map(|(number, total)| {
            let day = day(number).sent(3).of(ACCOUNT, None);
            let abroad = r#""from_sim":0},"international_roaming":[{"total":1,"to_sim":1,"from_sim":0,"country_code":"DEU"}]},"data""#;
            let day = day.replacen(r#""from_sim":0}},"data""#, abroad, 1);
            day.replacen(
                r#""commands":{"total":3,"to_sim":3"#,
                &format!(r#""commands":{{"total":{total},"to_sim":{total}"#),
                1,
            )
        });
        let mut config = config();
        config.select = vec!["UR206".parse().unwrap()];
        let (findings, _) = validate(&config, &lines.collect::<String>());
        findings
            .iter()
            .map(|finding| format!("{} {}", place(finding), finding.pointer))
            .collect::<Vec<_>>()
    };
    assert_eq!(of_commands(&[4, 4, 3]), ["UR206 2 /commands"]);
    assert_eq!(of_commands(&[4, 4, 4]), [""; 0]);
    assert_eq!(of_commands(&[3, 3]), [""; 0]);
    assert_eq!(of_commands(&[4, 5]), [""; 0]);
    assert_eq!(last.policy, Some(usage_validate::Policy::Exclude));
    assert!(
        last.message
            .contains("in 2 records, and outside it in 1 record;"),
        "{}",
        last.message
    );
    let mut pinned = config();
    pinned.policy = usage_validate::Policy::Include;
    let (_, summary) = validate(
        &pinned,
        &[international_day(0, 8), international_day(1, 5)].concat(),
    );
    assert_eq!(
        (
            summary.rules["UR206"].evaluated,
            summary.rules["UR206"].failed
        ),
        (0, 0)
    );
}
