//! Sums over networks and directions: UR201 to UR205.

use usage_validate::{Config, Policy};

use crate::support::{assert_found, config, data, found, record, validate};

fn with_policy(policy: Policy) -> Config {
    let mut config = config();
    config.policy = policy;
    config
}

/// Home 10 + 5, and 2 + 1 abroad, which is inside the top or not.
fn with_international(inside: bool) -> String {
    let top = if inside {
        r#""total":18,"download":12,"upload":6"#
    } else {
        r#""total":15,"download":10,"upload":5"#
    };
    data(&format!(
        r#"{{{top},"units":"bytes","home":{{"total":15,"download":10,"upload":5,"units":"bytes"}},
            "international_roaming":[{{"total":3,"download":2,"upload":1,"units":"bytes","country_code":"DEU"}}]}}"#
    ))
}

#[test]
fn a_broken_network_sum_shows_its_whole_sum() {
    let (findings, _) = validate(
        &config(),
        &data(
            r#"{"total":20,"download":15,"upload":5,"units":"bytes",
                "home":{"total":10,"download":7,"upload":3,"units":"bytes"},
                "national_roaming":{"total":2,"download":1,"upload":1,"units":"bytes"},
                "international_roaming":[{"total":3,"download":2,"upload":1,"units":"bytes","country_code":"DEU"}]}"#,
        ),
    );
    assert_eq!(findings.len(), 2);
    let finding = serde_json::to_value(&findings[0]).unwrap();
    assert_eq!(
        finding,
        serde_json::json!({
            "code": "UR201",
            "name": "network-sum",
            "severity": "error",
            "source": "input.json",
            "record": 0,
            "pointer": "/data/total",
            "line": 1,
            "offset": 0,
            "key": {
                "account_sid": "ACabababababababababababababababab",
                "sim_sid": null,
                "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
            },
            "message": "`data.total` is 5 more than the sum of its networks",
            "expected": "15",
            "actual": "20",
            "delta": "5",
            "operands": [
                {"pointer": "/data/home/total", "value": "10"},
                {"pointer": "/data/national_roaming/total", "value": "2"},
                {"pointer": "/data/international_roaming/0/total", "value": "3"},
            ],
            "suspect": null,
            "policy": "include",
            "provisional": false,
            "help": "no single counter explains all wrong sums of this tree: at least 2 are wrong; fetch the record again, and if the sums are still wrong, report it to KORE",
            "fingerprint": findings[0].fingerprint,
        })
    );
    assert_eq!(findings[1].pointer, "/data/download");
}

fn messages(text: &str) -> Vec<String> {
    let (findings, _) = validate(&config(), text);
    findings.into_iter().map(|found| found.message).collect()
}

#[test]
fn large_differences_of_bytes_are_shown_in_a_readable_unit_too() {
    let of_data = |units: &str| {
        data(&format!(
            r#"{{"total":5000,"download":3000,"upload":0,"units":"{units}",
                "home":{{"total":3000,"download":3000,"upload":0,"units":"{units}"}}}}"#
        ))
    };
    let commands = record(
        r#"{"total":5000,"to_sim":3000,"from_sim":0,"home":{"total":3000,"to_sim":3000,"from_sim":0}}"#,
        r#"{"total":0,"download":0,"upload":0,"units":"bytes"}"#,
    );
    assert_eq!(
        messages(&of_data("bytes")),
        [
            "`data.total` is 2.0 kB (2 000 bytes) more than the sum of its networks",
            "`data.total` is 2.0 kB (2 000 bytes) more than the sum of download and upload",
        ]
    );
    assert_eq!(
        messages(&of_data("KB")),
        [
            "`data.total` is 2000 more than the sum of its networks",
            "`data.total` is 2000 more than the sum of download and upload",
        ]
    );
    assert_eq!(
        messages(&commands),
        [
            "`commands.total` is 2000 more than the sum of its networks",
            "`commands.total` is 2000 more than the sum of to_sim and from_sim",
        ]
    );
}

