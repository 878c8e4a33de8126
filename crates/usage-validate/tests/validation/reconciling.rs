//! Granularities held against each other: UR601 to UR605.

mod laws;
mod sims;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use usage_model::{Granularity, Place, UsageRecord, Window};
use usage_validate::{Accounts, Config, Finding, Reading, Reconciler, Severity, Summary};

use crate::support::{ACCOUNT, at, config};

const SIM: &str = "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
const OTHER_SIM: &str = "DEefefefefefefefefefefefefefefefef";

/// A record of the account between two hours of June, of which each has so many Commands sent to SIMs.
#[derive(Clone, Debug)]
struct Slot {
    start: i64,
    end: i64,
    sent: u64,
    account: &'static str,
    sim: Option<&'static str>,
    granularity: Option<Granularity>,
    fetched_at: DateTime<Utc>,
}

fn slot(start: i64, end: i64, sent: u64) -> Slot {
    Slot {
        start,
        end,
        sent,
        account: ACCOUNT,
        sim: None,
        granularity: None,
        fetched_at: config().as_of,
    }
}

fn day(number: i64, sent: u64) -> Slot {
    slot(number * 24, number * 24 + 24, sent)
}

/// An instant so many hours after the start of June.
fn hour(hours: i64) -> DateTime<Utc> {
    at("2026-06-01T00:00:00Z") + TimeDelta::hours(hours)
}

fn window(start: i64, end: i64) -> Window {
    Window::new(hour(start), hour(end)).unwrap()
}

impl Slot {
    fn sim(self, sim: &'static str) -> Self {
        Self {
            sim: Some(sim),
            ..self
        }
    }

    fn fetched(self, hours: i64) -> Self {
        Self {
            fetched_at: hour(hours),
            ..self
        }
    }

    fn of(self, granularity: Granularity) -> Self {
        Self {
            granularity: Some(granularity),
            ..self
        }
    }

    fn json(&self) -> Value {
        json!({
            "account_sid": self.account,
            "sim_sid": self.sim,
            "period": {"start": hour(self.start).to_rfc3339(), "end": hour(self.end).to_rfc3339()},
            "commands": {"total": self.sent, "to_sim": self.sent, "from_sim": 0},
        })
    }
}

/// Takes records in, numbered in their order.
fn take(reconciler: &mut Reconciler, slots: &[Slot]) {
    for (number, slot) in (0..).zip(slots) {
        let record: UsageRecord = serde_json::from_value(slot.json()).unwrap();
        let mut place = Place::default();
        place.record = number;
        let mut reading = Reading::new(&record, slot.fetched_at);
        reading.place = Some(place);
        reading.granularity = slot.granularity;
        reconciler.reading(&reading);
    }
}

fn reconcile(config: &Config, slots: &[Slot]) -> (Vec<Finding>, Summary) {
    let mut reconciler = Reconciler::new(config);
    take(&mut reconciler, slots);
    reconciler.finish()
}

/// Code, record and pointer of each finding.
fn places(findings: &[Finding]) -> Vec<String> {
    let place = |finding: &Finding| {
        let record = finding.record.unwrap_or_default();
        format!("{} {record} {}", finding.code, finding.pointer)
    };
    findings.iter().map(place).collect()
}

fn found(slots: &[Slot]) -> Vec<String> {
    places(&reconcile(&config(), slots).0)
}

#[test]
fn every_counter_that_is_compared_is_an_evaluation() {
    let evaluated = |slots: &[Slot]| {
        let (_, summary) = reconcile(&config(), slots);
        ["UR601", "UR603", "UR604"].map(|code| {
            let count = summary.rules[code];
            (count.evaluated, count.failed)
        })
    };
    // Three counters of Commands and as many of data; a network that only one side has is compared too.
    let hours = [slot(0, 1, 2), slot(1, 2, 3)];
    let with = |coarse: Slot| evaluated(&[&hours[..], &[coarse]].concat())[0];
    assert_eq!(with(slot(0, 2, 5)), (6, 0));
    assert_eq!(with(slot(0, 2, 6)), (6, 2));
    let sims = |account: u64| {
        evaluated(&[
            day(0, account),
            day(0, 3).sim(SIM),
            day(0, 3).sim(OTHER_SIM),
        ])
    };
    assert_eq!(sims(6), [(0, 0), (6, 0), (2, 0)]);
    assert_eq!(sims(5), [(0, 0), (6, 2), (2, 0)]);
    assert_eq!(sims(7), [(0, 0), (6, 0), (2, 1)]);
}

