//! The verdict of a run, and that JUnit says the same: whatever is graded otherwise, and however few findings are
//! listed.

use std::collections::BTreeSet;

use roxmltree::Document;
use usage_validate::{
    CodePrefix, Config, FailOn, Outcome, Severity, Strictness, Verdict, catalogue,
};

use super::{
    faults,
    junit::{assert_consistent, cases, junit},
};
use crate::support::{config, is_incomplete, validate};

/// Severities that a run sets: none, all to the mildest, all to the worst, and some up while others go down.
fn overrides() -> [Vec<(CodePrefix, Severity)>; 5] {
    let set = |pairs: &[(&str, Severity)]| {
        pairs
            .iter()
            .map(|(prefix, severity)| (prefix.parse().unwrap(), *severity))
            .collect()
    };
    [
        vec![],
        set(&[("UR", Severity::Info)]),
        set(&[("UR", Severity::Error)]),
        set(&[
            ("UR0", Severity::Warning),
            ("UR2", Severity::Info),
            ("UR3", Severity::Error),
        ]),
        set(&[
            ("UR", Severity::Warning),
            ("UR1", Severity::Error),
            ("UR4", Severity::Info),
            ("UR20", Severity::Error),
        ]),
    ]
}

/// How bad a finding is in a run, that is of this severity where nothing is graded otherwise.
fn graded(config: &Config, code: &str, severity: Severity) -> Severity {
    let set = config
        .severities
        .iter()
        .rfind(|(prefix, _)| code.starts_with(prefix.as_str()));
    match (set, config.strictness, severity) {
        (Some((_, severity)), _, _) => *severity,
        (None, Strictness::Strict, Severity::Warning) => Severity::Error,
        (None, Strictness::Lenient, Severity::Warning) => Severity::Info,
        (None, _, severity) => severity,
    }
}

/// The codes of rules whose findings are bad enough to fail a run.
fn failing(findings: &[(&'static str, Severity)], fail_on: FailOn) -> BTreeSet<&'static str> {
    let reaches = |severity| match fail_on {
        FailOn::Error => severity == Severity::Error,
        FailOn::Warning => severity != Severity::Info,
        FailOn::Info => true,
        FailOn::Never => false,
    };
    findings
        .iter()
        .filter(|(_, severity)| reaches(*severity))
        .map(|(code, _)| *code)
        .collect()
}

/// Checks a run and its JUnit document against the rules that have to fail it.
#[track_caller]
fn assert_verdict(config: &Config, text: &str, expected: &[(&'static str, Severity)]) {
    let (findings, summary) = validate(config, text);
    for fail_on in FailOn::ALL {
        let failing = failing(expected, fail_on);
        let verdict = if is_incomplete(&summary) {
            Verdict::Incomplete
        } else if failing.is_empty() {
            Verdict::Pass
        } else {
            Verdict::Fail
        };
        let context = format!("{fail_on}, {config:?}: {text}");
        assert_eq!(summary.verdict(fail_on), verdict, "{context}");
        let outcome = Outcome::new(summary.clone(), fail_on, Vec::new());
        assert_eq!(outcome.verdict, verdict, "{context}");

        let junit = junit(findings.clone(), &summary, fail_on);
        assert_consistent(&junit, &summary, fail_on);
        let document = Document::parse(&junit).unwrap();
        let failed: BTreeSet<_> = cases(&document)
            .filter(|case| case.children().any(|child| child.has_tag_name("failure")))
            .map(|case| &case.attribute("name").unwrap()[..5])
            .collect();
        assert_eq!(failed, failing, "{context}");
        let count = failing.len().to_string();
        let attribute = document.root_element().attribute("failures");
        assert_eq!(attribute, Some(count.as_str()), "{context}");
        let property = document
            .descendants()
            .find(|node| node.attribute("name") == Some("verdict"))
            .unwrap();
        assert_eq!(
            property.attribute("value"),
            Some(verdict.as_str()),
            "{context}"
        );
    }
}

#[test]
fn verdict_and_cases_agree_whatever_is_listed_and_however_it_is_graded() {
    let mut inputs = vec![(config(), faults())];
    inputs.extend(
        catalogue()
            .iter()
            .map(|rule| (rule.example.config(), rule.example.document.to_owned())),
    );
    for (config, text) in inputs {
        let mut config = config;
        config.max_findings = usize::MAX;
        let (findings, _) = validate(&config, &text);
        for strictness in Strictness::ALL {
            for severities in overrides() {
                config.strictness = strictness;
                config.severities = severities;
                let expected: Vec<_> = findings
                    .iter()
                    .map(|finding| {
                        let severity = graded(&config, finding.code, finding.severity);
                        (finding.code, severity)
                    })
                    .collect();
                for max_findings in [0, 1, 2, usize::MAX] {
                    config.max_findings = max_findings;
                    assert_verdict(&config, &text, &expected);
                }
            }
        }
    }
}
