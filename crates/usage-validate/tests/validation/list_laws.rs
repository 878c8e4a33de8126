//! Laws that hold for all lists of records.

use proptest::{collection::vec, prelude::*, sample::Index};
use usage_model::{
    Container, Field, Lenient, Place, Position, UsageRecord, read_records,
    strategies::{ValidParams, any_record, valid_record},
};
use usage_validate::{Config, Finding, Summary, Validator};

use crate::{
    laws::any_fault,
    lists::{Slot, day, slot, text},
    support::{config, data, validate},
};

/// A record of a list: any at all, or one of a few SIMs and days, with or without a fault.
pub(crate) fn any_member() -> impl Strategy<Value = UsageRecord> {
    let mut params = ValidParams::default();
    params.with_sim = true;
    let similar = (
        valid_record(params),
        0..12_i64,
        0..3_usize,
        prop::option::weighted(0.2, any_fault()),
    );
    let similar = similar.prop_map(|(mut record, number, sim, fault)| {
        let start = chrono::DateTime::from_timestamp(1_780_272_000 + number * 86_400, 0).unwrap();
        record.period = Field::Value(usage_model::Period::new(
            start,
            start + chrono::TimeDelta::days(1),
        ));
        record.account_sid = Field::Value(Lenient::from_text("ACabababababababababababababababab"));
        let sims = [
            "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
            "DEefefefefefefefefefefefefefefefef",
        ];
        record.sim_sid = sims
            .get(sim)
            .map_or(Field::Absent, |sim| Field::Value(Lenient::from_text(sim)));
        if let Some(fault) = fault {
            fault.plant(&mut record);
        }
        record
    });
    prop_oneof![4 => similar, 1 => any_record()]
}

fn place(number: usize) -> Place {
    let mut place = Place::default();
    place.record = u64::try_from(number).unwrap();
    place.position = position(number);
    place.container = Container::List(place.record);
    place
}

/// Where a record of a list in lines of 100 bytes starts.
fn position(number: usize) -> Position {
    let number = u64::try_from(number).unwrap();
    Position::new(100 * number, number + 1, 1)
}

fn malformed(place: Place) -> usage_model::MalformedRecord {
    match read_records(&b"{\"data\":7}\n"[..]).next() {
        Some(Ok(usage_model::Item::Malformed(mut record))) => {
            record.place = place;
            record.position = place.position;
            record
        }
        other => panic!("{other:?}"),
    }
}

/// Checks a list in parts that begin at the given records; `None` stands for a malformed record.
fn in_parts(
    config: &Config,
    list: &[Option<UsageRecord>],
    cuts: &[usize],
) -> (Vec<Finding>, Summary) {
    let mut findings = Vec::new();
    let mut validator = Validator::new(config);
    validator.source("list");
    let mut from = 0;
    let mut part = validator.part();
    for &to in cuts.iter().chain([&list.len()]) {
        for (number, record) in list[from..to].iter().enumerate() {
            // Containers are those of the whole; only numbers start anew.
            let mut place = place(number);
            place.container = Container::List(u64::try_from(from + number).unwrap());
            if let Some(record) = record {
                part.record(&place, record);
            } else {
                part.malformed_record(&malformed(place));
            }
        }
        assert_eq!(part.records(), u64::try_from(to - from).unwrap());
        findings.extend(validator.join(&mut part, position(from), u64::try_from(from).unwrap()));
        from = to;
    }
    let (last, summary) = validator.finish();
    findings.extend(last);
    (findings, summary)
}