#[test]
fn each_counter_of_each_tree_has_its_own_network_sum() {
    let bad = |kind: &str, counter: &str, names: [&str; 3]| {
        let counters: Vec<_> = names
            .iter()
            .map(|name| format!(r#""{name}":{}"#, u8::from(*name == counter)))
            .collect();
        let counters = counters.join(",");
        let zeros = names.map(|name| format!(r#""{name}":0"#)).join(",");
        let tree = format!(r#"{{{counters},"units":"bytes","home":{{{zeros},"units":"bytes"}}}}"#);
        match kind {
            "data" => data(&tree),
            _ => record(
                &tree.replace(r#","units":"bytes""#, ""),
                r#"{"total":0,"download":0,"upload":0,"units":"bytes"}"#,
            ),
        }
    };
    for counter in ["total", "to_sim", "from_sim"] {
        assert_found(
            &bad("commands", counter, ["total", "to_sim", "from_sim"]),
            &[
                &format!("UR201 /commands/{counter}"),
                "UR202 /commands/total",
            ],
        );
    }
    for counter in ["total", "download", "upload"] {
        assert_found(
            &bad("data", counter, ["total", "download", "upload"]),
            &[&format!("UR201 /data/{counter}"), "UR202 /data/total"],
        );
    }
}

#[test]
fn directions_are_checked_at_every_node() {
    let (findings, summary) = validate(
        &config(),
        &record(
            r#"{"total":4,"to_sim":2,"from_sim":1,"home":{"total":1,"to_sim":1,"from_sim":1},"national_roaming":{"total":1,"to_sim":1,"from_sim":1},
                "international_roaming":[{"total":1,"to_sim":0,"from_sim":0,"country_code":"DEU"},{"total":1,"to_sim":0,"from_sim":null,"country_code":"CHE"}]}"#,
            "{}",
        ),
    );
    let directions: Vec<_> = findings
        .iter()
        .filter(|finding| finding.code == "UR202")
        .map(|finding| (finding.pointer.as_str(), finding.delta.unwrap()))
        .collect();
    assert_eq!(
        directions,
        [
            ("/commands/total", 1),
            ("/commands/home/total", -1),
            ("/commands/national_roaming/total", -1),
            ("/commands/international_roaming/0/total", 1),
            ("/commands/international_roaming/1/total", 1),
        ]
    );
    assert_eq!(summary.rules["UR202"].evaluated, 5);
    let message = &findings
        .iter()
        .rfind(|finding| finding.code == "UR202")
        .unwrap()
        .message;
    assert_eq!(
        message,
        "`commands.international_roaming[1] (CHE).total` is 1 more than the sum of to_sim and from_sim"
    );
}

#[test]
fn usage_without_breakdown_stands_instead_of_the_sums() {
    let bare = r#"{"total":15,"download":10,"upload":5,"units":"bytes""#;
    for children in [
        "}",
        r#","home":null,"national_roaming":null,"international_roaming":[]}"#,
        r#","home":{},"national_roaming":{},"international_roaming":null}"#,
        r#","international_roaming":{}}"#,
    ] {
        let (findings, summary) = validate(&config(), &data(&format!("{bare}{children}")));
        assert_eq!(findings.len(), 1, "{children}");
        assert_eq!(
            (findings[0].code, findings[0].pointer.as_str()),
            ("UR203", "/data")
        );
        assert_eq!(summary.rules["UR201"].evaluated, 3, "the Commands alone");
        assert_eq!(summary.rules["UR203"].evaluated, 1, "the Commands are 0");
    }
    // Shares that are there and 0 contradict the top.
    assert_eq!(
        found(
            &config(),
            &data(&format!(
                r#"{bare},"home":{{"total":0,"download":0,"upload":0,"units":"bytes"}}}}"#
            ))
        ),
        [
            "UR201 /data/total",
            "UR201 /data/download",
            "UR201 /data/upload"
        ]
    );
}

#[test]
fn parts_are_compared_with_the_whole_where_sums_are_suspended() {
    let tree = |home: u8, unit: &str, national: &str| {
        data(&format!(
            r#"{{"total":15,"download":10,"upload":5,"units":"octets",
                "home":{{"total":{home},"download":{home},"upload":0,"units":"{unit}"}}{national}}}"#
        ))
    };
    assert_found(&tree(10, "octets", ""), &["UR105 /data/units"]);
    assert_found(
        &tree(16, "octets", ""),
        &[
            "UR105 /data/units",
            "UR204 /data/home/total",
            "UR204 /data/home/download",
        ],
    );
    // Units that cannot be compared are not.
    assert_found(&tree(16, "bytes", ""), &["UR105 /data/units"]);
    let (findings, summary) = validate(
        &config(),
        &data(
            r#"{"total":15,"download":10,"upload":5,"units":"bytes",
                "home":{"total":1,"download":1,"upload":0,"units":"KB"},
                "national_roaming":{"total":1,"download":1,"upload":0,"units":"octets"}}"#,
        ),
    );
    let finding = &findings[1];
    assert_eq!(
        (finding.code, finding.pointer.as_str()),
        ("UR204", "/data/home/total")
    );
    assert_eq!(
        finding.message,
        "`data.home.total` is 985 more than `data.total`, which should include it, both in bytes"
    );
    assert_eq!(finding.expected, Some(15));
    assert_eq!(finding.actual, Some(1000));
    assert_eq!(finding.delta, Some(985));
    assert_eq!(finding.policy, Some(Policy::Include));
    assert_eq!(summary.rules["UR204"].evaluated, 3);
    assert_eq!(summary.rules["UR201"].evaluated, 3, "the Commands alone");
}

#[test]
fn the_policy_decides_about_international_traffic() {
    for (policy, inside, expected) in [
        (Policy::Auto, true, vec![]),
        (Policy::Include, true, vec![]),
        (
            Policy::Exclude,
            true,
            vec![
                "UR201 /data/total",
                "UR201 /data/download",
                "UR201 /data/upload",
            ],
        ),
        (Policy::Auto, false, vec!["UR205 /data"]),
        (
            Policy::Include,
            false,
            vec![
                "UR201 /data/total",
                "UR201 /data/download",
                "UR201 /data/upload",
            ],
        ),
        (Policy::Exclude, false, vec![]),
    ] {
        assert_eq!(
            found(&with_policy(policy), &with_international(inside)),
            expected,
            "{policy} {inside}"
        );
    }
}

#[test]
fn findings_name_the_reading_that_they_follow() {
    let first =
        |policy, inside| validate(&with_policy(policy), &with_international(inside)).0[0].clone();
    assert_eq!(first(Policy::Auto, false).policy, Some(Policy::Exclude));
    assert_eq!(first(Policy::Include, false).policy, Some(Policy::Include));
    let excluded = first(Policy::Exclude, true);
    assert_eq!(excluded.policy, Some(Policy::Exclude));
    assert_eq!(
        excluded.message,
        "`data.total` is 3 more than the sum of its networks, without international roaming"
    );
    assert_eq!(excluded.operands.len(), 1);
}

#[test]
fn traffic_outside_the_total_is_evaluated_where_there_is_some() {
    let evaluated =
        |policy, text: &str| validate(&with_policy(policy), text).1.rules["UR205"].evaluated;
    assert_eq!(evaluated(Policy::Auto, &with_international(true)), 1);
    assert_eq!(evaluated(Policy::Auto, &with_international(false)), 1);
    assert_eq!(evaluated(Policy::Include, &with_international(true)), 0);
    let home = data(
        r#"{"total":1,"download":1,"upload":0,"units":"bytes","home":{"total":1,"download":1,"upload":0,"units":"bytes"}}"#,
    );
    assert_eq!(evaluated(Policy::Auto, &home), 0);
}

#[test]
fn a_tree_votes_on_international_traffic_where_it_has_some_and_the_run_has_no_policy() {
    let votes =
        |policy, text: &str| validate(&with_policy(policy), text).1.rules["UR206"].evaluated;
    // Lopsided, so that the trees get a closer look; the networks add up all the same.
    let wrong_direction_sum = r#""total":3,"download":1,"upload":1,"units":"bytes""#;
    let home = data(&format!(
        r#"{{{wrong_direction_sum},"home":{{{wrong_direction_sum}}}}}"#
    ));
    let with_international = data(&format!(
        r#"{{{wrong_direction_sum},"international_roaming":[{{{wrong_direction_sum},"country_code":"DEU"}}]}}"#
    ));
    assert_eq!(votes(Policy::Auto, &with_international), 1);
    assert_eq!(votes(Policy::Auto, &home), 0);
    for policy in [Policy::Include, Policy::Exclude] {
        assert_eq!(votes(policy, &with_international), 0);
        assert_eq!(votes(policy, &home), 0);
    }
}

#[test]
fn usage_below_a_top_of_zeros_is_found() {
    let node =
        |figure: u8| format!(r#""total":{figure},"download":{figure},"upload":0,"units":"bytes""#);
    let both = ["UR201 /data/total", "UR201 /data/download"];
    assert_found(
        &data(&format!(r#"{{{},"home":{{{}}}}}"#, node(0), node(1))),
        &both,
    );
}

#[test]
fn the_page_reading_has_to_fit_all_three_counters() {
    // Download leaves international roaming out, upload does not.
    assert_found(
        &data(
            r#"{"total":16,"download":10,"upload":6,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"},
                "international_roaming":[{"total":3,"download":2,"upload":1,"units":"bytes","country_code":"DEU"}]}"#,
        ),
        &["UR201 /data/total", "UR201 /data/download"],
    );
}

#[test]
fn one_wrong_counter_is_a_simpler_explanation_than_another_reading() {
    // Without the entry everything fits; but its own directions do not, and one counter explains both.
    let (findings, _) = validate(
        &config(),
        &data(
            r#"{"total":15,"download":10,"upload":5,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"},
                "international_roaming":[{"total":0,"download":7,"upload":0,"units":"bytes","country_code":"DEU"}]}"#,
        ),
    );
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["UR201", "UR202"]);
    for finding in &findings {
        let suspect = finding.suspect.as_ref().unwrap();
        assert_eq!(suspect.pointer, "/data/international_roaming/0/download");
        assert_eq!(suspect.suggested, 0);
    }
}

#[test]
fn the_largest_counters_add_up_without_overflow() {
    let max = i64::MAX;
    let node = |more: &str| {
        format!(r#"{{"total":{max},"download":{max},"upload":{max},"units":"TiB"{more}}}"#)
    };
    let entries: Vec<_> = ["DEU", "CHE", "GTM"]
        .iter()
        .map(|code| node(&format!(r#","country_code":"{code}""#)))
        .collect();
    let text = data(&format!(
        r#"{{"total":{max},"download":{max},"upload":{max},"units":"bytes","home":{},"international_roaming":[{}]}}"#,
        node(""),
        entries.join(",")
    ));
    let (findings, _) = validate(&config(), &text);
    let total = findings
        .iter()
        .find(|finding| finding.code == "UR201")
        .unwrap();
    let tib = 1_u128 << 40;
    let expected = 4 * u128::from(max.unsigned_abs()) * tib;
    assert_eq!(total.expected, Some(expected));
    let missing = expected - u128::from(max.unsigned_abs());
    assert_eq!(total.delta, Some(-i128::try_from(missing).unwrap()));
}
