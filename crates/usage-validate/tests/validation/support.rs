//! Running the validator over texts and records.

use chrono::{DateTime, Utc};
use usage_model::{Place, ReadError, UsageRecord, read_records};
use usage_validate::{Config, Finding, Summary, Validator};

/// When the records of these tests were fetched; the cutoff of retention is 2025-05-01.
pub(crate) const AS_OF: &str = "2026-11-01T12:00:00Z";

pub(crate) const ACCOUNT: &str = "ACabababababababababababababababab";

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn config() -> Config {
    Config::new(at(AS_OF))
}

/// The same without the rules on lists of records, for texts that repeat one record.
pub(crate) fn without_lists() -> Config {
    let mut config = config();
    config.ignore = vec!["UR4".parse().unwrap()];
    config
}

/// Checks the records of a text.
pub(crate) fn validate(config: &Config, text: &str) -> (Vec<Finding>, Summary) {
    validate_bytes(config, text.as_bytes())
}

/// Checks the records of an input that may be no text.
pub(crate) fn validate_bytes(config: &Config, text: &[u8]) -> (Vec<Finding>, Summary) {
    let mut findings = Vec::new();
    let mut validator = Validator::new(config);
    validator.source("input.json");
    for item in read_records(text) {
        match item {
            Ok(item) => findings.extend(validator.item(&item)),
            Err(ReadError::Malformed(document)) => {
                findings.extend(validator.malformed_document(&document));
            }
            Err(error) => panic!("{error}"),
        }
    }
    let (last, summary) = validator.finish();
    findings.extend(last);
    (findings, summary)
}

/// Checks one record.
pub(crate) fn check(config: &Config, record: &UsageRecord) -> Vec<Finding> {
    let mut validator = Validator::new(config);
    let mut findings: Vec<_> = validator.record(&Place::default(), record).collect();
    findings.extend(validator.finish().0);
    findings
}

/// A record of a settled day in the middle of retention, with the given trees.
pub(crate) fn record(commands: &str, data: &str) -> String {
    with_period(
        r#"{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}"#,
        commands,
        data,
    )
}

/// A record with the given period and trees.
pub(crate) fn with_period(period: &str, commands: &str, data: &str) -> String {
    format!(
        r#"{{"account_sid":"{ACCOUNT}","period":{period},"commands":{commands},"data":{data}}}"#
    )
}

/// A record with the given data, and Commands that are all 0.
pub(crate) fn data(data: &str) -> String {
    record(r#"{"total":0,"to_sim":0,"from_sim":0}"#, data)
}

/// A record of a period in which one Command was sent.
pub(crate) fn period(start: &str, end: &str) -> String {
    with_period(
        &format!(r#"{{"start":"{start}","end":"{end}"}}"#),
        r#"{"total":1,"to_sim":1,"from_sim":0,"home":{"total":1,"to_sim":1,"from_sim":0}}"#,
        r#"{"total":0,"download":0,"upload":0,"units":"bytes"}"#,
    )
}

/// Code and pointer of each finding.
pub(crate) fn places(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.pointer))
        .collect()
}

/// Code and pointer of each finding about one record in text form.
pub(crate) fn found(config: &Config, text: &str) -> Vec<String> {
    places(&validate(config, text).0)
}

/// Checks one record in text form for exactly these findings.
#[track_caller]
pub(crate) fn assert_found(text: &str, expected: &[&str]) {
    assert_eq!(found(&config(), text), expected, "{text}");
}

/// Whether no record was read, or a page is missing.
pub(crate) fn is_incomplete(summary: &Summary) -> bool {
    let missing = summary
        .rules
        .get("UR504")
        .is_some_and(|count| count.failed > 0);
    missing || summary.records == summary.malformed
}
