//! What concerns a whole run: selection, limits, counts, verdicts, fingerprints.

use std::collections::BTreeSet;

use usage_model::{Place, UsageRecord};
use usage_validate::{
    CodePrefix, FailOn, Outcome, Report, Rule, Scope, Severity, Summary, Task, Validator, Verdict,
    catalogue,
};

use crate::support::{config, data, found, period, validate, without_lists};

const BROKEN: &str = r#"{"total":20,"download":10,"upload":5,"units":"bytes","home":{"total":15,"download":10,"upload":5,"units":"bytes"}}"#;

/// Its networks add up, its directions do not, in neither node.
const WRONG_DIRECTION_SUM: &str = r#"{"total":15,"download":10,"upload":4,"units":"bytes","home":{"total":15,"download":10,"upload":4,"units":"bytes"}}"#;

#[test]
fn a_run_over_nothing_is_incomplete_and_says_what_it_did_not_evaluate() {
    let (findings, summary) = validate(&config(), "[]");
    assert_eq!(findings.len(), 0);
    assert_eq!(summary.records, 0);
    assert_eq!(summary.verdict(FailOn::Never), Verdict::Incomplete);
    let silent: Vec<_> = rules_on_records()
        .map(|rule| rule.code)
        .filter(|code| *code != "UR001")
        .collect();
    assert_eq!(summary.not_evaluated, silent);
    assert_eq!(summary.rules["UR902"].failed, 1);
    assert_eq!(summary.infos, 0, "rules on the run are no findings");
}

/// The rules that a validator gives findings of.
fn rules_on_records() -> impl Iterator<Item = &'static Rule> {
    let rules = catalogue().iter().copied();
    rules.filter(|rule| rule.task() == Task::Validate && rule.scope != Scope::Run)
}

#[test]
fn rules_of_other_tasks_are_only_missed_where_they_are_asked_for() {
    let mut config = config();
    let (_, summary) = validate(&config, "[]");
    assert!(!summary.rules.contains_key("UR601"));
    config.select = vec!["UR6".parse().unwrap(), "UR301".parse().unwrap()];
    let (_, summary) = validate(&config, &data(WRONG_DIRECTION_SUM));
    assert_eq!(
        summary.not_evaluated,
        ["UR601", "UR602", "UR603", "UR604", "UR605"]
    );
}

#[test]
fn a_rule_that_is_off_is_silent_and_brings_no_other_to_speak() {
    for rule in rules_on_records() {
        let mut config = rule.example.config();
        let all = found(&config, rule.example.document);
        config.ignore = vec![rule.code.parse().unwrap()];
        let (findings, summary) = validate(&config, rule.example.document);
        let without: Vec<_> = all
            .iter()
            .filter(|place| !place.starts_with(rule.code))
            .cloned()
            .collect();
        assert_eq!(crate::support::places(&findings), without, "{}", rule.code);
        assert!(without.len() < all.len(), "{}", rule.code);
        assert!(!summary.rules.contains_key(rule.code));
        assert!(!summary.not_evaluated.contains(&rule.code));
    }
}

