//! The SIMs of an account, known by the cohorts they are in.

use std::collections::BTreeMap;

use super::{
    cohort::{Cohort, Share},
    hash::Key,
    hour::Day,
    life::{Anomaly, FleetPlan, Life, unusual},
};

/// The largest fleet: its counters over 18 months stay within 2⁶³−1.
pub(crate) const MAX_SIMS: u32 = 1_000_000;

/// The most cohorts of a fleet. The work for a total grows with it and not with the number of SIMs.
const MAX_COHORTS: u32 = 96;

/// The SIMs of an account.
///
/// Only the sum of each cohort is kept; what a single SIM is follows from its index.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    key: Key,
    sims: u32,
    plan: FleetPlan,
    cohorts: Vec<(Cohort, History)>,
    unusual: BTreeMap<u32, Anomaly>,
}

/// One SIM of a fleet.
#[derive(Clone, Debug)]
pub(crate) struct FleetSim {
    pub(crate) cohort: Cohort,
    pub(crate) life: Life,
    pub(crate) history: History,
}

/// The share of a cohort that some SIMs have, which changes on some days: since which day it is what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History(Vec<(Day, Share)>);

impl History {
    /// Returns the share on a day.
    pub(crate) fn on(&self, day: Day) -> Share {
        let later = self.0.partition_point(|(since, _)| *since <= day);
        let last = later.checked_sub(1).and_then(|index| self.0.get(index));
        last.map_or(Share::default(), |(_, share)| *share)
    }

    /// Adds up the changes of many SIMs: each is a day, and by how much the share rises and falls then.
    fn summed(mut changes: Vec<(Day, Share, Share)>) -> Self {
        changes.sort_unstable_by_key(|(day, ..)| *day);
        let mut steps: Vec<(Day, Share)> = Vec::new();
        let mut share = Share::default();
        for (day, more, less) in changes {
            share = share.and(more).without(less);
            match steps.last_mut() {
                Some((last, known)) if *last == day => *known = share,
                _ => steps.push((day, share)),
            }
        }
        Self(steps)
    }
}

/// The draws of a fleet.
const COHORT: u64 = 1;
const SIM: u64 = 2;
const LIFE: u64 = 3;

impl Fleet {
    /// A fleet of `sims` SIMs; up to [`MAX_COHORTS`] of them are each a cohort of its own.
    pub(crate) fn new(key: Key, sims: u32, plan: FleetPlan) -> Self {
        let count = usize::try_from(sims.min(MAX_COHORTS)).unwrap_or_default();
        let cohorts: Vec<Cohort> = (0..count)
            .map(|number| Cohort::new(key.at(COHORT), number))
            .collect();
        let members = (0..sims).zip(cohorts.iter().copied().cycle());
        let mut fleet = Self {
            key,
            sims,
            plan,
            unusual: unusual(key.at(LIFE), plan, members),
            cohorts: Vec::new(),
        };
        let mut changes = vec![Vec::new(); count];
        // SIMs are dealt out to the cohorts in turn, as `sim` finds them again.
        for round in (0..sims).step_by(count.max(1)) {
            for (changes, index) in changes.iter_mut().zip(round..sims) {
                fleet.add_changes(changes, index);
            }
        }
        let histories = changes.into_iter().map(History::summed);
        fleet.cohorts = cohorts.into_iter().zip(histories).collect();
        fleet
    }

    /// Returns how many SIMs there ever are.
    pub(crate) const fn len(&self) -> u32 {
        self.sims
    }

    /// Returns all cohorts, each with the share of all of its SIMs.
    pub(crate) fn cohorts(&self) -> impl Iterator<Item = (Cohort, &History)> {
        self.cohorts
            .iter()
            .map(|(cohort, history)| (*cohort, history))
    }

    /// Returns one SIM; `None` if there are not so many.
    pub(crate) fn sim(&self, index: u32) -> Option<FleetSim> {
        if index >= self.sims {
            return None;
        }
        let number = usize::try_from(index).ok()?;
        let number = number.checked_rem(self.cohorts.len())?;
        let (cohort, _) = self.cohorts.get(number)?;
        let life = self.life(index);
        Some(FleetSim {
            cohort: *cohort,
            history: History(life.shares(self.share(index)).collect()),
            life,
        })
    }

    /// Returns the SIMs that behave unusually, and how.
    pub(crate) fn unusual(&self) -> impl Iterator<Item = (u32, Anomaly)> {
        self.unusual
            .iter()
            .map(|(index, anomaly)| (*index, *anomaly))
    }

    fn life(&self, index: u32) -> Life {
        let key = self.key.at(LIFE).at(u64::from(index));
        Life::new(key, self.plan, self.unusual.get(&index).copied())
    }

    fn share(&self, index: u32) -> Share {
        Share::of_sim(self.key.at(SIM).at(u64::from(index)))
    }

    /// Adds the changes that one SIM brings to its cohort.
    fn add_changes(&self, changes: &mut Vec<(Day, Share, Share)>, index: u32) {
        let mut before = Share::default();
        for (day, share) in self.life(index).shares(self.share(index)) {
            match changes.last_mut() {
                // Most SIMs are there from the beginning and stay: they are one change together.
                Some((first, more, _)) if *first == Day::FIRST && day == Day::FIRST => {
                    *more = more.and(share);
                }
                _ => changes.push((day, share, before)),
            }
            before = share;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::profile::LARGEST_BURST, *};

    #[test]
    fn the_counters_of_the_largest_fleet_fit() {
        // What cameras in a perpetual burst would move in 19 months, one more than are kept.
        let sim = u128::from(LARGEST_BURST * Share::LARGEST_WEIGHT);
        let fleet = sim * u128::from(MAX_SIMS) * (19 * 31 * 24);
        assert!(fleet <= usage_model::Count::MAX.wide());
    }

    #[test]
    fn cohorts_know_the_sums_of_sims_that_come_and_go() {
        let today = Day(20_513);
        let plan = FleetPlan {
            today,
            turnover: 60,
            anomalies: 5,
        };
        let fleet = Fleet::new(Key::of_seed(4), 500, plan);
        let mut sizes = Vec::new();
        for day in (today.0 - 700..today.0 + 900).step_by(13).map(Day) {
            let each = (0..500).filter_map(|index| fleet.sim(index));
            let each = each.fold(Share::default(), |sum, sim| sum.and(sim.history.on(day)));
            let all = fleet.cohorts();
            let all = all.fold(Share::default(), |sum, (_, history)| {
                sum.and(history.on(day))
            });
            assert_eq!(each, all, "{day:?}");
            sizes.push(all.sims);
        }
        sizes.dedup();
        assert!(sizes.len() > 50, "SIMs come and go: {sizes:?}");
    }

    #[test]
    fn cohorts_know_the_sums_of_their_sims() {
        for sims in [0, 1, 95, 96, 97, 1000] {
            let fleet = Fleet::new(Key::of_seed(4), sims, FleetPlan::default());
            let day = Day(20_513);
            let each = (0..sims).filter_map(|index| fleet.sim(index));
            let each = each.fold(Share::default(), |sum, sim| sum.and(sim.history.on(day)));
            let all = fleet.cohorts();
            let all = all.fold(Share::default(), |sum, (_, history)| {
                sum.and(history.on(day))
            });
            assert_eq!(each, all);
            assert_eq!(all.sims, u64::from(sims));
            assert!(fleet.sim(sims).is_none());
        }
    }
}
