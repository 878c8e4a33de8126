//! How finely a query divides time.

use chrono::TimeDelta;

use crate::named;

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
    /// How long the period of one record is, or `None` where it is the whole window.
    pub const fn bucket(self) -> Option<TimeDelta> {
        match self {
            Self::Hourly => Some(TimeDelta::hours(1)),
            Self::Daily => Some(TimeDelta::days(1)),
            Self::All => None,
        }
    }
}

// The spelling of the query parameter, which is lower case only.
named!(pub Granularity, "a granularity", { Hourly: "hourly", Daily: "daily", All: "all" });
