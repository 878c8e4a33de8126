//! Of how many accounts the records of a run are.

use std::{fmt, str::FromStr};

use crate::config::name::{self, NameError};

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

impl Accounts {
    /// Both, the default first.
    pub const EVERY: [Self; 2] = [Self::One, Self::Many];

    /// The name as it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Many => "many",
        }
    }
}

impl FromStr for Accounts {
    type Err = NameError;

    /// Reads the spelling of [`Accounts::as_str`].
    ///
    /// # Errors
    ///
    /// For any other text.
    fn from_str(text: &str) -> Result<Self, NameError> {
        name::parse(text, &Self::EVERY, Self::as_str, "number of accounts")
    }
}

impl fmt::Display for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
