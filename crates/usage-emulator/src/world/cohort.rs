//! A cohort: SIMs bought together, in devices of one kind that move and work together.

use super::{
    hash::Key,
    hour::{Day, Hour},
    network::Network,
    profile::{Burst, Profile, TYPICAL_WEIGHT},
    route::Route,
    usage::Counters,
};

/// Days for which a cohort with seasonal contracts is on, or silent.
const TERM_DAYS: i64 = 90;

/// The draws of a cohort.
const HABITS: u64 = 1;
const TRAFFIC: u64 = 2;
const DELIVERY: u64 = 3;
const SEASON: u64 = 4;
const SEASON_PHASE: u64 = 5;

/// SIMs that share one usage curve.
///
/// A SIM's data is the curve times its weight, and its Commands are the curve's own (one Command goes to
/// a whole cohort). So the sum over any SIMs of a cohort is the curve times the sum of their weights:
/// exact, and at the cost of one SIM.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cohort {
    key: Key,
    profile: Profile,
}

/// The part of a cohort that is looked at: one SIM, or all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    /// How many SIMs.
    pub(crate) sims: u64,
    /// The sum of their weights; [`TYPICAL_WEIGHT`] is a typical SIM.
    pub(crate) weight: u64,
}

/// A day of a cohort, with what is the same in all of its hours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CohortDay {
    cohort: Cohort,
    day: Day,
    route: Route,
}

impl Share {
    /// The largest weight of one SIM.
    pub(crate) const LARGEST_WEIGHT: u64 = TYPICAL_WEIGHT + TYPICAL_WEIGHT / 4;

    /// One SIM, whose weight is within a quarter of the typical one.
    pub(crate) const fn of_sim(key: Key) -> Self {
        let smallest = TYPICAL_WEIGHT - TYPICAL_WEIGHT / 4;
        Self {
            sims: 1,
            weight: key.between(smallest, Self::LARGEST_WEIGHT),
        }
    }

    /// Both shares together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            sims: self.sims + other.sims,
            weight: self.weight + other.weight,
        }
    }

    /// This share without a part of it.
    pub(crate) const fn without(self, part: Self) -> Self {
        Self {
            sims: self.sims - part.sims,
            weight: self.weight - part.weight,
        }
    }

    /// The same SIMs, moving so many times as much data.
    pub(crate) const fn surging(self, times: u64) -> Self {
        Self {
            sims: self.sims,
            weight: self.weight * times,
        }
    }

    /// What the share uses where the curve says `burst`.
    const fn of(self, burst: Burst) -> Counters {
        Counters {
            download: burst.download * self.weight,
            upload: burst.upload * self.weight,
            to_sim: burst.to_sim * self.sims,
            from_sim: burst.from_sim * self.sims,
        }
    }
}

impl Cohort {
    /// A cohort of a fleet.
    pub(crate) fn new(fleet: Key, number: usize) -> Self {
        let part = u64::try_from(number).unwrap_or_default();
        Self {
            key: fleet.at(part),
            profile: Profile::of_cohort(number),
        }
    }

    /// A day of the cohort, or `None` where its SIMs are not in use: three in four cohorts always are,
    /// the others join, fall silent and come back with contracts of [`TERM_DAYS`].
    pub(crate) fn day(self, day: Day) -> Option<CohortDay> {
        let habits = self.key.at(HABITS);
        self.in_use(day).then(|| CohortDay {
            cohort: self,
            day,
            route: Route::of_day(self.profile, habits, day),
        })
    }

    /// The key of the cohort's deliveries.
    pub(crate) const fn delivery(self) -> Key {
        self.key.at(DELIVERY)
    }

    /// What the devices of the cohort are.
    pub(crate) const fn profile(self) -> Profile {
        self.profile
    }

    /// Whether the SIMs come and go with contracts of [`TERM_DAYS`].
    pub(crate) const fn is_seasonal(self) -> bool {
        self.key.at(SEASON).once_in(4)
    }

    /// Whether the SIMs move about as much data on every day of the week.
    pub(crate) const fn is_busy_every_day(self) -> bool {
        matches!(self.profile, Profile::Tracker | Profile::Camera)
    }

    /// Whether the SIMs are in use on a day.
    pub(crate) const fn in_use(self, day: Day) -> bool {
        let season = self.key.at(SEASON);
        !self.is_seasonal() || !season.at_time(self.term(day)).once_in(3)
    }

    /// The first day of the term of a day, in which the SIMs are in use or not.
    pub(crate) const fn term_start(self, day: Day) -> Day {
        Day(self.term(day) * TERM_DAYS - self.phase())
    }

    const fn term(self, day: Day) -> i64 {
        (day.0 + self.phase()).div_euclid(TERM_DAYS)
    }

    const fn phase(self) -> i64 {
        self.key.at(SEASON_PHASE).below(90).cast_signed()
    }
}

impl CohortDay {
    /// What a share of the cohort uses in an hour of this day, and on which network.
    pub(crate) fn usage(&self, share: Share, hour: Hour) -> (Network, Counters) {
        let key = self.cohort.key.at(TRAFFIC).at_time(hour.0);
        let habits = self.cohort.key.at(HABITS);
        let burst = self.cohort.profile.burst(habits, key, self.day, hour);
        (self.route.network(key, hour), share.of(burst))
    }
}
