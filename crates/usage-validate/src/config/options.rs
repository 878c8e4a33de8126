//! Choices that a run makes once: how international traffic counts, of how many accounts records are, how much sums may
//! be off, and how strict the run is.

use usage_model::{Kind, named};

use super::severity::Severity;

/// Whether the top figures include international traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
#[expect(
    clippy::exhaustive_enums,
    reason = "traffic is inside a total or outside it, or that is left to the figures"
)]
pub enum Policy {
    /// Include it, and where that fails say so if leaving it out would fit.
    #[default]
    Auto,
    /// Include it, as every real response with international traffic does.
    Include,
    /// Leave it out, as the vendor's page words the sum for data.
    Exclude,
}

named!(pub Policy, "a policy", { Auto: "auto", Include: "include", Exclude: "exclude" });

/// Of how many accounts the records of a run are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a list is of one account or may be of several"
)]
pub enum Accounts {
    /// All of one; a second one is a finding.
    #[default]
    One,
    /// Of any number.
    Many,
}

named!(pub Accounts, "a number of accounts", { One: "one", Many: "many" });

/// By how much a sum may be off without a finding, in either direction; 0 by default.
///
/// Data is in bytes, whatever unit a record is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Tolerance {
    /// For sums of Commands: a number of Commands.
    pub commands: u64,
    /// For sums of data, in bytes.
    pub data: u64,
}

impl Tolerance {
    /// Returns the same for both trees.
    pub const fn both(figure: u64) -> Self {
        Self {
            commands: figure,
            data: figure,
        }
    }

    pub(crate) const fn of(self, kind: Kind) -> u64 {
        match kind {
            Kind::Commands => self.commands,
            Kind::Data => self.data,
        }
    }
}

/// How strict a run is as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strictness {
    /// Every finding is as bad as its rule says.
    #[default]
    Default,
    /// What is a warning by default is an error.
    Strict,
    /// What is a warning by default is an info.
    Lenient,
}

named!(pub Strictness, "a strictness", {
    Default: "default",
    Strict: "strict",
    Lenient: "lenient",
});

impl Strictness {
    pub(crate) const fn graded(self, severity: Severity) -> Severity {
        match (self, severity) {
            (Self::Strict, Severity::Warning) => Severity::Error,
            (Self::Lenient, Severity::Warning) => Severity::Info,
            (_, severity) => severity,
        }
    }
}
