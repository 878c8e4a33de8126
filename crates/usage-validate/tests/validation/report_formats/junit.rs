//! JUnit XML.

use proptest::{collection::vec, prelude::*};
use roxmltree::{Document, Node};
use usage_model::strategies::any_record;
use usage_validate::{
    FailOn, Finding, Outcome, Scope, Severity, Summary, Verdict, catalogue,
    report_formats::{Format, MOST_IN_A_CASE},
};

use super::{BROKEN, faults, written};
use crate::support::{config, data, period, validate, validate_bytes};

/// What became of each case: its name and the name of the element in it.
type Outcomes = Vec<(String, Option<String>)>;

fn outcomes(document: &Document<'_>) -> Outcomes {
    cases(document)
        .map(|case| {
            let child = case.children().find(Node::is_element);
            let name = case.attribute("name").unwrap().to_owned();
            (name, child.map(|child| child.tag_name().name().to_owned()))
        })
        .collect()
}

pub(super) fn cases<'a>(document: &'a Document<'_>) -> impl Iterator<Item = Node<'a, 'a>> {
    document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"))
}

fn case<'a>(document: &'a Document<'_>, code: &str) -> Node<'a, 'a> {
    cases(document)
        .find(|case| case.attribute("name").unwrap().starts_with(code))
        .unwrap()
}

pub(super) fn junit(findings: Vec<Finding>, summary: &Summary, fail_on: FailOn) -> String {
    written(Format::Junit, fail_on, findings, summary, &[])
}

/// Checks the counts that a document states against its cases, and the cases against the run.
pub(super) fn assert_consistent(text: &str, summary: &Summary, fail_on: FailOn) {
    let document = Document::parse(text).unwrap();
    let outcomes = outcomes(&document);
    let count = |kind: &str| {
        let is = |outcome: &&(String, Option<String>)| outcome.1.as_deref() == Some(kind);
        outcomes.iter().filter(is).count().to_string()
    };
    let suite = document
        .descendants()
        .find(|node| node.has_tag_name("testsuite"))
        .unwrap();
    assert_eq!(
        suite.attribute("tests"),
        Some(outcomes.len().to_string().as_str())
    );
    assert_eq!(suite.attribute("failures"), Some(count("failure").as_str()));
    assert_eq!(suite.attribute("skipped"), Some(count("skipped").as_str()));
    let errors = Outcome::new(summary.clone(), fail_on, Vec::new())
        .incomplete
        .len();
    assert_eq!(suite.attribute("errors"), Some(errors.to_string().as_str()));

    for (rule, (name, outcome)) in catalogue().iter().zip(&outcomes) {
        assert_eq!(*name, format!("{} {}", rule.code, rule.name));
        let asked = summary
            .rules
            .get(rule.code)
            .is_some_and(|count| count.evaluated > 0 || count.failed > 0);
        assert_eq!(outcome.as_deref() == Some("skipped"), !asked, "{name}");
    }
    // A run fails exactly where one of its cases does.
    let verdict = summary.verdict(fail_on);
    if verdict != Verdict::Incomplete {
        let failed = verdict == Verdict::Fail;
        assert_eq!(count("failure") != "0", failed, "{fail_on}: {text}");
    }
}

#[test]
fn each_rule_is_a_case_that_passes_fails_or_is_skipped() {
    let (findings, summary) = validate(&config(), &faults());
    for fail_on in FailOn::ALL {
        let text = junit(findings.clone(), &summary, fail_on);
        assert_consistent(&text, &summary, fail_on);
        let document = Document::parse(&text).unwrap();
        let outcomes = outcomes(&document);
        let outcome = |code: &str| {
            let outcome = outcomes
                .iter()
                .find(|(name, _)| name.starts_with(code))
                .unwrap();
            outcome.1.as_deref()
        };
        let from = |threshold: &[FailOn]| {
            Some(if threshold.contains(&fail_on) {
                "failure"
            } else {
                "system-out"
            })
        };
        assert_eq!(
            outcome("UR202"),
            from(&[FailOn::Error, FailOn::Warning, FailOn::Info])
        );
        assert_eq!(outcome("UR311"), from(&[FailOn::Warning, FailOn::Info]));
        assert_eq!(outcome("UR320"), from(&[FailOn::Info]));
        assert_eq!(outcome("UR301"), None);
        assert_eq!(outcome("UR106"), Some("skipped"));
        assert_eq!(outcome("UR902"), Some("system-out"));
    }
}

#[test]
fn a_case_tells_its_findings_and_what_they_stand_against() {
    let (findings, summary) = validate(&config(), &data(BROKEN));
    let text = junit(findings, &summary, FailOn::Error);
    let document = Document::parse(&text).unwrap();
    let failure = case(&document, "UR201").first_element_child().unwrap();
    assert_eq!(failure.attribute("message"), Some("1 finding in 6 checks"));
    assert_eq!(failure.attribute("type"), Some("UR201"));
    let body = failure.text().unwrap();
    assert!(
        body.starts_with("Each counter of a tree must be the sum"),
        "{body}"
    );
    assert!(body.contains("\n  |   /data/home/total  15\n"), "{body}");
    assert!(body.contains("suspect: /data/total should be 15"), "{body}");
}

