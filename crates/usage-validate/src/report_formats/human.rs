//! Findings and the outcome for people, in the manner of a compiler.
//!
//! [`finding`] and [`conclusion`] return a [`Display`] that borrows what it shows. Text from the input is made
//! visible ([`visible`]): a record cannot steer a terminal.

use std::{
    fmt::{self, Display},
    io::{self, Write},
};

use usage_model::visible;

use super::{Form, inputs::Inputs};
use crate::{
    Finding, Key, Outcome, RuleCount, Scope, Severity, Verdict, catalogue,
    findings::text::{bytes, exact_bytes, grouped, number},
};

/// Whether to colour what is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "text is coloured or not")]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// With ANSI escape sequences, for a terminal.
    Ansi,
}

/// What a piece of text is, and so its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paint {
    Severity(Severity),
    /// Rulers, arrows and labels.
    Frame,
    /// What is to be read first.
    Strong,
    Good,
}

impl Style {
    /// The text in its colour.
    fn paint(self, paint: Paint, text: impl Display) -> impl Display {
        fmt::from_fn(move |f| match self {
            Self::Plain => write!(f, "{text}"),
            Self::Ansi => write!(f, "{}{text}\x1b[0m", paint.sequence()),
        })
    }
}

impl Paint {
    const fn sequence(self) -> &'static str {
        match self {
            Self::Severity(Severity::Error) => "\x1b[1;31m",
            Self::Severity(Severity::Warning) => "\x1b[1;33m",
            Self::Severity(Severity::Info) => "\x1b[1;36m",
            Self::Frame => "\x1b[1;34m",
            Self::Strong => "\x1b[1m",
            Self::Good => "\x1b[1;32m",
        }
    }
}

/// How the human format looks, and what it lists.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReportOptions {
    /// Whether it is coloured.
    pub style: Style,
    /// The mildest severity that is listed; milder findings are only counted.
    pub least_listed: Severity,
    /// Whether the rules that passed and those that were not evaluated are named, not only counted.
    pub verbose: bool,
}

impl Default for ReportOptions {
    /// Nothing is coloured, and every finding is listed.
    fn default() -> Self {
        Self {
            style: Style::Plain,
            least_listed: Severity::Info,
            verbose: false,
        }
    }
}

/// Lists findings as they come.
#[derive(Debug)]
pub(super) struct Listing {
    options: ReportOptions,
    listed: u64,
}

impl Listing {
    pub(super) const fn new(options: ReportOptions) -> Self {
        Self { options, listed: 0 }
    }
}

impl Form for Listing {
    fn finding(&mut self, out: &mut dyn Write, finding: Finding, _: &Inputs) -> io::Result<()> {
        if finding.severity < self.options.least_listed {
            return Ok(());
        }
        self.listed += 1;
        write!(out, "{}", self::finding(&finding, self.options.style))
    }

    fn finish(
        self: Box<Self>,
        out: &mut dyn Write,
        outcome: &Outcome,
        _: &Inputs,
    ) -> io::Result<()> {
        let conclusion = Conclusion {
            outcome,
            options: self.options,
            listed: self.listed,
        };
        write!(out, "{conclusion}")
    }
}

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
        let message = visible(message);
        writeln!(
            f,
            "{label}{}",
            self.style.paint(Paint::Strong, format_args!(": {message}"))
        )
    }

    fn place(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finding = self.finding;
        write!(f, " {} ", self.style.paint(Paint::Frame, "-->"))?;
        write!(
            f,
            "{}",
            visible(finding.source.as_deref().unwrap_or("input"))
        )?;
        if let Some(line) = finding.line {
            write!(f, ":{line}")?;
        }
        if let Some(record) = finding.record {
            write!(f, " record {record}")?;
        }
        if !finding.pointer.is_empty() {
            write!(f, " {}", visible(&finding.pointer))?;
        }
        writeln!(f)
    }

    fn figures(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finding = self.finding;
        let (Some(expected), Some(actual), Some(delta)) =
            (finding.expected, finding.actual, finding.delta)
        else {
            return Ok(());
        };
        let operands = finding.operands.iter().enumerate().map(|(index, operand)| {
            let sign = if index == 0 { ' ' } else { '+' };
            (sign, operand.pointer.as_str(), operand.value.to_string())
        });
        let lines: Vec<_> = operands
            .chain([
                ('=', "expected", expected.to_string()),
                (' ', "actual", actual.to_string()),
                (' ', "delta", format!("{delta:+}")),
            ])
            .collect();
        let names = widest(lines.iter().map(|(_, name, _)| *name));
        let values = widest(lines.iter().map(|(_, _, value)| value.as_str()));
        let bar = self.style.paint(Paint::Frame, "|");
        writeln!(f, "  {bar}")?;
        for (sign, name, value) in lines {
            writeln!(
                f,
                "  {bar} {sign} {:<names$}  {value:>values$}",
                visible(name).to_string()
            )?;
        }
        writeln!(f, "  {bar}")
    }

    fn notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finding = self.finding;
        if let Some(suspect) = &finding.suspect {
            let text = format!(
                "{} should be {}",
                visible(&suspect.pointer),
                suspect.suggested
            );
            self.note(f, "suspect", text)?;
        }
        if let Some(key) = finding.key.as_ref().and_then(about) {
            self.note(f, "note", visible(&key))?;
        }
        if finding.provisional {
            self.note(f, "note", "provisional: the figures may still grow")?;
        }
        if let Some(help) = &finding.help {
            self.note(f, "help", visible(help))?;
        }
        Ok(())
    }

    fn note(&self, f: &mut fmt::Formatter<'_>, label: &str, text: impl Display) -> fmt::Result {
        let sign = self.style.paint(Paint::Frame, "=");
        let label = self.style.paint(Paint::Strong, format!("{label}:"));
        writeln!(f, "  {sign} {label} {text}")
    }
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts
        .map(|text| visible(text).to_string().chars().count())
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

