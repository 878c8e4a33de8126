//! How a run ended, and a whole run as one JSON document.

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeStruct};
use usage_model::Timestamp;

use crate::{
    FailOn, Finding, Severity, Summary, Verdict,
    findings::{text::number, wire},
};

/// The format and version of a [`Report`], which it states in its member `schema`.
pub const REPORT_FORMAT: &str = "usage-report/1";

/// The format and version of a report; a report of another version is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum ReportFormat {
    /// The first version: [`REPORT_FORMAT`].
    #[default]
    #[serde(rename = "usage-report/1")]
    V1,
}

/// How a run ended: all that a report says apart from its findings. The last line of a report as NDJSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Outcome {
    /// The format and version of this document; no finding has this member.
    pub schema: ReportFormat,
    /// When the records were fetched, in UTC.
    #[serde(deserialize_with = "wire::timestamp")]
    pub as_of: Timestamp,
    /// Whether the run passed. A run that did not see its whole input has not.
    pub verdict: Verdict,
    /// The mildest severity that fails the run.
    pub fail_on: FailOn,
    /// Why the input was not seen as a whole, in one sentence each; empty where it was.
    pub incomplete: Vec<String>,
    /// What was found, in figures.
    pub summary: Summary,
}

impl Outcome {
    /// Judges a run. It fails where a finding is at least as severe as `fail_on` says; `incomplete` names, in one
    /// sentence each, the parts of the input that could not be read or fetched.
    ///
    /// ```
    /// # use usage_validate::{Config, FailOn, Outcome, Validator, Verdict};
    /// # let mut validator = Validator::new(&Config::new(chrono::DateTime::UNIX_EPOCH));
    /// # drop(validator.record(&usage_model::Place::default(), &usage_model::UsageRecord::default()));
    /// # let (_, summary) = validator.finish();
    /// let outcome = Outcome::new(summary.clone(), FailOn::Error, Vec::new());
    /// assert_eq!(outcome.verdict, Verdict::Pass);
    /// let outcome = Outcome::new(summary, FailOn::Error, vec!["cannot read june.ndjson".to_owned()]);
    /// assert_eq!(outcome.verdict, Verdict::Incomplete);
    /// assert!(outcome.headline().starts_with("incomplete: cannot read june.ndjson"));
    /// ```
    pub fn new(summary: Summary, fail_on: FailOn, mut incomplete: Vec<String>) -> Self {
        // What the caller knows is more exact than what the records say.
        if incomplete.is_empty() {
            incomplete = summary.missing();
        }
        Self {
            schema: ReportFormat::V1,
            as_of: summary.as_of,
            verdict: if incomplete.is_empty() {
                summary.verdict(fail_on)
            } else {
                Verdict::Incomplete
            },
            fail_on,
            incomplete,
            summary,
        }
    }

    /// Returns the verdict and its reason in one line, for instance `pass with 8 warnings`,
    /// `fail: 2 errors, 8 warnings` or `incomplete: page 3 is missing`.
    pub fn headline(&self) -> String {
        format!("{}{}", self.verdict, self.reason())
    }

    /// What follows the verdict in its line: why it is so.
    pub(crate) fn reason(&self) -> String {
        let counts = self.counts();
        let reasons = self.incomplete.join("; ");
        let reason = match (self.verdict, counts.as_str()) {
            (_, "") if !reasons.is_empty() => format!(": {reasons}"),
            (_, counts) if !reasons.is_empty() => format!(": {reasons} ({counts})"),
            (_, "") => String::new(),
            (Verdict::Pass, counts) => format!(" with {counts}"),
            (_, counts) => format!(": {counts}"),
        };
        match self.summary.unreported_malformed() {
            0 => reason,
            count => format!("{reason}; {} could not be read", number(count, "record")),
        }
    }

    /// Returns the numbers of errors and warnings, and of infos if they fail the run; zeros are left out.
    fn counts(&self) -> String {
        let summary = &self.summary;
        let infos = if self.fail_on == FailOn::Info {
            summary.infos
        } else {
            0
        };
        [
            (summary.errors, Severity::Error),
            (summary.warnings, Severity::Warning),
            (infos, Severity::Info),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| number(count, severity.as_str()))
        .collect::<Vec<_>>()
        .join(", ")
    }
}

/// A run over usage records: how it ended, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Report {
    /// How the run ended.
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub outcome: Outcome,
    /// What was found, in the order of the input, and after that what concerns the input as a whole.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Puts the report of a run together.
    ///
    /// ```
    /// use chrono::DateTime;
    /// use usage_validate::{Config, FailOn, Outcome, Report, Validator};
    ///
    /// let validator = Validator::new(&Config::new(DateTime::UNIX_EPOCH));
    /// let (findings, summary) = validator.finish();
    /// let report = Report::new(Outcome::new(summary, FailOn::Error, Vec::new()), findings);
    /// let text = serde_json::to_string(&report)?;
    /// assert!(text.starts_with(r#"{"schema":"usage-report/1","as_of":"1970-01-01T00:00:00Z","verdict":"incomplete""#));
    /// assert_eq!(serde_json::from_str::<Report>(&text)?, report);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub const fn new(outcome: Outcome, findings: Vec<Finding>) -> Self {
        Self { outcome, findings }
    }
}

/// Written as one object: the members of the outcome, then the findings.
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Outcome {
            schema,
            as_of,
            verdict,
            fail_on,
            incomplete,
            summary,
        } = &self.outcome;
        let mut object = serializer.serialize_struct("Report", 7)?;
        object.serialize_field("schema", schema)?;
        object.serialize_field("as_of", as_of)?;
        object.serialize_field("verdict", verdict)?;
        object.serialize_field("fail_on", fail_on)?;
        object.serialize_field("incomplete", incomplete)?;
        object.serialize_field("summary", summary)?;
        object.serialize_field("findings", &self.findings)?;
        object.end()
    }
}

/// Read member by member, so that an error says in which line and column of the document it is.
impl<'de> Deserialize<'de> for Report {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Members {
            schema: ReportFormat,
            #[serde(deserialize_with = "wire::timestamp")]
            as_of: Timestamp,
            verdict: Verdict,
            fail_on: FailOn,
            incomplete: Vec<String>,
            summary: Summary,
            findings: Vec<Finding>,
        }
        let members = Members::deserialize(deserializer)?;
        Ok(Self {
            outcome: Outcome {
                schema: members.schema,
                as_of: members.as_of,
                verdict: members.verdict,
                fail_on: members.fail_on,
                incomplete: members.incomplete,
                summary: members.summary,
            },
            findings: members.findings,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Validator};

    #[test]
    fn an_error_in_a_report_is_found_by_its_line() {
        let validator = Validator::new(&Config::new(chrono::DateTime::UNIX_EPOCH));
        let (findings, summary) = validator.finish();
        let report = Report::new(Outcome::new(summary, FailOn::Error, Vec::new()), findings);
        let text = serde_json::to_string_pretty(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
        let wrong = text.replacen("\"records\": 0", "\"records\": \"none\"", 1);
        let line = 1 + wrong
            .lines()
            .position(|line| line.contains("none"))
            .unwrap();
        let error = serde_json::from_str::<Report>(&wrong).unwrap_err();
        assert_eq!(error.line(), line, "{error}");
    }
}
