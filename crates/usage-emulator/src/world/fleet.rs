//! The SIMs of an account, known by the cohorts they are in.

use super::{
    cohort::{Cohort, Share},
    hash::Key,
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
    cohorts: Vec<(Cohort, Share)>,
}

/// The draws of a fleet.
const COHORT: u64 = 1;
const SIM: u64 = 2;

impl Fleet {
    /// A fleet of `sims` SIMs; up to [`MAX_COHORTS`] of them are each a cohort of its own.
    pub(crate) fn new(key: Key, sims: u32) -> Self {
        let count = usize::try_from(sims.min(MAX_COHORTS)).unwrap_or_default();
        let mut cohorts: Vec<(Cohort, Share)> = (0..count)
            .map(|number| (Cohort::new(key.at(COHORT), number), Share::default()))
            .collect();
        // SIMs are dealt out to the cohorts in turn, as `sim` finds them again.
        for round in (0..sims).step_by(count.max(1)) {
            for ((_, share), index) in cohorts.iter_mut().zip(round..sims) {
                *share = share.and(share_of(key, index));
            }
        }
        Self { key, sims, cohorts }
    }

    /// How many SIMs there are.
    pub(crate) const fn len(&self) -> u32 {
        self.sims
    }

    /// All cohorts, each with all of its SIMs.
    pub(crate) fn cohorts(&self) -> impl Iterator<Item = (Cohort, Share)> {
        self.cohorts.iter().copied()
    }

    /// The cohort of one SIM and its share of it; `None` where there are not so many SIMs.
    pub(crate) fn sim(&self, index: u32) -> Option<(Cohort, Share)> {
        if index >= self.sims {
            return None;
        }
        let number = usize::try_from(index)
            .ok()?
            .checked_rem(self.cohorts.len())?;
        let (cohort, _) = self.cohorts.get(number)?;
        Some((*cohort, share_of(self.key, index)))
    }
}

fn share_of(fleet: Key, index: u32) -> Share {
    Share::of_sim(fleet.at(SIM).at(u64::from(index)))
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
    fn cohorts_know_the_sums_of_their_sims() {
        for sims in [0, 1, 95, 96, 97, 1000] {
            let fleet = Fleet::new(Key::of_seed(4), sims);
            let each = (0..sims).filter_map(|index| fleet.sim(index));
            let each = each.fold(Share::default(), |sum, (_, share)| sum.and(share));
            let all = fleet
                .cohorts()
                .fold(Share::default(), |sum, (_, share)| sum.and(share));
            assert_eq!(each, all);
            assert_eq!(all.sims, u64::from(sims));
            assert!(fleet.sim(sims).is_none());
        }
    }
}
