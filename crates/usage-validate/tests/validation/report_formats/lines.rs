//! One JSON object a line.

use serde_json::Value;
use usage_validate::report_formats::Format;

use super::{faults, report};
use crate::support::config;

#[test]
fn the_lines_are_the_report_taken_apart() {
    let lines = report(Format::Ndjson, &config(), &faults());
    let mut lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut whole: Value =
        serde_json::from_str(&report(Format::Json, &config(), &faults())).unwrap();
    let report = lines.pop().unwrap();
    assert_eq!(whole["findings"], Value::Array(lines));
    whole.as_object_mut().unwrap().remove("findings");
    assert_eq!(whole, report);
}

#[test]
fn a_run_without_findings_is_its_report() {
    let text = report(Format::Ndjson, &config(), "[]");
    assert_eq!(text.lines().count(), 1);
    assert!(text.starts_with(r#"{"schema":"usage-report/1","#), "{text}");
    assert!(text.ends_with("}\n"));
}
