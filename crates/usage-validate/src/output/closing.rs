//! A report without its findings.

use serde::Serialize;
use usage_model::Timestamp;

use crate::{FailOn, REPORT_FORMAT, Summary, Verdict};

/// The last line of a report as NDJSON: all that a report says apart from its findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReportClosing {
    /// The format and version of this document; no finding has this member.
    #[cfg_attr(feature = "schema", schemars(extend("const" = REPORT_FORMAT)))]
    pub schema: &'static str,
    /// When the records were fetched, in UTC.
    pub as_of: Timestamp,
    /// Whether the run passed. A run that did not see its whole input has not.
    pub verdict: Verdict,
    /// Why the input was not seen as a whole, in one sentence each; empty where it was.
    pub incomplete: Vec<String>,
    /// What was found, in figures.
    pub summary: Summary,
}

impl ReportClosing {
    /// The closing of a run, failed where a finding is at least as severe as `fail_on` says.
    pub fn new(summary: Summary, fail_on: FailOn) -> Self {
        Self {
            schema: REPORT_FORMAT,
            as_of: summary.as_of,
            verdict: summary.verdict(fail_on),
            incomplete: Vec::new(),
            summary,
        }
    }

    /// The same for an input that was not seen as a whole, which fails it; as it is where there is no reason.
    #[must_use]
    pub fn incomplete(mut self, why: Vec<String>) -> Self {
        self.verdict = self.verdict.of_incomplete(&why);
        self.incomplete = why;
        self
    }
}
