//! One finding, as a compiler prints an error.

use std::fmt::{self, Display};

use super::style::{Paint, Style, plain};
use crate::{Finding, Key};

/// Shows a finding over several lines, with an empty line after it.
///
/// ```text
/// error[UR201 network-sum]: `commands.total` is 1 less than the sum of its networks
///  --> june.json:2 record 0 /usage_records/0/commands/total
///   |
///   |   /usage_records/0/commands/home/total   4
///   | = expected                               4
///   |   actual                                 3
///   |   delta                                 -1
///   |
///   = suspect: /usage_records/0/commands/total should be 4
///   = note: account ACabababababababababababababababab, 2026-06-01T00:00:00Z to 2026-06-02T00:00:00Z
///   = help: fetch the record again
/// ```
pub const fn finding(finding: &Finding, style: Style) -> Diagnostic<'_> {
    Diagnostic { finding, style }
}

/// A finding on its way to a reader; made by [`finding`].
#[derive(Clone, Copy, Debug)]
pub struct Diagnostic<'a> {
    finding: &'a Finding,
    style: Style,
}

impl Display for Diagnostic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline(f)?;
        self.place(f)?;
        self.figures(f)?;
        self.notes(f)?;
        writeln!(f)
    }
}

impl Diagnostic<'_> {
    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            severity,
            code,
            name,
            message,
            ..
        } = self.finding;
        let label = format!("{severity}[{code} {name}]");
        let label = self.style.paint(Paint::Severity(*severity), label);
        let message = plain(message);
        writeln!(
            f,
            "{label}{}",
            self.style.paint(Paint::Strong, format_args!(": {message}"))
        )
    }

    fn place(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finding = self.finding;
        write!(f, " {} ", self.style.paint(Paint::Frame, "-->"))?;
        write!(f, "{}", plain(finding.source.as_deref().unwrap_or("input")))?;
        if let Some(line) = finding.line {
            write!(f, ":{line}")?;
        }
        if let Some(record) = finding.record {
            write!(f, " record {record}")?;
        }
        if !finding.pointer.is_empty() {
            write!(f, " {}", plain(&finding.pointer))?;
        }
        writeln!(f)
    }

    fn figures(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finding = self.finding;
        let (Some(expected), Some(actual), Some(delta)) =
            (&finding.expected, &finding.actual, &finding.delta)
        else {
            return Ok(());
        };
        let delta = if delta.starts_with(['-', '0']) {
            delta.clone()
        } else {
            format!("+{delta}")
        };
        let operands = finding.operands.iter().enumerate().map(|(index, operand)| {
            let sign = if index == 0 { ' ' } else { '+' };
            (sign, operand.pointer.as_str(), operand.value.as_str())
        });
        let lines: Vec<_> = operands
            .chain([
                ('=', "expected", expected.as_str()),
                (' ', "actual", actual),
                (' ', "delta", &delta),
            ])
            .collect();
        let names = widest(lines.iter().map(|(_, name, _)| *name));
        let values = widest(lines.iter().map(|(_, _, value)| *value));
        let bar = self.style.paint(Paint::Frame, "|");
        writeln!(f, "  {bar}")?;
        for (sign, name, value) in lines {
            writeln!(
                f,
                "  {bar} {sign} {:<names$}  {value:>values$}",
                plain(name).to_string()
            )?;
        }
        writeln!(f, "  {bar}")
    }

    fn notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finding = self.finding;
        if let Some(suspect) = &finding.suspect {
            let text = format!(
                "{} should be {}",
                plain(&suspect.pointer),
                suspect.suggested
            );
            self.note(f, "suspect", text)?;
        }
        if let Some(key) = finding.key.as_ref().and_then(about) {
            self.note(f, "note", plain(&key))?;
        }
        if finding.provisional {
            self.note(f, "note", "provisional: the figures may still grow")?;
        }
        if let Some(help) = &finding.help {
            self.note(f, "help", plain(help))?;
        }
        Ok(())
    }

    fn note(&self, f: &mut fmt::Formatter<'_>, label: &str, text: impl Display) -> fmt::Result {
        let mark = self.style.paint(Paint::Frame, "=");
        let label = self.style.paint(Paint::Strong, format!("{label}:"));
        writeln!(f, "  {mark} {label} {text}")
    }
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts
        .map(|text| plain(text).to_string().chars().count())
        .max()
        .unwrap_or(0)
}

/// What a record is about, in one line.
fn about(key: &Key) -> Option<String> {
    let period = key.period.as_ref().and_then(|period| {
        Some(match (&period.start, &period.end) {
            (Some(start), Some(end)) => format!("{start} to {end}"),
            (Some(start), None) => format!("from {start}"),
            (None, Some(end)) => format!("until {end}"),
            (None, None) => return None,
        })
    });
    let parts: Vec<_> = [
        key.account_sid.as_ref().map(|sid| format!("account {sid}")),
        key.sim_sid.as_ref().map(|sid| format!("SIM {sid}")),
        period,
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
