//! Faults, each with exactly the findings it must give, and beside it what must give none.
//!
//! Every fault is planted in a list of five days that is otherwise in order, so that a finding too many
//! anywhere in the list fails as well as one too few.

use serde_json::{Value, json};
use usage_validate::{Config, catalogue};

use crate::support::{config, validate};

/// Five days with traffic at home and in two countries.
fn list() -> Vec<Value> {
    (1..=5_u64)
        .map(|day| {
            let (start, end) = (format!("2026-06-0{day}T00:00:00Z"), format!("2026-06-0{}T00:00:00Z", day + 1));
            json!({
                "account_sid": "ACabababababababababababababababab",
                "period": {"start": start, "end": end},
                "commands": {"total": 3, "to_sim": 2, "from_sim": 1,
                    "home": {"total": 3, "to_sim": 2, "from_sim": 1}, "national_roaming": null, "international_roaming": []},
                "data": {"total": 30 + day, "download": 20 + day, "upload": 10, "units": "bytes",
                    "home": {"total": 15 + day, "download": 10 + day, "upload": 5, "units": "bytes"},
                    "national_roaming": {"total": 5, "download": 3, "upload": 2, "units": "bytes"},
                    "international_roaming": [
                        {"total": 6, "download": 4, "upload": 2, "units": "bytes", "country_code": "DEU"},
                        {"total": 4, "download": 3, "upload": 1, "units": "bytes", "country_code": "CHE"}]},
            })
        })
        .collect()
}

fn found(config: &Config, list: &[Value]) -> Vec<String> {
    let (findings, _) = validate(config, &Value::from(list.to_vec()).to_string());
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.pointer))
        .collect()
}

/// A fault: what is set at a place of the list, what is found, and what else may be set there without a finding.
struct Fault {
    pointer: &'static str,
    value: Value,
    found: Vec<&'static str>,
    near_miss: Value,
}

fn fault(pointer: &'static str, value: Value, found: &[&'static str], near_miss: Value) -> Fault {
    Fault {
        pointer,
        value,
        found: found.to_vec(),
        near_miss,
    }
}

#[expect(clippy::too_many_lines, reason = "a table is as long as it has rows")]
fn table() -> Vec<Fault> {
    vec![
        fault(
            "/1/data/total",
            json!("32"),
            &["UR002 /1/data/total"],
            json!(32),
        ),
        fault(
            "/1/data/upload",
            json!(-1),
            &["UR002 /1/data/upload"],
            json!(10),
        ),
        fault(
            "/1/data/upload",
            json!(9.5),
            &["UR002 /1/data/upload"],
            json!(10),
        ),
        fault(
            "/1/period/start",
            json!("2026-06-02 00:00:00Z"),
            &["UR002 /1/period/start"],
            json!("2026-06-02T01:00:00+01:00"),
        ),
        fault(
            "/1/account_sid",
            json!(null),
            &["UR101 /1/account_sid"],
            json!("ACabababababababababababababababab"),
        ),
        fault(
            "/1/period",
            json!({}),
            &["UR101 /1/period"],
            json!({"start": "2026-06-02T00:00:00Z", "end": "2026-06-03T00:00:00.000Z"}),
        ),
        fault(
            "/1/commands",
            json!({}),
            &["UR101 /1/commands"],
            json!({"total": 0, "to_sim": 0, "from_sim": 0}),
        ),
        fault(
            "/1/data",
            json!(null),
            &["UR101 /1/data"],
            json!({"total": 0, "download": 0, "upload": 0, "units": "bytes"}),
        ),
        fault(
            "/1/commands/national_roaming",
            json!({"total": null, "to_sim": 0, "from_sim": 0}),
            &["UR102 /1/commands/national_roaming"],
            json!({}),
        ),
        fault(
            "/1/data/latency",
            json!(1),
            &["UR103 /1/data/latency"],
            json!(null),
        ),
        fault(
            "/1/account_sid",
            json!("ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"),
            &["UR104 /1/account_sid"],
            json!("ACabababababababababababababababab"),
        ),
        fault(
            "/1/account_sid",
            json!("ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"),
            &["UR406 /1/period", "UR404 /2/period"],
            json!("ACabababababababababababababababab"),
        ),
        fault(
            "/1/data/home/units",
            json!("octets"),
            &["UR105 /1/data/home/units"],
            json!("bytes"),
        ),
        fault(
            "/1/data/international_roaming/1/country_code",
            json!("DEU"),
            &["UR106 /1/data/international_roaming/1/country_code"],
            json!("GTM"),
        ),
        fault(
            "/1/data/international_roaming/1/country_code",
            json!("ch"),
            &["UR106 /1/data/international_roaming/1/country_code"],
            json!("AUT"),
        ),
        fault(
            "/1/data/total",
            json!(33),
            &["UR201 /1/data/total", "UR202 /1/data/total"],
            json!(32),
        ),
        fault(
            "/1/data/home/download",
            json!(11),
            &["UR201 /1/data/download", "UR202 /1/data/home/total"],
            json!(12),
        ),
        fault(
            "/1/data/international_roaming/0/upload",
            json!(null),
            &[
                "UR102 /1/data/international_roaming/0",
                "UR201 /1/data/upload",
                "UR202 /1/data/international_roaming/0/total",
            ],
            json!(2),
        ),
        fault(
            "/1/commands/from_sim",
            json!(2),
            &["UR201 /1/commands/from_sim", "UR202 /1/commands/total"],
            json!(1),
        ),
        fault(
            "/1/commands/home",
            json!(null),
            &["UR203 /1/commands"],
            json!({"total": 3, "to_sim": 2, "from_sim": 1}),
        ),
        fault(
            "/1/data/national_roaming",
            json!({"total": 15, "download": 10, "upload": 5, "units": "bytes"}),
            &["UR205 /1/data", "UR206 /1/data"],
            json!({"total": 5, "download": 3, "upload": 2, "units": "bytes"}),
        ),
        fault(
            "/1/period",
            json!({"start": "2026-06-03T00:00:00Z", "end": "2026-06-02T00:00:00Z"}),
            &["UR301 /1/period"],
            json!({"start": "2026-06-02T00:00:00Z", "end": "2026-06-03T00:00:00Z"}),
        ),
        fault(
            "/1/period",
            json!({"start": "2026-06-02T00:00:00Z", "end": "2026-06-02T00:00:00Z"}),
            &["UR301 /1/period"],
            json!({"start": "2026-06-02T00:00:00Z", "end": "2026-06-02T23:00:00-01:00"}),
        ),
        fault(
            "/1/period",
            json!({"start": "2026-06-02T06:00:00Z", "end": "2026-06-03T06:00:00Z"}),
            &["UR302 /1/period", "UR403 /2/period"],
            json!({"start": "2026-06-02T00:00:00Z", "end": "2026-06-03T00:00:00Z"}),
        ),
        fault(
            "/1/period",
            json!({"start": "2026-06-03T00:00:00Z", "end": "2026-06-04T00:00:00Z"}),
            &["UR402 /2/period", "UR404 /1/period"],
            json!({"start": "2026-06-02T00:00:00Z", "end": "2026-06-03T00:00:00Z"}),
        ),
        fault(
            "/4/period",
            json!({"start": "2026-06-04T00:00:00Z", "end": "2026-06-05T00:00:00Z"}),
            &["UR402 /4/period"],
            json!({"start": "2026-06-05T00:00:00Z", "end": "2026-06-06T00:00:00Z"}),
        ),
        fault(
            "/4/period",
            json!({"start": "2026-06-08T00:00:00Z", "end": "2026-06-09T00:00:00Z"}),
            &["UR404 /4/period"],
            json!({"start": "2026-06-05T00:00:00Z", "end": "2026-06-06T00:00:00Z"}),
        ),
        fault(
            "/4/period",
            json!({"start": "2026-05-31T00:00:00Z", "end": "2026-06-01T00:00:00Z"}),
            &["UR405 /4/period"],
            json!({"start": "2026-06-05T00:00:00Z", "end": "2026-06-06T00:00:00Z"}),
        ),
        fault(
            "/4/period",
            json!({"start": "2026-06-05T00:00:00Z", "end": "2026-06-07T00:00:00Z"}),
            &["UR302 /4/period", "UR407 /4/period"],
            json!({"start": "2026-06-05T00:00:00Z", "end": "2026-06-06T00:00:00Z"}),
        ),
    ]
}

