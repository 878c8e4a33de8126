//! The list of the account's SIMs.

use usage_model::{Field, Lenient, SimLinks, SimRecord, SimStatus};

use super::{listing::DepartedSims, query::SimQuery};
use crate::world::{Day, SimDetails, World};

/// The SIMs that a query asks for. A SIM is known by its index, which never changes.
#[derive(Clone, Debug)]
pub(crate) struct SimList<'a> {
    world: &'a World,
    departed: DepartedSims,
    query: SimQuery,
    today: Day,
}

impl<'a> SimList<'a> {
    pub(super) const fn new(
        world: &'a World,
        departed: DepartedSims,
        query: SimQuery,
        today: Day,
    ) -> Self {
        Self {
            world,
            departed,
            query,
            today,
        }
    }

    /// Returns the indices of the SIMs from one on, in the order of the list.
    pub(crate) fn indices_from(&self, index: u32) -> impl Iterator<Item = u32> {
        (index..self.world.sim_count()).filter(|index| self.details(*index).is_some())
    }

    /// Returns the indices of the SIMs before one, the nearest first.
    pub(crate) fn indices_before(&self, index: u32) -> impl Iterator<Item = u32> {
        let before = (0..index.min(self.world.sim_count())).rev();
        before.filter(|index| self.details(*index).is_some())
    }

    /// Returns a SIM of the list; links start with an origin.
    pub(crate) fn sim(&self, index: u32, origin: &str) -> Option<SimRecord> {
        let sim = self.details(index)?;
        let mut links = SimLinks::default();
        let records = format!("{origin}v1/Sims/{}/UsageRecords", sim.sid);
        links.usage_records = Field::Value(records);
        let mut record = SimRecord::default();
        record.sid = Field::Value(Lenient::Known(sim.sid));
        record.unique_name = Field::Value(sim.unique_name);
        record.friendly_name = Field::Value(sim.friendly_name);
        record.account_sid = Field::Value(Lenient::Known(self.world.account_sid()));
        record.status = Field::Value(Lenient::Known(sim.status));
        record.rate_plan_sid = Field::Value(Lenient::Known(sim.rate_plan));
        record.iccid = Field::Value(sim.iccid);
        record.date_created = Field::Value(Lenient::Known(sim.created.start().into()));
        record.date_updated = Field::Value(Lenient::Known(sim.updated.start().into()));
        record.links = Field::Value(links);
        Some(record)
    }

    /// Returns what is said of a SIM, if it is in the list.
    fn details(&self, index: u32) -> Option<SimDetails> {
        let sim = self.world.details(index, self.today)?;
        let SimQuery {
            status,
            iccid,
            rate_plan,
        } = &self.query;
        let is_shown =
            sim.status != SimStatus::Deactivated || self.departed == DepartedSims::Listed;
        let fits = |wanted: &Option<String>, known: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == known)
        };
        let is_asked = status.is_none_or(|wanted| wanted == sim.status)
            && fits(iccid, &sim.iccid)
            && fits(rate_plan, sim.rate_plan.as_str());
        (is_shown && is_asked).then_some(sim)
    }
}