#[test]
fn unreadable_records_are_reported_whatever_is_selected() {
    let mut config = config();
    config.select = vec!["UR3".parse().unwrap()];
    let text = format!("{}\n{}\n", data(BROKEN), data(r#"{"total":"1"}"#));
    assert_eq!(found(&config, &text), ["UR002 /data/total"]);
    config.ignore = vec!["UR002".parse().unwrap()];
    let (findings, summary) = validate(&config, &text);
    assert_eq!(findings.len(), 0);
    assert_eq!(summary.malformed, 1);
}

/// The headline of a run with some rules selected and some ignored.
fn headline(select: &[&str], ignore: &[&str], text: &str) -> String {
    let prefixes = |codes: &[&str]| codes.iter().map(|code| code.parse().unwrap()).collect();
    let mut config = without_lists();
    config.select = prefixes(select);
    config.ignore = prefixes(ignore);
    let (_, summary) = validate(&config, text);
    let written = serde_json::to_string(&summary).unwrap();
    let mut merged = Summary::EMPTY;
    merged.merge(&serde_json::from_str(&written).unwrap());
    let headline = Outcome::new(summary, FailOn::Error, Vec::new()).headline();
    let of_merged = Outcome::new(merged, FailOn::Error, Vec::new()).headline();
    assert_eq!(headline, of_merged, "merging changes no verdict");
    headline
}

#[test]
fn an_input_without_a_record_is_told_from_one_whose_records_cannot_be_read() {
    for (text, reason) in [
        ("[]", "there was no record to check"),
        ("[{\"data\":7}]", "no record could be read"),
    ] {
        let headline = headline(&[], &[], text);
        let incomplete = format!("incomplete: {reason}");
        assert!(headline.starts_with(&incomplete), "{text}: {headline}");
    }
}

#[test]
fn a_run_in_which_no_selected_rule_was_evaluated_is_incomplete() {
    let record = period("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    for (select, ignore, headline_of_run) in [
        (
            &["UR601"][..],
            &[][..],
            "incomplete: none of the selected rules had anything to check",
        ),
        (
            &["UR504"],
            &[],
            "incomplete: none of the selected rules had anything to check",
        ),
        (
            &["UR9"],
            &["UR0"],
            "incomplete: none of the selected rules had anything to check",
        ),
        (&[], &["UR"], "incomplete: no rule is selected"),
        (&["UR601", "UR301"], &[], "pass"),
        (&["UR601", "UR002"], &[], "pass"),
        (&["UR0"], &[], "pass"),
    ] {
        assert_eq!(
            headline(select, ignore, &record),
            headline_of_run,
            "{select:?} {ignore:?}"
        );
    }
}

#[test]
fn what_is_missing_is_incomplete_whatever_is_selected() {
    let record = period("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    let cut = format!(
        r#"{{"usage_records":[{record}],"meta":{{"page":0,"next_page_url":"https://x.example/?Page=1"}}}}"#
    );
    let page = "incomplete: a page or a part of a list is missing, repeated or contradicted";
    for (select, ignore) in [
        (&["UR301"][..], &[][..]),
        (&[], &["UR504"]),
        (&[], &["UR5"]),
    ] {
        assert_eq!(
            headline(select, ignore, &cut),
            page,
            "{select:?} {ignore:?}"
        );
    }
    assert_eq!(
        headline(&[], &["UR001"], &format!("[{record},\n")),
        "incomplete: an input could not be read to its end"
    );
}

#[test]
fn records_that_are_accepted_unread_are_counted_in_the_headline() {
    let text = format!(
        "{}\n{}\n",
        period("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"),
        data(r#"{"total":"1"}"#)
    );
    assert_eq!(headline(&["UR301"], &[], &text), "fail: 1 error");
    assert_eq!(
        headline(&[], &["UR002"], &text),
        "pass; 1 record could not be read"
    );
}

#[test]
fn a_prefix_that_no_code_starts_with_is_refused() {
    for prefix in ["UR2", "UR201", "UR"] {
        assert_eq!(prefix.parse::<CodePrefix>().unwrap().as_str(), prefix);
        assert_eq!(prefix.parse::<CodePrefix>().unwrap().to_string(), prefix);
    }
    for text in ["", "ur2", "UR2010", "network-sum"] {
        assert!(text.parse::<CodePrefix>().is_err(), "{text}");
    }
}

#[test]
fn counts_stay_exact_beyond_the_limit() {
    let text = format!("{0}\n{0}\n{0}\n", data(BROKEN));
    let (all, full) = validate(&without_lists(), &text);
    assert_eq!((all.len(), full.capped, full.listed), (6, false, 6));
    for limit in 0..=6 {
        let mut config = without_lists();
        config.max_findings = limit;
        let (some, summary) = validate(&config, &text);
        assert_eq!(some, all[..limit]);
        assert_eq!(summary.capped, limit < 6);
        assert_eq!(summary.rules["UR901"].failed, u64::from(limit < 6));
        assert_eq!(
            (summary.errors, summary.with_findings),
            (full.errors, full.with_findings)
        );
        assert_eq!(summary.rules["UR201"], full.rules["UR201"]);
    }
}

#[test]
fn a_flood_of_notices_does_not_hide_an_error() {
    let mut config = without_lists();
    config.max_findings = 4;
    config.severities = vec![("UR202".parse().unwrap(), Severity::Info)];
    let text = format!("{0}\n{0}\n{1}\n", data(WRONG_DIRECTION_SUM), data(BROKEN));
    let (findings, summary) = validate(&config, &text);
    let severities: Vec<_> = findings.iter().map(|finding| finding.severity).collect();
    assert_eq!(
        severities,
        [Severity::Info, Severity::Info, Severity::Error]
    );
    assert_eq!((summary.infos, summary.errors, summary.listed), (5, 1, 3));
}

#[test]
fn counts_agree_with_the_findings() {
    let text = format!(
        "[{},\n{},\n{{\"data\":{{\"total\":0}}}},\n{}\n",
        data(BROKEN),
        period("2025-04-30T00:00:00Z", "2025-05-01T00:00:00Z"),
        data(r#"{"total":1.5}"#)
    );
    let (findings, summary) = validate(&without_lists(), &text);
    let failed: u64 = summary
        .rules
        .iter()
        .filter(|(code, _)| !code.starts_with("UR9"))
        .map(|(_, count)| count.failed)
        .sum();
    assert_eq!(failed, u64::try_from(findings.len()).unwrap());
    assert_eq!(failed, summary.errors + summary.warnings + summary.infos);
    assert_eq!(
        summary.records,
        summary.clean + summary.with_findings + summary.malformed
    );
    assert_eq!(
        (summary.records, summary.malformed, summary.with_findings),
        (4, 1, 3)
    );
    assert_eq!(summary.rules["UR001"].failed, 1);
    assert_eq!(findings.last().unwrap().code, "UR001");
}

#[test]
fn nothing_examined_is_no_pass_unless_that_is_allowed() {
    let verdict = |text: &str, allow_empty: bool| {
        let mut config = config();
        config.allow_empty = allow_empty;
        let (_, summary) = validate(&config, text);
        summary.verdict(FailOn::Error)
    };
    let empty_page = r#"{"usage_records":[],"meta":{"page":0,"next_page_url":null}}"#;
    for text in ["[]", empty_page] {
        assert_eq!(verdict(text, false), Verdict::Incomplete, "{text}");
        assert_eq!(verdict(text, true), Verdict::Pass, "{text}");
    }
    for text in ["", "[{\"data\":7}]", "{\"data\":7}\n"] {
        for allow_empty in [false, true] {
            assert_eq!(verdict(text, allow_empty), Verdict::Incomplete, "{text:?}");
        }
    }
    let beside = format!(
        "{}\n{{\"data\":7}}\n",
        period("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")
    );
    assert_eq!(
        verdict(&beside, false),
        Verdict::Fail,
        "one record was read"
    );
    let cut = r#"{"usage_records":[],"meta":{"page":0,"next_page_url":"x"}}"#;
    assert_eq!(verdict(cut, true), Verdict::Incomplete, "a page is missing");
}

#[test]
fn the_threshold_decides_the_verdict() {
    use Verdict::{Fail, Pass};

    let verdicts = |text: &str| {
        let summary = validate(&config(), text).1;
        FailOn::ALL.map(|fail_on| summary.verdict(fail_on))
    };
    assert_eq!(verdicts(&data(BROKEN)), [Fail, Fail, Fail, Pass]);
    assert_eq!(
        verdicts(&period("2025-04-30T00:00:00Z", "2025-05-01T00:00:00Z")),
        [Pass, Fail, Fail, Pass]
    );
    assert_eq!(
        verdicts(&period("2026-10-31T00:00:00Z", "2026-11-01T00:00:00Z")),
        [Pass, Pass, Fail, Pass]
    );
    assert_eq!(
        verdicts(&period("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")),
        [Pass, Pass, Pass, Pass]
    );
}

#[test]
fn every_source_is_an_input() {
    let mut validator = Validator::new(&config());
    validator.source("one.json");
    validator.source("two.json");
    let (_, summary) = validator.finish();
    assert_eq!(summary.rules["UR001"].evaluated, 2);
    assert_eq!(
        Validator::new(&config()).finish().1.rules["UR001"].evaluated,
        0
    );
    let mut validator = Validator::new(&config());
    assert!(
        validator
            .record(&Place::default(), &UsageRecord::default())
            .len()
            > 0
    );
    let (_, summary) = validator.finish();
    assert_eq!(
        summary.rules["UR001"].evaluated, 0,
        "a record alone is no input"
    );
}

#[test]
fn fingerprints_survive_another_fetch_and_differ_between_findings() {
    let first = format!(
        "[{},{}]",
        period("2026-05-31T00:00:00Z", "2026-06-01T00:00:00Z"),
        data(BROKEN)
    );
    // Fetched again: another place, another figure, another spelling of the period.
    let again = data(&BROKEN.replace(":20", ":21")).replace("00:00:00Z", "00:00:00.000Z");
    let prints = |text: &str| -> Vec<_> {
        validate(&config(), text)
            .0
            .into_iter()
            .map(|finding| finding.fingerprint)
            .collect()
    };
    assert_eq!(prints(&first), prints(&again));
    let many = [
        data(BROKEN),
        data(BROKEN).replace("2026-06-01", "2026-05-31"),
        data(BROKEN).replace("2026-06-02", "2026-06-03"),
        data(BROKEN).replace("abab", "baba"),
        data(BROKEN).replace(
            r#""period""#,
            r#""sim_sid":"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","period""#,
        ),
        data(
            &BROKEN
                .replace("home", "national_roaming")
                .replace(r#":15,"download":10"#, r#":15,"download":9"#),
        ),
    ];
    let prints: Vec<_> = many.iter().flat_map(|text| prints(text)).collect();
    let different: BTreeSet<_> = prints.iter().collect();
    // The last record shares both findings on data.total with the first, and no other.
    assert_eq!(different.len(), prints.len() - 2, "{prints:?}");
    assert!(prints.iter().all(|print| print.len() == 16));
}

#[test]
fn the_report_is_one_object_in_a_fixed_order() {
    let (findings, summary) = validate(&config(), &data(BROKEN));
    let report = Report::new(Outcome::new(summary, FailOn::Error, Vec::new()), findings);
    let text = serde_json::to_string(&report).unwrap();
    assert!(text.starts_with(
        r#"{"schema":"usage-report/1","as_of":"2026-11-01T12:00:00Z","verdict":"fail","fail_on":"error","incomplete":[],"summary":{"as_of":"2026-11-01T12:00:00Z","policy":"auto","records":1,"malformed":0,"clean":0,"with_findings":1,"errors":2,"#
    ));
    assert!(text.contains(r#""UR201":{"evaluated":6,"failed":1,"worst":"error"}"#));
    assert!(text.contains(r#""suspect":{"pointer":"/data/total","suggested":"15"}"#));
}

#[test]
fn settings_and_verdicts_have_names() {
    use usage_validate::{Accounts, Policy, Severity, Strictness};
    assert_eq!(Accounts::ALL.map(Accounts::as_str), ["one", "many"]);
    assert_eq!(
        Strictness::ALL.map(Strictness::as_str),
        ["default", "strict", "lenient"]
    );
    assert_eq!(
        Severity::ALL.map(Severity::as_str),
        ["info", "warning", "error"]
    );
    assert_eq!(
        FailOn::ALL.map(FailOn::as_str),
        ["error", "warning", "info", "never"]
    );
    assert_eq!(
        Policy::ALL.map(Policy::as_str),
        ["auto", "include", "exclude"]
    );
    assert_eq!(
        Verdict::ALL.map(Verdict::as_str),
        ["pass", "fail", "incomplete"]
    );
    assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Info);
}

#[test]
fn what_could_not_be_fetched_is_a_finding_and_the_next_page_starts_anew() {
    use usage_model::{Field, MetaNumber, PageMeta, Window};

    let page = |number: u64, next: &str| {
        let mut meta = PageMeta::default();
        meta.page = Field::Value(MetaNumber::Number(number));
        meta.next_page_url = Field::Value(next.to_owned());
        meta
    };
    let window = |start: &str, end: &str| Window::new(start.parse().unwrap(), end.parse().unwrap());
    let first = window("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z").unwrap();
    let second = window("2026-06-05T00:00:00Z", "2026-06-06T00:00:00Z").unwrap();
    let mut findings = Vec::new();
    let mut validator = Validator::new(&config());
    findings.extend(validator.page(&page(0, "more")));
    findings.extend(validator.missing(first, "HTTP 500"));
    findings.extend(validator.page(&page(0, "")));
    findings.extend(validator.page(&page(0, "more")));
    findings.extend(validator.missing(second, "interrupted"));
    let (last, summary) = validator.finish();
    findings.extend(last);
    let messages: Vec<_> = findings
        .iter()
        .map(|finding| {
            (
                finding.code,
                finding.pointer.as_str(),
                finding.message.as_str(),
            )
        })
        .collect();
    assert_eq!(
        messages,
        [
            (
                "UR504",
                "",
                "records from 2026-06-01 to 2026-06-02 are missing: HTTP 500"
            ),
            (
                "UR504",
                "",
                "records from 2026-06-05 to 2026-06-06 are missing: interrupted"
            ),
        ]
    );
    assert_ne!(findings[0].fingerprint, findings[1].fingerprint);
    assert_eq!(summary.rules["UR504"].evaluated, 5);
    assert_eq!(summary.verdict(FailOn::Error), Verdict::Incomplete);
}

/// Records that do not say whose and when they are, by the fingerprints of their findings.
fn fingerprints(lines: &[&str]) -> Vec<String> {
    let (findings, _) = validate(&config(), &lines.join("\n"));
    let malformed = findings.iter().filter(|finding| finding.code == "UR002");
    malformed
        .map(|finding| finding.fingerprint.clone())
        .collect()
}

#[test]
fn malformed_records_without_a_key_are_distinguished_and_recognised_again() {
    let lines = [
        r#"{"data":7}"#,
        r#"{"data":8}"#,
        r#"{"data":7}"#,
        "not JSON",
        "not JSON either",
    ];
    let first = fingerprints(&lines);
    let different: BTreeSet<&String> = first.iter().collect();
    assert_eq!((first.len(), different.len()), (5, 5), "{first:?}");
    // The same again, with a good record before and in between.
    let good = r#"{"data":{"total":0}}"#;
    let moved = [&[good][..], &lines[..2], &[good], &lines[2..]].concat();
    assert_eq!(fingerprints(&moved), first);
    // Without the others each has the fingerprint that it has among them.
    let rest = [&[good][..], &lines[3..]].concat();
    assert_eq!(fingerprints(&rest), first[3..]);
}
