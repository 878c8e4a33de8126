//! Workflow commands, which GitHub Actions turns into annotations.
//!
//! A command is one line; what comes from the input is escaped, so that it cannot end the line and start a
//! command of its own.

use std::{
    fmt::{self, Display, Write},
    io,
};

use super::words;
use crate::{FailOn, Finding, Severity, Summary, human};

/// Annotations of one kind that a report writes at most: GitHub shows no more of a step, by its documentation
/// of workflow commands.
pub const MOST_ANNOTATIONS: u64 = 10;

/// Counts what was written of each kind.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    written: [u64; Severity::EVERY.len()],
}

impl Annotations {
    /// Writes an annotation, while GitHub would show it.
    pub(super) fn finding(
        &mut self,
        out: &mut impl io::Write,
        finding: &Finding,
    ) -> io::Result<()> {
        let (slot, most) = match finding.severity {
            // One notice is left for the closing.
            Severity::Info => (0, MOST_ANNOTATIONS - 1),
            Severity::Warning => (1, MOST_ANNOTATIONS),
            Severity::Error => (2, MOST_ANNOTATIONS),
        };
        if self.written[slot] == most {
            return Ok(());
        }
        self.written[slot] += 1;
        let file = finding.source.as_deref().map(|name| ("file", name));
        let line = finding.line.map(|line| line.to_string());
        let title = format!("{} {}", finding.code, finding.name);
        let properties = file
            .into_iter()
            .chain(line.as_deref().map(|line| ("line", line)))
            .chain([("title", title.as_str())]);
        command(out, kind(finding.severity), properties, &message(finding))
    }

    /// Writes what was not seen, and a closing notice with the counts.
    pub(super) fn finish(
        self,
        out: &mut impl io::Write,
        summary: &Summary,
        fail_on: FailOn,
        missing: &[String],
    ) -> io::Result<()> {
        for why in missing {
            command(out, "error", [("title", "incomplete")], why)?;
        }
        let verdict = summary.verdict(fail_on).of_incomplete(missing);
        let mut text = format!(
            "{}, fetched as of {}",
            words::counts(summary),
            summary.as_of
        );
        let left_out = words::findings(summary) - self.written.iter().sum::<u64>();
        if left_out > 0 {
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "; {} not annotated",
                words::number(left_out, "finding is", "findings are")
            );
        }
        let title = format!("usage records: {verdict}");
        command(out, "notice", [("title", title.as_str())], &text)
    }
}

const fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// What the annotation says below its title.
fn message(finding: &Finding) -> String {
    let mut text = words::sentence(finding);
    let place = match finding.record {
        Some(record) => format!("record {record} {}", finding.pointer),
        None => finding.pointer.clone(),
    };
    for (label, part) in [("at", Some(place)), ("help", finding.help.clone())] {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{label}: {part}");
        }
    }
    text
}

fn command<'a>(
    out: &mut impl io::Write,
    kind: &str,
    properties: impl IntoIterator<Item = (&'a str, &'a str)>,
    message: &str,
) -> io::Result<()> {
    write!(out, "::{kind}")?;
    for (index, (name, value)) in properties.into_iter().enumerate() {
        let separator = if index == 0 { ' ' } else { ',' };
        write!(out, "{separator}{name}={}", escaped(value, ":,"))?;
    }
    writeln!(out, "::{}", escaped(message, ""))
}

/// A text with `%`, line ends and the given letters as `%` and two digits, and other control characters made
/// visible.
fn escaped<'a>(text: &'a str, special: &'a str) -> impl Display + 'a {
    fmt::from_fn(move |f| {
        for letter in text.chars() {
            match letter {
                '%' | '\r' | '\n' => write!(f, "%{:02X}", u32::from(letter))?,
                _ if special.contains(letter) => write!(f, "%{:02X}", u32::from(letter))?,
                _ if human::is_unsafe(letter) => write!(f, "{}", letter.escape_unicode())?,
                _ => f.write_char(letter)?,
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_and_messages_are_escaped() {
        let property = |text| escaped(text, ":,").to_string();
        let message = |text| escaped(text, "").to_string();
        assert_eq!(property("a:b,c%d\r\ne"), "a%3Ab%2Cc%25d%0D%0Ae");
        assert_eq!(message("a:b,c%d\r\ne"), "a:b,c%25d%0D%0Ae");
        assert_eq!(message("\u{1b}[2J\u{202e}ü"), "\\u{1b}[2J\\u{202e}ü");
    }
}
