//! Single members: UR002, UR101 to UR103.

use usage_model::{Place, Position};
use usage_validate::Validator;

use crate::support::{ACCOUNT, assert_found, check, config, data, record, validate, without_lists};

const ZERO_COMMANDS: &str = r#"{"total":0,"to_sim":0,"from_sim":0}"#;
const ZERO_DATA: &str = r#"{"total":0,"download":0,"upload":0,"units":"bytes"}"#;

#[test]
fn missing_members_are_named_whether_absent_null_or_empty() {
    assert_found(
        r#"{"sim_sid":"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"}"#,
        &[
            "UR101 /account_sid",
            "UR101 /period",
            "UR101 /commands",
            "UR101 /data",
        ],
    );
    assert_found(
        r#"{"account_sid":null,"sim_sid":"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","period":null,"commands":null,"data":null}"#,
        &[
            "UR101 /account_sid",
            "UR101 /period",
            "UR101 /commands",
            "UR101 /data",
        ],
    );
    assert_found(
        &format!(r#"{{"account_sid":"{ACCOUNT}","period":{{}},"commands":{{}},"data":{{}}}}"#),
        &["UR101 /period", "UR101 /commands", "UR101 /data"],
    );
    assert_found(
        &format!(
            r#"{{"account_sid":"{ACCOUNT}","period":{{"start":"2026-06-01T00:00:00Z","end":null}},"commands":{ZERO_COMMANDS},"data":{ZERO_DATA}}}"#
        ),
        &["UR101 /period/end"],
    );
    assert_found(&record(ZERO_COMMANDS, ZERO_DATA), &[]);
}

#[test]
fn a_missing_member_is_evaluated_once_for_each_place() {
    let (_, summary) = validate(&config(), &record(ZERO_COMMANDS, ZERO_DATA));
    assert_eq!(summary.rules["UR101"].evaluated, 6);
    let (_, summary) = validate(
        &config(),
        r#"[{"sim_sid":"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"}]"#,
    );
    assert_eq!(summary.rules["UR101"].evaluated, 4);
    assert_eq!(summary.rules["UR101"].failed, 4);
    assert_eq!(summary.rules["UR201"].evaluated, 0);
    assert_eq!(summary.rules["UR301"].evaluated, 0);
}

#[test]
fn null_counters_are_reported_once_a_node() {
    assert_found(
        &record(
            r#"{"total":null,"to_sim":null,"from_sim":null,"home":{"total":0,"to_sim":0,"from_sim":0}}"#,
            r#"{"total":1,"download":1,"units":"bytes","home":{},"international_roaming":[
                {"total":1,"download":1,"upload":null,"units":"bytes","country_code":"DEU"}]}"#,
        ),
        &[
            "UR102 /commands",
            "UR102 /data",
            "UR102 /data/international_roaming/0",
        ],
    );
    let (findings, _) = validate(
        &config(),
        &data(r#"{"download":null,"upload":0,"units":"bytes"}"#),
    );
    assert_eq!(
        findings[0].message,
        "in `data`, `total` is absent, `download` is null"
    );
}

#[test]
fn a_tree_or_node_of_any_member_at_all_is_not_empty() {
    let home = r#""home":{"total":1,"download":1,"upload":0,"units":"bytes"}"#;
    assert_found(
        &data(&format!("{{{home}}}")),
        &["UR102 /data", "UR201 /data/total", "UR201 /data/download"],
    );
    assert_found(&data(r#"{"units":"bytes"}"#), &["UR102 /data"]);
    assert_found(
        &data(&format!(
            r#"{{"total":1,"download":1,"upload":0,"units":"bytes",{home},"national_roaming":{{"units":"bytes"}}}}"#
        )),
        &["UR102 /data/national_roaming"],
    );
}

#[test]
fn an_empty_node_is_no_node() {
    assert_found(
        &data(
            r#"{"total":1,"download":1,"upload":0,"units":"bytes","home":{"total":1,"download":1,"upload":0,"units":"bytes"},
                "national_roaming":{},"international_roaming":{}}"#,
        ),
        &[],
    );
}

#[test]
fn unknown_members_are_reported_once_at_the_end_with_their_number() {
    let one = data(
        r#"{"total":0,"download":0,"upload":0,"units":"bytes","latency":1,"international_roaming":[
            {"total":0,"download":0,"upload":0,"units":"bytes","country_code":"DEU","Country":"x"},
            {"total":0,"download":0,"upload":0,"units":"bytes","country_code":"CHE","a/b~c":"x","Country":"y"}]}"#,
    );
    let broken = data(r#"{"total":1,"download":0,"upload":0,"units":"bytes"}"#);
    let (findings, summary) = validate(&without_lists(), &format!("{one}\n{broken}\n{one}\n"));
    let found: Vec<_> = findings
        .iter()
        .map(|finding| {
            (
                finding.code,
                finding.record,
                finding.pointer.as_str(),
                finding.message.as_str(),
            )
        })
        .collect();
    assert_eq!(found[0].0, "UR203");
    assert_eq!(found[1].0, "UR202");
    assert_eq!(
        found[2..],
        [
            (
                "UR103",
                Some(0),
                "/data/latency",
                "the member \"latency\" is unknown; it occurs 2 times, first here"
            ),
            (
                "UR103",
                Some(0),
                "/data/international_roaming/0/Country",
                "the member \"Country\" is unknown; it occurs 4 times, first here"
            ),
            (
                "UR103",
                Some(0),
                "/data/international_roaming/1/a~1b~0c",
                "the member \"a/b~c\" is unknown; it occurs 2 times, first here"
            ),
        ]
    );
    assert_eq!(summary.rules["UR103"].evaluated, 3);
    assert_eq!(summary.rules["UR103"].failed, 3);
    assert_eq!((summary.clean, summary.with_findings), (0, 3));
}

