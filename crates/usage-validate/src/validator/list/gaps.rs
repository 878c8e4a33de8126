//! The gaps of a list that nothing explains.

use std::collections::BTreeMap;

use usage_model::Lenient;

use super::{
    List,
    late::{Late, LateAbout},
};
use crate::{
    rules::coverage::{missing, shifts},
    validator::unplaced::OpenGap,
};

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
                let wanted = missing(gap.length(), bucket);
                let open = OpenGap {
                    series: number,
                    time: gap,
                    is_newest_first,
                };
                let others = wanted.saturating_sub(unplaced.beside(open));
                if others <= self.unplaced.beside(open) {
                    self.unplaced.take(open, others);
                    unplaced.take(open, wanted);
                    continue;
                }
                let about = LateAbout::Gap(gap, bucket);
                late.push(Late { record, about });
            }
        }
        late
    }
}
