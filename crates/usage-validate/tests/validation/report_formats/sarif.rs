//! SARIF.

use std::path::Path;

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use usage_model::{Window, strategies::any_record};
use usage_validate::{
    FailOn, Finding, Summary, catalogue,
    report_formats::{Format, MOST_RESULTS, ReportWriter, human::ReportOptions},
};

use super::{BROKEN, faults, outcome, report, written};
use crate::support::{at, config, data, validate, validate_bytes};

fn parsed(text: &str) -> Value {
    let log: Value = serde_json::from_str(text).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(1));
    log["runs"][0].clone()
}

fn run(text: &str) -> Value {
    parsed(&report(Format::Sarif, &config(), text))
}

fn results(run: &Value) -> &Vec<Value> {
    run["results"].as_array().unwrap()
}

#[test]
fn every_rule_is_described() {
    let run = run("[]");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "kore-usage");
    let rules = driver["rules"].as_array().unwrap();
    assert_eq!(rules.len(), catalogue().len());
    for (rule, described) in catalogue().iter().zip(rules) {
        assert_eq!(described["id"], rule.code);
        assert_eq!(described["name"], rule.name);
        assert_eq!(described["fullDescription"]["text"], rule.sentence);
        assert_eq!(described["help"]["text"], rule.explain());
        assert_eq!(described["help"]["markdown"], rule.markdown());
        let level = described["defaultConfiguration"]["level"].as_str().unwrap();
        assert_eq!(level.replace("note", "info"), rule.severity.as_str());
        let properties = &described["properties"];
        assert_eq!(properties["formula"], rule.formula);
        assert_eq!(properties["origin"], rule.origin);
        assert_eq!(properties["falsePositives"], rule.false_positives);
        assert_eq!(properties["since"], rule.since);
    }
}

/// Checks that the results are the findings, one for one.
fn assert_same(run: &Value, findings: &[Finding]) {
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(results(run).len(), findings.len());
    for (result, finding) in results(run).iter().zip(findings) {
        assert_eq!(result["ruleId"], finding.code);
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], finding.code);
        let level = result["level"].as_str().unwrap();
        assert_eq!(level.replace("note", "info"), finding.severity.as_str());
        assert_eq!(
            result["partialFingerprints"]["usageFinding/v1"],
            finding.fingerprint
        );
        let whole = serde_json::to_value(finding).unwrap();
        for name in [
            "record",
            "key",
            "expected",
            "actual",
            "delta",
            "operands",
            "suspect",
            "policy",
            "provisional",
            "help",
        ] {
            assert_eq!(result["properties"][name], whole[name], "{name}");
        }
        let location = &result["locations"][0];
        let region = &location["physicalLocation"]["region"];
        assert_eq!(region["startLine"].as_u64(), finding.line);
        assert_eq!(region["byteOffset"].as_u64(), finding.offset);
        let logical = &location["logicalLocations"][0]["fullyQualifiedName"];
        let place = match finding.pointer.as_str() {
            "" if finding.source.is_none() => "input",
            pointer => pointer,
        };
        assert_eq!(logical.as_str().unwrap_or_default(), place);
        let uri = &location["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(uri.as_str(), finding.source.as_deref());
    }
}

#[test]
fn results_are_the_findings_with_their_places() {
    let text = faults();
    let (findings, summary) = validate(&config(), &text);
    let run = run(&text);
    assert_same(&run, &findings);
    let properties = &run["properties"];
    assert_eq!(properties["verdict"], "fail");
    assert_eq!(
        properties["summary"],
        serde_json::to_value(&summary).unwrap()
    );
    let result = &results(&run)[0];
    assert_eq!(
        result["message"]["text"],
        "`data.total` is 5 more than the sum of its networks (expected 15, actual 20); /data/total should be 15"
    );
    assert_eq!(
        result["locations"][0],
        json!({
            "physicalLocation": {
                "artifactLocation": {"uri": "input.json"},
                "region": {"startLine": 1, "byteOffset": 0},
            },
            "logicalLocations": [
                {"name": "total", "fullyQualifiedName": "/data/total", "kind": "property"},
            ],
        })
    );
}

#[test]
fn offsets_lead_to_the_record_or_to_what_is_malformed_in_it() {
    let text = faults();
    for result in results(&run(&text)) {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let Some(offset) = region["byteOffset"].as_u64() else {
            assert_eq!(result["ruleId"], "UR103");
            continue;
        };
        let there = &text[usize::try_from(offset).unwrap()..];
        let start = if result["ruleId"] == "UR002" {
            "\"15\","
        } else {
            "{\"account_sid\""
        };
        assert!(there.starts_with(start), "{result:#}");
    }
}

