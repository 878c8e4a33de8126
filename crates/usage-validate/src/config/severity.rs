//! How bad a finding is, and when a run counts as failed.

use std::{fmt, str::FromStr};

use crate::config::name::{self, NameError};

/// How bad a finding is: info, warning or error.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
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

impl Severity {
    /// Every severity, mildest first.
    pub const EVERY: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// The name as it is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl FromStr for Severity {
    type Err = NameError;

    /// Reads the spelling of [`Severity::as_str`].
    ///
    /// # Errors
    ///
    /// For any other text.
    fn from_str(text: &str) -> Result<Self, NameError> {
        name::parse(text, &Self::EVERY, Self::as_str, "severity")
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The mildest severity that makes a run fail.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
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

impl FailOn {
    /// Every threshold, the most lenient last.
    pub const EVERY: [Self; 4] = [Self::Error, Self::Warning, Self::Info, Self::Never];

    /// The name as it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Never => "never",
        }
    }

    /// The mildest severity that makes a run fail; `None` where none does.
    pub const fn threshold(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

impl FromStr for FailOn {
    type Err = NameError;

    /// Reads the spelling of [`FailOn::as_str`].
    ///
    /// # Errors
    ///
    /// For any other text.
    fn from_str(text: &str) -> Result<Self, NameError> {
        name::parse(text, &Self::EVERY, Self::as_str, "threshold")
    }
}

impl fmt::Display for FailOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
