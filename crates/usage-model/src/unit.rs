//! The units in which data usage is counted.

use std::{fmt, str::FromStr};

/// A unit of data usage with a known size in bytes.
///
/// Every real response so far says `bytes`; the vendor's page says "most often". Decimal units are
/// powers of 1000 and binary ones powers of 1024.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DataUnit {
    /// Single bytes.
    #[default]
    Bytes,
    /// 1000 bytes.
    Kb,
    /// 1000² bytes.
    Mb,
    /// 1000³ bytes.
    Gb,
    /// 1000⁴ bytes.
    Tb,
    /// 1024 bytes.
    KiB,
    /// 1024² bytes.
    MiB,
    /// 1024³ bytes.
    GiB,
    /// 1024⁴ bytes.
    TiB,
}

impl DataUnit {
    /// Every unit, smallest first within each family.
    pub const ALL: [Self; 9] = [
        Self::Bytes,
        Self::Kb,
        Self::Mb,
        Self::Gb,
        Self::Tb,
        Self::KiB,
        Self::MiB,
        Self::GiB,
        Self::TiB,
    ];

    /// The unit as it is written in a record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Kb => "KB",
            Self::Mb => "MB",
            Self::Gb => "GB",
            Self::Tb => "TB",
            Self::KiB => "KiB",
            Self::MiB => "MiB",
            Self::GiB => "GiB",
            Self::TiB => "TiB",
        }
    }

    /// How many bytes one of this unit is.
    ///
    /// ```
    /// use usage_model::DataUnit;
    ///
    /// assert_eq!(DataUnit::Kb.bytes(), 1_000);
    /// assert_eq!(DataUnit::KiB.bytes(), 1_024);
    /// ```
    pub const fn bytes(self) -> u64 {
        match self {
            Self::Bytes => 1,
            Self::Kb => 1_000,
            Self::Mb => 1_000_000,
            Self::Gb => 1_000_000_000,
            Self::Tb => 1_000_000_000_000,
            Self::KiB => 1 << 10,
            Self::MiB => 1 << 20,
            Self::GiB => 1 << 30,
            Self::TiB => 1 << 40,
        }
    }
}

impl FromStr for DataUnit {
    type Err = UnitError;

    /// Reads a unit in the spelling of [`DataUnit::as_str`].
    ///
    /// # Errors
    ///
    /// For any other spelling: a unit that is only guessed would be a wrong sum.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        Self::ALL
            .into_iter()
            .find(|unit| unit.as_str() == text)
            .ok_or_else(|| UnitError { text: text.into() })
    }
}

impl AsRef<str> for DataUnit {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for DataUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no known unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a known data unit: expected bytes, KB, MB, GB, TB, KiB, MiB, GiB or TiB")]
pub struct UnitError {
    text: Box<str>,
}
