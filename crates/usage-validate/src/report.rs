//! A whole run as one JSON document.

use serde::Serialize;
use usage_model::Timestamp;

use crate::{FailOn, Finding, Summary, Verdict};

/// The format and version of a [`Report`], which it states in its member `schema`.
pub const REPORT_FORMAT: &str = "usage-report/1";

/// A run over usage records: what was found, and in figures how much of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Report {
    /// The format and version of this document.
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
    /// What was found, in the order of the input, and after that what concerns the input as a whole.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The report of a run, failed where a finding is at least as severe as `fail_on` says.
    ///
    /// ```
    /// use chrono::DateTime;
    /// use usage_validate::{Config, FailOn, Report, Validator};
    ///
    /// let validator = Validator::new(&Config::new(DateTime::UNIX_EPOCH));
    /// let mut findings = Vec::new();
    /// let summary = validator.finish(&mut |finding| findings.push(finding));
    /// let report = serde_json::to_string(&Report::new(summary, findings, FailOn::Error))?;
    /// assert!(report.starts_with(r#"{"schema":"usage-report/1","as_of":"1970-01-01T00:00:00Z","verdict":"pass""#));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(summary: Summary, findings: Vec<Finding>, fail_on: FailOn) -> Self {
        Self {
            schema: REPORT_FORMAT,
            as_of: summary.as_of,
            verdict: summary.verdict(fail_on),
            incomplete: Vec::new(),
            summary,
            findings,
        }
    }

    /// The same for an input that was not seen as a whole, which fails it; as it is where there is no reason.
    ///
    /// ```
    /// # use usage_validate::{Config, FailOn, Report, Validator, Verdict};
    /// # let summary = Validator::new(&Config::new(chrono::DateTime::UNIX_EPOCH)).finish(&mut |_| {});
    /// let report = Report::new(summary, Vec::new(), FailOn::Error);
    /// assert_eq!(report.verdict, Verdict::Pass);
    /// let report = report.incomplete(vec!["cannot read june.ndjson".to_owned()]);
    /// assert_eq!(report.verdict, Verdict::Fail);
    /// ```
    #[must_use]
    pub fn incomplete(mut self, why: Vec<String>) -> Self {
        self.verdict = self.verdict.of_incomplete(&why);
        self.incomplete = why;
        self
    }
}
