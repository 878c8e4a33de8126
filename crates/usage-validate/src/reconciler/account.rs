//! The records of one account and of its SIMs, held against each other.

use std::collections::BTreeMap;

use usage_model::{Granularity, Kind, Lenient, SimSid};

use super::{
    flaw::{About, Flaw, Shown, Unmatched, delta},
    level::{Held, Level, Levels},
};
use crate::{
    config::options::Tolerance,
    findings::{reporter::Reporter, subject::Subject},
    rules::{
        coverage::intervals::Interval,
        reconcile::{
            GRANULARITY_INCOMPLETE, GRANULARITY_MISMATCH, Residual, SIM_SUM_BELOW_ACCOUNT,
            SIM_SUM_EXCEEDS_ACCOUNT, Side, UNMATCHED_PERIOD,
        },
        shares::{Difference, Shares},
    },
};

/// The records of one account and of its SIMs.
#[derive(Debug, Default)]
pub(super) struct AccountSeen {
    own: Levels,
    sims: BTreeMap<Lenient<SimSid>, Levels>,
}

impl AccountSeen {
    /// The records of the account, or of one of its SIMs.
    pub(super) fn levels(&mut self, sim: Option<&Lenient<SimSid>>) -> &mut Levels {
        match sim {
            None => &mut self.own,
            Some(sim) => self.sims.entry(sim.clone()).or_default(),
        }
    }

    /// Holds all records against each other, and reports what does not fit, by SIM, period, rule and place.
    pub(super) fn finish(mut self, tolerance: Tolerance, reporter: &mut Reporter) {
        self.own.complete();
        self.sims.values_mut().for_each(Levels::complete);
        let mut flaws = Vec::new();
        let series = self.sims.iter().map(|(sim, levels)| (Some(sim), levels));
        for (sim, levels) in [(None, &self.own)].into_iter().chain(series) {
            granularities(sim, levels, tolerance, &mut flaws, reporter);
        }
        self.sims_and_account(tolerance, &mut flaws, reporter);
        flaws.sort_by_cached_key(Flaw::order);
        for flaw in flaws {
            let level = self.levels(flaw.sim.as_ref()).at_mut(flaw.granularity);
            let held = level.periods.get_mut(&(flaw.time.start, flaw.time.end));
            if let Some(held) = held {
                let subject = held.kept.subject();
                reporter.report(flaw.graded(), Subject::Record(&subject), || flaw.draft());
                held.kept.found = subject.found.get();
            }
        }
    }

    /// Holds the account against the sum of its SIMs (UR603 to UR605), the finest granularity first.
    fn sims_and_account(
        &self,
        tolerance: Tolerance,
        flaws: &mut Vec<Flaw>,
        reporter: &mut Reporter,
    ) {
        let mut shown = Shown::default();
        for granularity in Granularity::ALL {
            let own = self.own.at(granularity);
            let has_sims = self
                .sims
                .values()
                .any(|levels| !levels.at(granularity).is_empty());
            if own.periods.is_empty() || !has_sims {
                continue;
            }
            let mut unmatched = Unmatched::default();
            for (time, held) in periods(own).filter(|(_, held)| held.is_settled) {
                reporter.evaluated(&UNMATCHED_PERIOD);
                let at = |about| Flaw {
                    sim: None,
                    granularity,
                    time,
                    about,
                };
                let (sums, residual, is_settled) = self.sum(granularity, time);
                let is_unmatched = residual.added == 0 && held.has_usage();
                unmatched.next(is_unmatched.then(|| {
                    at(About::Unmatched {
                        side: Side::Sims,
                        time,
                        periods: 1,
                        is_rounded: !residual.rounded.is_none(),
                    })
                }));
                if is_unmatched || !is_settled {
                    continue;
                }
                for compared in compare(held, &sums, tolerance) {
                    reporter.evaluated_times(&SIM_SUM_EXCEEDS_ACCOUNT, compared.counters);
                    reporter.evaluated(&SIM_SUM_BELOW_ACCOUNT);
                    let mut below = Vec::new();
                    for difference in compared.differences {
                        let by = delta(&difference);
                        let explained = shown.explain(granularity, time, &difference, by);
                        shown.add(granularity, time, &difference);
                        if explained {
                            continue;
                        }
                        if difference.is_more() {
                            below.push(difference);
                        } else {
                            flaws.push(at(About::Exceeds(difference, residual.clone())));
                        }
                    }
                    if !below.is_empty() {
                        flaws.push(at(About::Below(below, residual.clone())));
                    }
                }
            }
            flaws.append(&mut unmatched.flaws);
            for (sim, levels) in &self.sims {
                flaws.extend(self.unmatched_sim(sim, levels, granularity, reporter));
            }
        }
    }

    /// What the SIMs have in a period of the account, and whether all of that is settled.
    fn sum(
        &self,
        granularity: Granularity,
        time: Interval,
    ) -> ([Option<Shares>; 2], Residual, bool) {
        let mut sums = [Some(Shares::default()), Some(Shares::default())];
        let mut residual = Residual::default();
        let mut is_settled = true;
        for (sim, levels) in &self.sims {
            let level = levels.at(granularity);
            if let Some(held) = level.periods.get(&(time.start, time.end)) {
                residual.added += 1;
                is_settled &= held.is_settled;
                for (sum, tree) in sums.iter_mut().zip(&held.trees) {
                    match (sum.as_mut(), tree) {
                        (Some(sum), Some(tree)) => sum.add(tree),
                        _ => *sum = None,
                    }
                }
            } else if level.meets(time) {
                residual.rounded.add(sim);
            } else if !level.is_empty_time(time) {
                residual.unread.add(sim);
            }
        }
        (sums, residual, is_settled)
    }

