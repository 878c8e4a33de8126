//! How many records a page may hold.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The query parameter `PageSize`: how many records a page holds at most, 1 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageSize(u16);

impl PageSize {
    /// The smallest page: one record.
    pub const MIN: Self = Self(1);

    /// The largest page the API serves, from its description.
    pub const MAX: Self = Self(1000);

    /// What the API takes where the query does not say, from its description.
    pub const API_DEFAULT: Self = Self(50);

    /// Returns a page size.
    ///
    /// # Errors
    ///
    /// Outside 1 to 1000.
    ///
    /// ```
    /// use usage_model::PageSize;
    ///
    /// assert_eq!(PageSize::new(1000), Ok(PageSize::MAX));
    /// assert!(PageSize::new(1001).is_err());
    /// ```
    pub const fn new(size: u16) -> Result<Self, PageSizeError> {
        if Self::MIN.0 <= size && size <= Self::MAX.0 {
            Ok(Self(size))
        } else {
            Err(PageSizeError)
        }
    }

    /// Returns the number of records.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// [`PageSize::MAX`]: the fewest requests for a list.
impl Default for PageSize {
    fn default() -> Self {
        Self::MAX
    }
}

impl FromStr for PageSize {
    type Err = PageSizeError;

    /// Reads a decimal number.
    ///
    /// # Errors
    ///
    /// For anything but a number from 1 to 1000.
    fn from_str(text: &str) -> Result<Self, PageSizeError> {
        text.parse().map_err(|_| PageSizeError).and_then(Self::new)
    }
}

impl fmt::Display for PageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for PageSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl<'de> Deserialize<'de> for PageSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u16::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A page size that the API does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a page holds 1 to 1000 records")]
#[non_exhaustive]
pub struct PageSizeError;
