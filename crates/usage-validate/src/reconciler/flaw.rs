//! What does not fit, until it is reported in order.

use std::collections::BTreeMap;

use usage_model::{Counter, Granularity, Kind, Lenient, SimSid};

use crate::{
    config::severity::Severity,
    findings::draft::Draft,
    rules::{
        catalogue::rule::{Graded, Rule},
        coverage::intervals::Interval,
        reconcile::{
            self, GRANULARITY_INCOMPLETE, GRANULARITY_MISMATCH, Gap, Residual,
            SIM_SUM_BELOW_ACCOUNT, SIM_SUM_EXCEEDS_ACCOUNT, Side, UNMATCHED_PERIOD,
        },
        shares::{Difference, Network},
    },
};

/// What is found of a record.
#[derive(Debug)]
pub(super) struct Flaw {
    /// Whose record it is, at which granularity and of which time.
    pub(super) sim: Option<Lenient<SimSid>>,
    pub(super) granularity: Granularity,
    pub(super) time: Interval,
    pub(super) about: About,
}

#[derive(Debug)]
pub(super) enum About {
    Mismatch {
        difference: Difference,
        fine: usize,
        granularity: Granularity,
    },
    Incomplete {
        gap: Gap,
        gaps: usize,
        granularity: Granularity,
        more: Option<Difference>,
    },
    Exceeds(Difference, Residual),
    Below(Vec<Difference>, Residual),
    Unmatched {
        side: Side,
        time: Interval,
        periods: u64,
        is_rounded: bool,
    },
}

/// Which counter a difference is in.
type CounterId = (Kind, Network, Counter);

/// Differences that were seen, by granularity and by the counter that they are in.
#[derive(Default)]
pub(super) struct Shown(BTreeMap<Granularity, BTreeMap<CounterId, Vec<(Interval, i128)>>>);

impl Shown {
    pub(super) fn add(
        &mut self,
        granularity: Granularity,
        time: Interval,
        difference: &Difference,
    ) {
        let level = self.0.entry(granularity).or_default();
        let seen = level.entry(counter_id(difference)).or_default();
        seen.push((time, delta(difference)));
    }

    /// Whether the shorter periods of some granularity are off by exactly so much, within a time and all together: the
    /// smallest period that shows a difference is the one that is named.
    pub(super) fn explain(
        &self,
        granularity: Granularity,
        time: Interval,
        difference: &Difference,
        by: i128,
    ) -> bool {
        let counter_id = counter_id(difference);
        let finer = self.0.range(..granularity);
        finer
            .filter_map(|(_, level)| level.get(&counter_id))
            .any(|seen| {
                let within = seen
                    .iter()
                    .filter(|(shorter, _)| time.start <= shorter.start && shorter.end <= time.end);
                within.fold(0_i128, |sum, (_, delta)| sum.saturating_add(*delta)) == by
            })
    }
}

fn counter_id(difference: &Difference) -> CounterId {
    (
        difference.kind,
        difference.network.clone(),
        difference.counter,
    )
}

/// By how much a figure is more than expected.
pub(super) fn delta(difference: &Difference) -> i128 {
    0_i128
        .saturating_add_unsigned(difference.actual)
        .saturating_sub_unsigned(difference.expected)
}

/// Periods without a counterpart, those in a row together.
#[derive(Default)]
pub(super) struct Unmatched {
    pub(super) flaws: Vec<Flaw>,
    is_in_row: bool,
}

impl Unmatched {
    /// Takes note of the next period of a record, in order; `flaw` is `None` where it has its counterpart.
    pub(super) fn next(&mut self, flaw: Option<Flaw>) {
        let Some(flaw) = flaw else {
            self.is_in_row = false;
            return;
        };
        if let (
            true,
            Some(Flaw {
                about:
                    About::Unmatched {
                        side,
                        time,
                        periods,
                        is_rounded,
                    },
                ..
            }),
            About::Unmatched {
                side: other,
                is_rounded: also,
                ..
            },
        ) = (self.is_in_row, self.flaws.last_mut(), &flaw.about)
            && side == other
            && is_rounded == also
        {
            *time = time.hull(flaw.time);
            *periods += 1;
        } else {
            self.flaws.push(flaw);
            self.is_in_row = true;
        }
    }
}

impl Flaw {
    pub(super) fn graded(&self) -> Graded {
        let rule: &'static Rule = match &self.about {
            About::Mismatch { .. } => &GRANULARITY_MISMATCH,
            About::Incomplete { more: Some(_), .. } => {
                return GRANULARITY_INCOMPLETE.as_severity(Severity::Error);
            }
            About::Incomplete { .. } => &GRANULARITY_INCOMPLETE,
            About::Exceeds(..) => &SIM_SUM_EXCEEDS_ACCOUNT,
            About::Below(..) => &SIM_SUM_BELOW_ACCOUNT,
            About::Unmatched { .. } => &UNMATCHED_PERIOD,
        };
        rule.into()
    }

    pub(super) fn draft(&self) -> Draft {
        match &self.about {
            About::Mismatch {
                difference,
                fine,
                granularity,
            } => reconcile::mismatch(difference, *fine, *granularity),
            About::Incomplete {
                gap,
                gaps,
                granularity,
                more,
            } => reconcile::incomplete(gap, *gaps, *granularity, more.as_ref()),
            About::Exceeds(difference, residual) => reconcile::exceeds(difference, residual),
            About::Below(differences, residual) => {
                reconcile::below(differences, residual).unwrap_or_default()
            }
            About::Unmatched {
                side,
                time,
                periods,
                is_rounded,
            } => reconcile::unmatched(*side, *time, *periods, *is_rounded),
        }
    }

    pub(super) fn order(&self) -> impl Ord + use<> {
        let counter = match &self.about {
            About::Mismatch { difference, .. } | About::Exceeds(difference, _) => {
                Some(counter_id(difference))
            }
            About::Below(differences, _) => differences.first().map(counter_id),
            About::Incomplete { .. } | About::Unmatched { .. } => None,
        };
        (
            self.sim.as_ref().map(|sim| sim.as_str().to_owned()),
            self.time.start,
            self.time.end,
            self.graded().rule.code,
            counter,
        )
    }
}
