//! The resources of the API that have usage records.

use std::{fmt, str::FromStr};

use crate::{SidError, SimSid};

/// A resource of the API that has usage records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the API has these two, and a caller has to handle each"
)]
pub enum Resource {
    /// The totals of all SIMs of the account.
    Account,
    /// One SIM.
    Sim(SimSid),
}

impl Resource {
    /// Returns the path of the resource from the root of the API.
    ///
    /// ```
    /// use usage_model::Resource;
    ///
    /// let sim = Resource::Sim("DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd".parse()?);
    /// assert_eq!(sim.path(), "/v1/Sims/DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd/UsageRecords");
    /// assert_eq!(Resource::Account.path(), "/v1/UsageRecords");
    /// # Ok::<(), usage_model::SidError>(())
    /// ```
    pub fn path(self) -> String {
        match self {
            Self::Account => self.template().to_owned(),
            Self::Sim(sid) => self.template().replace("{Sid}", sid.as_str()),
        }
    }

    /// Returns the path with `{Sid}` in place of what identifies somebody, as it may stand in a log.
    pub const fn template(self) -> &'static str {
        match self {
            Self::Account => "/v1/UsageRecords",
            Self::Sim(_) => "/v1/Sims/{Sid}/UsageRecords",
        }
    }

    /// Returns the SIM; `None` for the account.
    pub const fn sim(self) -> Option<SimSid> {
        match self {
            Self::Account => None,
            Self::Sim(sid) => Some(sid),
        }
    }
}

crate::__serde_as_text!([] Resource, "`account` or the SID of a SIM");

/// Writes `account`, or the SID of the SIM.
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str(ACCOUNT),
            Self::Sim(sid) => fmt::Display::fmt(sid, f),
        }
    }
}

const ACCOUNT: &str = "account";

impl FromStr for Resource {
    type Err = SidError;

    /// Reads what [`Display`](fmt::Display) writes: `account`, or the SID of a SIM.
    ///
    /// # Errors
    ///
    /// Fails for any other text.
    fn from_str(text: &str) -> Result<Self, SidError> {
        match text {
            ACCOUNT => Ok(Self::Account),
            sid => sid.parse().map(Self::Sim),
        }
    }
}
