//! How finely a query divides time.

use std::{fmt, str::FromStr};

use chrono::TimeDelta;

/// How the API summarises usage by time: one record an hour, one a day, or one for the whole window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the API has these three, and a caller has to handle each"
)]
pub enum Granularity {
    /// One record for each UTC hour.
    Hourly,
    /// One record for each UTC day.
    Daily,
    /// One record for the whole window.
    All,
}

impl Granularity {
    /// Every granularity, finest first.
    pub const EVERY: [Self; 3] = [Self::Hourly, Self::Daily, Self::All];

    /// The value of the query parameter `Granularity`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::All => "all",
        }
    }

    /// How long the period of one record is, or `None` where it is the whole window.
    pub const fn bucket(self) -> Option<TimeDelta> {
        match self {
            Self::Hourly => Some(TimeDelta::hours(1)),
            Self::Daily => Some(TimeDelta::days(1)),
            Self::All => None,
        }
    }
}

impl FromStr for Granularity {
    type Err = GranularityError;

    /// Reads the spelling of the query parameter, which is lower case only.
    ///
    /// # Errors
    ///
    /// For any other text.
    fn from_str(text: &str) -> Result<Self, GranularityError> {
        Self::EVERY
            .into_iter()
            .find(|granularity| granularity.as_str() == text)
            .ok_or_else(|| GranularityError { text: text.into() })
    }
}

impl fmt::Display for Granularity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no granularity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a granularity: expected hourly, daily or all")]
pub struct GranularityError {
    text: Box<str>,
}
