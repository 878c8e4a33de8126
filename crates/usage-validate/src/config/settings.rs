//! What the parts of a run work with: the settings of the rules, and which rules are on.

use usage_model::{Granularity, Window};

use super::{
    clock::Clock,
    options::{Accounts, Policy, Strictness, Tolerance},
    severity::Severity,
};
use crate::rules::catalogue::rule::Rule;

/// What the rules are told by the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) clock: Clock,
    pub(crate) policy: Policy,
    pub(crate) granularity: Option<Granularity>,
    pub(crate) window: Option<Window>,
    pub(crate) tolerance: Tolerance,
    pub(crate) accounts: Accounts,
    /// Whether records that are as they should be may be checked by fewer steps; only tests say no.
    pub(crate) fast_paths: bool,
}

/// Which rules are on, and how bad their findings are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection {
    on: [bool; Rule::SLOTS],
    /// Severities that the run gives to rules, whatever its strictness.
    severities: [Option<Severity>; Rule::SLOTS],
    strictness: Strictness,
}

impl Selection {
    /// A selection in which no rule is on.
    pub(crate) const fn none(strictness: Strictness) -> Self {
        Self {
            on: [false; Rule::SLOTS],
            severities: [None; Rule::SLOTS],
            strictness,
        }
    }

    /// Switches a rule on, if need be with a severity of the run's own.
    pub(crate) const fn switch_on(&mut self, rule: &Rule, severity: Option<Severity>) {
        self.on[rule.slot()] = true;
        self.severities[rule.slot()] = severity;
    }

    pub(crate) fn is_on(&self, rule: &Rule) -> bool {
        self.on[rule.slot()]
    }

    /// How bad a finding is in this run that by itself is as bad as `severity`; `None` where its rule is off.
    pub(crate) fn severity(&self, rule: &Rule, severity: Severity) -> Option<Severity> {
        self.is_on(rule).then(|| {
            self.severities[rule.slot()].unwrap_or_else(|| self.strictness.graded(severity))
        })
    }
}
