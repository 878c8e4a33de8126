//! One writer for every form.

use std::io;

use super::{Format, github::Annotations, junit::Cases, ndjson, sarif::Log};
use crate::{
    FailOn, Finding, Report, Severity, Summary,
    human::{self, Style},
};

/// What a report depends on, apart from what was found.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReportOptions {
    /// The mildest severity that fails the run.
    pub fail_on: FailOn,
    /// Whether the form for people is coloured.
    pub style: Style,
    /// The mildest severity that the form for people lists; milder findings are only counted there.
    pub least_listed: Severity,
}

impl Default for ReportOptions {
    /// Errors fail the run, nothing is coloured, and everything is listed.
    fn default() -> Self {
        Self {
            fail_on: FailOn::default(),
            style: Style::Plain,
            least_listed: Severity::Info,
        }
    }
}

/// Writes a report: findings as they are known, the rest at the end.
///
/// Nothing is written before the first finding or the end.
#[derive(Debug)]
pub struct ReportWriter<W> {
    out: W,
    fail_on: FailOn,
    form: Form,
    /// Why the input was not seen as a whole.
    missing: Vec<String>,
}

#[derive(Debug)]
enum Form {
    Human {
        style: Style,
        least: Severity,
        listed: u64,
    },
    Json(Vec<Finding>),
    Ndjson,
    Sarif(Log),
    Junit(Cases),
    Github(Annotations),
}

impl<W: io::Write> ReportWriter<W> {
    /// Starts a report.
    pub fn new(out: W, format: Format, options: &ReportOptions) -> Self {
        Self {
            out,
            fail_on: options.fail_on,
            form: match format {
                Format::Human => Form::Human {
                    style: options.style,
                    least: options.least_listed,
                    listed: 0,
                },
                Format::Json => Form::Json(Vec::new()),
                Format::Ndjson => Form::Ndjson,
                Format::Sarif => Form::Sarif(Log::default()),
                Format::Junit => Form::Junit(Cases::new()),
                Format::Github => Form::Github(Annotations::default()),
            },
            missing: Vec::new(),
        }
    }

    /// Adds a finding.
    ///
    /// # Errors
    ///
    /// Where the output fails.
    pub fn finding(&mut self, finding: Finding) -> io::Result<()> {
        let out = &mut self.out;
        match &mut self.form {
            Form::Human { least, .. } if finding.severity < *least => Ok(()),
            Form::Human { style, listed, .. } => {
                *listed += 1;
                human::write_finding(out, &finding, *style)
            }
            Form::Json(findings) => {
                findings.push(finding);
                Ok(())
            }
            Form::Ndjson => ndjson::finding(out, &finding),
            Form::Sarif(log) => log.finding(out, &finding),
            Form::Junit(cases) => {
                cases.finding(&finding);
                Ok(())
            }
            Form::Github(annotations) => annotations.finding(out, &finding),
        }
    }

    /// Says that the input was not seen as a whole, and why, in one sentence. Such a run has not passed in any
    /// form; the form for people calls it incomplete where nothing was found that fails it.
    pub fn incomplete(&mut self, why: impl Into<String>) {
        self.missing.push(why.into());
    }

    /// Writes what is left and gives the output back, flushed.
    ///
    /// # Errors
    ///
    /// Where the output fails.
    pub fn finish(mut self, summary: &Summary) -> io::Result<W> {
        let out = &mut self.out;
        let fail_on = self.fail_on;
        match self.form {
            Form::Human {
                style,
                least,
                listed,
            } => {
                let closing = human::summary(summary, fail_on, style).listing(least, listed);
                let closing = match self.missing.as_slice() {
                    [] => closing,
                    _ => closing.incomplete(),
                };
                write!(out, "{closing}")?;
            }
            Form::Json(findings) => {
                let report = Report::new(summary.clone(), findings, fail_on);
                let report = report.incomplete(self.missing);
                serde_json::to_writer_pretty(&mut *out, &report)?;
                out.write_all(b"\n")?;
            }
            Form::Ndjson => ndjson::closing(out, summary, fail_on, self.missing)?,
            Form::Sarif(log) => log.finish(out, summary, fail_on, &self.missing)?,
            Form::Junit(cases) => cases.finish(out, summary, fail_on, &self.missing)?,
            Form::Github(annotations) => {
                annotations.finish(out, summary, fail_on, &self.missing)?;
            }
        }
        out.flush()?;
        Ok(self.out)
    }
}