#[test]
fn a_part_takes_whatever_a_reader_gives() {
    let record = data(r#"{"total":3,"download":2,"upload":0,"units":"bytes"}"#);
    let page = format!(
        "{{\"usage_records\":[{record},{{\"data\":7}}],\"meta\":{{\"page\":0,\"next_page_url\":\"x\"}}}}"
    );
    let items: Vec<_> = read_records(page.as_bytes()).map(Result::unwrap).collect();
    let mut config = config();
    config.ignore = vec!["UR203".parse().unwrap()];
    let (mut whole, mut in_a_part) = (Validator::new(&config), Validator::new(&config));
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    let mut part = in_a_part.part();
    for item in &items {
        expected.extend(whole.item(item));
        part.item(item);
    }
    found.extend(in_a_part.join(&mut part, Position::START, 0));
    let ((last, of_whole), (last_of_part, of_part)) = (whole.finish(), in_a_part.finish());
    expected.extend(last);
    found.extend(last_of_part);
    let codes: Vec<_> = expected.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["UR202", "UR002", "UR504"]);
    assert_eq!((found, of_part), (expected, of_whole));
}

fn at_once(config: &Config, list: &[Option<UsageRecord>]) -> (Vec<Finding>, Summary) {
    let mut findings = Vec::new();
    let mut validator = Validator::new(config);
    validator.source("list");
    for (number, record) in list.iter().enumerate() {
        if let Some(record) = record {
            findings.extend(validator.record(&place(number), record));
        } else {
            findings.extend(validator.malformed_record(&malformed(place(number))));
        }
    }
    let (last, summary) = validator.finish();
    findings.extend(last);
    (findings, summary)
}

/// What must be found in days by looking at every pair of them.
fn by_pairs(days: &[(i64, u64)]) -> (Vec<String>, i64) {
    let mut found = Vec::new();
    for (at, (number, sent)) in days.iter().enumerate() {
        let earlier = days[..at].iter().find(|(earlier, _)| earlier == number);
        if let Some((_, before)) = earlier {
            found.push(format!(
                "{} {at}",
                if before == sent { "UR401" } else { "UR402" }
            ));
        }
    }
    let first = days.iter().map(|(number, _)| *number).min().unwrap();
    let last = days.iter().map(|(number, _)| *number).max().unwrap();
    let missing = (first..=last).filter(|day| !days.iter().any(|(number, _)| number == day));
    (found, i64::try_from(missing.count()).unwrap())
}

/// What must be found in periods of any lengths by looking at every hour: the records that share hours with others but
/// not the whole period, and the gaps.
fn by_hours(slots: &[(i64, i64)]) -> (Vec<usize>, Vec<(i64, i64)>) {
    let mut overlaps = Vec::new();
    for (at, (start, end)) in slots.iter().enumerate() {
        let earlier = &slots[..at];
        let is_duplicate = earlier.contains(&(*start, *end));
        let is_taken = |hour: i64| {
            earlier
                .iter()
                .any(|(start, end)| (*start..*end).contains(&hour))
        };
        if !is_duplicate && (*start..*end).any(is_taken) {
            overlaps.push(at);
        }
    }
    let first = slots.iter().map(|(start, _)| *start).min().unwrap();
    let last = slots.iter().map(|(_, end)| *end).max().unwrap();
    let is_free = |hour: &i64| {
        !slots
            .iter()
            .any(|(start, end)| (*start..*end).contains(hour))
    };
    let mut gaps: Vec<(i64, i64)> = Vec::new();
    for hour in (first..last).filter(is_free) {
        match gaps.last_mut() {
            Some((_, end)) if *end == hour => *end += 1,
            _ => gaps.push((hour, hour + 1)),
        }
    }
    // A gap is explained where a record as long as the first was moved by as much, into a neighbour in its place.
    let usual = slots[0].1 - slots[0].0;
    gaps.retain(|(start, end)| {
        let has = |start: i64| slots.contains(&(start, start + usual));
        let is_moved =
            (has(*end) && has(start + usual)) || (has(start - usual) && has(end - 2 * usual));
        end - start >= usual || !is_moved
    });
    (overlaps, gaps)
}

