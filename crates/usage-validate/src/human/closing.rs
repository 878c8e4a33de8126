//! The figures of a run, to close a list of findings with.

use std::fmt::{self, Display};

use super::style::{Paint, Style};
use crate::{FailOn, RuleCount, Scope, Severity, Summary, Verdict, catalogue};

/// Shows the figures of a run over several lines, and whether it passed.
pub const fn summary(summary: &Summary, fail_on: FailOn, style: Style) -> Closing<'_> {
    Closing {
        summary,
        fail_on,
        style,
        least: Severity::Info,
        listed: summary.listed,
        is_complete: true,
    }
}

/// The figures of a run on their way to a reader; made by [`summary`].
#[derive(Clone, Copy, Debug)]
pub struct Closing<'a> {
    summary: &'a Summary,
    fail_on: FailOn,
    style: Style,
    /// The mildest severity of which findings are listed.
    least: Severity,
    listed: u64,
    is_complete: bool,
}

impl Closing<'_> {
    /// The same for a list of `listed` findings that leaves out all milder than `least`; a list with milder ones
    /// left out is not called short of them.
    #[must_use]
    pub const fn listing(mut self, least: Severity, listed: u64) -> Self {
        self.least = least;
        self.listed = listed;
        self
    }

    /// The same for an input that was not seen as a whole: it has not passed, whatever was found.
    #[must_use]
    pub const fn incomplete(mut self) -> Self {
        self.is_complete = false;
        self
    }
}

impl Display for Closing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.records(f)?;
        self.rules(f)?;
        self.totals(f)?;
        self.verdict(f)
    }
}

impl Closing<'_> {
    fn records(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = self.summary;
        writeln!(
            f,
            "{}, fetched as of {}, policy {}: {} clean, {} with findings, {} malformed",
            number(summary.records, "record", "records"),
            summary.as_of,
            summary.policy,
            summary.clean,
            summary.with_findings,
            summary.malformed,
        )
    }

    fn rules(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = || {
            catalogue()
                .iter()
                .filter_map(|rule| Some((rule, *self.summary.rules.get(rule.code)?)))
                .filter(|(rule, _)| rule.scope != Scope::Run)
        };
        for (rule, count) in counts().filter(|(_, count)| count.failed > 0) {
            let RuleCount {
                evaluated,
                failed,
                worst,
            } = count;
            let severity = worst.unwrap_or(rule.severity);
            let label = format!("{:<8}", severity.as_str());
            writeln!(
                f,
                "  {} {} {:<33} {} in {}",
                self.style.paint(Paint::Severity(severity), label),
                rule.code,
                rule.name,
                number(failed, "finding", "findings"),
                number(evaluated, "check", "checks"),
            )?;
        }
        let passed = |count: RuleCount| count.evaluated > 0 && count.failed == 0;
        self.codes(f, "held", counts().filter(|(_, count)| passed(*count)))?;
        self.codes(
            f,
            "not evaluated",
            counts().filter(|(_, count)| count.evaluated == 0),
        )
    }

    fn codes(
        &self,
        f: &mut fmt::Formatter<'_>,
        label: &str,
        rules: impl Iterator<Item = (&'static crate::Rule, RuleCount)>,
    ) -> fmt::Result {
        let codes: Vec<_> = rules.map(|(rule, _)| rule.code).collect();
        if codes.is_empty() {
            return Ok(());
        }
        let label = self.style.paint(Paint::Strong, format!("{label}:"));
        writeln!(f, "  {label} {}", codes.join(" "))
    }

    fn totals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commands = &self.summary.totals.commands;
        let data = &self.summary.totals.data;
        writeln!(
            f,
            "  Commands: {} ({} to SIMs, {} from SIMs)",
            commands.total, commands.to_sim, commands.from_sim
        )?;
        write!(
            f,
            "  Data: {} bytes ({} downloaded, {} uploaded)",
            data.total, data.download, data.upload
        )?;
        match data.left_out {
            0 => writeln!(f),
            left_out => writeln!(f, ", without {left_out} of unknown unit"),
        }
    }

    fn verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = self.summary;
        let verdict = summary.verdict(self.fail_on);
        let (verdict, paint) = match verdict {
            Verdict::Pass if !self.is_complete => {
                ("incomplete", Paint::Severity(Severity::Warning))
            }
            Verdict::Pass => (verdict.as_str(), Paint::Good),
            Verdict::Fail => (verdict.as_str(), Paint::Severity(Severity::Error)),
        };
        write!(
            f,
            "{}: {}, {}, {}",
            self.style.paint(paint, verdict),
            number(summary.errors, "error", "errors"),
            number(summary.warnings, "warning", "warnings"),
            number(summary.infos, "info", "infos"),
        )?;
        let severities = Severity::EVERY.into_iter();
        let all: u64 = severities
            .filter(|severity| *severity >= self.least)
            .map(|severity| summary.count(severity))
            .sum();
        if self.listed < all {
            let what = match self.least {
                Severity::Info => "findings",
                Severity::Warning => "warnings and errors",
                Severity::Error => "errors",
            };
            write!(f, "; {} of {all} {what} are listed", self.listed)?;
        }
        if summary.records == 0 {
            write!(f, "; there was no record to check")?;
        }
        writeln!(f)
    }
}

fn number(number: u64, one: &'static str, more: &'static str) -> impl Display {
    fmt::from_fn(move |f| write!(f, "{number} {}", if number == 1 { one } else { more }))
}
