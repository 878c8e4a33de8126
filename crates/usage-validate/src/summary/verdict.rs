//! Whether a run passed.

use std::{fmt, str::FromStr};

use crate::config::name::{self, NameError};

/// Whether a run passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(
    clippy::exhaustive_enums,
    reason = "a run passes, fails, or did not see everything"
)]
pub enum Verdict {
    /// No finding reached the threshold, and the whole input was seen. Rules that were never evaluated did not pass: see the summary.
    Pass,
    /// At least one finding reached the threshold.
    Fail,
    /// No record was recognised, or a part of the input is known to be missing, whatever was found.
    Incomplete,
}

impl Verdict {
    /// Every verdict.
    pub const EVERY: [Self; 3] = [Self::Pass, Self::Fail, Self::Incomplete];

    /// The name as it is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Incomplete => "incomplete",
        }
    }
}

impl FromStr for Verdict {
    type Err = NameError;

    /// Reads the spelling of [`Verdict::as_str`].
    ///
    /// # Errors
    ///
    /// For any other text.
    fn from_str(text: &str) -> Result<Self, NameError> {
        name::parse(text, &Self::EVERY, Self::as_str, "verdict")
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
