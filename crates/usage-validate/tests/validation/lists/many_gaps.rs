//! More gaps than are kept open, and what is still known then.

use super::*;

#[test]
fn gaps_beyond_those_kept_open_are_reported_at_once_and_stay_exact() {
    let slots = every_other_hour(1100);
    let mut config = config();
    config.select = vec!["UR403".to_owned(), "UR404".to_owned()];
    let found = said(&config, &text(&slots));
    let expected: Vec<_> = (1..1100).map(|record| format!("UR404 {record}")).collect();
    assert_eq!(found, expected);
    // Where the oldest gaps are no longer known, no overlap is called one, and none is called evaluated.
    let evaluated = |slots: &[Slot]| {
        let (findings, summary) = validate(&config, &text(slots));
        let overlaps = findings.iter().filter(|finding| finding.code == "UR403");
        (summary.rules["UR403"].evaluated, overlaps.count())
    };
    let mut late = slots;
    assert_eq!(evaluated(&late), (1099, 0));
    late.push(slot(0, 2));
    assert_eq!(evaluated(&late), (1099, 0));
    late.push(slot(2196, 2198));
    assert_eq!(evaluated(&late), (1100, 1));
    late.push(slot(2195, 2196));
    let found = said(&config, &text(&late));
    assert!(!found.contains(&"UR404 1098".to_owned()), "{found:?}");
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
    config.select = vec!["UR403".to_owned()];
    assert_eq!(said(&config, &text(&slots)), ["UR403 40"]);
}

#[test]
fn a_thousand_gaps_are_kept_open_for_a_later_record() {
    // So many gaps of an hour, all of them filled afterwards.
    let hours = |numbers: &mut dyn Iterator<Item = i64>| -> Vec<Slot> {
        numbers.map(|hour| slot(hour, hour + 1)).collect()
    };
    let filled = |gaps: i64| {
        let mut slots = hours(&mut (0..=gaps).map(|number| number * 2));
        slots.extend(hours(&mut (0..gaps).map(|number| number * 2 + 1)));
        let mut config = config();
        config.select = vec!["UR403".to_owned(), "UR404".to_owned()];
        said(&config, &text(&slots))
    };
    assert_eq!(filled(1023), [""; 0]);
    assert_eq!(filled(1024), [""; 0]);
    assert_eq!(filled(1025), ["UR404 1"]);
    assert_eq!(filled(1026), ["UR404 1", "UR404 2"]);
}

#[test]
fn what_is_forgotten_in_one_place_is_known_in_others() {
    let mut slots = every_other_hour(1100);
    slots.extend([slot(2198, 2199).sent(9), slot(2196, 2198)]);
    let mut config = config();
    config.select = vec!["UR402".to_owned(), "UR403".to_owned()];
    assert_eq!(said(&config, &text(&slots)), ["UR402 1100", "UR403 1101"]);
}

#[test]
fn records_that_start_together_are_in_no_order() {
    // Where gaps were forgotten an overlap is not told, and a second start at one time breaks no order.
    let half = |slot: Slot| Slot {
        end: slot.end * 2 - slot.start,
        ..slot
    };
    let mut slots = every_other_hour(1100);
    slots.extend([slot(1, 2), half(slot(1, 2))]);
    let mut config = config();
    config.select = vec!["UR405".to_owned()];
    assert_eq!(said(&config, &text(&slots)), ["UR405 1100"]);
    let mut slots = every_other_hour(1100);
    slots.reverse();
    slots.extend([slot(2195, 2196), half(slot(2195, 2196))]);
    assert_eq!(said(&config, &text(&slots)), ["UR405 1100"]);
}

#[test]
fn a_record_whose_gaps_are_reported_early_is_one_record_with_findings() {
    // A gap of five hours and 1023 of one; then the oldest is split, and so one too many, by a record that has
    // two gaps from then on: the first reported at once, the second at the end.
    let hour = |hour: i64| slot(hour, hour + 1);
    let mut slots = vec![hour(0), hour(6)];
    slots.extend((0..1023).map(|number| hour(8 + number * 2)));
    slots.push(hour(3));
    let mut config = config();
    config.select = vec!["UR404".to_owned()];
    let first = |slots: &[Slot]| said(&config, &text(slots))[..4].to_vec();
    assert_eq!(
        first(&slots),
        ["UR404 1025", "UR404 1025", "UR404 2", "UR404 3"]
    );
    // Or the second as well as soon as there are further gaps.
    slots.extend([hour(2055), hour(2057)]);
    assert_eq!(
        first(&slots),
        ["UR404 1025", "UR404 1025", "UR404 2", "UR404 3"]
    );
}
