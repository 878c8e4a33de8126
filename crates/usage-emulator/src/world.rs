//! The world behind the API: an account, its SIMs, what they use and when it becomes known.
//!
//! Everything is a pure function of the seed, the number of SIMs and the hour. `now` decides what of it
//! shows: usage that has been delivered and is not past retention.

mod cohort;
mod delivery;
mod fleet;
mod hash;
mod hour;
mod identity;
mod life;
mod network;
mod profile;
mod route;
mod sim;
#[cfg(test)]
mod tests;
mod usage;

use std::ops::Range;

use chrono::{DateTime, Utc};
use usage_model::{AccountSid, Kind, SimSid, retention_cutoff};

pub use self::life::Anomaly;
use self::{
    cohort::Cohort,
    delivery::{LATEST, is_delivered},
    fleet::{Fleet, History},
    identity::Identities,
};
pub(crate) use self::{
    fleet::MAX_SIMS,
    hash::Key,
    hour::{Day, Hour},
    life::{FleetPlan, MAX_ANOMALIES},
    network::{Charge, Country, Network},
    sim::SimDetails,
    usage::{Counters, NetworkUsage, command_charge, data_charge},
};

/// The draws of a world.
const IDENTITIES: u64 = 1;
const FLEET: u64 = 2;

/// An account and all that its SIMs ever use.
#[derive(Clone, Debug)]
pub(crate) struct World {
    identities: Identities,
    fleet: Fleet,
}

/// Whose usage is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// All SIMs of the account.
    Account,
    /// The SIM with this index.
    Sim(u32),
}

impl World {
    /// The world of a seed.
    pub(crate) fn new(seed: u64, sims: u32, plan: FleetPlan) -> Self {
        let key = Key::of_seed(seed);
        Self {
            identities: Identities::new(key.at(IDENTITIES)),
            fleet: Fleet::new(key.at(FLEET), sims, plan),
        }
    }

    /// The account.
    pub(crate) fn account_sid(&self) -> AccountSid {
        self.identities.account()
    }

    /// The SIMs in the order of their indices.
    pub(crate) fn sim_sids(&self) -> impl ExactSizeIterator<Item = SimSid> {
        (0..self.fleet.len()).map(|index| self.identities.sim(index))
    }

    /// How many SIMs there ever are.
    pub(crate) const fn sim_count(&self) -> u32 {
        self.fleet.len()
    }

    /// The SID of a SIM.
    pub(crate) fn sim_sid(&self, index: u32) -> SimSid {
        self.identities.sim(index)
    }

    /// The index of the SIM with a SID, or `None` where there never is such a SIM.
    pub(crate) fn find_sim(&self, sid: SimSid) -> Option<u32> {
        let index = self.identities.index(sid)?;
        (index < self.fleet.len()).then_some(index)
    }

    /// The index of the SIM with a unique name, or `None` where there never is such a SIM.
    pub(crate) fn find_name(&self, name: &str) -> Option<u32> {
        sim::index_of_name(name).filter(|index| *index < self.fleet.len())
    }

    /// What the account says of a SIM on a day; `None` before it joins.
    pub(crate) fn details(&self, index: u32, today: Day) -> Option<SimDetails> {
        SimDetails::of(self.identities, &self.fleet.sim(index)?, index, today)
    }

    /// The SIMs that behave unusually, and how.
    pub(crate) fn unusual(&self) -> impl Iterator<Item = (SimSid, Anomaly)> {
        let unusual = self.fleet.unusual();
        unusual.map(|(index, anomaly)| (self.identities.sim(index), anomaly))
    }

    /// What was used in a range of hours, as far as it shows at `now`.
    pub(crate) fn usage(
        &self,
        subject: Subject,
        hours: Range<Hour>,
        now: DateTime<Utc>,
    ) -> NetworkUsage {
        let hours = shown(hours, now);
        let mut usage = NetworkUsage::default();
        match subject {
            Subject::Account => {
                for (cohort, history) in self.fleet.cohorts() {
                    add_usage(&mut usage, cohort, history, hours.clone(), now);
                }
            }
            Subject::Sim(index) => {
                if let Some(sim) = self.fleet.sim(index) {
                    add_usage(&mut usage, sim.cohort, &sim.history, hours, now);
                }
            }
        }
        usage
    }

    /// Whether nothing that was used in a range of hours shows at `now`; it looks no further than the
    /// first usage.
    pub(crate) fn is_silent(
        &self,
        subject: Subject,
        hours: Range<Hour>,
        now: DateTime<Utc>,
    ) -> bool {
        let hours = shown(hours, now);
        (hours.start.0..hours.end.0).map(Hour).all(|hour| {
            let usage = self.usage(subject, hour..Hour(hour.0 + 1), now);
            usage == NetworkUsage::default()
        })
    }
}

/// The hours of a range that can show at `now`: neither past retention nor still going on.
fn shown(hours: Range<Hour>, now: DateTime<Utc>) -> Range<Hour> {
    let first = hours.start.max(Hour::from(retention_cutoff(now)));
    first..hours.end.min(Hour::containing(now))
}

/// Adds what a share of a cohort used in a range of hours and what is delivered of it.
fn add_usage(
    usage: &mut NetworkUsage,
    cohort: Cohort,
    history: &History,
    hours: Range<Hour>,
    now: DateTime<Utc>,
) {
    let Range { start, end } = hours;
    let settled = Hour::containing(now - LATEST);
    let mut hour = start;
    while hour < end {
        let day = hour.day();
        let evening = day.hours().end.min(end);
        let share = history.on(day);
        if let Some(cohort_day) = cohort.day(day).filter(|_| share.sims > 0) {
            for hour in (hour.0..evening.0).map(Hour) {
                let (network, mut counters) = cohort_day.usage(share, hour);
                if hour >= settled {
                    withhold(&mut counters, cohort, hour, now);
                }
                usage.add(network, counters);
            }
        }
        hour = evening;
    }
}

/// Takes out what has not been delivered yet.
fn withhold(counters: &mut Counters, cohort: Cohort, hour: Hour, now: DateTime<Utc>) {
    let key = cohort.delivery();
    if !is_delivered(key, Kind::Data, hour, now) {
        (counters.download, counters.upload) = (0, 0);
    }
    if !is_delivered(key, Kind::Commands, hour, now) {
        (counters.to_sim, counters.from_sim) = (0, 0);
    }
}
