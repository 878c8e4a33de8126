//! What a run found, in figures.

pub(crate) mod totals;
pub(crate) mod verdict;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use usage_model::Timestamp;

use crate::{ControlTotals, FailOn, Policy, RuleCount, Severity, Verdict, findings::wire};

/// What a run found, in figures. All counts are exact, also where fewer findings are listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Summary {
    /// When the records were fetched, in UTC: retention and settling are measured from here.
    #[serde(deserialize_with = "wire::timestamp")]
    pub as_of: Timestamp,
    /// Whether the top figures were taken to include international traffic.
    pub policy: Policy,
    /// Records in the input: clean ones, those with findings, and malformed ones.
    pub records: u64,
    /// Records that could not be read.
    pub malformed: u64,
    /// Records that were read and gave no finding of any severity.
    pub clean: u64,
    /// Records that were read and gave at least one finding.
    pub with_findings: u64,
    /// Findings that are errors.
    pub errors: u64,
    /// Findings that are warnings.
    pub warnings: u64,
    /// Findings that are infos.
    pub infos: u64,
    /// Findings that are listed.
    pub listed: u64,
    /// Whether findings were left out of the list because there were more than the limit.
    pub capped: bool,
    /// Every selected rule by its code: how often it was evaluated, and how many findings it gave.
    #[cfg_attr(feature = "schema", schemars(extend("propertyNames" = serde_json::json!({ "pattern": "^UR[0-9]{3}$" }))))]
    #[serde(deserialize_with = "wire::by_code")]
    pub rules: BTreeMap<&'static str, RuleCount>,
    /// The codes of selected rules that were never evaluated, and so did not pass.
    #[cfg_attr(feature = "schema", schemars(inner(regex(pattern = r"^UR[0-9]{3}$"))))]
    #[serde(deserialize_with = "wire::codes")]
    pub not_evaluated: Vec<&'static str>,
    /// What the top figures of all records add up to.
    pub totals: ControlTotals,
}

impl Summary {
    /// How many findings of one severity there are, listed or not.
    pub const fn count(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Info => self.infos,
            Severity::Warning => self.warnings,
            Severity::Error => self.errors,
        }
    }

    /// How many findings there are of any severity, listed or not.
    pub const fn findings(&self) -> u64 {
        self.errors + self.warnings + self.infos
    }

    /// Whether the run passed, where `fail_on` is the mildest severity that fails it.
    pub fn verdict(&self, fail_on: FailOn) -> Verdict {
        let failed = fail_on.threshold().is_some_and(|threshold| {
            Severity::EVERY
                .into_iter()
                .any(|severity| severity >= threshold && self.count(severity) > 0)
        });
        if failed { Verdict::Fail } else { Verdict::Pass }
    }
}
