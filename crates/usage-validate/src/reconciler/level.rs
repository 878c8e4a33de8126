//! The records of one account or SIM at one granularity.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use usage_model::{Granularity, UsageRecord, Window, is_settled};

use crate::{
    findings::kept::Kept,
    rules::{
        coverage::intervals::{Interval, Intervals},
        reconcile::Gap,
        shares::Shares,
    },
};

/// The records of one account or SIM, by granularity: hours, days, longer periods.
#[derive(Debug, Default)]
pub(super) struct Levels([Level; Granularity::ALL.len()]);

/// The records of one granularity.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// By start and end.
    pub(super) periods: BTreeMap<(DateTime<Utc>, DateTime<Utc>), Held>,
    /// Times that were read in full: what has no record there had no usage.
    read: Option<Intervals<()>>,
}

/// A record that is held against others.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) kept: Kept,
    fetched_at: DateTime<Utc>,
    /// Whether the period had ended 48 hours before it was fetched.
    pub(super) is_settled: bool,
    /// Commands and data; `None` for a tree with an unknown unit.
    pub(super) trees: [Option<Shares>; 2],
    /// Of this period and those of its level that start before it, the one that ends last.
    reaching: Interval,
}

/// What finer periods say of a longer one.
#[derive(Debug)]
pub(super) struct Tiling {
    pub(super) granularity: Granularity,
    /// Finer periods that were added up.
    pub(super) count: usize,
    /// Whether all of them are settled.
    pub(super) is_settled: bool,
    /// What they add up to; `None` for a tree with an unknown unit.
    pub(super) sums: [Option<Shares>; 2],
    /// What keeps them from making up the longer period exactly.
    pub(super) gaps: Vec<Gap>,
}

impl Levels {
    pub(super) const fn at(&self, granularity: Granularity) -> &Level {
        let [hourly, daily, all] = &self.0;
        match granularity {
            Granularity::Hourly => hourly,
            Granularity::Daily => daily,
            Granularity::All => all,
        }
    }

    pub(super) const fn at_mut(&mut self, granularity: Granularity) -> &mut Level {
        let [hourly, daily, all] = &mut self.0;
        match granularity {
            Granularity::Hourly => hourly,
            Granularity::Daily => daily,
            Granularity::All => all,
        }
    }

    /// Takes note that all records are there.
    pub(super) fn complete(&mut self) {
        self.0.iter_mut().for_each(Level::note_reach);
    }

    /// What finer periods say of a longer one: the longest that make it up exactly, or else the longest there are.
    pub(super) fn tile(&self, granularity: Granularity, time: Interval) -> Option<Tiling> {
        let finer: &[_] = match granularity {
            Granularity::Hourly => &[],
            Granularity::Daily => &[Granularity::Hourly],
            Granularity::All => &[Granularity::Daily, Granularity::Hourly],
        };
        let mut tilings: Vec<_> = finer
            .iter()
            .filter_map(|finer| self.at(*finer).tile(*finer, time))
            .collect();
        let exact = tilings.iter().position(|tiling| tiling.gaps.is_empty());
        (!tilings.is_empty()).then(|| tilings.swap_remove(exact.unwrap_or_default()))
    }

    /// The times that coarser periods than those of a granularity cover; `None` where there are none.
    pub(super) fn coarser(&self, granularity: Granularity) -> Option<Intervals<()>> {
        let coarser = Granularity::ALL
            .into_iter()
            .filter(|other| *other > granularity);
        let mut times = coarser
            .flat_map(|coarser| self.at(coarser).periods.keys())
            .map(|(start, end)| Interval::new(*start, *end));
        let mut covered = Intervals::new(times.next()?);
        for time in times {
            covered.add(time, || ());
        }
        Some(covered)
    }

    /// Whether there are finer periods than those of a granularity, or times of them that were read in full.
    pub(super) fn finer(&self, granularity: Granularity) -> Option<Granularity> {
        let mut finer = Granularity::ALL
            .into_iter()
            .rev()
            .filter(|other| *other < granularity);
        finer.find(|finer| !self.at(*finer).is_empty())
    }
}

impl Level {
    /// Whether nothing is known at this granularity.
    pub(super) fn is_empty(&self) -> bool {
        self.periods.is_empty() && self.read.is_none()
    }

    /// Takes note that a time was read in full.
    pub(super) fn read_in_full(&mut self, window: Window) {
        let time = Interval::new(window.start(), window.end());
        match &mut self.read {
            Some(read) => read.add(time, || ()),
            read => *read = Some(Intervals::new(time)),
        }
    }

