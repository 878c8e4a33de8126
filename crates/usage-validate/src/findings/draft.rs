//! What a rule says, before it is put into its place.

use usage_model::{Counter, Kind, NodePath};

use crate::config::options::Policy;

/// What a rule says of a record; pointers are within the record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) pointer: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) figures: Option<Figures>,
    pub(crate) suspect: Option<DraftSuspect>,
    pub(crate) policy: Option<Policy>,
    /// The place as it enters the fingerprint, where that is not the pointer.
    pub(crate) identity: Option<String>,
}

/// A comparison of two figures.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    pub(crate) expected: u128,
    pub(crate) actual: u128,
    pub(crate) operands: Vec<(String, u128)>,
}

/// A counter, and the value that would make its tree consistent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DraftSuspect {
    pub(crate) kind: Kind,
    pub(crate) node: NodePath,
    pub(crate) counter: Counter,
    pub(crate) suggested: u64,
}

impl Draft {
    pub(crate) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
            ..Self::default()
        }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

impl Figures {
    /// The actual figure minus the expected one. Sums of one record stay far below the largest number.
    pub(crate) fn delta(&self) -> i128 {
        let difference = i128::try_from(self.actual.abs_diff(self.expected)).unwrap_or(i128::MAX);
        if self.actual < self.expected {
            -difference
        } else {
            difference
        }
    }
}

impl DraftSuspect {
    pub(crate) fn pointer(self) -> String {
        self.node.counter_pointer(self.kind, self.counter)
    }
}
