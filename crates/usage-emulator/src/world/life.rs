//! When a SIM joins and leaves the account, and whether it behaves unusually.

use std::collections::BTreeMap;

use usage_model::named;

use super::{
    cohort::{Cohort, Share},
    hash::Key,
    hour::Day,
};

/// The most SIMs of each kind of anomaly: their figures leave the counters of the largest fleet in range.
pub(crate) const MAX_ANOMALIES: u32 = 1000;

/// By how much a SIM that is far above its own past uses more data.
const SURGE: u64 = 100;

/// A way in which a SIM behaves that somebody who watches a fleet would want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Anomaly {
    /// `unused`: active, and never used.
    Unused,
    /// `silent`: active and used, until it fell silent 10 to 20 days before the start.
    Silent,
    /// `surging`: a hundred times the data of its past, since 3 to 5 days before the start.
    Surging,
}

named!(pub Anomaly, "an anomaly of a SIM", {
    Unused: "unused",
    Silent: "silent",
    Surging: "surging",
});

/// How the SIMs of a fleet come, go and misbehave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FleetPlan {
    /// The day that the emulator starts on.
    pub(crate) today: Day,
    /// How many SIMs in a hundred join or leave within 18 months before that day or 24 after it.
    pub(crate) turnover: u8,
    /// How many SIMs there are of each anomaly.
    pub(crate) anomalies: u32,
}

/// The draws of a SIM's life.
const MOVES: u64 = 1;
const JOINED: u64 = 2;
const STAYS: u64 = 3;
const STAY: u64 = 4;
const SINCE: u64 = 5;
const RANK: u64 = 6;

/// When a SIM joins and leaves the account, and how it behaves unusually.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Life {
    /// The day of its first usage; `None` if it has always been there.
    pub(crate) joined: Option<Day>,
    /// The day that it is gone; `None` if it stays.
    pub(crate) left: Option<Day>,
    /// How it behaves, and since when.
    anomaly: Option<(Anomaly, Day)>,
}

impl Life {
    /// The life of a SIM; an unusual one is always there.
    pub(super) fn new(key: Key, plan: FleetPlan, anomaly: Option<Anomaly>) -> Self {
        let draw = |purpose, low, high| key.at(purpose).between(low, high).cast_signed();
        let today = plan.today.0;
        if let Some(anomaly) = anomaly {
            let since = match anomaly {
                Anomaly::Unused => Day::FIRST,
                Anomaly::Silent => Day(today - draw(SINCE, 10, 20)),
                Anomaly::Surging => Day(today - draw(SINCE, 3, 5)),
            };
            return Self {
                anomaly: Some((anomaly, since)),
                ..Self::default()
            };
        }
        if key.at(MOVES).below(100) >= u64::from(plan.turnover) {
            return Self::default();
        }
        let joined = today - 540 + draw(JOINED, 0, 1260);
        let left = joined + draw(STAY, 60, 420);
        match key.at(STAYS).below(3) {
            0 => Self {
                joined: Some(Day(joined)),
                ..Self::default()
            },
            1 => Self {
                left: Some(Day(joined)),
                ..Self::default()
            },
            _ => Self {
                joined: Some(Day(joined)),
                left: Some(Day(left)),
                ..Self::default()
            },
        }
    }

    /// Returns since which day the SIM has which share of its cohort, `share` being the usual one.
    pub(super) fn shares(self, share: Share) -> impl Iterator<Item = (Day, Share)> {
        let first = self.joined.unwrap_or(Day::FIRST);
        let usual = match self.anomaly {
            Some((Anomaly::Unused, _)) => None,
            _ => Some((first, share)),
        };
        let changed = match self.anomaly {
            Some((Anomaly::Silent, since)) => Some((since, Share::default())),
            Some((Anomaly::Surging, since)) => Some((since, share.surging(SURGE))),
            Some((Anomaly::Unused, _)) | None => None,
        };
        let left = self.left.map(|left| (left, Share::default()));
        [usual, changed, left].into_iter().flatten()
    }
}

/// Chooses the SIMs that behave unusually, from those whose usual behaviour is steady.
///
/// Of each anomaly there are as many as the plan says, or as many as there are SIMs fit for it.
pub(super) fn unusual(
    key: Key,
    plan: FleetPlan,
    members: impl Iterator<Item = (u32, Cohort)>,
) -> BTreeMap<u32, Anomaly> {
    let mut unusual = BTreeMap::new();
    if plan.anomalies == 0 {
        return unusual;
    }
    let rank = |index: u32| key.at(RANK).at(u64::from(index)).number();
    let mut steady: Vec<(u32, Cohort)> = members
        .filter(|(_, cohort)| !cohort.is_seasonal())
        .collect();
    steady.sort_unstable_by_key(|(index, _)| rank(*index));
    // The choice for surges is the smallest, so that they come first.
    for anomaly in [Anomaly::Surging, Anomaly::Silent, Anomaly::Unused] {
        let mut missing = plan.anomalies;
        for (index, cohort) in &steady {
            let fits = anomaly != Anomaly::Surging || cohort.is_busy_every_day();
            if missing > 0 && fits && !unusual.contains_key(index) {
                unusual.insert(*index, anomaly);
                missing -= 1;
            }
        }
    }
    unusual
}
