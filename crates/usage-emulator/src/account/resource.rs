//! The two resources that have usage records.

use std::fmt;

use usage_model::SimSid;

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
    /// The path of the resource, from the root of the API.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Account => "/v1/UsageRecords".to_owned(),
            Self::Sim(sid) => format!("/v1/Sims/{sid}/UsageRecords"),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::Sim(sid) => fmt::Display::fmt(sid, f),
        }
    }
}
