//! JSON reports, and that they are read back.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};
use usage_model::strategies::any_record;
use usage_validate::{
    FailOn, Finding, Outcome, Report, RuleCount, Summary, report_formats::Format,
};

use super::{BROKEN, faults, outcome, report, written};
use crate::support::{config, data, validate, validate_bytes};

/// Checks that a document is read back as what was written.
#[track_caller]
fn assert_reads_back<T>(written: &T)
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let text = serde_json::to_string(written).unwrap();
    assert_eq!(
        &serde_json::from_str::<T>(&text).unwrap(),
        written,
        "{text}"
    );
    let value = serde_json::to_value(written).unwrap();
    assert_eq!(&serde_json::from_value::<T>(value).unwrap(), written);
}

#[test]
fn json_report_is_the_outcome_and_the_findings() {
    let (findings, summary) = validate(&config(), &faults());
    let text = written(Format::Json, FailOn::Error, findings.clone(), &summary, &[]);
    let report: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(report, Report::new(outcome(summary), findings));
}

#[test]
fn each_line_of_an_ndjson_report_reads_back() {
    let (findings, summary) = validate(&config(), &faults());
    let text = report(Format::Ndjson, &config(), &faults());
    let (last, lines) = text
        .lines()
        .collect::<Vec<_>>()
        .split_last()
        .map(|(last, lines)| (*last, lines.to_vec()))
        .unwrap();
    let read: Vec<Finding> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(read, findings);
    assert_eq!(
        serde_json::from_str::<Outcome>(last).unwrap(),
        outcome(summary)
    );
}

#[test]
fn report_that_is_not_of_this_version_is_refused_with_what_is_wrong() {
    let text = report(Format::Json, &config(), &data(BROKEN));
    assert!(serde_json::from_str::<Report>(&text).is_ok());
    for (right, wrong, complaint) in [
        (
            "usage-report/1",
            "usage-report/2",
            "expected `usage-report/1`",
        ),
        (
            r#""verdict": "fail""#,
            r#""verdict": "maybe""#,
            r#""maybe" is not a verdict"#,
        ),
        (
            r#""code": "UR201""#,
            r#""code": "UR299""#,
            "expected a rule that this version knows",
        ),
        (
            r#""UR202": {"#,
            r#""UR999": {"#,
            "expected a rule that this version knows",
        ),
        (
            r#""expected": "15""#,
            r#""expected": 15"#,
            "expected a whole number as a decimal string",
        ),
        (
            r#""expected": "15""#,
            r#""expected": "015""#,
            "expected a whole number as a decimal string",
        ),
        (
            r#""delta": "5""#,
            r#""delta": "+5""#,
            "expected a whole number as a decimal string",
        ),
        (
            r#""actual": "20""#,
            r#""actual": "-20""#,
            "expected a whole number as a decimal string",
        ),
    ] {
        let changed = text.replacen(right, wrong, 1);
        assert_ne!(changed, text, "{right}");
        let error = serde_json::from_str::<Report>(&changed)
            .unwrap_err()
            .to_string();
        assert!(error.contains(complaint), "{wrong}: {error}");
    }
}

#[test]
fn members_of_later_versions_are_passed_over() {
    let text = report(Format::Json, &config(), &data(BROKEN));
    let more = text.replacen(r#""findings": ["#, r#""more": {"x": 1}, "findings": ["#, 1);
    assert_eq!(
        serde_json::from_str::<Report>(&more).unwrap(),
        serde_json::from_str::<Report>(&text).unwrap()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What is written is read back, whatever stands in an input and however it is judged.
    #[test]
    fn any_report_reads_back(
        bytes in vec(any::<u8>(), 0..200),
        records in vec(any_record(), 1..4),
        fail_on in prop::sample::select(FailOn::ALL.to_vec()),
        missing in vec(".*", 0..2),
        most in prop_oneof![Just(usize::MAX), 0_usize..4],
    ) {
        let mut config = config();
        config.max_findings = most;
        for text in [bytes, serde_json::to_vec(&records).unwrap()] {
            let (findings, summary) = validate_bytes(&config, &text);
            let outcome = Outcome::new(summary.clone(), fail_on, missing.clone());
            for finding in &findings {
                assert_reads_back(finding);
            }
            assert_reads_back::<Summary>(&summary);
            assert_reads_back::<BTreeMap<String, RuleCount>>(
                &summary.rules.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect(),
            );
            assert_reads_back(&outcome);
            assert_reads_back(&Report::new(outcome, findings));
        }
    }
}
