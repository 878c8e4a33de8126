//! JUnit XML: one test case a rule.
//!
//! A rule fails its case where a finding reaches the threshold of the run; milder findings are the output of a
//! case that passes. A rule that was never evaluated is skipped: silence of a rule that never ran is no pass.

mod xml;

use std::{fmt::Write, io};

use self::xml::{attribute, text};
use super::words;
use crate::{
    FailOn, Finding, Rule, RuleCount, Scope, Summary, Verdict,
    catalogue::{RuleId, catalogue},
    human::{self, Style},
};

/// Findings that a test case tells in full at most; it says how many more there are.
pub const MOST_IN_A_CASE: u64 = 50;

/// What is known of each rule until the end, in the order of the catalogue.
#[derive(Debug)]
pub(super) struct Cases(Vec<Case>);

#[derive(Clone, Debug, Default)]
struct Case {
    /// The findings that were handed over.
    seen: u64,
    /// The first of them as text.
    told: String,
}

/// How the case of a rule ended.
enum Outcome {
    Passed,
    /// Findings below the threshold.
    Told(String),
    Failed {
        message: String,
        text: String,
    },
    Skipped(&'static str),
}

impl Cases {
    pub(super) fn new() -> Self {
        Self(vec![Case::default(); catalogue().len()])
    }

    /// Keeps a finding for the case of its rule.
    pub(super) fn finding(&mut self, finding: &Finding) {
        let Some(case) = words::rule_index(finding.code).and_then(|index| self.0.get_mut(index))
        else {
            return;
        };
        if case.seen < MOST_IN_A_CASE {
            // Writing to a string cannot fail.
            let _ = write!(case.told, "{}", human::finding(finding, Style::Plain));
        }
        case.seen += 1;
    }

    /// Writes the whole document.
    pub(super) fn finish(
        self,
        out: &mut impl io::Write,
        summary: &Summary,
        fail_on: FailOn,
        missing: &[String],
    ) -> io::Result<()> {
        let outcomes: Vec<_> = catalogue()
            .iter()
            .zip(self.0)
            .map(|(rule, case)| (rule, case.outcome(rule, summary, fail_on)))
            .collect();
        let count =
            |is: fn(&Outcome) -> bool| outcomes.iter().filter(|(_, outcome)| is(outcome)).count();
        let failures = count(|outcome| matches!(outcome, Outcome::Failed { .. }));
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        let tests = outcomes.len() + missing.len();
        let errors = missing.len();
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            out,
            r#"<testsuites name="kore-usage" tests="{tests}" failures="{failures}" errors="{errors}">"#
        )?;
        // Times of a run are no part of a report: the same input gives the same bytes.
        let timestamp = summary.as_of.instant().format("%Y-%m-%dT%H:%M:%S");
        writeln!(
            out,
            r#"  <testsuite name="usage records" tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}" timestamp="{timestamp}" time="0">"#
        )?;
        let verdict = summary.verdict(fail_on).of_incomplete(missing);
        properties(out, summary, fail_on, verdict)?;
        for (rule, outcome) in &outcomes {
            case(out, rule, outcome)?;
        }
        for why in missing {
            writeln!(
                out,
                "    <testcase classname=\"kore-usage\" name=\"the input is complete\" time=\"0\">\n      \
                 <error type=\"incomplete\" message=\"{}\"/>\n    </testcase>",
                attribute(why)
            )?;
        }
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

impl Case {
    fn outcome(self, rule: &Rule, summary: &Summary, fail_on: FailOn) -> Outcome {
        let Some(&count) = summary.rules.get(rule.code) else {
            return Outcome::Skipped("not selected");
        };
        if count.evaluated == 0 && count.failed == 0 {
            return Outcome::Skipped("never evaluated: the input gave no occasion");
        }
        if count.failed == 0 {
            return Outcome::Passed;
        }
        let text = self.text(rule, summary, count);
        let worst = count.worst.unwrap_or(rule.severity);
        let fails = rule.scope != Scope::Run
            && fail_on
                .threshold()
                .is_some_and(|threshold| worst >= threshold);
        if fails {
            let message = format!(
                "{} in {}",
                words::number(count.failed, "finding", "findings"),
                words::number(count.evaluated, "check", "checks"),
            );
            Outcome::Failed { message, text }
        } else {
            Outcome::Told(text)
        }
    }

    fn text(&self, rule: &Rule, summary: &Summary, count: RuleCount) -> String {
        if rule.scope == Scope::Run {
            return match rule.id {
                RuleId::NOT_EVALUATED => {
                    format!("never evaluated: {}\n", summary.not_evaluated.join(" "))
                }
                _ => format!(
                    "{} of {} findings are listed\n",
                    summary.listed,
                    words::findings(summary)
                ),
            };
        }
        let mut text = format!("{}\n\n{}\n", rule.sentence, self.told.trim_end());
        let more = count.failed - count.failed.min(self.seen.min(MOST_IN_A_CASE));
        if more > 0 {
            let more = words::number(more, "more finding", "more findings");
            // Writing to a string cannot fail.
            let _ = write!(text, "\nand {more}\n");
        }
        text
    }
}

fn properties(
    out: &mut impl io::Write,
    summary: &Summary,
    fail_on: FailOn,
    verdict: Verdict,
) -> io::Result<()> {
    writeln!(out, "    <properties>")?;
    for (name, value) in [
        ("as_of", summary.as_of.to_string()),
        ("policy", summary.policy.to_string()),
        ("fail_on", fail_on.to_string()),
        ("verdict", verdict.to_string()),
        ("records", summary.records.to_string()),
        ("malformed", summary.malformed.to_string()),
        ("clean", summary.clean.to_string()),
        ("errors", summary.errors.to_string()),
        ("warnings", summary.warnings.to_string()),
        ("infos", summary.infos.to_string()),
        ("listed", summary.listed.to_string()),
    ] {
        writeln!(
            out,
            r#"      <property name="{name}" value="{}"/>"#,
            attribute(&value)
        )?;
    }
    writeln!(out, "    </properties>")
}

fn case(out: &mut impl io::Write, rule: &Rule, outcome: &Outcome) -> io::Result<()> {
    let Rule { code, name, .. } = rule;
    write!(
        out,
        r#"    <testcase classname="kore-usage" name="{code} {name}" time="0""#
    )?;
    match outcome {
        Outcome::Passed => return writeln!(out, "/>"),
        Outcome::Told(told) => {
            write!(out, ">\n      <system-out>{}</system-out>", text(told))?;
        }
        Outcome::Failed {
            message,
            text: body,
        } => write!(
            out,
            ">\n      <failure type=\"{code}\" message=\"{}\">{}</failure>",
            attribute(message),
            text(body)
        )?,
        Outcome::Skipped(why) => {
            write!(out, ">\n      <skipped message=\"{}\"/>", attribute(why))?;
        }
    }
    writeln!(out, "\n    </testcase>")
}
