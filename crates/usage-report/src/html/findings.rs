//! What was found, as the checks word it.

use usage_validate::{
    Severity, Verdict,
    report_formats::human::{self, Style},
    rule,
};

use crate::Report;

use super::escape::{escaped, push};

/// The most findings that are listed, and the most bytes that their texts take.
const MOST: usize = 60;
const MOST_BYTES: usize = 30_000;

/// Writes the findings by rule: errors and warnings with their equations, infos as counts.
pub(super) fn section(out: &mut String, report: &Report) {
    let outcome = &report.outcome;
    out.push_str("<section>\n<h2>What was found</h2>\n");
    let words = match outcome.verdict {
        Verdict::Pass => "The records pass.",
        Verdict::Fail => "The records do not pass.",
        Verdict::Incomplete => "Not all could be examined.",
    };
    push(out, format_args!("<p>{words}"));
    for why in &outcome.incomplete {
        push(out, format_args!(" {}.", escaped(why)));
    }
    out.push_str("</p>\n");
    let mut room = MOST_BYTES;
    let mut listed = 0;
    for (code, count) in &outcome.summary.rules {
        let Some(rule) = rule(code).filter(|_| count.failed > 0) else {
            continue;
        };
        push(
            out,
            format_args!(
                "<h3><span class={0}>{0}</span> {code} {1} <span class=muted>{2} of {3}</span></h3>\n<p>{4}</p>\n",
                rule.severity.as_str(),
                rule.name,
                count.failed,
                count.evaluated,
                escaped(rule.sentence),
            ),
        );
        let findings = report
            .findings
            .iter()
            .filter(|finding| *finding.code == **code);
        let findings = findings.filter(|finding| finding.severity > Severity::Info);
        let mut of_rule = 0;
        for finding in findings {
            let text = lines(human::finding(finding, Style::Plain).to_string().trim_end());
            if listed >= MOST || text.len() > room {
                break;
            }
            room -= text.len();
            listed += 1;
            of_rule += 1;
            push(out, format_args!("<pre>{text}</pre>\n"));
        }
        if of_rule > 0 && of_rule < count.failed {
            let more = count.failed - of_rule;
            push(out, format_args!("<p class=muted>and {more} more</p>\n"));
        }
    }
    out.push_str("</section>\n");
}

/// A text of lines, of which an equation keeps its columns however narrow the page is.
fn lines(text: &str) -> String {
    let is_equation = |line: &&str| line.trim_start().starts_with('|');
    let (before, rest): (Vec<&str>, Vec<&str>) = {
        let at = text.lines().take_while(|line| !is_equation(line)).count();
        (
            text.lines().take(at).collect(),
            text.lines().skip(at).collect(),
        )
    };
    let join = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| escaped(line))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let end = rest.iter().take_while(|line| is_equation(line)).count();
    let (equation, after) = rest.split_at(end);
    if equation.is_empty() {
        return join(&before);
    }
    format!(
        "{}\n<span class=eq tabindex=0 role=group aria-label=Equation>{}</span>{}",
        join(&before),
        join(equation),
        join(after)
    )
}
