//! The account as KORE knows it at a time: the world's usage as records, as far as it is known and kept.

mod clock;
mod list;
mod listing;
mod periods;
mod query;
mod record;
mod sims;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Resource, SimSid, SimStatus};

pub use self::listing::{DepartedSims, EmptyPeriods, EndOfWindow, Order};
use self::periods::Periods;
pub(crate) use self::{
    clock::{Clock, ClockError},
    list::RecordList,
    listing::Listing,
    query::{PageQuery, Parameters, Query, QueryError, SimQuery},
    sims::SimList,
};
use crate::world::{Day, Subject, World};

/// The account and its time.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) listing: Listing,
}

impl Account {
    /// Returns the records of a resource in a window, or `None` if the account has no such SIM.
    pub(crate) fn records(
        &self,
        resource: Resource,
        granularity: Granularity,
        window: (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Option<RecordList<'_>> {
        let subject = match resource {
            Resource::Account => Subject::Account,
            Resource::Sim(sid) => {
                let index = self.world.find_sim(sid)?;
                let details = self.world.details(index, Day::containing(now))?;
                let is_gone = details.status == SimStatus::Deactivated
                    && self.listing.departed == DepartedSims::Gone;
                (!is_gone).then_some(Subject::Sim(index))?
            }
        };
        // A SID may be asked for in capitals; records have it in the account's own spelling.
        let resource = match subject {
            Subject::Account => Resource::Account,
            Subject::Sim(index) => Resource::Sim(self.world.sim_sid(index)),
        };
        let periods = Periods::new(granularity, window, self.listing.end, now);
        Some(RecordList::new(
            &self.world,
            self.listing,
            (resource, subject),
            periods,
            now,
        ))
    }

    /// Returns the SIM with a SID or a unique name, as they stand in a path.
    pub(crate) fn find_sim(&self, name: &str) -> Option<SimSid> {
        let sid = name.parse().ok();
        let named = || Some(self.world.sim_sid(self.world.find_name(name)?));
        sid.or_else(named)
    }

    /// Returns the SIMs of the account that a query asks for.
    pub(crate) fn sims(&self, query: SimQuery, now: DateTime<Utc>) -> SimList<'_> {
        SimList::new(
            &self.world,
            self.listing.departed,
            query,
            Day::containing(now),
        )
    }
}
