//! How strict a run is as a whole.

use std::{fmt, str::FromStr};

use crate::{
    Severity,
    config::name::{self, NameError},
};

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

impl Strictness {
    /// Every strictness, the default first.
    pub const EVERY: [Self; 3] = [Self::Default, Self::Strict, Self::Lenient];

    /// The name as it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
            Self::Lenient => "lenient",
        }
    }

    pub(crate) const fn graded(self, severity: Severity) -> Severity {
        match (self, severity) {
            (Self::Strict, Severity::Warning) => Severity::Error,
            (Self::Lenient, Severity::Warning) => Severity::Info,
            (_, severity) => severity,
        }
    }
}

impl FromStr for Strictness {
    type Err = NameError;

    /// Reads the spelling of [`Strictness::as_str`].
    ///
    /// # Errors
    ///
    /// For any other text.
    fn from_str(text: &str) -> Result<Self, NameError> {
        name::parse(text, &Self::EVERY, Self::as_str, "strictness")
    }
}

impl fmt::Display for Strictness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
