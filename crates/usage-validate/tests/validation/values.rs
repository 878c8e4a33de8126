//! Identifiers, units and countries: UR104 to UR106.

use usage_validate::{Accounts, Summary};

use crate::support::{ACCOUNT, assert_found, config, data, record, validate};

const ZERO_COMMANDS: &str = r#"{"total":0,"to_sim":0,"from_sim":0}"#;
const ZERO_DATA: &str = r#"{"total":0,"download":0,"upload":0,"units":"bytes"}"#;

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
            "sims_left_out": 0,
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
fn control_totals_add_no_record_of_a_sim_to_those_of_its_account() {
    let day = |account: &str, sim: &str, total: u64| {
        let sim = if sim.is_empty() {
            String::new()
        } else {
            format!(r#""sim_sid":"DE{}","#, sim.repeat(32))
        };
        let account = account.repeat(32);
        format!(
            r#"{{"account_sid":"AC{account}",{sim}"period":{{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}},"commands":{{"total":1,"to_sim":1}},"data":{{"total":{total},"download":{total},"units":"bytes"}}}}"#
        )
    };
    let own = day("a", "", 9);
    let sims = [day("a", "1", 4), day("A", "2", 5)];
    // Of another account there are only SIMs.
    let others = [day("b", "3", 20), day("b", "4", 30)];
    let all = [&[own.clone()][..], &sims, &others].concat();
    let mut many = config();
    many.accounts = Accounts::Many;
    let figures = |summary: &Summary| {
        let totals = &summary.totals;
        (
            totals.data.total,
            totals.commands.total,
            totals.sims_left_out,
        )
    };
    let mut reversed = all.clone();
    reversed.reverse();
    for lines in [&all, &reversed] {
        let (_, summary) = validate(&many, &lines.join("\n"));
        assert_eq!(figures(&summary), (59, 3, 2));
    }
    let (_, summary) = validate(&many, &sims.join("\n"));
    assert_eq!(figures(&summary), (9, 2, 0));
    // However the records are split, written and read back.
    let mut merged = Summary::EMPTY;
    for line in &all {
        let (_, summary) = validate(&many, line);
        let text = serde_json::to_string(&summary).unwrap();
        merged.merge(&serde_json::from_str(&text).unwrap());
    }
    assert_eq!(figures(&merged), (59, 3, 2));
    // A summary that does not say whose its figures are is added up.
    let (_, nameless) = validate(&many, &own);
    let mut nameless = serde_json::to_value(&nameless).unwrap();
    nameless.as_object_mut().unwrap().remove("carried");
    let nameless = serde_json::from_value(nameless).unwrap();
    merged.merge(&nameless);
    merged.merge(&nameless);
    assert_eq!(figures(&merged), (77, 5, 2));
    // Where a list is of one account, a record that names none is one of its own.
    let anonymous = own.replace(&format!(r#""account_sid":"AC{}","#, "a".repeat(32)), "");
    assert_ne!(anonymous, own);
    for lines in [[&anonymous, &sims[0]], [&sims[0], &anonymous]] {
        let (_, summary) = validate(&config(), &lines.map(String::as_str).join("\n"));
        assert_eq!(figures(&summary), (9, 1, 1));
    }
}
