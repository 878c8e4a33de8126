//! The list of the account's SIMs.

use serde::Serialize;
use usage_model::Timestamp;

use super::{DepartedSims, SimQuery};
use crate::world::{Day, SimDetails, SimState, World};

/// The SIMs that a query asks for. A SIM is known by its index, which never changes.
#[derive(Clone, Debug)]
pub(crate) struct SimList<'a> {
    world: &'a World,
    departed: DepartedSims,
    query: SimQuery,
    today: Day,
}

/// A SIM as the list has it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ListedSim {
    sid: String,
    unique_name: String,
    friendly_name: String,
    account_sid: String,
    status: &'static str,
    rate_plan_sid: String,
    iccid: String,
    date_created: Timestamp,
    date_updated: Timestamp,
    links: Links,
}

#[derive(Clone, Debug, Serialize)]
struct Links {
    usage_records: String,
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
    pub(crate) fn sim(&self, index: u32, origin: &str) -> Option<ListedSim> {
        let sim = self.details(index)?;
        Some(ListedSim {
            sid: sim.sid.to_string(),
            account_sid: self.world.account_sid().to_string(),
            status: status(sim.state),
            rate_plan_sid: sim.rate_plan,
            iccid: sim.iccid,
            date_created: sim.created.start().into(),
            date_updated: sim.updated.start().into(),
            links: Links {
                usage_records: format!("{origin}v1/Sims/{}/UsageRecords", sim.sid),
            },
            unique_name: sim.unique_name,
            friendly_name: sim.friendly_name,
        })
    }

    /// Returns what is said of a SIM, if it is in the list.
    fn details(&self, index: u32) -> Option<SimDetails> {
        let sim = self.world.details(index, self.today)?;
        let SimQuery {
            status: wanted,
            iccid,
            rate_plan,
        } = &self.query;
        let is_shown = sim.state != SimState::Deactivated || self.departed == DepartedSims::Listed;
        let fits = |wanted: &Option<String>, known: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == known)
        };
        let is_asked = fits(wanted, status(sim.state))
            && fits(iccid, &sim.iccid)
            && fits(rate_plan, &sim.rate_plan);
        (is_shown && is_asked).then_some(sim)
    }
}

const fn status(state: SimState) -> &'static str {
    match state {
        SimState::Ready => "ready",
        SimState::Active => "active",
        SimState::Suspended => "suspended",
        SimState::Deactivated => "deactivated",
    }
}
