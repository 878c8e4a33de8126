//! How bad a finding is, and when a run counts as failed.

use usage_model::named;

/// How bad a finding is: info, warning or error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
#[expect(
    clippy::exhaustive_enums,
    reason = "the catalogue has exactly these severities, and a renderer has to handle each"
)]
pub enum Severity {
    /// Worth knowing; the figures are as they should be.
    Info,
    /// The figures may be incomplete, or cannot be checked fully.
    Warning,
    /// The figures contradict each other or what the API promises.
    Error,
}

named!(pub Severity, "a severity", { Info: "info", Warning: "warning", Error: "error" });

/// The mildest severity that makes a run fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
#[expect(
    clippy::exhaustive_enums,
    reason = "one threshold for each severity, and none"
)]
pub enum FailOn {
    /// Errors fail a run.
    #[default]
    Error,
    /// Warnings and errors fail a run.
    Warning,
    /// Any finding fails a run.
    Info,
    /// No finding fails a run.
    Never,
}

named!(pub FailOn, "a threshold", {
    Error: "error",
    Warning: "warning",
    Info: "info",
    Never: "never",
});

impl FailOn {
    /// Returns the mildest severity that makes a run fail; `None` where none does.
    pub const fn threshold(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}