#[test]
fn a_case_fails_by_how_bad_its_findings_are_in_this_run() {
    let graded = |severity, max_findings| {
        let mut config = config();
        config.severities = vec![("UR20".parse().unwrap(), severity)];
        config.max_findings = max_findings;
        let (findings, summary) = validate(&config, &data(BROKEN));
        let text = junit(findings, &summary, FailOn::Error);
        let document = Document::parse(&text).unwrap();
        let body = case(&document, "UR201").first_element_child().unwrap();
        body.tag_name().name().to_owned()
    };
    // Whether they were handed over or not.
    for max_findings in [9, 0] {
        assert_eq!(graded(Severity::Error, max_findings), "failure");
        assert_eq!(graded(Severity::Warning, max_findings), "system-out");
    }
}

#[test]
fn a_rule_that_is_not_selected_is_skipped() {
    let mut config = config();
    config.select = vec!["UR2".parse().unwrap()];
    let (findings, summary) = validate(&config, &faults());
    let text = junit(findings, &summary, FailOn::Error);
    assert_consistent(&text, &summary, FailOn::Error);
    let document = Document::parse(&text).unwrap();
    let skipped = case(&document, "UR311").first_element_child().unwrap();
    assert_eq!(skipped.attribute("message"), Some("not part of this run"));
    let skipped = case(&document, "UR205").first_element_child().unwrap();
    assert_eq!(
        skipped.attribute("message"),
        Some("never evaluated: the input gave no occasion")
    );
}

#[test]
fn a_long_case_is_cut_and_says_by_how_much() {
    let text = format!("{}\n", data(BROKEN)).repeat(60);
    for (listed, more) in [(usize::MAX, MOST_IN_A_CASE), (20, 10), (1, 1), (0, 0)] {
        let mut config = config();
        config.ignore = vec!["UR4".parse().unwrap()];
        config.max_findings = listed;
        let (findings, summary) = validate(&config, &text);
        let text = junit(findings, &summary, FailOn::Error);
        assert_consistent(&text, &summary, FailOn::Error);
        let document = Document::parse(&text).unwrap();
        let failure = case(&document, "UR201").first_element_child().unwrap();
        assert_eq!(
            failure.attribute("message"),
            Some("60 findings in 360 checks")
        );
        let body = failure.text().unwrap();
        assert_eq!(
            body.matches("error[UR201").count(),
            usize::try_from(more).unwrap()
        );
        assert!(
            body.ends_with(&format!("and {} more findings\n", 60 - more)),
            "{body}"
        );
    }
}

#[test]
fn what_xml_forbids_is_named_and_markup_is_text() {
    let (findings, summary) = validate(&config(), &faults());
    let text = junit(findings, &summary, FailOn::Never);
    let document = Document::parse(&text).unwrap();
    let body: String = document
        .descendants()
        .filter_map(|node| node.text())
        .collect();
    for part in [
        "A,C:%\\u{1b}[2J\\u{a}::error::\\u{fffe}]]>&<",
        "/data/a~0~1b\\u{1}<&\"",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
}

#[test]
fn input_that_was_not_seen_is_an_error_of_its_own() {
    let (findings, summary) = validate(&config(), "[]");
    let text = written(
        Format::Junit,
        FailOn::Error,
        findings,
        &summary,
        &["page 3 of \"x\": <gone>"],
    );
    let document = Document::parse(&text).unwrap();
    assert_eq!(document.root_element().attribute("errors"), Some("1"));
    let error = case(&document, "the input is complete")
        .first_element_child()
        .unwrap();
    assert_eq!(error.attribute("message"), Some("page 3 of \"x\": <gone>"));
    assert_eq!(cases(&document).count(), catalogue().len() + 1);
}

#[test]
fn rules_on_the_run_never_fail_it() {
    let mut config = config();
    config.max_findings = 0;
    let (findings, summary) = validate(
        &config,
        &period("2026-10-31T00:00:00Z", "2026-11-01T00:00:00Z"),
    );
    let text = junit(findings, &summary, FailOn::Info);
    assert_consistent(&text, &summary, FailOn::Info);
    let document = Document::parse(&text).unwrap();
    for rule in catalogue().iter().filter(|rule| rule.scope == Scope::Run) {
        let body = case(&document, rule.code).first_element_child().unwrap();
        assert!(body.has_tag_name("system-out"), "{}", rule.code);
    }
    let body = case(&document, "UR901").first_element_child().unwrap();
    assert_eq!(body.text(), Some("0 of 1 findings are listed\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in an input, the report on it is XML, and its cases say what the run says.
    #[test]
    fn reports_on_any_input_are_consistent_xml(
        bytes in vec(any::<u8>(), 0..200),
        records in vec(any_record(), 1..4),
        fail_on in prop::sample::select(FailOn::ALL.to_vec()),
    ) {
        for text in [bytes, serde_json::to_vec(&records).unwrap()] {
            let (findings, summary) = validate_bytes(&config(), &text);
            assert_consistent(&junit(findings, &summary, fail_on), &summary, fail_on);
        }
    }
}