/// Shows the figures of a run over several lines, and in the last line whether it passed.
///
/// ```text
/// 181 records, fetched as of 2026-11-01T12:00:00Z, policy auto: 180 clean, 1 with findings, 0 malformed
///   warning  UR404 gap                               1 finding in 180 checks
///   21 rules passed; 12 were not evaluated
///   Commands: 905 (543 to SIMs, 362 from SIMs)
///   Data: 199.3 kB (199 290 bytes): 181.2 kB downloaded, 18.1 kB uploaded
/// pass with 1 warning
/// ```
pub const fn conclusion<'a>(outcome: &'a Outcome, options: &ReportOptions) -> Conclusion<'a> {
    Conclusion {
        outcome,
        options: *options,
        listed: outcome.summary.listed,
    }
}

/// The figures of a run on their way to a reader; made by [`conclusion`].
#[derive(Clone, Copy, Debug)]
pub struct Conclusion<'a> {
    outcome: &'a Outcome,
    options: ReportOptions,
    listed: u64,
}

impl Display for Conclusion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.records(f)?;
        self.rules(f)?;
        self.totals(f)?;
        self.verdict(f)
    }
}

impl Conclusion<'_> {
    fn records(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = &self.outcome.summary;
        writeln!(
            f,
            "{}, fetched as of {}, policy {}: {} clean, {} with findings, {} malformed",
            number(summary.records, "record"),
            summary.as_of,
            summary.policy,
            grouped(summary.clean),
            grouped(summary.with_findings),
            grouped(summary.malformed),
        )
    }

    fn rules(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<_> = catalogue()
            .iter()
            .copied()
            .filter_map(|rule| Some((rule, *self.outcome.summary.rules.get(rule.code)?)))
            .filter(|(rule, _)| rule.scope != Scope::Run)
            .collect();
        for (rule, count) in counts.iter().filter(|(_, count)| count.failed > 0) {
            let severity = count.worst.unwrap_or(rule.severity);
            let label = format!("{:<8}", severity.as_str());
            writeln!(
                f,
                "  {} {} {:<33} {} in {}",
                self.options.style.paint(Paint::Severity(severity), label),
                rule.code,
                rule.name,
                number(count.failed, "finding"),
                number(count.evaluated, "check"),
            )?;
        }
        let codes = |is: fn(&RuleCount) -> bool| -> Vec<_> {
            let counts = counts.iter().filter(|(_, count)| is(count));
            counts.map(|(rule, _)| rule.code).collect()
        };
        let passed = codes(|count| count.was_asked() && count.failed == 0);
        let unasked = codes(|count| !count.was_asked());
        if self.options.verbose {
            self.codes(f, "passed", &passed)?;
            return self.codes(f, "not evaluated", &unasked);
        }
        let (passed, unasked) = (passed.len(), unasked.len());
        let rules = if passed == 1 { "rule" } else { "rules" };
        let were = if unasked == 1 { "was" } else { "were" };
        writeln!(
            f,
            "  {passed} {rules} passed; {unasked} {were} not evaluated"
        )
    }

    fn codes(&self, f: &mut fmt::Formatter<'_>, label: &str, codes: &[&str]) -> fmt::Result {
        if codes.is_empty() {
            return Ok(());
        }
        let label = self.options.style.paint(Paint::Strong, format!("{label}:"));
        writeln!(f, "  {label} {}", codes.join(" "))
    }

    fn totals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let totals = &self.outcome.summary.totals;
        let (commands, data) = (&totals.commands, &totals.data);
        // Where records are held against each other, they say the same usage several times, and nothing is added up.
        let mut rules = self.outcome.summary.rules.iter();
        let are_compared = rules.any(|(code, _)| code.starts_with("UR60"));
        if are_compared {
            return Ok(());
        }
        writeln!(
            f,
            "  Commands: {} ({} to SIMs, {} from SIMs)",
            grouped(commands.total),
            grouped(commands.to_sim),
            grouped(commands.from_sim)
        )?;
        write!(
            f,
            "  Data: {}: {} downloaded, {} uploaded",
            exact_bytes(data.total),
            bytes(data.download),
            bytes(data.upload)
        )?;
        match data.left_out {
            0 => writeln!(f)?,
            left_out => writeln!(
                f,
                "; without {} of unknown unit",
                number(left_out, "record")
            )?,
        }
        match totals.sims_left_out {
            0 => Ok(()),
            left_out => writeln!(
                f,
                "  Without {} of SIMs: their account has records of its own",
                number(left_out, "period")
            ),
        }
    }

    fn verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paint = match self.outcome.verdict {
            Verdict::Pass => Paint::Good,
            Verdict::Fail => Paint::Severity(Severity::Error),
            Verdict::Incomplete => Paint::Severity(Severity::Warning),
        };
        let verdict = self.options.style.paint(paint, self.outcome.verdict);
        write!(f, "{verdict}{}", visible(&self.outcome.reason()))?;
        let least = self.options.least_listed;
        let severities = Severity::ALL.into_iter();
        let all = severities
            .filter(|severity| *severity >= least)
            .map(|severity| self.outcome.summary.count(severity))
            .fold(0, u64::saturating_add);
        if self.listed < all {
            let what = match least {
                Severity::Info => "findings",
                Severity::Warning => "warnings and errors",
                Severity::Error => "errors",
            };
            write!(
                f,
                "; {} of {} {what} are listed",
                grouped(self.listed),
                grouped(all)
            )?;
        }
        writeln!(f)
    }
}
