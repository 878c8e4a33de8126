//! The page of all rules.

use std::fmt::Write;

use crate::{
    Rule, Scope, catalogue,
    explain::document,
    report_formats::human::{self, Style},
};

/// The groups of the catalogue: how their codes start, and what they are about.
const GROUPS: [(&str, &str); 8] = [
    ("UR0", "Input that cannot be read"),
    ("UR1", "Members of a record"),
    ("UR2", "Sums"),
    ("UR3", "Periods, retention and settling"),
    ("UR4", "Sequences of records"),
    ("UR5", "A fetch and its window"),
    ("UR6", "Granularities, SIMs and accounts compared"),
    ("UR7", "Two readings compared"),
];

/// The group of the rules on the run itself, which comes last.
const RUN: (&str, &str) = ("UR9", "The run itself");

/// What stands above the rules.
const HEAD: &str = "\
# The rules

Made from the catalogue by `cargo xtask docs`; edit the catalogue, not this page.

Codes are stable: none is ever given another meaning. A rule that was never evaluated has not passed; every report
says how often each was evaluated and how many findings it gave. A counter that is null or absent counts as 0.
Examples are checked as if fetched at ";

/// Returns the page of all rules: a table, then each rule with its example, what is found in it, and its near miss.
///
/// This is what the crate's file `RULES.md` is made from.
pub fn rules_page() -> String {
    let as_of = crate::findings::text::instant(crate::EXAMPLES_AS_OF);
    let mut page =
        format!("{HEAD}{as_of}.\n\n| code | name | severity | must hold |\n|---|---|---|---|\n");
    for rule in catalogue() {
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "| [{code}](#{anchor}) | {name} | {severity} | {sentence} |",
            code = rule.code,
            anchor = anchor(rule),
            name = rule.name,
            severity = rule.severity,
            sentence = rule.sentence.replace('|', "\\|"),
        );
    }
    for (prefix, title) in GROUPS.into_iter().chain([RUN]) {
        let mut rules = catalogue()
            .iter()
            .filter(|rule| rule.code.starts_with(prefix))
            .peekable();
        if rules.peek().is_some() {
            let _ = write!(page, "\n## {title}\n");
        }
        for rule in rules {
            let _ = write!(page, "\n### {} {}\n\n", rule.code, rule.name);
            rule.facts(&mut page);
            document(&mut page, "This breaks it", &rule.example);
            found(&mut page, rule);
            document(&mut page, "This does not", &rule.near_miss);
        }
    }
    page
}

/// The anchor that readers of Markdown give the heading of a rule.
fn anchor(rule: &Rule) -> String {
    format!("{}-{}", rule.code.to_lowercase(), rule.name)
}

/// What a run over the example of a rule says of it.
fn found(text: &mut String, rule: &Rule) {
    if rule.scope == Scope::Run {
        return;
    }
    let (findings, _) = rule.example.check();
    let shown: String = findings
        .iter()
        .filter(|finding| finding.code == rule.code)
        .map(|finding| human::finding(finding, Style::Plain).to_string())
        .collect();
    let _ = write!(text, "\n```text\n{}\n```\n", shown.trim_end());
}