fn settings() -> Config {
    let mut config = config();
    config.granularity = Some(usage_model::Granularity::Daily);
    config
}

fn planted(pointer: &str, value: &Value) -> Vec<Value> {
    let mut list = Value::from(list());
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    if !value.is_null() || list.pointer(pointer).is_some() {
        list.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    list.as_array().unwrap().clone()
}

#[test]
fn a_list_in_order_is_silent() {
    assert_eq!(found(&settings(), &list()), [""; 0]);
}

#[test]
fn each_fault_gives_exactly_its_findings() {
    for fault in table() {
        assert_eq!(
            found(&settings(), &planted(fault.pointer, &fault.value)),
            fault.found,
            "{}",
            fault.pointer
        );
    }
}

#[test]
fn no_near_miss_gives_any() {
    for fault in table() {
        let near = found(&settings(), &planted(fault.pointer, &fault.near_miss));
        // A tree of zeros in place of one of usage is no fault.
        assert_eq!(near, [""; 0], "{} {}", fault.pointer, fault.near_miss);
    }
}

#[test]
fn a_rule_that_is_knocked_out_is_silent_and_all_others_speak() {
    let faults = table();
    for rule in catalogue() {
        let mut config = settings();
        config.ignore = vec![rule.code.to_owned()];
        for fault in &faults {
            let expected: Vec<_> = fault
                .found
                .iter()
                .filter(|found| !found.starts_with(rule.code))
                .copied()
                .collect();
            let found = found(&config, &planted(fault.pointer, &fault.value));
            assert_eq!(found, expected, "without {}: {}", rule.code, fault.pointer);
        }
    }
}

#[test]
fn generated_records_are_not_all_alike() {
    use proptest::{
        strategy::{Strategy, ValueTree},
        test_runner::TestRunner,
    };
    let mut runner = TestRunner::deterministic();
    let strategy = crate::laws::any_valid_record();
    let (mut abroad, mut silent, mut large) = (0, 0, 0);
    let total = 600;
    for _ in 0..total {
        let record = strategy.new_tree(&mut runner).unwrap().current();
        let tree = record.data.value().unwrap();
        let zero = |node: &usage_model::UsageNode<_>| {
            usage_model::Counter::ALL
                .iter()
                .all(|counter| node.count(*counter).get() == 0)
        };
        abroad += i32::from(
            tree.international_roaming
                .entries()
                .iter()
                .any(|entry| !zero(&entry.node)),
        );
        silent += i32::from(
            tree.home.value().is_none_or(zero) || tree.national_roaming.value().is_none_or(zero),
        );
        large += i32::from(tree.top.count(usage_model::Counter::Total).get() > 1 << 53);
    }
    assert!(
        abroad * 5 >= total,
        "{abroad} of {total} have international traffic"
    );
    assert!(
        silent * 10 >= total,
        "{silent} of {total} have a network without traffic"
    );
    assert!(large * 20 >= total, "{large} of {total} are beyond 2^53");
}
