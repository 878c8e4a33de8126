//! Single members: UR002, UR101 to UR106.

use usage_model::Place;
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
        for size in sizes {
            let mut part = validator.part();
            for number in 0..*size {
                part.record(&place(number), &records[first + number]);
            }
            findings.extend(validator.join(part, u64::try_from(first).unwrap()));
            first += size;
        }
        for (number, record) in records.iter().enumerate().skip(first) {
            findings.extend(validator.record(&place(number), record));
        }
        findings.extend(validator.finish().0);
        findings
            .into_iter()
            .map(|finding| (finding.record, finding.pointer, finding.message))
            .collect()
    };
    let whole = reported(&[]);
    assert_eq!(whole.len(), 257);
    let (_, _, last) = &whole[256];
    assert_eq!(last, "53 further unknown members");
    for sizes in [&[6][..], &[1, 1, 1, 1, 1, 1], &[2, 4], &[3, 0, 2], &[5]] {
        assert_eq!(reported(sizes), whole, "{sizes:?}");
    }
}

fn place(number: usize) -> Place {
    let mut place = Place::default();
    place.record = u64::try_from(number).unwrap();
    place
}

#[test]
fn identifiers_are_checked_and_redaction_is_named() {
    let sids = |account: &str, sim: &str| {
        format!(
            r#"{{"account_sid":"{account}","sim_sid":{sim},"period":{{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}},"commands":{ZERO_COMMANDS},"data":{ZERO_DATA}}}"#
        )
    };
    let good = r#""DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd""#;
    assert_found(&sids(ACCOUNT, good), &[]);
    assert_found(&sids(ACCOUNT, "null"), &[]);
    assert_found(
        &sids("DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", good),
        &["UR104 /account_sid"],
    );
    assert_found(&sids(ACCOUNT, r#""DE12""#), &["UR104 /sim_sid"]);
    let message = |text: &str| validate(&config(), text).0[0].message.clone();
    assert_eq!(
        message(&sids("ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", good)),
        r#"`account_sid` is redacted: "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX""#
    );
    assert_eq!(
        message(&sids("AC12", good)),
        r#"`account_sid` is "AC12", not AC followed by 32 hexadecimal digits"#
    );
}

#[test]
fn units_are_converted_exactly() {
    // 1 KB + 1 KiB = 2024 bytes.
    assert_found(
        &data(
            r#"{"total":2024,"download":2024,"upload":0,"units":"bytes",
                "home":{"total":1,"download":1,"upload":0,"units":"KB"},
                "national_roaming":{"total":1,"download":1,"upload":0,"units":"KiB"}}"#,
        ),
        &["UR105 /data/home/units"],
    );
    let (findings, _) = validate(
        &config(),
        &data(
            r#"{"total":3,"download":2,"upload":1,"units":"KB",
                "home":{"total":3000,"download":2001,"upload":999,"units":"bytes"}}"#,
        ),
    );
    let download = &findings[1];
    assert_eq!(download.pointer, "/data/download");
    assert_eq!(download.expected, Some(2001));
    assert_eq!(download.actual, Some(2000));
    assert_eq!(download.delta, Some(-1));
    assert_eq!(
        download.message,
        "`data.download` is 1 less than the sum of its networks, all in bytes"
    );
}

#[test]
fn a_unit_that_is_not_known_suspends_the_network_sums_of_its_tree_alone() {
    let text = record(
        r#"{"total":2,"to_sim":2,"from_sim":0,"home":{"total":1,"to_sim":1,"from_sim":0}}"#,
        r#"{"total":9,"download":9,"upload":0,"units":"bytes","home":{"total":1,"download":1,"upload":0,"units":"octets"}}"#,
    );
    let (findings, summary) = validate(&config(), &text);
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["UR201", "UR201", "UR105"]);
    assert_eq!(summary.rules["UR201"].evaluated, 3);
    assert_eq!(summary.totals.data.total, 9);
    assert_eq!(
        summary.rules["UR204"].evaluated, 0,
        "octets and bytes cannot be compared"
    );
}