    /// Whether a time without a record is known to have had no usage.
    pub(super) fn is_empty_time(&self, time: Interval) -> bool {
        self.read.as_ref().is_some_and(|read| {
            read.span.start <= time.start
                && time.end <= read.span.end
                && read.gaps_in(time).next().is_none()
        })
    }

    /// Adds a record. Of two records for one period the one counts that was fetched later; of two that were fetched
    /// together the one with higher figures, so that it does not matter which of them comes first.
    pub(super) fn add(&mut self, time: Interval, held: Held) {
        let place = self.periods.entry((time.start, time.end));
        place
            .and_modify(|known| {
                let [old, new] = [&*known, &held].map(|held| (held.fetched_at, &held.trees));
                if old < new {
                    *known = Held {
                        kept: held.kept.clone(),
                        trees: held.trees.clone(),
                        ..held
                    };
                }
            })
            .or_insert(held);
    }

    /// Takes note, once all records are there, of how far periods reach beyond those that start after them.
    fn note_reach(&mut self) {
        let mut furthest: Option<Interval> = None;
        for held in self.periods.values_mut() {
            // Until now that is the period itself.
            let own = held.reaching;
            let reaching = furthest.filter(|furthest| furthest.end > own.end);
            held.reaching = *furthest.insert(reaching.unwrap_or(own));
        }
    }

    /// Of the periods that start before an instant, the one that ends last.
    fn reaching(&self, before: DateTime<Utc>) -> Option<Interval> {
        let mut earlier = self.periods.range(..(before, DateTime::<Utc>::MIN_UTC));
        earlier.next_back().map(|(_, held)| held.reaching)
    }

    /// Whether a record shares a part of a time.
    pub(super) fn meets(&self, time: Interval) -> bool {
        let reaching = self.reaching(time.end);
        reaching.is_some_and(|reaching| reaching.end > time.start)
    }

    fn tile(&self, granularity: Granularity, time: Interval) -> Option<Tiling> {
        let first = (time.start, DateTime::<Utc>::MIN_UTC);
        let mut tiling = Tiling {
            granularity,
            count: 0,
            is_settled: true,
            sums: [Some(Shares::default()), Some(Shares::default())],
            gaps: Vec::new(),
        };
        let mut reached = time.start;
        let mut is_touched = false;
        if let Some(earlier) = self.reaching(time.start)
            && earlier.end > time.start
        {
            tiling.gaps.push(Gap::Overlap(earlier.start));
            reached = earlier.end;
            is_touched = true;
        }
        for ((start, end), held) in self.periods.range(first..) {
            if *start >= time.end {
                break;
            }
            is_touched = true;
            if reached < *start {
                self.gap(Interval::new(reached, *start), &mut tiling);
            }
            tiling.is_settled &= held.is_settled;
            if *start < reached || *end > time.end {
                tiling.gaps.push(Gap::Overlap(*start));
            } else {
                tiling.add(held);
            }
            reached = reached.max(*end);
        }
        if reached < time.end {
            self.gap(Interval::new(reached, time.end), &mut tiling);
        }
        (is_touched || self.is_empty_time(time)).then_some(tiling)
    }

    fn gap(&self, time: Interval, tiling: &mut Tiling) {
        if !self.is_empty_time(time) {
            tiling.gaps.push(Gap::Missing(time));
        }
    }
}

impl Tiling {
    fn add(&mut self, held: &Held) {
        self.count += 1;
        for (sum, tree) in self.sums.iter_mut().zip(&held.trees) {
            match (sum.as_mut(), tree) {
                (Some(sum), Some(tree)) => sum.add(tree),
                _ => *sum = None,
            }
        }
    }
}

impl Held {
    pub(super) fn new(
        record: &UsageRecord,
        time: Interval,
        fetched_at: DateTime<Utc>,
        mut kept: Kept,
    ) -> Self {
        let is_settled = is_settled(time.end, fetched_at);
        kept.provisional = !is_settled;
        Self {
            kept,
            fetched_at,
            is_settled,
            trees: [Shares::of(&record.commands), Shares::of(&record.data)],
            reaching: time,
        }
    }

    /// Whether any figure is known not to be 0.
    pub(super) fn has_usage(&self) -> bool {
        !self.trees.iter().flatten().all(Shares::is_zero)
    }
}
