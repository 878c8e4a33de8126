//! What a rule says, before it is put into its place.

use usage_model::{Counter, Kind, NodePath};

use crate::{Policy, findings::text};

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
    pub(crate) fn delta(&self) -> String {
        text::delta(self.expected, self.actual)
    }
}

impl DraftSuspect {
    pub(crate) fn pointer(self) -> String {
        self.node.counter_pointer(self.kind, self.counter)
    }
}
