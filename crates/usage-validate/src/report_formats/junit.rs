//! JUnit XML: one test case a rule.
//!
//! A rule fails its case where a finding reaches the threshold of the run; milder findings are the output of a
//! case that passes. A rule that was never evaluated is skipped: silence of a rule that never ran is no pass.

use std::{
    fmt::{self, Display, Write as _},
    io::{self, Write},
};

use super::{
    Form,
    human::{self, Style},
    inputs::Inputs,
};
use crate::{
    Finding, Outcome, Rule, RuleCount, Scope, Summary, catalogue, findings::text::number,
    rules::run::NOT_EVALUATED,
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
    text: String,
}

/// How the case of a rule ended.
enum CaseResult {
    Passed,
    /// Findings below the threshold.
    PassedWith(String),
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
}

impl Form for Cases {
    /// Keeps a finding for the case of its rule.
    fn finding(&mut self, _: &mut dyn Write, finding: Finding, _: &Inputs) -> io::Result<()> {
        let Some(case) = finding.rule().and_then(|rule| self.0.get_mut(rule.index())) else {
            return Ok(());
        };
        if case.seen < MOST_IN_A_CASE {
            // Writing to a string cannot fail.
            let _ = write!(case.text, "{}", human::finding(&finding, Style::Plain));
        }
        case.seen += 1;
        Ok(())
    }

    /// Writes the whole document.
    fn finish(
        self: Box<Self>,
        out: &mut dyn Write,
        outcome: &Outcome,
        _: &Inputs,
    ) -> io::Result<()> {
        let results: Vec<_> = catalogue()
            .iter()
            .copied()
            .zip(self.0)
            .map(|(rule, case)| (rule, case.result(rule, outcome)))
            .collect();
        let count =
            |is: fn(&CaseResult) -> bool| results.iter().filter(|(_, result)| is(result)).count();
        let failures = count(|result| matches!(result, CaseResult::Failed { .. }));
        let skipped = count(|result| matches!(result, CaseResult::Skipped(_)));
        let errors = outcome.incomplete.len();
        let tests = results.len() + errors;
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            out,
            r#"<testsuites name="kore-usage" tests="{tests}" failures="{failures}" errors="{errors}">"#
        )?;
        // Times of a run are no part of a report: the same input gives the same bytes.
        let timestamp = outcome.as_of.instant().format("%Y-%m-%dT%H:%M:%S");
        writeln!(
            out,
            r#"  <testsuite name="usage records" tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}" timestamp="{timestamp}" time="0">"#
        )?;
        properties(out, outcome)?;
        for (rule, result) in &results {
            case(out, rule, result)?;
        }
        for why in &outcome.incomplete {
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
    fn result(self, rule: &Rule, outcome: &Outcome) -> CaseResult {
        let summary = &outcome.summary;
        let Some(&count) = summary.rules.get(rule.code) else {
            return CaseResult::Skipped("not part of this run");
        };
        if !count.was_asked() {
            return CaseResult::Skipped("never evaluated: the input gave no occasion");
        }
        if count.failed == 0 {
            return CaseResult::Passed;
        }
        let text = self.text(rule, summary, count);
        let worst = count.worst.unwrap_or(rule.severity);
        let fails = rule.scope != Scope::Run
            && outcome
                .fail_on
                .threshold()
                .is_some_and(|threshold| worst >= threshold);
        if fails {
            let message = format!(
                "{} in {}",
                number(count.failed, "finding"),
                number(count.evaluated, "check"),
            );
            CaseResult::Failed { message, text }
        } else {
            CaseResult::PassedWith(text)
        }
    }

    fn text(&self, rule: &Rule, summary: &Summary, count: RuleCount) -> String {
        if rule.scope == Scope::Run {
            return match rule.code {
                code if code == NOT_EVALUATED.code => {
                    format!("never evaluated: {}\n", summary.not_evaluated.join(" "))
                }
                _ => format!(
                    "{} of {} findings are listed\n",
                    summary.listed,
                    summary.findings()
                ),
            };
        }
        let mut text = format!("{}\n\n{}\n", rule.sentence, self.text.trim_end());
        let more = count.failed - count.failed.min(self.seen.min(MOST_IN_A_CASE));
        if more > 0 {
            let more = number(more, "more finding");
            // Writing to a string cannot fail.
            let _ = write!(text, "\nand {more}\n");
        }
        text
    }
}

fn properties(out: &mut dyn Write, outcome: &Outcome) -> io::Result<()> {
    let summary = &outcome.summary;
    writeln!(out, "    <properties>")?;
    for (name, value) in [
        ("as_of", outcome.as_of.to_string()),
        ("policy", summary.policy.to_string()),
        ("fail_on", outcome.fail_on.to_string()),
        ("verdict", outcome.verdict.to_string()),
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

fn case(out: &mut dyn Write, rule: &Rule, result: &CaseResult) -> io::Result<()> {
    let Rule { code, name, .. } = rule;
    write!(
        out,
        r#"    <testcase classname="kore-usage" name="{code} {name}" time="0""#
    )?;
    match result {
        CaseResult::Passed => return writeln!(out, "/>"),
        CaseResult::PassedWith(findings) => {
            write!(out, ">\n      <system-out>{}</system-out>", text(findings))?;
        }
        CaseResult::Failed {
            message,
            text: body,
        } => write!(
            out,
            ">\n      <failure type=\"{code}\" message=\"{}\">{}</failure>",
            attribute(message),
            text(body)
        )?,
        CaseResult::Skipped(why) => {
            write!(out, ">\n      <skipped message=\"{}\"/>", attribute(why))?;
        }
    }
    writeln!(out, "\n    </testcase>")
}

/// A text between two tags.
fn text(text: &str) -> impl Display {
    fmt::from_fn(move |f| text.chars().try_for_each(|letter| escape(f, letter)))
}

/// A text between quotes, where line ends and tabs would be read as spaces.
fn attribute(text: &str) -> impl Display {
    fmt::from_fn(move |f| {
        text.chars().try_for_each(|letter| match letter {
            '"' => f.write_str("&quot;"),
            '\t' | '\n' => write!(f, "&#{};", u32::from(letter)),
            _ => escape(f, letter),
        })
    })
}

fn escape(f: &mut fmt::Formatter<'_>, letter: char) -> fmt::Result {
    match letter {
        '&' => f.write_str("&amp;"),
        '<' => f.write_str("&lt;"),
        // Unescaped it could end a CDATA section, which text must not.
        '>' => f.write_str("&gt;"),
        // A reader of XML turns a bare one into a line feed.
        '\r' => f.write_str("&#13;"),
        _ if is_allowed(letter) => f.write_char(letter),
        // Not even a character reference may name it.
        _ => write!(f, "{}", letter.escape_unicode()),
    }
}

/// Whether XML 1.0 knows the character: production 2 of its grammar.
const fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(
            text("<a b=\"c\">&]]>\n\tü").to_string(),
            "&lt;a b=\"c\"&gt;&amp;]]&gt;\n\tü"
        );
        assert_eq!(
            attribute("<\"&\n\t").to_string(),
            "&lt;&quot;&amp;&#10;&#9;"
        );
    }

    #[test]
    fn characters_that_xml_forbids_are_named() {
        assert_eq!(
            text("\0\u{1b}[2J\u{7f}\u{fffe}\u{ffff}\u{fffd}\u{10ffff}\r").to_string(),
            "\\u{0}\\u{1b}[2J\u{7f}\\u{fffe}\\u{ffff}\u{fffd}\u{10ffff}&#13;"
        );
    }
}