#[test]
fn days_are_held_against_their_hours_and_a_month_against_its_days() {
    let hours: Vec<_> = (0..48).map(|hour| slot(hour, hour + 1, 1)).collect();
    let days = [day(0, 24), day(1, 24)];
    let whole = slot(0, 48, 48);
    let with = |changed: &[Slot]| found(&[&hours, changed].concat());
    assert_eq!(
        with(&[days[0].clone(), days[1].clone(), whole.clone()]),
        [""; 0]
    );
    // A wrong day is neither the sum of its hours, nor do the days add up: it is told once, where it is smallest.
    assert_eq!(
        with(&[days[0].clone(), day(1, 25), whole.clone()]),
        ["UR601 49 /commands/total", "UR601 49 /commands/to_sim"]
    );
    assert_eq!(
        with(&[days[0].clone(), days[1].clone(), slot(0, 48, 50)]),
        ["UR601 50 /commands/total", "UR601 50 /commands/to_sim"]
    );
    assert_eq!(
        with(&[day(0, 25), days[1].clone(), whole.clone()]),
        ["UR601 48 /commands/total", "UR601 48 /commands/to_sim"]
    );
    // Both are wrong, and neither explains the other.
    assert_eq!(
        with(&[days[0].clone(), day(1, 25), slot(0, 48, 51)]).len(),
        4
    );
    // Without days, the whole is held against the hours.
    assert_eq!(with(&[slot(0, 48, 50)]).len(), 2);
}

#[test]
fn what_is_not_settled_is_not_compared() {
    let fine = [
        slot(0, 12, 1).of(Granularity::Hourly),
        slot(12, 24, 1).of(Granularity::Hourly),
    ];
    let wrong = |day: Slot, fine: [Slot; 2]| found(&[vec![day], fine.to_vec()].concat()).len();
    assert_eq!(wrong(day(0, 3), fine.clone()), 2);
    assert_eq!(wrong(day(0, 3).fetched(72), fine.clone()), 2);
    assert_eq!(wrong(day(0, 3).fetched(71), fine.clone()), 0);
    let [first, second] = fine;
    assert_eq!(
        wrong(day(0, 3), [first.clone(), second.clone().fetched(72)]),
        2
    );
    assert_eq!(wrong(day(0, 3), [first, second.fetched(71)]), 0);
}

#[test]
fn of_two_readings_the_later_one_counts_whichever_comes_first() {
    let fine = [
        slot(0, 12, 1).of(Granularity::Hourly),
        slot(12, 24, 1).of(Granularity::Hourly),
    ];
    let (earlier, later) = (day(0, 1).fetched(80), day(0, 2).fetched(90));
    for days in [[earlier.clone(), later.clone()], [later, earlier]] {
        assert_eq!(found(&[&fine[..], &days].concat()), [""; 0]);
    }
    let (lower, higher) = (day(0, 1), day(0, 2));
    for days in [[lower.clone(), higher.clone()], [higher, lower]] {
        assert_eq!(found(&[&fine[..], &days].concat()), [""; 0]);
    }
    // Of equal ones it is the first that is named.
    let twice = [&fine[..], &[day(0, 5), day(0, 5)]].concat();
    assert_eq!(found(&twice)[0], "UR601 2 /commands/total");
}

