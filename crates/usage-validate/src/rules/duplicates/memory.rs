//! The records whose figures are remembered.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};

use super::figures::{Figures, TopFigures};
use crate::{findings::kept::Source, rules::coverage::intervals::Interval};

/// Records whose figures are remembered, over all series, to tell whether a second one agrees.
///
/// All hourly records within retention, which are at most 13 200, twice over.
pub(crate) const MOST_REMEMBERED: usize = 1 << 15;

/// The records whose figures are remembered; the last ones, where there are too many.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    records: VecDeque<Remembered>,
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
    pub(crate) figures: Figures,
    /// What counts in totals: the figures of the last record for the period.
    pub(crate) counted: TopFigures,
    /// The record's number in its input.
    pub(crate) record: u64,
    pub(crate) source: Source,
}

impl Remembered {
    const fn key(&self) -> Key {
        (self.series, self.time.start, self.time.end)
    }

    /// The record in words.
    pub(crate) fn name(&self) -> String {
        match &self.source {
            Some(source) => format!("record {} of {source}", self.record),
            None => format!("record {}", self.record),
        }
    }
}

impl Memory {
    /// Whether records are no longer remembered that once were.
    pub(crate) const fn has_lost(&self) -> bool {
        self.lost > 0
    }

    /// Remembers a record, and gives up the first one where there are too many.
    pub(crate) fn push(&mut self, record: Remembered) {
        if self.records.len() >= MOST_REMEMBERED
            && let Some(first) = self.records.pop_front()
        {
            if self.index.get(&first.key()) == Some(&self.lost) {
                self.index.remove(&first.key());
            }
            self.lost += 1;
            self.indexed = self.indexed.max(self.lost);
        }
        self.records.push_back(record);
    }

    /// The record of a series for exactly this time.
    pub(crate) fn find(&mut self, series: u32, time: Interval) -> Option<&mut Remembered> {
        let known = usize::try_from(self.indexed - self.lost).unwrap_or(usize::MAX);
        for record in self.records.iter().skip(known) {
            self.index.insert(record.key(), self.indexed);
            self.indexed += 1;
        }
        let number = self.index.get(&(series, time.start, time.end))?;
        let at = usize::try_from(number - self.lost).ok()?;
        self.records.get_mut(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(number: i64) -> Interval {
        let at = |hour: i64| DateTime::from_timestamp(hour * 3600, 0).unwrap();
        Interval::new(at(number), at(number + 1))
    }

    fn remembering(hours: impl IntoIterator<Item = (u32, i64)>) -> Memory {
        let mut memory = Memory::default();
        for (record, (series, number)) in (0..).zip(hours) {
            memory.push(Remembered {
                series,
                time: hour(number),
                figures: Figures::default(),
                counted: TopFigures::default(),
                record,
                source: None,
            });
        }
        memory
    }

    #[test]
    fn a_record_is_found_by_its_series_and_time() {
        let mut memory = remembering([(0, 5), (0, 1), (1, 5), (0, 3)]);
        let mut found = |series, number| {
            memory
                .find(series, hour(number))
                .map(|record| record.record)
        };
        assert_eq!(found(0, 5), Some(0));
        assert_eq!(found(1, 5), Some(2));
        assert_eq!(found(0, 3), Some(3));
        assert_eq!([found(1, 1), found(0, 2), found(2, 5)], [None; 3]);
        let longer = Interval::new(hour(1).start, hour(2).end);
        assert!(memory.find(0, longer).is_none());
        memory.push(Remembered {
            series: 7,
            time: hour(9),
            figures: Figures::default(),
            counted: TopFigures::default(),
            record: 9,
            source: None,
        });
        assert_eq!(memory.find(7, hour(9)).map(|record| record.record), Some(9));
    }

    #[test]
    fn the_first_ones_are_given_up() {
        let most = i64::try_from(MOST_REMEMBERED).unwrap();
        for asks_early in [false, true] {
            let mut memory = remembering((0..most).map(|number| (0, number)));
            assert!(!memory.has_lost());
            assert_eq!(memory.find(0, hour(0)).is_some() && asks_early, asks_early);
            for more in 0..3 {
                let time = hour(most + more);
                memory.push(Remembered {
                    series: 0,
                    time,
                    figures: Figures::default(),
                    counted: TopFigures::default(),
                    record: 0,
                    source: None,
                });
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
}
