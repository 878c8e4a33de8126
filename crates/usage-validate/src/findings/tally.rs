//! What a run counts.

use serde::{Deserialize, Serialize};

use crate::{config::severity::Severity, rules::catalogue::rule::Rule};

/// What a run counts.
///
/// Every field is a sum over records, so that the tallies of two parts of an input add up to the tally
/// of the whole.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    /// Records that were read.
    pub(crate) decoded: u64,
    /// Records that could not be read.
    pub(crate) malformed: u64,
    /// Records that were read and have a finding.
    pub(crate) with_findings: u64,
    severities: [u64; Severity::ALL.len()],
    rules: [RuleCount; Rule::SLOTS],
    /// Findings of rules that are off, which are not reported.
    unreported: [u64; Rule::SLOTS],
}

/// How often a rule was evaluated, and how often it did not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RuleCount {
    /// How often the rule was evaluated. A rule with 0 here and no finding has not passed: it was never asked.
    pub evaluated: u64,
    /// How many findings it gave, including those that were not listed.
    pub failed: u64,
    /// How bad the worst of them was in this run; null where there was none.
    pub worst: Option<Severity>,
}

impl RuleCount {
    /// Whether the rule was asked. A record that could not be read is not counted as a check, and may all the same
    /// have a gap beside it.
    pub(crate) const fn was_asked(&self) -> bool {
        self.evaluated > 0 || self.failed > 0
    }
}

impl Tally {
    /// What a run that saw nothing counts.
    pub(crate) const EMPTY: Self = Self {
        decoded: 0,
        malformed: 0,
        with_findings: 0,
        severities: [0; Severity::ALL.len()],
        rules: [RuleCount {
            evaluated: 0,
            failed: 0,
            worst: None,
        }; Rule::SLOTS],
        unreported: [0; Rule::SLOTS],
    };

    /// Adds what another part of the run counted.
    pub(crate) fn add(&mut self, other: &Self) {
        self.decoded += other.decoded;
        self.malformed += other.malformed;
        self.with_findings += other.with_findings;
        for (count, other) in self.severities.iter_mut().zip(other.severities) {
            *count += other;
        }
        for (count, other) in self.rules.iter_mut().zip(other.rules) {
            count.evaluated += other.evaluated;
            count.failed += other.failed;
            count.worst = count.worst.max(other.worst);
        }
        for (count, other) in self.unreported.iter_mut().zip(other.unreported) {
            *count += other;
        }
    }

    /// Counts evaluations of a rule.
    #[inline]
    pub(crate) fn evaluated(&mut self, rule: &Rule, times: u64) {
        self.rules[rule.slot()].evaluated += times;
    }

    /// Counts a finding.
    pub(crate) fn failed(&mut self, rule: &Rule, severity: Severity) {
        let count = &mut self.rules[rule.slot()];
        count.failed += 1;
        count.worst = count.worst.max(Some(severity));
        self.severities[Self::slot(severity)] += 1;
    }

    /// Counts a finding of a rule that is off.
    pub(crate) fn failed_unreported(&mut self, rule: &Rule) {
        self.unreported[rule.slot()] += 1;
    }

    /// How many findings a rule would have given if it were on.
    pub(crate) fn unreported(&self, rule: &Rule) -> u64 {
        self.unreported[rule.slot()]
    }

    pub(crate) fn rule(&self, rule: &Rule) -> RuleCount {
        self.rules[rule.slot()]
    }

    pub(crate) fn findings_of(&self, severity: Severity) -> u64 {
        self.severities[Self::slot(severity)]
    }

    /// Findings of any severity, listed or not.
    pub(crate) fn findings(&self) -> u64 {
        self.severities.iter().sum()
    }

    const fn slot(severity: Severity) -> usize {
        match severity {
            Severity::Info => 0,
            Severity::Warning => 1,
            Severity::Error => 2,
        }
    }
}
