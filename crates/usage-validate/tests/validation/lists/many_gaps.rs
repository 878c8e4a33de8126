//! More gaps than are kept open, and what is still known then.

use super::*;

/// Gaps that one series may have open.
const MOST_GAPS: i64 = 1 << 13;

/// Records with one gap more between them than may be open, and 75 more.
const MANY: i64 = MOST_GAPS + 77;

#[test]
fn gaps_beyond_those_kept_open_are_reported_at_once_and_stay_exact() {
    let slots = every_other_hour(MANY);
    let mut config = config();
    config.select = ["UR403", "UR404"]
        .map(|code| code.parse().unwrap())
        .to_vec();
    let found = said(&config, &text(&slots));
    let expected: Vec<_> = (1..MANY).map(|record| format!("UR404 {record}")).collect();
    assert_eq!(found, expected);
    // Where the oldest gaps are no longer known, no overlap is called one, and none is called evaluated.
    let evaluated = |slots: &[Slot]| {
        let (findings, summary) = validate(&config, &text(slots));
        let overlaps = findings.iter().filter(|finding| finding.code == "UR403");
        (summary.rules["UR403"].evaluated, overlaps.count())
    };
    let before = u64::try_from(MANY - 1).unwrap();
    let last = 2 * (MANY - 1);
    let mut late = slots;
    assert_eq!(evaluated(&late), (before, 0));
    late.push(slot(0, 2));
    assert_eq!(evaluated(&late), (before, 0));
    late.push(slot(last - 2, last));
    assert_eq!(evaluated(&late), (before + 1, 1));
    late.push(slot(last - 3, last - 2));
    let found = said(&config, &text(&late));
    assert!(
        !found.contains(&format!("UR404 {}", MANY - 2)),
        "{:?}",
        found.last()
    );
}

#[test]
fn of_a_list_that_runs_backwards_the_newest_gaps_are_reported_first() {
    let mut slots = every_other_hour(MANY);
    slots.reverse();
    let mut config = config();
    config.select = vec!["UR404".parse().unwrap()];
    let found = said(&config, &text(&slots));
    assert_eq!(found.len(), usize::try_from(MANY - 1).unwrap());
    assert_eq!(found[..3], ["UR404 1", "UR404 2", "UR404 3"]);
}

fn every_other_hour(records: i64) -> Vec<Slot> {
    let hours = (0..records).map(|number| number * 2);
    hours.map(|hour| slot(hour, hour + 1)).collect()
}

#[test]
fn an_overlap_among_many_gaps_is_seen() {
    let mut slots = days((0..40).map(|number| number * 2));
    slots.push(slot(4 * 24 + 6, 4 * 24 + 18));
    let mut config = config();
    config.select = vec!["UR403".parse().unwrap()];
    assert_eq!(said(&config, &text(&slots)), ["UR403 40"]);
}

#[test]
fn thousands_of_gaps_are_kept_open_for_a_later_record() {
    // So many gaps of an hour, all of them filled afterwards.
    let hours = |numbers: &mut dyn Iterator<Item = i64>| -> Vec<Slot> {
        numbers.map(|hour| slot(hour, hour + 1)).collect()
    };
    let filled = |gaps: i64| {
        let mut slots = hours(&mut (0..=gaps).map(|number| number * 2));
        slots.extend(hours(&mut (0..gaps).map(|number| number * 2 + 1)));
        let mut config = config();
        config.select = ["UR403", "UR404"]
            .map(|code| code.parse().unwrap())
            .to_vec();
        said(&config, &text(&slots))
    };
    assert_eq!(filled(MOST_GAPS), [""; 0]);
    assert_eq!(filled(MOST_GAPS + 1), ["UR404 1"]);
    assert_eq!(filled(MOST_GAPS + 2), ["UR404 1", "UR404 2"]);
}

#[test]
fn what_is_forgotten_in_one_place_is_known_in_others() {
    let mut slots = every_other_hour(MANY);
    let last = 2 * (MANY - 1);
    slots.extend([slot(last, last + 1).sent(9), slot(last - 2, last)]);
    let mut config = config();
    config.select = ["UR402", "UR403"]
        .map(|code| code.parse().unwrap())
        .to_vec();
    assert_eq!(
        said(&config, &text(&slots)),
        [format!("UR402 {MANY}"), format!("UR403 {}", MANY + 1)]
    );
}

#[test]
fn records_that_start_together_are_in_no_order() {
    // Where gaps were forgotten an overlap is not told, and a second start at one time breaks no order.
    let half = |slot: Slot| Slot {
        end: slot.end * 2 - slot.start,
        ..slot
    };
    let mut slots = every_other_hour(MANY);
    slots.extend([slot(1, 2), half(slot(1, 2))]);
    let mut config = config();
    config.select = vec!["UR405".parse().unwrap()];
    assert_eq!(said(&config, &text(&slots)), [format!("UR405 {MANY}")]);
    let last = 2 * (MANY - 1);
    let mut slots = every_other_hour(MANY);
    slots.reverse();
    slots.extend([slot(last - 3, last - 2), half(slot(last - 3, last - 2))]);
    assert_eq!(said(&config, &text(&slots)), [format!("UR405 {MANY}")]);
}

