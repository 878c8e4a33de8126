//! Rules on lists of records: UR206, UR401 to UR407.

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
    slots.iter().map(|slot| slot.of(ACCOUNT, None)).collect()
}

/// Code and record of each finding.
fn said(config: &Config, text: &str) -> Vec<String> {
    let (findings, summary) = validate(config, text);
    let marked: std::collections::BTreeSet<_> = findings
        .iter()
        .filter_map(|finding| finding.record)
        .collect();
    assert_eq!(summary.with_findings, u64::try_from(marked.len()).unwrap());
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
            "2 buckets are missing: there is no record from 2026-06-03T00:00:00Z to 2026-06-05T00:00:00Z",
            "1 bucket is missing: there is no record from 2026-06-06T00:00:00Z to 2026-06-07T00:00:00Z",
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
            .starts_with("less than one bucket is missing")
    );
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
        "the period was met before, in record 0 of input.json, with other figures: commands.total, commands.to_sim, \
         commands.home.total, commands.home.to_sim differ"
    );
    assert!(
        findings[1]
            .message
            .contains("record 0 of input.json, with the same figures")
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
        config.select = vec!["UR404".to_owned()];
        let (findings, _) = validate(&config, &text);
        let keys = findings.iter().filter(|finding| finding.code == "UR404");
        let sims = keys.map(|finding| finding.key.clone().unwrap().sim_sid.unwrap());
        sims.collect::<Vec<_>>()
    };
    assert_eq!(list(&[]), [a.as_str(), &b]);
    assert_eq!(list(&[timeless(&a)]), [b.as_str()]);
    assert_eq!(list(&[timeless(&b)]), [a.as_str()]);
    assert_eq!(list(&[timeless(&a), timeless(&b)]), [""; 0]);
    // One of which nothing is known stands for one bucket of one of them.
    assert_eq!(list(std::slice::from_ref(&unknown)), [b.as_str()]);
    assert_eq!(list(&[unknown.clone(), unknown.clone()]), [""; 0]);
    assert_eq!(list(&[unknown, timeless(&b)]), [""; 0]);
    // And one of a SIM that was not met yet for none.
    assert_eq!(list(&[timeless(&sim('c'))]), [a.as_str(), &b]);
}

#[test]
fn a_record_without_a_time_explains_no_gap_after_records_that_follow_it() {
    let gaps = |lines: &[String]| {
        let mut config = config();
        config.select = vec!["UR404".to_owned()];
        validate(&config, &lines.concat()).1.rules["UR404"].failed
    };
    let of = |number: i64| day(number).of(ACCOUNT, None);
    let unknown = "{\"data\":7}\n".to_owned();
    assert_eq!(gaps(&[unknown.clone(), of(0), of(1), of(3)]), 1);
    assert_eq!(gaps(&[of(0), unknown.clone(), of(1), of(3)]), 1);
    assert_eq!(gaps(&[of(0), of(1), unknown, of(3)]), 0);
}

