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

/// Whether a window that ends at midnight has the day that starts there. "On or before" in the API's
/// documents can be read both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "an end belongs to a window or not")]
pub enum EndOfWindow {
    /// `exclusive`: the window ends with the day before.
    #[default]
    Exclusive,
    /// `inclusive`: the day that starts there is in the window.
    Inclusive,
}

/// What becomes of SIMs that have left the account. The API's documents do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DepartedSims {
    /// `listed`: they are in the list of SIMs, as `deactivated`, and their records are answered.
    #[default]
    Listed,
    /// `unlisted`: they are not in the list; their records are answered.
    Unlisted,
    /// `gone`: they are not in the list, and nothing is found under their SID. Their usage stays in the
    /// totals of the account.
    Gone,
}

/// How all lists of an emulator are laid out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) order: Order,
    pub(crate) empty: EmptyPeriods,
    pub(crate) end: EndOfWindow,
    pub(crate) departed: DepartedSims,
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

/// Gives an enum its names: `ALL`, `as_str`, `FromStr` and `Display`.
macro_rules! names {
    ($type:ident { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every value.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// Returns the name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        impl FromStr for $type {
            type Err = NameError;

            /// Reads a name.
            ///
            /// # Errors
            ///
            /// Fails if the name is none of those in `ALL`.
            fn from_str(name: &str) -> Result<Self, NameError> {
                let known = Self::ALL.into_iter().find(|known| known.as_str() == name);
                known.ok_or_else(|| NameError::new(name, Self::ALL.map(Self::as_str)))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names!(Order { OldestFirst => "oldest-first", NewestFirst => "newest-first" });
names!(EmptyPeriods { Include => "include", Omit => "omit" });
names!(DepartedSims { Listed => "listed", Unlisted => "unlisted", Gone => "gone" });
names!(EndOfWindow { Exclusive => "exclusive", Inclusive => "inclusive" });
