//! A text that should follow a documented grammar, and is kept as it came where it does not.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer};

/// A text in its documented form, or whatever text the server sent instead.
///
/// Reading a record must not fail because an identifier was redacted or a unit is new; checking it
/// must still see that it was. `Other` only ever holds a text that `T` refuses when it was made by
/// [`Lenient::from_text`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a text either follows the grammar or does not"
)]
pub enum Lenient<T> {
    /// The text follows the grammar.
    Known(T),
    /// The text does not follow the grammar; kept verbatim.
    Other(Box<str>),
}

impl<T: FromStr> Lenient<T> {
    /// Reads a text, keeping it verbatim where `T` refuses it.
    pub fn from_text(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Other(text.into()), Self::Known)
    }
}

impl<T> Lenient<T> {
    /// Returns the typed value, if the text followed the grammar.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Other(_) => None,
        }
    }
}

impl<T: AsRef<str>> Lenient<T> {
    /// Returns the text as the server sent it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(value) => value.as_ref(),
            Self::Other(text) => text,
        }
    }
}

impl<T: AsRef<str>> fmt::Display for Lenient<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<T> From<T> for Lenient<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::from_text(&text))
    }
}
