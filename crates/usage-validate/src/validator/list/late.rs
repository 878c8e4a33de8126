//! What is only known of records once all of them came: the gaps that nothing explains.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use usage_model::Lenient;

use super::List;
use crate::{
    findings::kept::Kept,
    rules::{
        catalogue::rule::Rule,
        coverage::{GAP, intervals::Interval, missing, shifts},
        overall::AboutRecord,
    },
    validator::unplaced::OpenGap,
};

/// A finding about a record that is only known at the end.
pub(super) struct Late {
    pub(super) record: Kept,
    pub(super) about: LateAbout,
}

pub(super) enum LateAbout {
    Gap(Interval, TimeDelta),
    Overall(AboutRecord),
}

impl List {
    /// The gaps that nothing explains: no record that was moved, and none without a place in time next to them.
    pub(super) fn gaps(&mut self) -> Vec<Late> {
        let mut late = Vec::new();
        let mut all: Vec<_> = std::mem::take(&mut self.series)
            .into_iter()
            .map(Some)
            .collect();
        // In the order of accounts and SIMs, so that it does not matter which of them came first.
        let named: BTreeMap<u32, _> = self
            .accounts
            .iter()
            .map(|(sid, number)| (*number, sid))
            .collect();
        let mut order: Vec<_> = self.index.iter().collect();
        order.sort_by_key(|(key, _)| {
            let account = key.account.and_then(|number| named.get(&number));
            (
                account.map(|sid| sid.as_str()),
                key.sim.as_ref().map(Lenient::as_str),
            )
        });
        for (_, &number) in order {
            let at = usize::try_from(number).unwrap_or(usize::MAX);
            let Some(mut series) = all.get_mut(at).and_then(Option::take) else {
                continue;
            };
            let bucket = series.bucket(&self.settings);
            if let Some(window) = &mut self.overall.window {
                window.note_bucket(bucket);
            }
            let is_newest_first = series.is_newest_first();
            let mut unplaced = std::mem::take(&mut series.unplaced);
            for (gap, record) in series.into_gaps() {
                let own = record.bounds().map(|(start, end)| end - start);
                let bucket = bucket.or(own).unwrap_or_default();
                let is_shift = shifts(gap, bucket).into_iter().any(|records| {
                    records
                        .into_iter()
                        .all(|time| self.memory.find(number, time).is_some())
                });
                if is_shift {
                    continue;
                }
                let wanted = missing(gap.end - gap.start, bucket);
                let open = OpenGap {
                    series: number,
                    time: gap,
                    is_newest_first,
                };
                let others = wanted.saturating_sub(unplaced.beside(open));
                if others <= self.unplaced.beside(open) {
                    self.unplaced.take(open, others);
                    unplaced.take(open, wanted - others);
                    continue;
                }
                let about = LateAbout::Gap(gap, bucket);
                late.push(Late { record, about });
            }
        }
        late
    }
}

impl Late {
    pub(super) const fn rule(&self) -> &'static Rule {
        match &self.about {
            LateAbout::Gap(..) => &GAP,
            LateAbout::Overall(about) => about.rule(),
        }
    }

    pub(super) fn order(&self) -> impl Ord + '_ {
        let within = match &self.about {
            LateAbout::Gap(gap, _) => (0, Some(gap.start)),
            LateAbout::Overall(AboutRecord::Votes(index)) => (*index, None),
            LateAbout::Overall(AboutRecord::Account(_)) => (0, None),
        };
        (self.record.order(), self.rule().code, within)
    }
}