#[test]
fn a_node_without_unit_is_read_in_the_unit_of_the_top() {
    assert_found(
        &data(
            r#"{"total":1000,"download":1000,"upload":0,"units":"KB","home":{"total":1000,"download":1000,"upload":0}}"#,
        ),
        &["UR105 /data/home/units"],
    );
    assert_found(
        &data(r#"{"total":1,"download":1,"upload":0,"home":{"total":1,"download":1,"upload":0}}"#),
        &["UR105 /data/units"],
    );
    // A unit further down is not that of the top.
    let below = data(
        r#"{"total":5,"download":5,"upload":0,"home":{"total":5,"download":5,"upload":0,"units":"KB"}}"#,
    );
    assert_found(
        &below,
        &[
            "UR105 /data/units",
            "UR201 /data/total",
            "UR201 /data/download",
        ],
    );
    let (findings, summary) = validate(&config(), &below);
    assert_eq!(
        findings[0].help.as_deref(),
        Some("its figures were read as bytes")
    );
    assert_eq!(summary.totals.data.total, 5);
    // Nothing is nothing in any unit.
    assert_found(
        &data(
            r#"{"total":0,"download":0,"upload":0,"home":{"total":0,"download":0,"upload":0,"units":"KB"}}"#,
        ),
        &[],
    );
    assert_found(
        &data(r#"{"total":0,"download":0,"upload":0,"home":{"total":0,"download":0,"upload":0}}"#),
        &[],
    );
}

#[test]
fn control_totals_are_in_bytes_and_leave_unknown_units_out() {
    let kib = data(
        r#"{"total":3,"download":2,"upload":1,"units":"KiB","home":{"total":3,"download":2,"upload":1,"units":"KiB"}}"#,
    );
    let octets = data(r#"{"total":3,"download":2,"upload":1,"units":"octets"}"#);
    let commands = record(r#"{"total":3,"to_sim":2,"from_sim":1}"#, "{}");
    // Three days, so that each counts.
    let octets = octets.replace("06-01", "06-03").replace("06-02", "06-04");
    let commands = commands.replace("06-02", "06-05").replace("06-01", "06-04");
    let (_, summary) = validate(&config(), &format!("{kib}\n{octets}\n{commands}\n"));
    let totals = serde_json::to_value(&summary.totals).unwrap();
    assert_eq!(
        totals,
        serde_json::json!({
            "commands": {"total": "3", "to_sim": "2", "from_sim": "1"},
            "data": {"total": "3072", "download": "2048", "upload": "1024", "left_out": 1},
        })
    );
}

#[test]
fn control_totals_count_a_period_once_with_its_last_figures() {
    let reading = |total: u64, unit: &str| {
        data(&format!(
            r#"{{"total":{total},"download":{total},"upload":0,"units":"{unit}","home":{{"total":{total},"download":{total},"units":"{unit}"}}}}"#
        ))
    };
    let total = |lines: &[String]| {
        let (_, summary) = validate(&config(), &lines.join("\n"));
        (summary.totals.data.total, summary.totals.data.left_out)
    };
    let [five, seven] = [5, 7].map(|total| reading(total, "bytes"));
    let other_day = five.replace("06-01", "06-03").replace("06-02", "06-04");
    assert_eq!(total(&[five.clone(), five.clone()]), (5, 0));
    assert_eq!(total(&[five.clone(), seven.clone()]), (7, 0));
    assert_eq!(
        total(&[seven.clone(), five.clone(), seven.clone(), five.clone()]),
        (5, 0)
    );
    assert_eq!(total(&[five.clone(), reading(5, "octets")]), (0, 1));
    assert_eq!(total(&[reading(5, "octets"), seven.clone()]), (7, 0));
    assert_eq!(
        total(&[reading(5, "KB"), reading(5000, "bytes")]),
        (5000, 0)
    );
    assert_eq!(
        total(&[five.clone(), other_day.clone(), five.clone(), other_day]),
        (10, 0)
    );
    // A record without a period is no second reading of anything.
    let timeless = five.replace("\"period\":", "\"odd\":");
    assert_eq!(total(&[timeless.clone(), timeless]), (10, 0));
}

#[test]
fn country_entries_name_their_country_once() {
    let entries = |codes: &[&str]| {
        let entries: Vec<_> = codes
            .iter()
            .map(|code| format!(r#"{{"total":0,"download":0,"upload":0,"units":"bytes"{code}}}"#))
            .collect();
        data(&format!(
            r#"{{"total":0,"download":0,"upload":0,"units":"bytes","international_roaming":[{}]}}"#,
            entries.join(",")
        ))
    };
    let code = |code: &str| format!(r#","country_code":"{code}""#);
    let (deu, che) = (code("DEU"), code("CHE"));
    let place = |index: usize| format!("UR106 /data/international_roaming/{index}/country_code");
    assert_found(&entries(&[&deu, &che]), &[]);
    assert_found(&entries(&[&deu, &che, &deu, &deu]), &[&place(2), &place(3)]);
    assert_found(
        &entries(&["", &deu, &code("de"), r#","country_code":null"#]),
        &[&place(0), &place(2), &place(3)],
    );
    assert_found(
        &data(
            r#"{"total":0,"download":0,"upload":0,"units":"bytes","international_roaming":{"total":0,"download":0,"upload":0,"units":"bytes"}}"#,
        ),
        &["UR106 /data/international_roaming/country_code"],
    );
}

#[test]
fn long_lists_of_countries_are_checked_like_short_ones() {
    let letters = || (b'A'..=b'Z').map(char::from);
    let codes: Vec<String> = letters()
        .flat_map(|a| letters().map(move |b| format!("{a}{b}{a}")))
        .collect();
    let list = |codes: &[String]| {
        let entries: Vec<_> = codes
            .iter()
            .map(|code| format!(r#"{{"total":0,"to_sim":0,"from_sim":0,"country_code":"{code}"}}"#))
            .collect();
        record(
            &format!(
                r#"{{"total":0,"to_sim":0,"from_sim":0,"international_roaming":[{}]}}"#,
                entries.join(",")
            ),
            ZERO_DATA,
        )
    };
    assert_found(&list(&codes), &[]);
    // The last letters of the alphabet stand at the end of what is kept of a list.
    let mut repeated = codes;
    repeated.extend(["ZZZ", "AAA", "ZZZ"].map(str::to_owned));
    assert_found(
        &list(&repeated),
        &[676, 677, 678]
            .map(|index| format!("UR106 /commands/international_roaming/{index}/country_code"))
            .each_ref()
            .map(String::as_str),
    );
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
