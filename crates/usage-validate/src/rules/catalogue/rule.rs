//! One rule of the catalogue.

use std::fmt;

use serde::Serialize;

use super::example::{Example, Task};
use crate::config::severity::Severity;

/// One rule of the catalogue.
///
/// Codes are never reused: what a code means today it means for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rule {
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

impl Rule {
    /// Numbers that [`Rule::slot`] may return.
    pub(crate) const SLOTS: usize = 10 * FAMILY;

    /// The number under which the rule is counted: made of its code alone, so that no list has to be asked.
    #[inline]
    pub(crate) const fn slot(&self) -> usize {
        match *self.code.as_bytes() {
            [b'U', b'R', family, ten, one] => {
                digit(family) * FAMILY + (digit(ten) * 10 + digit(one)) % FAMILY
            }
            _ => 0,
        }
    }

    /// Returns the task in which the rule is evaluated. Rules on input that cannot be read and on the run itself are
    /// evaluated in others as well.
    pub const fn task(&self) -> Task {
        match self.scope {
            Scope::Counterpart => Task::Reconcile,
            Scope::Reading => Task::Compare,
            _ => Task::Validate,
        }
    }

    /// Whether the rule is one on input that cannot be read, a code of `UR0`.
    pub(crate) const fn is_of_input(&self) -> bool {
        matches!(self.code.as_bytes(), [_, _, b'0', ..])
    }

    /// Whether the rule has a part in a task.
    pub(crate) fn belongs_to(&self, task: Task) -> bool {
        match task {
            _ if self.scope == Scope::Run => true,
            Task::Reconcile if self.is_of_input() => true,
            task => self.task() == task,
        }
    }

    /// The rule with another severity than its own, for a case that the rule names.
    pub(crate) const fn as_severity(&'static self, severity: Severity) -> Graded {
        Graded {
            rule: self,
            severity,
        }
    }
}

/// Codes that share their first digit; the registry's tests hold that none is numbered higher.
const FAMILY: usize = 32;

#[expect(
    clippy::as_conversions,
    reason = "no digit is cut, and `From` is not const"
)]
const fn digit(letter: u8) -> usize {
    letter.wrapping_sub(b'0') as usize % 10
}

/// A rule, and how bad a finding of it is before the run's own settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Graded {
    pub(crate) rule: &'static Rule,
    pub(crate) severity: Severity,
}

impl From<&'static Rule> for Graded {
    fn from(rule: &'static Rule) -> Self {
        rule.as_severity(rule.severity)
    }
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
    /// An amount billed in a node.
    Amount,
    /// A record that follows another: of its account and SIM, or of the list.
    Successor,
    /// The window that was asked for.
    Window,
    /// A page.
    Page,
    /// A period that is compared with others: of finer granularity, or of the SIMs of an account.
    Counterpart,
    /// A period, or a tree of it, that is read twice.
    Reading,
    /// The run; reported in the summary, not as a finding.
    Run,
}

impl Scope {
    /// Returns the scope in words.
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
            Self::Amount => "amount",
            Self::Successor => "record after another",
            Self::Window => "requested window",
            Self::Page => "page",
            Self::Counterpart => "period compared with others",
            Self::Reading => "period read twice",
            Self::Run => "run",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
