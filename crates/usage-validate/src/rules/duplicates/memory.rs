//! The records whose figures are remembered.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};

use super::figures::{FiguresDigest, TopFigures};
use crate::{findings::kept::Source, rules::coverage::intervals::Interval};

/// Records whose figures are remembered, over all series, to tell whether a second one agrees.
///
/// More than all hourly records of a SIM within retention, which are at most 13 200; 2.5 MiB.
pub(crate) const MOST_REMEMBERED: usize = 1 << 14;

/// The records whose figures are remembered; the last ones, where there are too many.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    records: VecDeque<Remembered>,
    /// The inputs that those are from, each with the number of its first record.
    sources: VecDeque<(u64, Source)>,
    /// Records that came before the first of those.
    lost: u64,
    /// Where a record is by its series and period. Records that nobody asked for are not in it: those of a list in
    /// order never are.
    index: BTreeMap<Key, u64>,
    /// Records that are in the index, or were lost.
    indexed: u64,
}

type Key = (u32, DateTime<Utc>, DateTime<Utc>);

/// A record whose figures are remembered.
#[derive(Debug)]
pub(crate) struct Remembered {
    pub(crate) series: u32,
    pub(crate) time: Interval,
    pub(crate) figures: FiguresDigest,
    /// What counts in totals: the figures of the last record for the period.
    pub(crate) counted: TopFigures,
    /// The record's number in its input.
    pub(crate) record: u64,
}

impl Remembered {
    const fn key(&self) -> Key {
        (self.series, self.time.start, self.time.end)
    }
}

impl Memory {
    /// Whether records are no longer remembered that once were.
    pub(crate) const fn has_lost(&self) -> bool {
        self.lost > 0
    }

    /// Remembers a record of an input, and gives up the first one where there are too many.
    pub(crate) fn push(&mut self, record: Remembered, source: &Source) {
        if self.records.len() >= MOST_REMEMBERED
            && let Some(first) = self.records.pop_front()
        {
            if self.index.get(&first.key()) == Some(&self.lost) {
                self.index.remove(&first.key());
            }
            self.lost += 1;
            self.indexed = self.indexed.max(self.lost);
            let next = self.sources.get(1);
            if next.is_some_and(|(start, _)| *start == self.lost) {
                self.sources.pop_front();
            }
        }
        let last = self.sources.back();
        if last.is_none_or(|(_, last)| last != source) {
            let number = self.lost + u64::try_from(self.records.len()).unwrap_or_default();
            self.sources.push_back((number, source.clone()));
        }
        self.records.push_back(record);
    }

    /// The record of a series for exactly this time, and the input that it is from.
    pub(crate) fn find(
        &mut self,
        series: u32,
        time: Interval,
    ) -> Option<(&mut Remembered, &Source)> {
        let known = usize::try_from(self.indexed - self.lost).unwrap_or(usize::MAX);
        for record in self.records.iter().skip(known) {
            self.index.insert(record.key(), self.indexed);
            self.indexed += 1;
        }
        let number = *self.index.get(&(series, time.start, time.end))?;
        let after = self.sources.partition_point(|(start, _)| *start <= number);
        let (_, source) = self.sources.get(after.checked_sub(1)?)?;
        let at = usize::try_from(number - self.lost).ok()?;
        Some((self.records.get_mut(at)?, source))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn hour(number: i64) -> Interval {
        let at = |hour: i64| DateTime::from_timestamp(hour * 3600, 0).unwrap();
        Interval::new(at(number), at(number + 1))
    }

    fn record(series: u32, number: i64, record: u64) -> Remembered {
        Remembered {
            series,
            time: hour(number),
            figures: FiguresDigest::default(),
            counted: TopFigures::default(),
            record,
        }
    }

    fn remembering(hours: impl IntoIterator<Item = (u32, i64)>) -> Memory {
        let mut memory = Memory::default();
        for (place, (series, number)) in (0..).zip(hours) {
            memory.push(record(series, number, place), &None);
        }
        memory
    }

    #[test]
    fn a_record_is_found_by_its_series_and_time() {
        let mut memory = remembering([(0, 5), (0, 1), (1, 5), (0, 3)]);
        let mut found = |series, number| {
            memory
                .find(series, hour(number))
                .map(|(record, _)| record.record)
        };
        assert_eq!(found(0, 5), Some(0));
        assert_eq!(found(1, 5), Some(2));
        assert_eq!(found(0, 3), Some(3));
        assert_eq!([found(1, 1), found(0, 2), found(2, 5)], [None; 3]);
        let longer = Interval::new(hour(1).start, hour(2).end);
        assert!(memory.find(0, longer).is_none());
        memory.push(record(7, 9, 9), &None);
        let found = memory.find(7, hour(9));
        assert_eq!(found.map(|(record, _)| record.record), Some(9));
    }

    #[test]
    fn the_first_ones_are_given_up() {
        let most = i64::try_from(MOST_REMEMBERED).unwrap();
        for asks_early in [false, true] {
            let mut memory = remembering((0..most).map(|number| (0, number)));
            assert!(!memory.has_lost());
            assert_eq!(memory.find(0, hour(0)).is_some() && asks_early, asks_early);
            for more in 0..3 {
                memory.push(record(0, most + more, 0), &None);
            }
            assert!(memory.has_lost());
            assert_eq!(memory.records.len(), MOST_REMEMBERED);
            assert!(memory.find(0, hour(2)).is_none());
            assert!(memory.find(0, hour(3)).is_some());
            assert!(memory.find(0, hour(most + 2)).is_some());
            assert_eq!(memory.index.len(), MOST_REMEMBERED);
        }
        // Without being asked in between, nothing is in the index that was lost.
        let mut memory = remembering((0..most + 5).map(|number| (0, number)));
        assert!(memory.find(0, hour(4)).is_none());
        assert!(memory.find(0, hour(5)).is_some());
        assert_eq!(memory.index.len(), MOST_REMEMBERED);
    }

    #[test]
    fn a_record_is_known_with_the_input_that_it_is_from() {
        let most = i64::try_from(MOST_REMEMBERED).unwrap();
        let names = [None, Some(Arc::from("one")), Some(Arc::from("two"))];
        let mut memory = Memory::default();
        let mut number = 0;
        for (source, records) in names.iter().zip([10, 5, most - 12]) {
            for _ in 0..records {
                memory.push(record(0, number, 0), source);
                number += 1;
            }
        }
        let mut source = |number| {
            memory
                .find(0, hour(number))
                .map(|(_, source)| source.clone())
        };
        assert_eq!(source(2), None, "it was given up");
        for (number, name) in [(3, 0), (9, 0), (10, 1), (14, 1), (15, 2), (most + 2, 2)] {
            assert_eq!(source(number).as_ref(), Some(&names[name]), "{number}");
        }
        for more in 0..most {
            memory.push(record(0, number + more, 0), &names[0]);
        }
        assert_eq!(memory.sources.len(), 1);
    }
}