#[test]
fn finer_periods_with_gaps_or_overlaps_are_named_and_are_an_error_where_they_have_more() {
    let of = |first: Slot, second: Slot| {
        let fine = [first, second].map(|slot| slot.of(Granularity::Hourly));
        let (findings, _) = reconcile(&config(), &[vec![day(0, 5)], fine.to_vec()].concat());
        let shown = |finding: &Finding| (finding.code, finding.severity, finding.actual);
        findings.iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(of(slot(0, 12, 2), slot(12, 24, 3)), []);
    let warning = [("UR602", Severity::Warning, None)];
    assert_eq!(of(slot(0, 12, 2), slot(13, 24, 3)), warning);
    assert_eq!(of(slot(1, 12, 2), slot(12, 24, 3)), warning);
    assert_eq!(of(slot(0, 12, 2), slot(12, 23, 3)), warning);
    assert_eq!(of(slot(0, 12, 2), slot(11, 24, 9)), warning);
    assert_eq!(of(slot(0, 12, 2), slot(12, 25, 9)), warning);
    assert_eq!(of(slot(-1, 12, 9), slot(12, 24, 3)), warning);
    assert_eq!(of(slot(-1, 12, 9), slot(-2, -1, 0)), warning);
    assert_eq!(
        of(slot(0, 12, 2), slot(13, 24, 4)),
        [("UR602", Severity::Error, Some(5))]
    );
}

#[test]
fn the_first_of_several_gaps_is_named() {
    let messages = |slots: &[Slot]| -> Vec<_> {
        let (findings, _) = reconcile(&config(), slots);
        findings
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    };
    let gap =
        "the hourly records do not make up the period: there is none from 2026-06-01T01:00:00Z to";
    assert_eq!(
        messages(&[slot(0, 1, 1), slot(0, 24, 9)]),
        [format!("{gap} 2026-06-02T00:00:00Z")]
    );
    assert_eq!(
        messages(&[slot(0, 1, 1), slot(4, 5, 1), slot(8, 9, 1), slot(0, 24, 9)]),
        [format!("{gap} 2026-06-01T04:00:00Z, and 2 more gaps")]
    );
}

#[test]
fn of_two_periods_that_reach_as_far_into_another_the_later_one_is_named() {
    let reaching = [slot(-3, 2, 1), slot(-1, 2, 1)].map(|slot| slot.of(Granularity::Hourly));
    let (findings, _) = reconcile(&config(), &[&reaching[..], &[day(0, 5)]].concat());
    let named = "one that starts at 2026-05-31T23:00:00Z overlaps others or reaches beyond it";
    let messages: Vec<_> = findings.iter().map(|finding| &finding.message).collect();
    assert!(messages[0].contains(named), "{messages:?}");
}

#[test]
fn a_time_that_was_read_in_full_had_no_usage_where_it_has_no_record() {
    let slots = [slot(0, 1, 2), slot(3, 4, 3), slot(0, 24, 5)];
    let read = |windows: &[Window]| {
        let mut reconciler = Reconciler::new(&config());
        take(&mut reconciler, &slots);
        for window in windows {
            reconciler.read_in_full(Some(ACCOUNT), None, Granularity::Hourly, *window);
        }
        places(&reconciler.finish().0)
    };
    assert_eq!(read(&[window(0, 24)]), [""; 0]);
    assert_eq!(read(&[window(4, 24), window(1, 3)]), [""; 0]);
    for too_little in [
        vec![],
        vec![window(0, 23)],
        vec![window(2, 24)],
        vec![window(1, 2), window(4, 24)],
    ] {
        assert_eq!(read(&too_little), ["UR602 2 /period"], "{too_little:?}");
    }
    // Then even a day without any record is held against its hours, which had none.
    let mut reconciler = Reconciler::new(&config());
    take(&mut reconciler, &[day(0, 5)]);
    reconciler.read_in_full(Some(ACCOUNT), None, Granularity::Hourly, window(0, 24));
    assert_eq!(
        places(&reconciler.finish().0),
        ["UR601 0 /commands/total", "UR601 0 /commands/to_sim"]
    );
}

#[test]
fn periods_in_a_row_without_a_counterpart_are_reported_once() {
    let messages = |slots: &[Slot]| {
        let (findings, _) = reconcile(&config(), slots);
        let unmatched = findings.iter().filter(|finding| finding.code == "UR605");
        unmatched
            .map(|finding| (finding.record.unwrap(), finding.message.clone()))
            .collect::<Vec<_>>()
    };
    let days: Vec<_> = (0..6).map(|number| day(number, 24)).collect();
    let hours: Vec<_> = (48..72)
        .chain(120..168)
        .map(|hour| slot(hour, hour + 1, 1))
        .collect();
    assert_eq!(
        messages(&[days, hours].concat()),
        [
            (0, "2 periods from 2026-06-01T00:00:00Z to 2026-06-03T00:00:00Z have no hourly records to compare them with".to_owned()),
            (3, "2 periods from 2026-06-04T00:00:00Z to 2026-06-06T00:00:00Z have no hourly records to compare them with".to_owned()),
            (54, "24 periods from 2026-06-07T00:00:00Z to 2026-06-08T00:00:00Z have no records of a coarser granularity to compare them with".to_owned()),
        ]
    );
    let sims = [day(0, 1).sim(SIM), day(1, 1).sim(SIM), day(1, 1), day(2, 1)];
    assert_eq!(
        messages(&sims),
        [
            (3, "the period 2026-06-03T00:00:00Z to 2026-06-04T00:00:00Z has no records of SIMs to compare it with".to_owned()),
            (0, "the period 2026-06-01T00:00:00Z to 2026-06-02T00:00:00Z has no record of the account to compare it with".to_owned()),
        ]
    );
    // Where the other side has a period that only overlaps, that is said.
    let help = |slots: &[Slot]| {
        let (findings, _) = reconcile(&config(), slots);
        findings.last().unwrap().help.clone().unwrap()
    };
    let shifted = slot(1, 25, 1).of(Granularity::Daily).sim(SIM);
    let (both, _) = reconcile(&config(), &[day(0, 1), shifted.clone()]);
    let helps: Vec<_> = both
        .iter()
        .filter_map(|finding| finding.help.as_deref())
        .collect();
    assert_eq!(helps.len(), 2);
    assert!(
        helps.iter().all(|help| help.contains("only overlap")),
        "{helps:?}"
    );
    assert!(help(&[day(0, 1), shifted]).contains("only overlap"));
    assert!(help(&sims).starts_with("what has no counterpart"));
    assert!(help(&[day(0, 24), slot(24, 25, 1)]).starts_with("what has no counterpart"));
    // What has no usage, and what is not settled, needs no counterpart.
    assert_eq!(
        messages(&[
            day(0, 0),
            day(1, 1).fetched(95),
            day(2, 1),
            day(2, 1).sim(SIM)
        ]),
        []
    );
}

#[test]
fn one_granularity_of_one_resource_gives_nothing_to_compare() {
    let (findings, summary) = reconcile(&config(), &[day(0, 1), day(1, 2)]);
    assert_eq!(findings, []);
    assert_eq!(summary.records, 2);
    assert_eq!(
        summary.not_evaluated,
        ["UR001", "UR601", "UR602", "UR603", "UR604", "UR605"]
    );
    assert_eq!(summary.rules["UR902"].failed, 1);
}

#[test]
fn figures_of_an_unknown_unit_are_not_compared() {
    let text = |start: &str, end: &str, units: &str, total: u64| -> UsageRecord {
        serde_json::from_value(json!({
            "period": {"start": start, "end": end},
            "data": {"total": total, "download": total, "upload": 0, "units": units},
        }))
        .unwrap()
    };
    for (units, expected) in [("bytes", 2), ("KB", 2), ("octets", 0)] {
        let mut reconciler = Reconciler::new(&config());
        for (start, end) in [
            ("2026-06-01T00:00:00Z", "2026-06-01T01:00:00Z"),
            ("2026-06-01T00:00:00Z", "2026-06-01T01:00:00.001Z"),
        ] {
            let total = if end.contains('.') { 4 } else { 3 };
            reconciler.record(&Place::default(), &text(start, end, units, total));
        }
        reconciler.read_in_full(None, None, Granularity::Hourly, window(0, 2));
        assert_eq!(reconciler.finish().0.len(), expected, "{units}");
    }
}

#[test]
fn records_without_a_time_and_records_that_do_not_decode_are_counted() {
    let input = b"{\"data\":{\"total\":1}}\n{\"data\":7}\n{\"period\":{\"start\":\"2026-06-02T00:00:00Z\",\"end\":\"2026-06-01T00:00:00Z\"}}\n";
    let mut reconciler = Reconciler::new(&config());
    reconciler.source("input.ndjson");
    for item in usage_model::read_records(&input[..]) {
        reconciler.item(&item.unwrap());
    }
    let (findings, summary) = reconciler.finish();
    assert_eq!(places(&findings), ["UR002 1 /data"]);
    assert_eq!(
        (summary.records, summary.malformed, summary.clean),
        (3, 1, 2)
    );
    assert_eq!(summary.rules["UR002"].evaluated, 3);
}

#[test]
fn a_record_counts_once_among_those_with_findings() {
    let slots = [
        slot(0, 1, 1),
        slot(0, 2, 5),
        slot(0, 2, 1).sim(SIM),
        day(0, 1).sim(SIM),
        day(0, 1),
    ];
    let (findings, summary) = reconcile(&config(), &slots);
    let records: std::collections::BTreeSet<_> =
        findings.iter().map(|finding| finding.record).collect();
    assert!(findings.len() > records.len(), "{findings:?}");
    assert_eq!(summary.with_findings, u64::try_from(records.len()).unwrap());
}

#[test]
fn several_accounts_are_reconciled_each_by_itself() {
    let other = "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
    let mut sim = day(0, 1).sim(SIM);
    sim.account = other;
    let slots = [day(0, 5), sim];
    assert_eq!(found(&slots).len(), 1);
    let mut many = config();
    many.accounts = Accounts::Many;
    assert_eq!(reconcile(&many, &slots).0, []);
}

#[test]
fn an_empty_period_is_counted_and_not_compared() {
    let empty = slot(5, 5, 7);
    let (findings, summary) = reconcile(&config(), &[day(0, 1), day(0, 1).sim(SIM), empty]);
    assert_eq!(findings, []);
    assert_eq!(summary.records, 3);
}

#[test]
fn a_large_difference_of_data_is_shown_in_a_readable_unit() {
    let record = |start: &str, end: &str, total: u64| -> UsageRecord {
        serde_json::from_value(json!({
            "period": {"start": start, "end": end},
            "commands": {"total": total, "to_sim": total, "from_sim": 0},
            "data": {"total": total, "download": total, "upload": 0, "units": "bytes"},
        }))
        .unwrap()
    };
    let mut reconciler = Reconciler::new(&config());
    for (end, total) in [
        ("2026-06-01T01:00:00Z", 0),
        ("2026-06-01T01:00:00.001Z", 1_500_000),
    ] {
        reconciler.record(
            &Place::default(),
            &record("2026-06-01T00:00:00Z", end, total),
        );
    }
    reconciler.read_in_full(None, None, Granularity::Hourly, window(0, 2));
    let (findings, _) = reconciler.finish();
    let starts = findings
        .iter()
        .map(|finding| finding.message.split(" than").next().unwrap());
    assert_eq!(
        starts.collect::<Vec<_>>(),
        [
            "`commands.total` is 1500000 more",
            "`commands.to_sim` is 1500000 more",
            "`data.total` is 1.5 MB (1 500 000 bytes) more",
            "`data.download` is 1.5 MB (1 500 000 bytes) more",
        ]
    );
}
