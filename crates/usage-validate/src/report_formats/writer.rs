//! One writer for every format.

use std::{
    io::{self, Write},
    path::Path,
};

use usage_model::named;

use super::{
    Form,
    github::Annotations,
    human::{Listing, ReportOptions},
    inputs::Inputs,
    json::Document,
    junit::Cases,
    ndjson::Lines,
    sarif::Results,
};
use crate::{Finding, Outcome};

/// The format in which a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Findings as a compiler prints errors, as they come, then the figures of the run.
    #[default]
    Human,
    /// One JSON object: a [`Report`](crate::Report).
    Json,
    /// One JSON object a line: each finding as it is known, then the [`Outcome`].
    Ndjson,
    /// A log of static analysis results, SARIF 2.1.0, with every rule described.
    Sarif,
    /// JUnit XML, one test case a rule; a rule that was never evaluated is skipped, not passed.
    Junit,
    /// Workflow commands of GitHub Actions, which become annotations.
    Github,
}

named!(pub Format, "a report format", {
    Human: "human",
    Json: "json",
    Ndjson: "ndjson",
    Sarif: "sarif",
    Junit: "junit",
    Github: "github",
});

impl Format {
    fn form(self, options: ReportOptions) -> Box<dyn Form> {
        match self {
            Self::Human => Box::new(Listing::new(options)),
            Self::Json => Box::new(Document::default()),
            Self::Ndjson => Box::new(Lines),
            Self::Sarif => Box::new(Results::default()),
            Self::Junit => Box::new(Cases::new()),
            Self::Github => Box::new(Annotations::default()),
        }
    }
}

/// Writes a report: findings as they are known, the rest at the end.
///
/// Nothing is written before the first finding or the end.
#[derive(Debug)]
pub struct ReportWriter<W> {
    out: W,
    form: Box<dyn Form>,
    inputs: Inputs,
}

impl<W: Write> ReportWriter<W> {
    /// Starts a report.
    pub fn new(out: W, format: Format, options: &ReportOptions) -> Self {
        Self {
            out,
            form: format.form(*options),
            inputs: Inputs::default(),
        }
    }

    /// Says which file holds the input of a name; `None` if no file does, as for an answer of a server.
    ///
    /// The formats that link to files, SARIF and GitHub's, take any other name for the path of a file. Findings about
    /// the input as a whole link to the first input that was named here.
    pub fn source(&mut self, name: &str, file: Option<&Path>) {
        self.inputs.add(name, file);
    }

    /// Adds a finding.
    ///
    /// # Errors
    ///
    /// If the output fails.
    pub fn finding(&mut self, finding: Finding) -> io::Result<()> {
        self.form.finding(&mut self.out, finding, &self.inputs)
    }

    /// Writes what is left, and returns the output, flushed.
    ///
    /// # Errors
    ///
    /// If the output fails.
    pub fn finish(mut self, outcome: &Outcome) -> io::Result<W> {
        self.form.finish(&mut self.out, outcome, &self.inputs)?;
        self.out.flush()?;
        Ok(self.out)
    }
}
