//! The forms of a report by name.

use std::{fmt, str::FromStr};

use crate::config::name::{self, NameError};

/// The form in which a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Findings as a compiler prints errors, as they come, then the figures of the run.
    #[default]
    Human,
    /// One JSON object: a [`Report`](crate::Report).
    Json,
    /// One JSON object a line: each finding as it is known, then a [`ReportClosing`](super::ReportClosing).
    Ndjson,
    /// A log of static analysis results, SARIF 2.1.0, with every rule described.
    Sarif,
    /// JUnit XML, one test case a rule; a rule that was never evaluated is skipped, not passed.
    Junit,
    /// Workflow commands of GitHub Actions, which become annotations.
    Github,
}

impl Format {
    /// Every format, that for people first.
    pub const EVERY: [Self; 6] = [
        Self::Human,
        Self::Json,
        Self::Ndjson,
        Self::Sarif,
        Self::Junit,
        Self::Github,
    ];

    /// The name as it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
        }
    }
}

impl FromStr for Format {
    type Err = NameError;

    /// Reads the spelling of [`Format::as_str`].
    ///
    /// # Errors
    ///
    /// For any other text.
    fn from_str(text: &str) -> Result<Self, NameError> {
        name::parse(text, &Self::EVERY, Self::as_str, "report format")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
