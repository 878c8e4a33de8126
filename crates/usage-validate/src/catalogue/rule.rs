//! One rule of the catalogue.

use std::fmt;

use serde::Serialize;

use super::{Example, RuleId};
use crate::Severity;

/// One rule of the catalogue.
///
/// Codes are never reused: what a code means today it means for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rule {
    #[serde(skip)]
    pub(crate) id: RuleId,
    /// The code, for instance `UR201`.
    pub code: &'static str,
    /// The name in kebab case, for instance `network-sum`.
    pub name: &'static str,
    /// How bad a finding of this rule is, unless the rule says otherwise of a special case.
    pub severity: Severity,
    /// What the rule is evaluated on, and so what its counts count.
    pub scope: Scope,
    /// The first version of this crate that has the rule.
    pub since: &'static str,
    /// What must hold, in one sentence.
    pub sentence: &'static str,
    /// The same as a formula.
    pub formula: &'static str,
    /// Where the rule comes from.
    pub origin: &'static str,
    /// When the rule fires although nothing is wrong.
    pub false_positives: &'static str,
    /// A document that breaks the rule.
    pub example: Example,
    /// A document that looks much the same and does not break the rule.
    pub near_miss: Example,
}

/// What a rule is evaluated on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Scope {
    /// An input.
    Document,
    /// A record.
    Record,
    /// A member that a record should have.
    Member,
    /// An identifier.
    Sid,
    /// A record's period.
    Period,
    /// A tree, `commands` or `data`.
    Tree,
    /// One of the three counters of a tree.
    TreeCounter,
    /// A node of a tree: its top, home, national roaming or one country.
    Node,
    /// One counter of a node below the top.
    NodeCounter,
    /// An entry of `international_roaming`.
    CountryEntry,
    /// A record that follows another: of its account and SIM, or of the list.
    Successor,
    /// The window that was asked for.
    Window,
    /// A page.
    Page,
    /// The run; reported in the summary, not as a finding.
    Run,
}

impl Scope {
    /// The scope in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Document => "input",
            Self::Record => "record",
            Self::Member => "member of a record",
            Self::Sid => "identifier",
            Self::Period => "period",
            Self::Tree => "tree",
            Self::TreeCounter => "counter of a tree",
            Self::Node => "node",
            Self::NodeCounter => "counter of a node",
            Self::CountryEntry => "country entry",
            Self::Successor => "record after another",
            Self::Window => "requested window",
            Self::Page => "page",
            Self::Run => "run",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