#[test]
fn a_record_with_gaps_reported_early_is_one_record_with_findings() {
    // A gap of five hours and many of one; then the first is split, and so one too many, by a record that has two gaps
    // from then on: the first reported at once, the second at the end.
    let hour = |hour: i64| slot(hour, hour + 1);
    let mut slots = vec![hour(0), hour(6)];
    slots.extend((0..MOST_GAPS - 1).map(|number| hour(8 + number * 2)));
    slots.push(hour(3));
    let mut config = config();
    config.select = vec!["UR404".parse().unwrap()];
    let found = said(&config, &text(&slots));
    let split = format!("UR404 {}", MOST_GAPS + 1);
    assert_eq!(found.iter().filter(|said| **said == split).count(), 2);
    // Or the second as well as soon as there are further gaps.
    let next = 8 + MOST_GAPS * 2;
    slots.extend([hour(next), hour(next + 2)]);
    let found = said(&config, &text(&slots));
    assert_eq!(found.iter().filter(|said| **said == split).count(), 2);
}

#[test]
fn of_two_gaps_as_far_from_the_record_the_later_one_is_reported_at_once() {
    let mut slots = every_other_hour(MOST_GAPS);
    // A long gap, which a record in the middle of all of them splits into one gap too many.
    let middle = 2 * MOST_GAPS + 1;
    slots.push(slot(2 * middle, 2 * middle + 1));
    slots.push(slot(middle, middle + 1));
    let mut config = config();
    config.select = vec!["UR404".parse().unwrap()];
    let found = said(&config, &text(&slots));
    let splits = format!("UR404 {}", MOST_GAPS + 1);
    assert_eq!(found[..2], [splits.as_str(), "UR404 1"]);
}

#[test]
fn a_record_with_a_gap_reported_early_and_a_finding_of_the_whole_list_is_one_with_findings() {
    let mut lines: Vec<_> = every_other_hour(MANY)
        .into_iter()
        .map(|slot| slot.of(ACCOUNT, None))
        .collect();
    for (record, total) in [(0, 8), (1, 5), (2, 8)] {
        let start = i64::try_from(record).unwrap() * 2;
        lines[record] = international(slot(start, start + 1), total);
    }
    let found = |codes: &[&str]| {
        let mut config = config();
        config.select = codes.iter().map(|code| code.parse().unwrap()).collect();
        let mut found = said(&config, &lines.concat());
        found.retain(|said| said.ends_with(" 1"));
        found
    };
    assert_eq!(found(&["UR404", "UR206"]), ["UR404 1", "UR206 1"]);
    // Nothing was counted of a gap that no rule asks for.
    assert_eq!(found(&["UR206"]), ["UR206 1"]);
}

#[test]
fn gaps_that_a_claim_reports_early_are_open_no_longer() {
    let [first, second, third] =
        ['a', 'b', 'c'].map(|digit| format!("DE{}", String::from(digit).repeat(32)));
    let hours = |records: i64, sim: &str| -> String {
        let slots = every_other_hour(records).into_iter();
        slots.map(|slot| slot.of(ACCOUNT, Some(sim))).collect()
    };
    let claim = slot(2 * MOST_GAPS, 2 * MOST_GAPS + 1)
        .of(ACCOUNT, Some(&second))
        .replacen(r#""total":1"#, r#""total":"1""#, 1);
    // The claim opens one gap more than all series together may have; then the second has only a few.
    let mut list = hours(MOST_GAPS + 1, &first) + &hours(MOST_GAPS, &second) + &claim;
    // So the third series has room for its gaps until they are filled.
    list += &hours(18, &third);
    let filling = (0..17).map(|number| slot(number * 2 + 1, number * 2 + 2));
    list.extend(filling.map(|slot| slot.of(ACCOUNT, Some(&third))));
    let mut config = config();
    config.select = vec!["UR404".parse().unwrap()];
    let (findings, _) = validate(&config, &list);
    let of_third = findings.iter().filter(|finding| {
        let key = finding.key.as_ref().unwrap();
        key.sim_sid.as_deref() == Some(third.as_str())
    });
    assert_eq!(of_third.count(), 0);
}

#[test]
fn of_many_series_with_gaps_each_keeps_a_few_open() {
    const SIMS: [&str; 3] = [
        "DE00000000000000000000000000000001",
        "DE00000000000000000000000000000002",
        "DE00000000000000000000000000000003",
    ];
    let of = |sim, slots: &[Slot]| -> String {
        slots
            .iter()
            .map(|slot| slot.of(ACCOUNT, Some(sim)))
            .collect()
    };
    // Seventeen gaps, the first of which is filled by the last record.
    let mut slots = every_other_hour(18);
    slots.push(slot(1, 2));
    let few = of(SIMS[2], &slots);
    let gaps = |text: &str| {
        let mut config = config();
        config.select = vec!["UR404".parse().unwrap()];
        let (findings, _) = validate(&config, text);
        let of_the_last = findings.iter().filter(|finding| {
            let sim = finding.key.as_ref().and_then(|key| key.sim_sid.as_deref());
            sim == Some(SIMS[2])
        });
        of_the_last.count()
    };
    assert_eq!(gaps(&few), 16);
    // One gap less than are kept open over all series.
    let [first, second] = [MOST_GAPS + 1, MOST_GAPS].map(every_other_hour);
    let all = of(SIMS[0], &first) + &of(SIMS[1], &second) + &few;
    assert_eq!(gaps(&all), 17);
}
