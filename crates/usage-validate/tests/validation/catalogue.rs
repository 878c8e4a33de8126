//! Every rule of the catalogue does what its example says.

use std::collections::BTreeSet;

use usage_validate::{
    Example, FailOn, Finding, Scope, Severity, Summary, Verdict, catalogue, rule,
};

fn run(example: &Example) -> (Vec<Finding>, Summary) {
    example.check()
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code).collect()
}

/// What examples break besides their own rule, where it weighs as much: a counter that is wrong stands in a sum of
/// either kind, traffic outside the total of one record is a finding by itself, and a limit needs something to
/// leave out.
const UNAVOIDABLE: [(&str, &str); 3] = [("UR202", "UR201"), ("UR206", "UR205"), ("UR901", "UR301")];

#[test]
fn every_example_breaks_its_rule_and_no_other_of_its_weight() {
    let mut broken_as_well = BTreeSet::new();
    for rule in catalogue() {
        let (findings, summary) = run(&rule.example);
        let codes = codes(&findings);
        let count = summary.rules[rule.code];
        assert!(count.failed > 0, "{}: {codes:?}", rule.code);
        assert!(count.evaluated > 0, "{}", rule.code);
        if rule.scope == Scope::Run {
            assert!(!codes.contains(&rule.code), "{}", rule.code);
        } else {
            assert!(codes.contains(&rule.code), "{}: {codes:?}", rule.code);
        }
        // Listed or not: a limit on findings is no way to hide one.
        let mut example = rule.example.clone();
        example.max_findings = None;
        let (findings, _) = run(&example);
        let others = findings
            .iter()
            .filter(|finding| finding.code != rule.code && finding.severity >= rule.severity);
        broken_as_well.extend(others.map(|finding| (rule.code, finding.code)));
    }
    assert_eq!(broken_as_well, BTreeSet::from(UNAVOIDABLE));
}

#[test]
fn no_near_miss_breaks_its_rule() {
    for rule in catalogue() {
        let (findings, summary) = run(&rule.near_miss);
        let codes = codes(&findings);
        assert_eq!(
            summary.rules[rule.code].failed, 0,
            "{}: {codes:?}",
            rule.code
        );
        assert!(!codes.contains(&rule.code), "{}", rule.code);
    }
}

#[test]
fn every_rule_is_evaluated_on_its_near_miss() {
    for rule in catalogue() {
        let (_, summary) = run(&rule.near_miss);
        assert!(summary.rules[rule.code].evaluated > 0, "{}", rule.code);
    }
}

#[test]
fn rules_are_found_by_code() {
    for each in catalogue() {
        assert_eq!(rule(each.code).map(|rule| rule.name), Some(each.name));
    }
    assert!(rule("ur201").is_none());
    assert!(rule("UR999").is_none());
}

#[test]
fn every_rule_explains_itself_in_narrow_lines() {
    for rule in catalogue() {
        let text = rule.explain();
        assert!(text.starts_with(rule.code), "{text}");
        assert!(
            text.contains(rule.example.document.lines().next().unwrap()),
            "{text}"
        );
        assert!(
            text.contains(rule.near_miss.document.lines().next().unwrap()),
            "{text}"
        );
        for line in text.lines().filter(|line| !line.starts_with("    ")) {
            assert!(line.chars().count() <= 96, "{line}");
        }
    }
}

#[test]
fn every_rule_explains_itself_in_markdown_in_a_fixed_order() {
    for rule in catalogue() {
        let text = rule.markdown();
        assert!(
            text.starts_with(&format!("{}\n\n```text\n{}\n", rule.sentence, rule.formula)),
            "{text}"
        );
        let mut rest = text.as_str();
        for part in [
            rule.severity.as_str(),
            rule.scope.as_str(),
            rule.since,
            rule.origin,
            rule.false_positives,
            "\n\nThis breaks it",
            rule.example.document,
            "\n\nThis does not",
            rule.near_miss.document,
        ] {
            let Some((_, after)) = rest.split_once(part) else {
                panic!("{part} is not where it should be: {text}");
            };
            rest = after;
        }
        assert_eq!(rest, "```\n");
    }
}

#[test]
fn the_catalogue_can_be_written_as_json() {
    let json = serde_json::to_value(catalogue()).unwrap();
    assert_eq!(json[0]["code"], "UR001");
    assert_eq!(json[0]["severity"], "error");
    assert_eq!(json[0]["scope"], "document");
    assert!(json[0].get("id").is_none());
}

#[test]
fn an_example_fails_a_run_from_the_severity_of_its_rule_on() {
    for rule in catalogue().iter().filter(|rule| rule.scope != Scope::Run) {
        let (_, summary) = run(&rule.example);
        let failing: &[FailOn] = match rule.severity {
            Severity::Error => &[FailOn::Error, FailOn::Warning, FailOn::Info],
            Severity::Warning => &[FailOn::Warning, FailOn::Info],
            Severity::Info => &[FailOn::Info],
        };
        for fail_on in FailOn::ALL {
            let expected = if crate::support::is_incomplete(&summary) {
                Verdict::Incomplete
            } else if failing.contains(&fail_on) {
                Verdict::Fail
            } else {
                Verdict::Pass
            };
            assert_eq!(
                summary.verdict(fail_on),
                expected,
                "{} {fail_on}",
                rule.code
            );
        }
    }
}

#[test]
fn every_rule_has_all_its_texts() {
    for rule in catalogue() {
        for (part, text) in [
            ("sentence", rule.sentence),
            ("formula", rule.formula),
            ("origin", rule.origin),
            ("false positives", rule.false_positives),
        ] {
            assert!(!text.trim().is_empty(), "{}: {part}", rule.code);
        }
        for (part, text) in [
            ("sentence", rule.sentence),
            ("origin", rule.origin),
            ("false positives", rule.false_positives),
        ] {
            assert!(text.ends_with('.'), "{}: {part}", rule.code);
        }
        let version: Vec<_> = rule.since.split('.').map(str::parse::<u32>).collect();
        assert!(
            version.len() == 3 && version.iter().all(Result::is_ok),
            "{}",
            rule.code
        );
        assert!(rule.example.document.ends_with('\n'), "{}", rule.code);
        assert!(rule.near_miss.document.ends_with('\n'), "{}", rule.code);
    }
}

#[test]
fn the_page_of_the_rules_is_what_the_catalogue_says() {
    let page = usage_validate::rules_page();
    assert!(
        page == include_str!("../../RULES.md"),
        "run `cargo xtask docs`"
    );
    for rule in catalogue() {
        let heading = format!("\n### {} {}\n\n{}\n", rule.code, rule.name, rule.sentence);
        assert!(page.contains(&heading), "{}", rule.code);
        assert!(page.contains(rule.example.document), "{}", rule.code);
        assert!(page.contains(rule.near_miss.document), "{}", rule.code);
        if rule.scope != Scope::Run {
            assert!(
                page.contains(&format!("[{} {}]: ", rule.code, rule.name)),
                "{}",
                rule.code
            );
        }
    }
}
