//! Records that name no time, or could not be read.

use super::*;

#[test]
fn a_record_without_a_time_explains_one_gap_of_its_own_series() {
    let sim = |last: char| format!("DE{}", last.to_string().repeat(32));
    let (a, b) = (sim('a'), sim('b'));
    let timeless = |sim: &str| {
        let line = day(0).of(ACCOUNT, Some(sim));
        let (before, rest) = line.split_once(r#""period":{"#).unwrap();
        let (_, after) = rest.split_once('}').unwrap();
        format!(r#"{before}"period":null{after}"#)
    };
    let unknown = "{\"data\":7}\n".to_owned();
    let list = |between: &[String]| {
        let of = |numbers: [i64; 2], sim: &str| -> String {
            let records = numbers.map(|number| day(number).of(ACCOUNT, Some(sim)));
            records.concat()
        };
        let text = of([0, 1], &a) + &of([0, 1], &b) + &between.concat();
        let text = text + &of([3, 4], &a) + &of([3, 4], &b);
        let mut config = config();
        config.select = vec!["UR404".parse().unwrap()];
        let (findings, _) = validate(&config, &text);
        let keys = findings.iter().filter(|finding| finding.code == "UR404");
        let sims = keys.map(|finding| finding.key.clone().unwrap().sim_sid.unwrap());
        sims.collect::<Vec<_>>()
    };
    assert_eq!(list(&[]), [a.as_str(), &b]);
    assert_eq!(list(&[timeless(&a)]), [b.as_str()]);
    assert_eq!(list(&[timeless(&b)]), [a.as_str()]);
    assert_eq!(list(&[timeless(&a), timeless(&b)]), [""; 0]);
    // One of which nothing is known stands for one period of one of them.
    assert_eq!(list(std::slice::from_ref(&unknown)), [b.as_str()]);
    assert_eq!(list(&[unknown.clone(), unknown.clone()]), [""; 0]);
    assert_eq!(list(&[unknown, timeless(&b)]), [""; 0]);
    // And one of a SIM that was not met yet for none.
    assert_eq!(list(&[timeless(&sim('c'))]), [a.as_str(), &b]);
}

#[test]
fn a_record_without_a_time_explains_a_gap_next_to_it_and_no_other() {
    let missing = |lines: &[String]| -> Vec<String> {
        let mut config = config();
        config.select = vec!["UR404".parse().unwrap()];
        let (findings, _) = validate(&config, &lines.concat());
        let gaps = findings.iter().filter(|finding| finding.code == "UR404");
        gaps.map(|gap| gap.message.split(" from 2026-06-").nth(1).unwrap()[..2].to_owned())
            .collect()
    };
    let of = |number: i64| day(number).of(ACCOUNT, None);
    let timeless = format!("{{\"account_sid\":\"{ACCOUNT}\",\"period\":null}}\n");
    let reversed = slot(72, 48).of(ACCOUNT, None);
    // 3 June and 5 June are missing. Where the record stands decides which of them it may be.
    let oldest_first = [0, 1, 3, 5].map(of);
    let newest_first = [5, 3, 1, 0].map(of);
    for unplaced in ["{\"data\":7}\n", timeless.as_str(), reversed.as_str()] {
        for (list, expected) in [
            (
                &oldest_first,
                [
                    &["03", "05"][..],
                    &["03", "05"],
                    &["05"],
                    &["03"],
                    &["03", "05"],
                ],
            ),
            (
                &newest_first,
                [
                    &["03", "05"],
                    &["03"],
                    &["05"],
                    &["03", "05"],
                    &["03", "05"],
                ],
            ),
        ] {
            for (at, expected) in expected.iter().enumerate() {
                let mut list = list.to_vec();
                list.insert(at, unplaced.to_owned());
                assert_eq!(missing(&list), *expected, "{unplaced} at {at}");
            }
        }
    }
}

#[test]
fn the_right_record_after_one_without_a_place_is_no_overlap() {
    let of = |slot: Slot| slot.of(ACCOUNT, None);
    let broken_line = format!("{{\"account_sid\":\"{ACCOUNT}\", \"period\"\n");
    let timeless = format!("{{\"account_sid\":\"{ACCOUNT}\",\"commands\":{{}},\"data\":{{}}}}\n");
    let reversed = of(slot(72, 48));
    let claiming = of(day(1)).replacen(r#""total":1"#, r#""total":"1""#, 1);
    for unplaced in [&broken_line, &timeless, &reversed, &claiming] {
        for numbers in [[0, 2, 1], [0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            for at in 0..=3 {
                let mut lines = numbers.map(|number| of(day(number))).to_vec();
                lines.insert(at, unplaced.clone());
                let (_, summary) = validate(&config(), &lines.concat());
                let failed = |code: &str| summary.rules[code].failed;
                assert_eq!(
                    ["UR401", "UR402", "UR403", "UR404"].map(failed),
                    [0; 4],
                    "{unplaced} at {at} of {numbers:?}"
                );
            }
        }
    }
}

#[test]
fn a_claim_is_taken_once_by_a_record_and_then_counts_as_any_other() {
    let of = |slot: Slot| slot.of(ACCOUNT, None);
    let claim = |slot: Slot| of(slot).replacen(r#""total":1"#, r#""total":"1""#, 1);
    let overlaps = |lines: &[String]| validate(&config(), &lines.concat()).1.rules["UR403"].failed;
    // Half of the claimed day is taken, and the other half is free.
    let half = [
        of(day(0)),
        claim(day(1)),
        of(slot(24, 36)),
        of(slot(36, 48)),
    ];
    assert_eq!(overlaps(&half), 0);
    assert_eq!(overlaps(&[&half[..], &[of(slot(30, 40))]].concat()), 1);
    // A record that reaches beyond the claim into a day that is read overlaps that.
    assert_eq!(overlaps(&[of(day(0)), claim(day(1)), of(slot(12, 48))]), 1);
    assert_eq!(overlaps(&[of(day(0)), claim(day(1)), of(slot(24, 72))]), 0);
}

#[test]
fn a_record_that_could_not_be_read_is_no_duplicate_and_no_overlap() {
    let broken = |slot: Slot| {
        slot.of(ACCOUNT, None)
            .replacen(r#""total":1"#, r#""total":"1""#, 1)
    };
    let good = |slot: Slot| slot.of(ACCOUNT, None);
    let mut config = config();
    config.select = vec!["UR4".parse().unwrap()];
    let said = |lines: &[String]| -> Vec<String> {
        let (findings, _) = validate(&config, &lines.concat());
        let read = findings.iter().filter(|finding| finding.code != "UR002");
        read.map(|finding| format!("{} {}", finding.code, finding.record.unwrap()))
            .collect()
    };
    let lines = [good(day(0)), broken(day(1)), good(day(1)), good(day(2))];
    assert_eq!(said(&lines), [""; 0]);
    let lines = [broken(day(0)), good(day(0)), good(day(1)), good(day(1))];
    assert_eq!(said(&lines), ["UR401 3"]);
    // The record that was read is the one that further ones are compared with.
    let lines = [
        good(day(0)),
        broken(day(1)),
        good(day(1)),
        good(day(1).sent(5)),
    ];
    assert_eq!(said(&lines), ["UR402 3"]);
    // A time of another length than the others may be what is wrong with it.
    let mut lines = vec![good(day(0)), broken(slot(0, 31 * 24))];
    lines.extend((2..31).map(|number| good(day(number))));
    assert_eq!(said(&lines), [""; 0]);
}

#[test]
fn where_a_record_stands_that_could_not_be_read_changes_no_count() {
    let of = |number: i64| day(number).of(ACCOUNT, None);
    let mut config = config();
    config.granularity = Some(Granularity::Daily);
    for claimed in [1, 5] {
        let broken = of(claimed).replacen(r#""total":1"#, r#""total":"1""#, 1);
        let counts = |at: usize| {
            let mut lines = [0, 2, 3].map(of).to_vec();
            lines.insert(at, broken.clone());
            validate(&config, &lines.concat()).1.rules
        };
        for code in ["UR401", "UR402", "UR403", "UR404", "UR405"] {
            assert_eq!(counts(0)[code].evaluated, 2, "{code}, day {claimed}");
        }
        for at in 1..=3 {
            assert_eq!(counts(at), counts(0), "day {claimed} at {at}");
        }
    }
}

#[test]
fn a_rule_that_found_something_was_evaluated() {
    let mut config = config();
    config.granularity = Some(Granularity::Daily);
    let broken = day(0)
        .of(ACCOUNT, None)
        .replacen(r#""total":1"#, r#""total":"1""#, 1);
    let lines = [broken, day(4).of(ACCOUNT, None)];
    let (findings, summary) = validate(&config, &lines.concat());
    assert!(findings.iter().any(|finding| finding.code == "UR404"));
    assert!(!summary.not_evaluated.contains(&"UR404"), "{summary:?}");
}

#[test]
fn records_without_a_time_stand_for_one_bucket_each() {
    let reversed = slot(48, 24);
    assert_said(&[day(0), reversed, day(2)], &["UR301 1"]);
    assert_said(&[day(0), reversed, day(3)], &["UR301 1", "UR404 2"]);
    assert_said(
        &[day(0), reversed, reversed, day(3)],
        &["UR301 1", "UR301 2"],
    );
    assert_said(&[day(0), reversed, day(2), day(4)], &["UR301 1", "UR404 3"]);
    // A malformed record takes its place where it still says which, and a bucket where it does not.
    let broken = |slot: Slot| {
        slot.of(ACCOUNT, None)
            .replace("\"from_sim\":0}}", "\"from_sim\":-1}}")
    };
    let lines = [
        day(0).of(ACCOUNT, None),
        broken(day(1)),
        day(2).of(ACCOUNT, None),
    ]
    .concat();
    let (findings, _) = validate(&config(), &lines);
    assert_eq!(findings.iter().map(place).collect::<Vec<_>>(), ["UR002 1"]);
    let lines = [
        day(0).of(ACCOUNT, None),
        broken(day(5)),
        day(2).of(ACCOUNT, None),
    ]
    .concat();
    let (findings, _) = validate(&config(), &lines);
    assert_eq!(
        findings.iter().map(place).collect::<Vec<_>>(),
        ["UR002 1", "UR404 2", "UR404 2"]
    );
    let lines = [
        day(0).of(ACCOUNT, None),
        "{\"data\":7}\n".to_owned(),
        day(2).of(ACCOUNT, None),
    ]
    .concat();
    let (findings, _) = validate(&config(), &lines);
    assert_eq!(findings.iter().map(place).collect::<Vec<_>>(), ["UR002 1"]);
}