#[test]
fn unknown_members_come_with_what_they_may_mean() {
    let help = |text: &str| validate(&config(), text).0[0].help.clone().unwrap();
    assert_eq!(
        help(&data(
            r#"{"total":0,"download":0,"upload":0,"units":"bytes","nationalRoaming":null}"#
        )),
        "did you mean `national_roaming`?"
    );
    assert_eq!(
        help(&data(
            r#"{"total":0,"download":0,"upload":0,"units":"bytes","voice":null}"#
        )),
        "the member was kept, but not checked"
    );
}

#[test]
fn unknown_members_take_bounded_memory() {
    let members: Vec<_> = (0..1000).map(|n| format!(r#""x{n:04}":1"#)).collect();
    let long = format!(r#""{}":1"#, "y".repeat(10_000));
    let with = |members: &[String]| {
        data(&format!(
            r#"{{"total":0,"download":0,"upload":0,"units":"bytes",{}}}"#,
            members.join(",")
        ))
    };
    let (first, second) = members.split_at(500);
    let text = format!("[{},{}]", with(first), with(&[second, &[long]].concat()));
    let (findings, summary) = validate(&without_lists(), &text);
    assert_eq!(findings.len(), 257);
    assert_eq!(summary.rules["UR103"].failed, 257);
    assert_eq!(findings[256].message, "745 further unknown members");
}

#[test]
fn the_longest_name_that_is_listed_has_256_bytes() {
    let found = |length: usize| {
        let text = record(ZERO_COMMANDS, ZERO_DATA).replacen(
            '{',
            &format!("{{\"{}\":1,", "x".repeat(length)),
            1,
        );
        let (findings, _) = validate(&config(), &text);
        (findings[0].pointer.len(), findings[0].message.clone())
    };
    assert_eq!(found(256).0, 1 + 256);
    for length in [257, 1_000] {
        assert_eq!(found(length), (0, "1 further unknown member".to_owned()));
    }
}

#[test]
fn unknown_members_of_parts_are_reported_like_those_of_the_whole() {
    // Names that are common to all records, of one record alone, and too long; more than are listed.
    let records: Vec<_> = (0..6)
        .map(|number| {
            let mut members: Vec<_> = (0..50).map(|n| format!("\"r{number}m{n}\":1")).collect();
            members.extend((0..3).map(|n| format!("\"common{n}\":1")));
            members.push(format!("\"{}\":1", "y".repeat(300)));
            let text = record(ZERO_COMMANDS, ZERO_DATA).replacen(
                '{',
                &format!("{{{},", members.join(",")),
                1,
            );
            serde_json::from_str(&text).unwrap()
        })
        .collect();
    let reported = |sizes: &[usize]| -> Vec<_> {
        let mut validator = Validator::new(&without_lists());
        let mut findings = Vec::new();
        let mut first = 0;
        let mut part = validator.part();
        for size in sizes {
            for number in 0..*size {
                part.record(&place(number), &records[first + number]);
            }
            let start = place(first);
            findings.extend(validator.join(&mut part, start.position, start.record));
            first += size;
        }
        for (number, record) in records.iter().enumerate().skip(first) {
            findings.extend(validator.record(&place(number), record));
        }
        findings.extend(validator.finish().0);
        findings
            .into_iter()
            .map(|finding| {
                (
                    finding.record,
                    finding.line,
                    finding.offset,
                    finding.pointer,
                    finding.message,
                )
            })
            .collect()
    };
    let whole = reported(&[]);
    assert_eq!(whole.len(), 257);
    let (.., last) = &whole[256];
    assert_eq!(last, "53 further unknown members");
    for sizes in [&[6][..], &[1, 1, 1, 1, 1, 1], &[2, 4], &[3, 0, 2], &[5]] {
        assert_eq!(reported(sizes), whole, "{sizes:?}");
    }
}

/// The place of a record in lines of 100 bytes.
fn place(number: usize) -> Place {
    let mut place = Place::default();
    place.record = u64::try_from(number).unwrap();
    place.position = Position::new(100 * place.record, place.record + 1, 1);
    place
}

#[test]
fn a_malformed_record_is_named_by_what_can_still_be_read_of_it() {
    let text = data(r#"{"total":"0","download":0,"upload":0,"units":"bytes"}"#);
    let (findings, summary) = validate(&config(), &format!("[{},{text}]", data(ZERO_DATA)));
    let finding = &findings[0];
    assert_eq!(
        (finding.code, finding.record, finding.pointer.as_str()),
        ("UR002", Some(1), "/1/data/total")
    );
    let key = finding.key.as_ref().unwrap();
    assert_eq!(key.account_sid.as_deref(), Some(ACCOUNT));
    assert_eq!(
        key.period.as_ref().unwrap().end.as_deref(),
        Some("2026-06-02T00:00:00Z")
    );
    assert_eq!(
        (summary.records, summary.malformed, summary.clean),
        (2, 1, 1)
    );
    assert_eq!(summary.rules["UR002"].evaluated, 2);
    assert_eq!(summary.rules["UR101"].evaluated, 6);
}

#[test]
fn a_record_made_in_memory_has_no_line() {
    let findings = check(&config(), &usage_model::UsageRecord::default());
    assert_eq!(findings[0].line, None);
    assert_eq!(findings[0].source, None);
    assert_eq!(findings[0].record, Some(0));
}
