//! What a reading is a reading of.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
pub(crate) use usage_model::rfc3339;
use usage_model::{AccountSid, Granularity, SimSid};

/// The records of one account or one SIM at one granularity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Series {
    /// The account, as its records state it; redacted ones are kept as they are.
    pub account: String,
    /// The SIM, or `None` for the account's own records.
    pub sim: Option<SimSid>,
    /// The granularity that was asked for.
    pub granularity: Granularity,
}

impl Series {
    /// Names the records of an account, or of one of its SIMs.
    pub fn new(account: impl Into<String>, sim: Option<SimSid>, granularity: Granularity) -> Self {
        Self {
            account: account.into(),
            sim,
            granularity,
        }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sim {
            Some(sim) => write!(f, "{} {} {}", self.account, sim, self.granularity),
            None => write!(f, "{} {}", self.account, self.granularity),
        }
    }
}

/// Whether two accounts are one: SIDs may differ in the case of their digits.
pub(crate) fn is_same_account(one: &str, other: &str) -> bool {
    let sid = |text: &str| text.parse::<AccountSid>().ok();
    one == other || sid(one).is_some_and(|one| sid(other) == Some(one))
}

/// The time that a record's figures are for; `end` is exclusive, both in UTC.
///
/// A record may state an end that is not after its start; such a period is kept like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Bounds {
    /// When the period starts; inclusive.
    pub start: DateTime<Utc>,
    /// When the period ends; exclusive.
    pub end: DateTime<Utc>,
}

impl Bounds {
    /// Makes the period from one instant to another, even where the end is not after the start.
    pub const fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self { start, end }
    }

    /// Returns how long before `at` the period ended; negative where it has not ended.
    pub fn age(self, at: DateTime<Utc>) -> TimeDelta {
        at.signed_duration_since(self.end)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", rfc3339(self.start), rfc3339(self.end))
    }
}