/// The locations of the results on records and on the whole input, where inputs are in these files.
fn locations(inputs: &[(&str, Option<&Path>)]) -> [Value; 2] {
    let mut config = config();
    config.window = Window::new(at("2026-05-01T00:00:00Z"), at("2026-07-01T00:00:00Z")).ok();
    let (mut findings, summary) = validate(&config, &data(BROKEN));
    for finding in &mut findings {
        if finding.source.is_some() {
            finding.source = inputs.last().map(|(name, _)| (*name).to_owned());
        }
    }
    let mut writer = ReportWriter::new(Vec::new(), Format::Sarif, &ReportOptions::default());
    for (name, file) in inputs {
        writer.source(name, *file);
    }
    for finding in findings {
        writer.finding(finding).unwrap();
    }
    let text = String::from_utf8(writer.finish(&outcome(summary)).unwrap()).unwrap();
    let run = parsed(&text);
    ["UR201", "UR502"].map(|code| {
        let result = results(&run).iter().find(|result| result["ruleId"] == code);
        result.unwrap()["locations"].clone()
    })
}

#[test]
fn results_on_the_whole_input_are_in_its_first_file() {
    let june = Some(Path::new("june.json"));
    let [record, window] = locations(&[("june.json", june)]);
    assert_eq!(
        record[0]["physicalLocation"]["artifactLocation"]["uri"],
        "june.json"
    );
    assert_eq!(
        window,
        json!([{"physicalLocation": {"artifactLocation": {"uri": "june.json"}}}])
    );
    let [record, window] = locations(&[
        ("june.json", june),
        ("july.json", Some(Path::new("july.json"))),
    ]);
    assert_eq!(
        record[0]["physicalLocation"]["artifactLocation"]["uri"],
        "july.json"
    );
    assert_eq!(
        window[0]["physicalLocation"]["artifactLocation"]["uri"],
        "june.json"
    );
}

#[test]
fn results_on_an_input_that_is_no_file_are_in_no_file() {
    let [record, window] = locations(&[("page 1", None)]);
    assert_eq!(
        record,
        json!([{"logicalLocations": [
            {"name": "total", "fullyQualifiedName": "/data/total", "kind": "property"},
        ]}])
    );
    assert_eq!(
        window,
        json!([{"logicalLocations": [
            {"name": "input", "fullyQualifiedName": "input", "kind": "resource"},
        ]}])
    );
}

#[test]
fn results_on_an_input_that_was_saved_are_in_the_saved_file() {
    let [record, window] = locations(&[("page 1", Some(Path::new("/tmp/a b.ndjson")))]);
    for locations in [record, window] {
        assert_eq!(
            locations[0]["physicalLocation"]["artifactLocation"]["uri"],
            "file:///tmp/a%20b.ndjson"
        );
    }
}

#[cfg(unix)]
#[test]
fn file_names_that_are_not_utf_8_keep_their_bytes() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let name = Path::new(OsStr::from_bytes(b"bad\xff.json"));
    let [record, window] = locations(&[(r"bad\xff.json", Some(name))]);
    for locations in [record, window] {
        assert_eq!(
            locations[0]["physicalLocation"]["artifactLocation"]["uri"],
            "bad%FF.json"
        );
    }
}

#[test]
fn result_without_any_input_has_a_location() {
    let (mut findings, summary) = validate(&config(), "nonsense");
    findings[0].source = None;
    let text = written(Format::Sarif, FailOn::Error, findings, &summary, &[]);
    let run = parsed(&text);
    assert_eq!(
        results(&run)[0]["locations"][0]["logicalLocations"][0]["name"],
        "input"
    );
}

#[test]
fn characters_that_change_the_direction_of_text_are_visible_in_messages() {
    let (mut findings, summary) = validate(&config(), &data(BROKEN));
    findings[0].message = "a\u{202e}b\u{1b}".to_owned();
    let text = written(
        Format::Sarif,
        FailOn::Error,
        findings,
        &summary,
        &["gone\u{202e}"],
    );
    let run = parsed(&text);
    let message = results(&run)[0]["message"]["text"].as_str().unwrap();
    assert!(message.starts_with(r"a\u{202e}b\u{1b}"), "{message}");
    let notified = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notified["message"]["text"], r"gone\u{202e}");
}

#[test]
fn elements_of_lists_are_objects() {
    let run = run("[{\"data\":{\"total\":0}},7]");
    let result = results(&run)
        .iter()
        .find(|result| result["ruleId"] == "UR002")
        .unwrap();
    assert_eq!(
        result["locations"][0]["logicalLocations"],
        json!([{"name": "1", "fullyQualifiedName": "/1", "kind": "object"}])
    );
}

