//! Workflow commands, which GitHub Actions turns into annotations.
//!
//! A command is one line; what comes from the input is escaped, so that it cannot end the line and start a
//! command of its own.

use std::{
    borrow::Cow,
    fmt::{self, Display, Write as _},
    io::{self, Write},
    path::Path,
};

use usage_model::{is_visible, visible};

use super::{Form, inputs::Inputs};
use crate::{Finding, Outcome, Severity, findings::text::number};

/// Annotations of one kind that a report writes at most: GitHub shows no more of a step, by its documentation
/// of workflow commands. One error is kept free for what was not seen of the input, and one notice for the outcome.
pub const MOST_ANNOTATIONS: u64 = 10;

/// Counts what was written of each kind.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    written: [u64; Severity::ALL.len()],
}

impl Form for Annotations {
    /// Writes an annotation, while GitHub would show it.
    fn finding(
        &mut self,
        out: &mut dyn Write,
        finding: Finding,
        inputs: &Inputs,
    ) -> io::Result<()> {
        let (slot, most) = match finding.severity {
            Severity::Info => (0, MOST_ANNOTATIONS - 1),
            Severity::Warning => (1, MOST_ANNOTATIONS),
            Severity::Error => (2, MOST_ANNOTATIONS - 1),
        };
        if self.written[slot] == most {
            return Ok(());
        }
        self.written[slot] += 1;
        let file = inputs.file(&finding).and_then(Path::to_str);
        let line = finding
            .line
            .filter(|_| file.is_some())
            .map(|line| line.to_string());
        let title = format!("{} {}", finding.code, finding.name);
        let properties = [
            ("file", file),
            ("line", line.as_deref()),
            ("title", Some(title.as_str())),
        ];
        let message = message(&finding, file.is_some());
        command(out, kind(finding.severity), &properties, &message)
    }

    /// Writes what was not seen, and a last notice with the counts.
    fn finish(
        self: Box<Self>,
        out: &mut dyn Write,
        outcome: &Outcome,
        _: &Inputs,
    ) -> io::Result<()> {
        let [_, _, errors] = self.written;
        for why in at_most(MOST_ANNOTATIONS.saturating_sub(errors), &outcome.incomplete) {
            command(out, "error", &[("title", Some("incomplete"))], &why)?;
        }
        let summary = &outcome.summary;
        let mut text = format!(
            "{}, {}, {} in {}, fetched as of {}",
            number(summary.errors, "error"),
            number(summary.warnings, "warning"),
            number(summary.infos, "info"),
            number(summary.records, "record"),
            summary.as_of
        );
        let written = self.written.iter().sum();
        let left_out = summary.findings().saturating_sub(written);
        if left_out > 0 {
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "; {} {} not annotated",
                number(left_out, "finding"),
                if left_out == 1 { "is" } else { "are" }
            );
        }
        let title = format!("usage records: {}", outcome.headline());
        command(out, "notice", &[("title", Some(&title))], &text)
    }
}

const fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// The reasons in this many texts at most, where the last has all that remain.
fn at_most(most: u64, reasons: &[String]) -> impl Iterator<Item = Cow<'_, str>> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let alone = if reasons.len() <= most {
        reasons.len()
    } else {
        most.saturating_sub(1)
    };
    let (alone, together) = reasons.split_at(alone);
    let together = (!together.is_empty()).then(|| Cow::Owned(together.join("; ")));
    alone
        .iter()
        .map(|reason| Cow::Borrowed(reason.as_str()))
        .chain(together)
}

/// What the annotation says below its title.
fn message(finding: &Finding, has_file: bool) -> String {
    let mut text = finding.sentence();
    let mut place = Vec::new();
    if !has_file {
        // The annotation cannot be put where the finding is.
        place.extend(
            finding
                .source
                .as_deref()
                .map(|name| visible(name).to_string()),
        );
        place.extend(finding.line.map(|line| format!("line {line}")));
    }
    place.extend(finding.record.map(|record| format!("record {record}")));
    place.extend((!finding.pointer.is_empty()).then(|| finding.pointer.clone()));
    for (label, part) in [
        ("at", place.join(" ")),
        ("help", finding.help.clone().unwrap_or_default()),
    ] {
        if !part.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{label}: {part}");
        }
    }
    text
}

fn command(
    out: &mut dyn Write,
    kind: &str,
    properties: &[(&str, Option<&str>)],
    message: &str,
) -> io::Result<()> {
    write!(out, "::{kind}")?;
    let given = properties
        .iter()
        .filter_map(|(name, value)| Some((name, (*value)?)));
    for (index, (name, value)) in given.enumerate() {
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
                _ if is_visible(letter) => f.write_char(letter)?,
                _ => write!(f, "{}", letter.escape_unicode())?,
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
