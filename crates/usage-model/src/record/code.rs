//! Three-letter codes: countries and currencies.

use std::{fmt, marker::PhantomData, str::FromStr};

/// A country or territory as ISO 3166-1 alpha-3 writes it, for instance `DEU`.
///
/// Only the form is checked, three capital letters: the list of countries is not the API's to keep.
pub type CountryCode = Code<Country>;

/// A currency as ISO 4217 writes it, for instance `USD`.
pub type CurrencyCode = Code<Currency>;

/// A code of three capital ASCII letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code<K> {
    letters: [u8; 3],
    kind: PhantomData<K>,
}

/// Marks the code of a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Country;

/// Marks the code of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Currency;

impl<K> Code<K> {
    /// A code of these letters, if they are capital ones.
    #[inline]
    pub(crate) fn from_letters(letters: [u8; 3]) -> Option<Self> {
        let [first, second, third] = letters;
        let word = u32::from_le_bytes([first, second, third, b'A']);
        // The highest bit of each byte is set in the first sum from A on, and in the second one after Z.
        let from_a = word.wrapping_add(0x3f3f_3f3f);
        let after_z = word.wrapping_add(0x2525_2525);
        let capitals = from_a & !after_z & !word & 0x8080_8080;
        (capitals == 0x8080_8080).then_some(Self {
            letters,
            kind: PhantomData,
        })
    }

    /// Returns the three letters, which are ASCII.
    pub const fn as_bytes(&self) -> &[u8; 3] {
        &self.letters
    }

    /// Returns the code as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the conversion cannot fail.
        std::str::from_utf8(&self.letters).unwrap_or_default()
    }
}

impl<K> FromStr for Code<K> {
    type Err = CodeError;

    /// Reads a code.
    ///
    /// ```
    /// use usage_model::CountryCode;
    ///
    /// assert_eq!("GTM".parse::<CountryCode>()?.as_str(), "GTM");
    /// assert!("gt".parse::<CountryCode>().is_err());
    /// # Ok::<(), usage_model::CodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the text is anything but three capital ASCII letters.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        <[u8; 3]>::try_from(text.as_bytes())
            .ok()
            .and_then(Self::from_letters)
            .ok_or_else(|| CodeError { text: text.into() })
    }
}

impl<K> AsRef<str> for Code<K> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<K> fmt::Display for Code<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<K> fmt::Debug for Code<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

crate::__serde_as_text!([K] Code<K>, "a code of three capital letters");

/// A text that is not a three-letter code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a code of three capital letters")]
pub struct CodeError {
    text: Box<str>,
}