#[test]
fn text_from_the_input_makes_no_link() {
    let (mut findings, summary) = validate(&config(), &data(BROKEN));
    findings[0].message = "see [here](https://x.example)".to_owned();
    let text = written(Format::Sarif, FailOn::Error, findings, &summary, &[]);
    let run = parsed(&text);
    let text = results(&run)[0]["message"]["text"].as_str().unwrap();
    assert!(text.starts_with("see [here] (https://x.example)"), "{text}");
}

/// The notifications that are about a rule.
fn notified(run: &Value, code: &str) -> Vec<String> {
    let notifications = run["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap();
    notifications
        .iter()
        .filter(|notification| notification["associatedRule"]["id"] == code)
        .map(|notification| notification["message"]["text"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_log_has_a_limit_and_says_so() {
    let text = format!("{}\n", data(BROKEN)).repeat(2_501);
    let mut config = config();
    config.ignore = vec!["UR4".parse().unwrap()];
    let (findings, summary) = validate(&config, &text);
    assert_eq!(findings.len(), 5_002);
    let run = parsed(&written(
        Format::Sarif,
        FailOn::Error,
        findings,
        &summary,
        &[],
    ));
    assert_eq!(results(&run).len(), MOST_RESULTS);
    assert_eq!(
        notified(&run, "UR901"),
        ["5000 of 5002 findings are results of this log; all counts in its properties are exact"]
    );
    assert_eq!(run["properties"]["findings"], 5_002);
    assert_eq!(run["properties"]["results"], MOST_RESULTS);
    assert_eq!(run["properties"]["summary"]["errors"], 5_002);
}

#[test]
fn a_capped_run_says_so_too() {
    let mut config = config();
    config.max_findings = 1;
    let run = parsed(&report(Format::Sarif, &config, &data(BROKEN)));
    assert_eq!(results(&run).len(), 1);
    assert!(notified(&run, "UR901")[0].starts_with("1 of 2 findings"));
    let run = self::run(&data(BROKEN));
    assert_eq!(notified(&run, "UR901"), [""; 0]);
}

#[test]
fn rules_that_never_ran_are_notified_and_those_not_selected_disabled() {
    let mut config = config();
    config.select = vec!["UR20".parse().unwrap(), "UR9".parse().unwrap()];
    let (findings, summary) = validate(&config, &data(BROKEN));
    let run = parsed(&written(
        Format::Sarif,
        FailOn::Error,
        findings,
        &summary,
        &[],
    ));
    assert_eq!(
        notified(&run, "UR902"),
        ["never evaluated, and so not passed: UR204 UR205 UR206"]
    );
    let overrides = run["invocations"][0]["ruleConfigurationOverrides"]
        .as_array()
        .unwrap();
    let disabled: Vec<_> = overrides
        .iter()
        .map(|one| {
            assert_eq!(one["configuration"], json!({"enabled": false}));
            let index = usize::try_from(one["descriptor"]["index"].as_u64().unwrap()).unwrap();
            assert_eq!(one["descriptor"]["id"], catalogue()[index].code);
            catalogue()[index].code
        })
        .collect();
    let off: Vec<_> = catalogue()
        .iter()
        .map(|rule| rule.code)
        .filter(|code| !summary.rules.contains_key(code))
        .collect();
    assert_eq!(disabled, off);
    assert!(off.contains(&"UR310") && !off.contains(&"UR201"));
}

fn succeeded(text: &str, missing: &[&str]) -> Value {
    let (findings, summary): (Vec<Finding>, Summary) = validate(&config(), text);
    let run = parsed(&written(
        Format::Sarif,
        FailOn::Error,
        findings,
        &summary,
        missing,
    ));
    run["invocations"][0].clone()
}

#[test]
fn an_invocation_succeeds_where_all_input_was_seen_whatever_was_found() {
    assert_eq!(succeeded(&data(BROKEN), &[])["executionSuccessful"], true);
    for nothing_examined in ["[]", "nonsense"] {
        let invocation = succeeded(nothing_examined, &[]);
        assert_eq!(
            invocation["executionSuccessful"], false,
            "{nothing_examined}"
        );
    }
    let cut = succeeded(&data(BROKEN), &["page 3 is missing"]);
    assert_eq!(cut["executionSuccessful"], false);
    assert_eq!(
        cut["toolExecutionNotifications"][0],
        json!({"level": "error", "message": {"text": "page 3 is missing"}})
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in an input, the results of the log are the findings.
    #[test]
    fn logs_on_any_input_are_its_findings(
        bytes in vec(any::<u8>(), 0..200),
        records in vec(any_record(), 1..4),
    ) {
        for text in [bytes, serde_json::to_vec(&records).unwrap()] {
            let (findings, summary) = validate_bytes(&config(), &text);
            let log = written(Format::Sarif, FailOn::Error, findings.clone(), &summary, &[]);
            assert_same(&parsed(&log), &findings);
        }
    }
}
