//! The schemas of the report are those that are shipped, and every report holds to them.

use std::collections::BTreeSet;

use jsonschema::Validator as Schema;
use proptest::{collection::vec, prelude::*};
use serde_json::Value;
use usage_model::strategies::any_record;
use usage_validate::{
    FailOn, Outcome, Report, catalogue,
    report_formats::{Format, ReportWriter, human::ReportOptions},
    schemas,
};

use crate::support::{config, data, validate};

#[test]
fn the_shipped_schemas_are_those_of_the_types() {
    let documents = usage_validate::schema_documents();
    let shipped = [
        (
            "report-line.schema.json",
            schemas::REPORT_LINE,
            "report-line/1",
        ),
        ("report.schema.json", schemas::REPORT, "report/1"),
    ];
    assert_eq!(documents.len(), shipped.len());
    for ((name, text), (file, shipped, id)) in documents.iter().zip(shipped) {
        assert_eq!((*name, text.as_str()), (file, shipped));
        let schema: Value = serde_json::from_str(shipped).unwrap();
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        assert_eq!(
            schema["$id"],
            format!("https://schemas.kore-usage.example/{id}")
        );
        assert!(jsonschema::meta::is_valid(&schema));
    }
}

#[test]
fn every_member_of_a_report_is_described_and_required() {
    let schema: Value = serde_json::from_str(schemas::REPORT).unwrap();
    let definitions = schema["$defs"].as_object().unwrap();
    let objects = definitions
        .values()
        .chain([&schema])
        .filter(|definition| definition["type"] == "object");
    for object in objects {
        assert!(object["description"].is_string(), "{object}");
        let properties = object["properties"].as_object().unwrap();
        let required = object["required"].as_array().unwrap();
        assert_eq!(properties.len(), required.len(), "{object}");
        for (name, property) in properties {
            assert!(property["description"].is_string(), "{name}");
        }
    }
}

/// The schema as it is shipped, and strict: no member beside those it names.
fn strict(text: &str) -> Schema {
    fn close(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.values_mut().for_each(close);
                if members.contains_key("properties") {
                    members.insert("additionalProperties".to_owned(), false.into());
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(close),
            _ => {}
        }
    }
    let mut schema: Value = serde_json::from_str(text).unwrap();
    close(&mut schema);
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn assert_valid(schema: &Schema, document: &Value) {
    let errors: Vec<_> = schema
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

/// Checks the JSON report and each line of the NDJSON report on an input.
#[track_caller]
fn assert_reports_are_valid(schemas: &(Schema, Schema), text: &[u8], most: usize) {
    let mut config = config();
    config.max_findings = most;
    let (findings, summary) = crate::support::validate_bytes(&config, text);
    let outcome = Outcome::new(summary, FailOn::Info, Vec::new());
    let report = Report::new(outcome.clone(), findings.clone());
    assert_valid(&schemas.0, &serde_json::to_value(&report).unwrap());

    let mut writer = ReportWriter::new(Vec::new(), Format::Ndjson, &ReportOptions::default());
    for finding in findings {
        writer.finding(finding).unwrap();
    }
    let lines = String::from_utf8(writer.finish(&outcome).unwrap()).unwrap();
    for line in lines.lines() {
        assert_valid(&schemas.1, &serde_json::from_str(line).unwrap());
    }
}

fn both() -> (Schema, Schema) {
    (strict(schemas::REPORT), strict(schemas::REPORT_LINE))
}

#[test]
fn reports_on_every_example_hold_to_the_schemas_and_use_every_member() {
    let schemas = both();
    let mut used = BTreeSet::new();
    for rule in catalogue() {
        for example in [&rule.example, &rule.near_miss] {
            assert_reports_are_valid(&schemas, example.document.as_bytes(), usize::MAX);
            let (findings, _) = example.check();
            for finding in findings {
                let finding = serde_json::to_value(finding).unwrap();
                let members = finding.as_object().unwrap().iter();
                used.extend(
                    members
                        .filter(|(_, value)| !value.is_null())
                        .map(|(name, _)| name.clone()),
                );
            }
        }
    }
    let schema: Value = serde_json::from_str(schemas::REPORT).unwrap();
    let described = schema["$defs"]["Finding"]["properties"]
        .as_object()
        .unwrap();
    assert_eq!(used, described.keys().cloned().collect());
}

#[test]
fn what_is_no_report_is_refused_where_it_is_wrong() {
    let (schema, line) = both();
    let broken = data(
        r#"{"total":20,"download":10,"upload":5,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"}}"#,
    );
    let (findings, summary) = validate(&config(), &broken);
    let outcome = Outcome::new(summary, FailOn::Error, Vec::new());
    let report = serde_json::to_value(Report::new(outcome, findings)).unwrap();
    assert_valid(&schema, &report);
    for (pointer, wrong) in [
        ("/schema", Value::from("usage-report/2")),
        ("/verdict", "maybe".into()),
        ("/as_of", "yesterday".into()),
        ("/summary/records", Value::from(-1)),
        ("/summary/totals/data/total", 20.into()),
        ("/summary/rules/UR201/failed", "1".into()),
        ("/summary/not_evaluated/0", "201".into()),
        ("/findings/0/code", "201".into()),
        ("/findings/0/severity", "fatal".into()),
        ("/findings/0/pointer", "data/total".into()),
        ("/findings/0/line", 0.into()),
        ("/findings/0/expected", 15.into()),
        ("/findings/0/actual", "020".into()),
        ("/findings/0/delta", "+5".into()),
        ("/findings/0/operands/0/value", "-1".into()),
        ("/findings/0/suspect/suggested", Value::Null),
        ("/findings/0/fingerprint", "ABC".into()),
        ("/findings/0/key/period", "June".into()),
    ] {
        let mut report = report.clone();
        *report.pointer_mut(pointer).unwrap() = wrong;
        let paths: Vec<_> = schema
            .iter_errors(&report)
            .map(|error| error.instance_path().to_string())
            .collect();
        // Where there is a choice, between an object and null, the choice is what fails.
        let is_related = |path: &String| path.starts_with(pointer) || pointer.starts_with(path);
        assert!(
            paths
                .iter()
                .any(|path| !path.is_empty() && is_related(path)),
            "{pointer}: {paths:?}"
        );
    }
    // A line is a finding or a closing, and not a whole report.
    assert_valid(&line, &report["findings"][0]);
    assert!(!line.is_valid(&report));
    let mut last_line = report;
    last_line.as_object_mut().unwrap().remove("findings");
    assert_valid(&line, &last_line);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in an input, the report on it holds to its schema.
    #[test]
    fn reports_on_any_input_hold_to_the_schemas(
        bytes in vec(any::<u8>(), 0..200),
        records in vec(any_record(), 1..3),
        at in any::<prop::sample::Index>(),
        most in prop_oneof![Just(usize::MAX), 0_usize..4],
    ) {
        let schemas = both();
        assert_reports_are_valid(&schemas, &bytes, most);
        let mut text = serde_json::to_vec(&records).unwrap();
        assert_reports_are_valid(&schemas, &text, most);
        // One letter changed: mostly still records, and seldom all of them well formed.
        let at = at.index(text.len());
        text[at] = bytes.first().copied().unwrap_or(b'"');
        assert_reports_are_valid(&schemas, &text, most);
    }
}
