//! How lists are laid out, where nobody knows how the API does it.

use std::{fmt, str::FromStr};

/// In which direction records are listed. The API's documents do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a list has two directions")]
pub enum Order {
    /// `oldest-first`: by the start of the period, rising.
    #[default]
    OldestFirst,
    /// `newest-first`: by the start of the period, falling.
    NewestFirst,
}

/// What becomes of records without usage: hours, days, and the whole of a window. The API's documents do
/// not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a record is sent or left out")]
pub enum EmptyPeriods {
    /// `include`: they are sent, with zeros.
    #[default]
    Include,
    /// `omit`: they are left out, until usage of theirs shows; a list may then be empty.
    Omit,
}

/// How all lists of an emulator are laid out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) order: Order,
    pub(crate) empty: EmptyPeriods,
}

/// A name that is none of those expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is unknown: expected {expected}")]
pub struct NameError {
    name: Box<str>,
    expected: Box<str>,
}

impl NameError {
    pub(crate) fn new<'a>(name: &str, expected: impl IntoIterator<Item = &'a str>) -> Self {
        let expected: Vec<&str> = expected.into_iter().collect();
        Self {
            name: name.into(),
            expected: expected.join(", ").into(),
        }
    }
}

impl Order {
    /// Both directions.
    pub const ALL: [Self; 2] = [Self::OldestFirst, Self::NewestFirst];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OldestFirst => "oldest-first",
            Self::NewestFirst => "newest-first",
        }
    }
}

impl EmptyPeriods {
    /// Both treatments.
    pub const ALL: [Self; 2] = [Self::Include, Self::Omit];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Omit => "omit",
        }
    }
}

impl FromStr for Order {
    type Err = NameError;

    /// Reads a name.
    ///
    /// # Errors
    ///
    /// For anything but `oldest-first` and `newest-first`.
    fn from_str(name: &str) -> Result<Self, NameError> {
        let known = Self::ALL.into_iter().find(|order| order.as_str() == name);
        known.ok_or_else(|| NameError::new(name, Self::ALL.map(Self::as_str)))
    }
}

impl FromStr for EmptyPeriods {
    type Err = NameError;

    /// Reads a name.
    ///
    /// # Errors
    ///
    /// For anything but `include` and `omit`.
    fn from_str(name: &str) -> Result<Self, NameError> {
        let known = Self::ALL.into_iter().find(|empty| empty.as_str() == name);
        known.ok_or_else(|| NameError::new(name, Self::ALL.map(Self::as_str)))
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for EmptyPeriods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
