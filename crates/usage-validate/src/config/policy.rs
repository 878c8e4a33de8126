//! Whether international traffic counts towards the top of a tree.

use std::{fmt, str::FromStr};

use crate::config::name::{self, NameError};

/// Whether the top figures include international traffic.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
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

impl Policy {
    /// Every policy, the default first.
    pub const EVERY: [Self; 3] = [Self::Auto, Self::Include, Self::Exclude];

    /// The name as it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Include => "include",
            Self::Exclude => "exclude",
        }
    }
}

impl FromStr for Policy {
    type Err = NameError;

    /// Reads the spelling of [`Policy::as_str`].
    ///
    /// # Errors
    ///
    /// For any other text.
    fn from_str(text: &str) -> Result<Self, NameError> {
        name::parse(text, &Self::EVERY, Self::as_str, "policy")
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