    /// The periods of a SIM that the account does not have (UR605).
    fn unmatched_sim(
        &self,
        sim: &Lenient<SimSid>,
        levels: &Levels,
        granularity: Granularity,
        reporter: &mut Reporter,
    ) -> Vec<Flaw> {
        let own = self.own.at(granularity);
        let mut unmatched = Unmatched::default();
        for (time, held) in periods(levels.at(granularity)).filter(|(_, held)| held.is_settled) {
            reporter.evaluated(&UNMATCHED_PERIOD);
            let has_own = own.periods.contains_key(&(time.start, time.end));
            let flaw = (!has_own && held.has_usage()).then(|| Flaw {
                sim: Some(sim.clone()),
                granularity,
                time,
                about: About::Unmatched {
                    side: Side::Account,
                    time,
                    periods: 1,
                    is_rounded: own.meets(time),
                },
            });
            unmatched.next(flaw);
        }
        unmatched.flaws
    }
}

fn periods(level: &Level) -> impl Iterator<Item = (Interval, &Held)> {
    let periods = level.periods.iter();
    periods.map(|((start, end), held)| (Interval::new(*start, *end), held))
}

/// A tree of a record, held against what it should be.
struct Compared {
    /// How many counters were compared.
    counters: u64,
    /// Those among them that are not what is expected.
    differences: Vec<Difference>,
}

/// Holds the trees of a record against what is expected; a tree with an unknown unit is left out.
fn compare(
    held: &Held,
    expected: &[Option<Shares>; 2],
    tolerance: Tolerance,
) -> impl Iterator<Item = Compared> {
    let trees = Kind::ALL.into_iter().zip(held.trees.iter().zip(expected));
    trees.filter_map(move |(kind, (actual, expected))| {
        let (actual, expected) = (actual.as_ref()?, expected.as_ref()?);
        Some(Compared {
            counters: actual.counters(expected),
            differences: actual.differences(expected, kind, tolerance.of(kind)),
        })
    })
}

/// Holds the granularities of one account or SIM against each other (UR601, UR602, UR605), the finest first.
fn granularities(
    sim: Option<&Lenient<SimSid>>,
    levels: &Levels,
    tolerance: Tolerance,
    flaws: &mut Vec<Flaw>,
    reporter: &mut Reporter,
) {
    let mut shown = Shown::default();
    for granularity in Granularity::ALL {
        let level = levels.at(granularity);
        let at = |time, about| Flaw {
            sim: sim.cloned(),
            granularity,
            time,
            about,
        };
        let covered = levels.coarser(granularity);
        let finer = levels.finer(granularity);
        let [mut above, mut below] = [Unmatched::default(), Unmatched::default()];
        let unmatched = |time, side| {
            at(
                time,
                About::Unmatched {
                    side,
                    time,
                    periods: 1,
                    is_rounded: false,
                },
            )
        };
        for (time, held) in periods(level).filter(|(_, held)| held.is_settled) {
            if let Some(covered) = &covered {
                reporter.evaluated(&UNMATCHED_PERIOD);
                let is_unmatched = !covered.meets(time) && held.has_usage();
                above.next(is_unmatched.then(|| unmatched(time, Side::Coarser)));
            }
            let Some(finer) = finer else { continue };
            reporter.evaluated(&UNMATCHED_PERIOD);
            let tiling = levels.tile(granularity, time);
            let is_unmatched = tiling.is_none() && held.has_usage();
            below.next(is_unmatched.then(|| unmatched(time, Side::Finer(finer))));
            let Some(tiling) = tiling.filter(|tiling| tiling.is_settled) else {
                continue;
            };
            reporter.evaluated(&GRANULARITY_INCOMPLETE);
            let compared: Vec<_> = compare(held, &tiling.sums, tolerance).collect();
            let counters = compared.iter().map(|compared| compared.counters).sum();
            let mut all = compared
                .into_iter()
                .flat_map(|compared| compared.differences);
            if let Some(gap) = tiling.gaps.first() {
                let more = all.find(|difference| !difference.is_more());
                flaws.push(at(
                    time,
                    About::Incomplete {
                        gap: gap.clone(),
                        gaps: tiling.gaps.len(),
                        granularity: tiling.granularity,
                        more,
                    },
                ));
                continue;
            }
            reporter.evaluated_times(&GRANULARITY_MISMATCH, counters);
            for difference in all {
                // A wrong day is neither the sum of its hours, nor do the days add up to the whole: it is told once.
                let by = delta(&difference).saturating_neg();
                let explained = shown.explain(granularity, time, &difference, by);
                shown.add(granularity, time, &difference);
                if !explained {
                    flaws.push(at(
                        time,
                        About::Mismatch {
                            difference,
                            fine: tiling.count,
                            granularity: tiling.granularity,
                        },
                    ));
                }
            }
        }
        flaws.append(&mut above.flaws);
        flaws.append(&mut below.flaws);
    }
}