#[test]
fn a_record_that_could_not_be_read_is_no_duplicate_and_no_overlap() {
    let broken = |slot: Slot| {
        slot.of(ACCOUNT, None)
            .replacen(r#""total":1"#, r#""total":"1""#, 1)
    };
    let good = |slot: Slot| slot.of(ACCOUNT, None);
    let mut config = config();
    config.select = vec!["UR4".to_owned()];
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

#[test]
fn a_rule_that_is_off_marks_no_record() {
    let lists = [
        days((0..40).map(|number| number * 2)),
        days([0, 2, 4]),
        days([0, 0, 1]),
    ];
    for slots in lists {
        // The other rules on lists are on, and have nothing to say.
        let mut config = config();
        config.ignore = vec!["UR401".to_owned(), "UR404".to_owned()];
        let (findings, summary) = validate(&config, &text(&slots));
        assert_eq!((findings.len(), summary.with_findings), (0, 0));
    }
}

#[test]
fn accounts_are_told_apart_whatever_their_number() {
    let account = |number: usize| format!("AC{number:032x}");
    let named = |others: usize| {
        let lines: String = (0..=others)
            .chain([others])
            .map(|number| day(0).of(&account(number), None))
            .collect();
        let mut config = config();
        config.select = vec!["UR406".to_owned()];
        validate(&config, &lines).1.rules["UR406"].failed
    };
    assert_eq!(named(1_023), 1_023);
    assert_eq!(named(2_000), 2_000);
}

#[test]
fn sims_are_series_of_their_own() {
    let sim = |last: char| format!("DE{}", last.to_string().repeat(32));
    let (a, b) = (sim('a'), sim('b'));
    let mut lines = String::new();
    for number in 0..4 {
        lines += &day(number).of(ACCOUNT, Some(&a));
        if number != 2 {
            lines += &day(number).of(ACCOUNT, Some(&b));
        }
    }
    assert_eq!(said(&config(), &lines), ["UR404 6"]);
    // One SIM after the other, and the account last.
    let lines: String = [Some(a.as_str()), Some(b.as_str()), None]
        .iter()
        .flat_map(|sim| (0..3).map(move |number| day(number).of(ACCOUNT, *sim)))
        .collect();
    assert_eq!(said(&config(), &lines), [""; 0]);
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

#[test]
fn a_second_account_is_named_once_and_has_a_series_of_its_own() {
    let other = "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
    let third = "ACefefefefefefefefefefefefefefefef";
    let lines: String = (0..3)
        .flat_map(|number| [ACCOUNT, other, third].map(|account| day(number).of(account, None)))
        .collect();
    assert_eq!(said(&config(), &lines), ["UR406 1", "UR406 2"]);
    let mut many = config();
    many.accounts = Accounts::Many;
    let (findings, summary) = validate(&many, &lines);
    assert_eq!(findings, []);
    assert_eq!(summary.rules["UR406"].evaluated, 0);
    // With a day missing, the gap is that account's.
    let lines = lines.replacen(&day(1).of(other, None), "", 1);
    assert_eq!(said(&many, &lines), ["UR404 6"]);
}

#[test]
fn a_record_that_does_not_say_whose_it_is_is_of_the_account_of_the_list() {
    let redacted = format!("AC{}", "X".repeat(32));
    let lines = [
        day(0).of(&redacted, None),
        day(1).of(ACCOUNT, None),
        day(2).of(&redacted, None),
        day(3)
            .of(ACCOUNT, None)
            .replacen(&format!("\"{ACCOUNT}\""), "null", 1),
        day(4).of(ACCOUNT, None),
    ]
    .concat();
    assert_eq!(said(&config(), &lines), ["UR104 0", "UR104 2", "UR101 3"]);
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

#[test]
fn lengths_are_compared_with_the_first() {
    assert_said(
        &[day(0), slot(24, 72), slot(72, 120), day(5), day(6)],
        &["UR407 1"],
    );
    assert_said(
        &[day(0), slot(24, 25), slot(25, 27), slot(27, 28)],
        &["UR407 1", "UR407 2", "UR407 3"],
    );
    let (findings, _) = validate(&config(), &text(&[day(0), slot(24, 25)]));
    assert_eq!(
        findings[0].message,
        "the period 2026-06-02T00:00:00Z to 2026-06-02T01:00:00Z is 1 h long, those before it 1 d"
    );
    let mut all = config();
    all.granularity = Some(Granularity::All);
    let (findings, summary) = validate(&all, &text(&[day(0), slot(24, 25)]));
    assert_eq!((findings.len(), summary.rules["UR407"].evaluated), (0, 0));
}

#[test]
fn lengths_at_the_edges_of_the_window_are_exempt() {
    let clipped = [slot(6, 24), day(1), day(2), slot(72, 80)];
    let codes = |window: Option<(i64, i64)>| {
        let mut config = config();
        config.select = vec!["UR407".to_owned()];
        config.window = window.map(|(start, end)| Window::new(hour(start), hour(end)).unwrap());
        said(&config, &text(&clipped))
    };
    assert_eq!(codes(None), ["UR407 1", "UR407 3"]);
    assert_eq!(codes(Some((6, 80))), [""; 0]);
    assert_eq!(codes(Some((6, 90))), ["UR407 3"]);
    assert_eq!(codes(Some((0, 80))), ["UR407 1"]);
}

#[test]
fn several_records_may_be_clipped_by_the_window_before_one_is_whole() {
    let mut config = config();
    config.select = vec!["UR407".to_owned()];
    config.window = Some(Window::new(hour(6), hour(240)).unwrap());
    let sims: Vec<_> = (0..3).map(|sim| format!("DE{sim:032x}")).collect();
    let lines: String = [slot(6, 24), day(1), day(2)]
        .iter()
        .flat_map(|slot| sims.iter().map(|sim| slot.of(ACCOUNT, Some(sim))))
        .collect();
    assert_eq!(said(&config, &lines), [""; 0]);
    // Growing once is enough.
    let slots = [slot(6, 24), day(1), slot(48, 96), day(4)];
    assert_eq!(said(&config, &text(&slots)), ["UR407 2"]);
}

#[test]
fn a_gap_counts_buckets_of_the_granularity_that_was_asked_for() {
    let mut hourly = config();
    hourly.granularity = Some(Granularity::Hourly);
    hourly.select = vec!["UR4".to_owned()];
    let (findings, _) = validate(&hourly, &text(&[day(0), day(2)]));
    assert!(
        findings[0].message.starts_with("24 buckets are missing"),
        "{}",
        findings[0].message
    );
}

/// A day with traffic abroad inside the total, outside it, or neither.
fn abroad(number: i64, total: u64) -> String {
    let (start, end) = (hour(number * 24), hour(number * 24 + 24));
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
            .map(|(number, total)| abroad(number, *total))
            .collect();
        let mut config = config();
        config.select = vec!["UR206".to_owned()];
        let (findings, summary) = validate(&config, &lines);
        let found: Vec<_> = findings.iter().map(place).collect();
        (found.join(" "), summary.rules["UR206"].evaluated)
    };
    assert_eq!(of(&[8, 8, 8]), (String::new(), 3));
    assert_eq!(of(&[5, 5]), (String::new(), 2));
    assert_eq!(of(&[8, 5, 8]), ("UR206 1".to_owned(), 3));
    assert_eq!(of(&[5, 8, 5]), ("UR206 1".to_owned(), 3));
    assert_eq!(of(&[8, 5]), ("UR206 1".to_owned(), 2));
    assert_eq!(of(&[5, 8]), ("UR206 1".to_owned(), 2));
    assert_eq!(of(&[8, 8, 5, 5, 5]), ("UR206 0".to_owned(), 5));
    // A total that fits neither way has no say.
    assert_eq!(of(&[8, 7]), (String::new(), 1));
    let (findings, _) = validate(
        &config(),
        &[abroad(0, 8), abroad(1, 5), abroad(2, 8)].concat(),
    );
    let last = findings.last().unwrap();
    assert_eq!((last.code, last.pointer.as_str()), ("UR206", "/data"));
    assert_eq!(last.policy, Some(usage_validate::Policy::Exclude));
    assert!(
        last.message
            .contains("in 2 records, and outside it in 1 record;"),
        "{}",
        last.message
    );
    let mut pinned = config();
    pinned.policy = usage_validate::Policy::Include;
    let (_, summary) = validate(&pinned, &[abroad(0, 8), abroad(1, 5)].concat());
    assert_eq!(
        (
            summary.rules["UR206"].evaluated,
            summary.rules["UR206"].failed
        ),
        (0, 0)
    );
}