proptest! {
    #[test]
    fn parts_give_what_the_whole_gives(
        list in vec(prop::option::weighted(0.95, any_member()), 1..24),
        cuts in vec(any::<Index>(), 0..5),
        most in prop_oneof![Just(usize::MAX), 0..30_usize],
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(list.len())).collect();
        cuts.sort_unstable();
        let mut config = config();
        config.max_findings = most;
        prop_assert_eq!(in_parts(&config, &list, &cuts), at_once(&config, &list));
    }

    #[test]
    fn permuting_records_changes_only_rules_on_lists(list in vec(any_member(), 1..10), seed in any::<Index>()) {
        let mut config = config();
        config.ignore = vec!["UR4".parse().unwrap(), "UR206".parse().unwrap(), "UR103".parse().unwrap()];
        let as_it_is: Vec<_> = list.iter().cloned().map(Some).collect();
        let mut turned = as_it_is.clone();
        turned.rotate_left(seed.index(list.len()));
        turned.reverse();
        let prints = |list: &[Option<UsageRecord>]| {
            let (findings, mut summary) = at_once(&config, list);
            // Of two readings of a period the later one counts.
            summary.totals = usage_validate::ControlTotals::default();
            let mut prints: Vec<_> = findings
                .into_iter()
                .map(|finding| (finding.fingerprint, finding.message, finding.delta))
                .collect();
            prints.sort();
            (prints, summary)
        };
        prop_assert_eq!(prints(&as_it_is), prints(&turned));
    }

    #[test]
    fn counts_of_records_add_up(list in vec(prop::option::weighted(0.9, any_member()), 0..24)) {
        let (findings, summary) = at_once(&config(), &list);
        prop_assert_eq!(summary.records, summary.clean + summary.with_findings + summary.malformed);
        let with_findings: std::collections::BTreeSet<_> = findings
            .iter()
            .filter(|finding| finding.code != "UR103" && finding.code != "UR002")
            .filter_map(|finding| finding.record)
            .filter(|record| list[usize::try_from(*record).unwrap()].is_some())
            .collect();
        let most_unknown = findings.iter().filter(|finding| finding.code == "UR103").count();
        let with_findings = u64::try_from(with_findings.len()).unwrap();
        prop_assert!(summary.with_findings >= with_findings);
        if most_unknown == 0 {
            prop_assert_eq!(summary.with_findings, with_findings);
        }
    }

    #[test]
    fn one_record_less_is_exactly_one_gap(count in 3..40_i64, missing in any::<Index>(), reversed in any::<bool>()) {
        let inner = i64::try_from(missing.index(usize::try_from(count - 2).unwrap())).unwrap() + 1;
        let mut slots: Vec<_> = (0..count).map(day).collect();
        if reversed {
            slots.reverse();
        }
        let at = usize::try_from(inner).unwrap();
        slots.remove(at);
        let (findings, _) = validate(&config(), &text(&slots));
        prop_assert_eq!(findings.len(), 1);
        prop_assert_eq!((findings[0].code, findings[0].record), ("UR404", Some(u64::try_from(at).unwrap())));
        prop_assert!(findings[0].message.starts_with("1 day is missing"));
    }

    #[test]
    fn one_record_twice_is_exactly_one_duplicate(count in 1..40_usize, at in any::<Index>(), to in any::<Index>()) {
        let mut slots: Vec<_> = (0..).take(count).map(day).collect();
        let at = at.index(count);
        let to = at + 1 + to.index(count - at);
        slots.insert(to, slots[at]);
        let (findings, _) = validate(&config(), &text(&slots));
        prop_assert_eq!(findings.len(), 1);
        prop_assert_eq!((findings[0].code, findings[0].record), ("UR401", Some(u64::try_from(to).unwrap())));
    }

    #[test]
    fn one_record_moved_is_exactly_one_overlap(count in 3..20_i64, at in any::<Index>(), shift in 1..24_i64, back in any::<bool>()) {
        let inner = i64::try_from(at.index(usize::try_from(count - 2).unwrap())).unwrap() + 1;
        let shift = if back { -shift } else { shift };
        let mut slots: Vec<_> = (0..count).map(day).collect();
        let at = usize::try_from(inner).unwrap();
        slots[at] = slot(inner * 24 + shift, inner * 24 + 24 + shift);
        let (findings, _) = validate(&config(), &text(&slots));
        let later = if back { at } else { at + 1 };
        prop_assert_eq!(findings.len(), 1, "{:?}", findings);
        prop_assert_eq!((findings[0].code, findings[0].record), ("UR403", Some(u64::try_from(later).unwrap())));
    }

    #[test]
    fn looking_at_every_pair_of_days_agrees(days in vec((0..14_i64, 1..3_u64), 1..14)) {
        let slots: Vec<_> = days.iter().map(|(number, sent)| Slot { sent: *sent, ..day(*number) }).collect();
        let (findings, _) = validate(&config(), &text(&slots));
        let found: Vec<_> = findings
            .iter()
            .filter(|finding| finding.code != "UR404" && finding.code != "UR405")
            .map(|finding| format!("{} {}", finding.code, finding.record.unwrap()))
            .collect();
        let missing: i64 = findings
            .iter()
            .filter(|finding| finding.code == "UR404")
            .map(|finding| finding.message.split(' ').next().unwrap().parse::<i64>().unwrap())
            .sum();
        prop_assert_eq!((found, missing), by_pairs(&days));
    }

    #[test]
    fn looking_at_every_hour_agrees(slots in vec((0..40_i64, 1..6_i64), 1..16)) {
        let slots: Vec<_> = slots.iter().map(|(start, length)| (*start, start + length)).collect();
        let list: Vec<_> = slots.iter().map(|(start, end)| slot(*start, *end)).collect();
        let (findings, _) = validate(&config(), &text(&list));
        let of = |code: &'static str| findings.iter().filter(move |finding| finding.code == code);
        let overlaps: Vec<_> = of("UR403").map(|finding| usize::try_from(finding.record.unwrap()).unwrap()).collect();
        let mut gaps: Vec<_> = of("UR404").map(|finding| finding.message.split_once("from ").unwrap().1.to_owned()).collect();
        gaps.sort();
        let (expected_overlaps, expected_gaps) = by_hours(&slots);
        let hour = |hours: i64| crate::support::at("2026-06-01T00:00:00Z") + chrono::TimeDelta::hours(hours);
        let mut expected_gaps: Vec<_> = expected_gaps
            .into_iter()
            .map(|(start, end)| format!("{} to {}", hour(start).format("%FT%TZ"), hour(end).format("%FT%TZ")))
            .collect();
        expected_gaps.sort();
        prop_assert_eq!((overlaps, gaps), (expected_overlaps, expected_gaps));
    }

    #[test]
    fn gaps_do_not_depend_on_the_order_of_records(
        slots in vec((0..40_i64, 1..6_i64), 1..16).prop_map(|slots| {
            slots.iter().map(|(start, length)| slot(*start, start + length)).collect::<Vec<_>>()
        }),
        granularity in prop::sample::select(vec![usage_model::Granularity::Hourly, usage_model::Granularity::Daily]),
        seed in any::<u64>(),
    ) {
        let mut config = config();
        config.granularity = Some(granularity);
        config.select = vec!["UR404".parse().unwrap()];
        let gaps = |slots: &[Slot]| {
            let (findings, _) = validate(&config, &text(slots));
            let mut gaps: Vec<_> = findings.into_iter().map(|finding| finding.message).collect();
            gaps.sort();
            gaps
        };
        let mut shuffled: Vec<_> = slots.iter().copied().enumerate().collect();
        shuffled.sort_by_key(|(at, _)| (u64::try_from(*at).unwrap() + 1).wrapping_mul(seed | 1).rotate_left(17));
        let shuffled: Vec<_> = shuffled.into_iter().map(|(_, slot)| slot).collect();
        prop_assert_eq!(gaps(&slots), gaps(&shuffled));
    }
}
