//! The records of one series whose figures are remembered.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::{marks::Marks, voice::Source};

/// Records of one series whose figures are remembered, to tell whether a second one agrees.
///
/// All hourly records within retention, which are at most 13 200.
const MOST_REMEMBERED: usize = 1 << 14;

/// The records of one series whose figures are remembered; the ones met last, where there are too many.
#[derive(Debug)]
pub(super) struct Memory {
    records: VecDeque<Remembered>,
    /// Whether each starts no earlier than the one before it.
    rises: bool,
    /// Whether each starts no later than the one before it.
    falls: bool,
    /// Whether any was given up.
    has_lost: bool,
}

/// A record that is remembered.
#[derive(Debug)]
pub(super) struct Remembered {
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    /// `None` for a record that could not be read.
    pub(super) marks: Option<Marks>,
    /// The record's number in the run.
    pub(super) record: u64,
    pub(super) source: Source,
}

impl Memory {
    pub(super) const fn new() -> Self {
        Self {
            records: VecDeque::new(),
            rises: true,
            falls: true,
            has_lost: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether records are no longer remembered that once were.
    pub(super) const fn has_lost(&self) -> bool {
        self.has_lost
    }

    /// Remembers a record, and gives up the one met first where there are too many.
    pub(super) fn push(&mut self, record: Remembered) {
        if self.records.len() >= MOST_REMEMBERED {
            self.shrink();
        }
        if let Some(last) = self.records.back() {
            self.rises &= last.start <= record.start;
            self.falls &= last.start >= record.start;
        }
        self.records.push_back(record);
    }

    /// Gives up the record that was met first.
    pub(super) fn shrink(&mut self) {
        self.has_lost |= self.records.pop_front().is_some();
    }

    /// The record of exactly this period, the one met last of several.
    pub(super) fn find(
        &mut self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> Option<&mut Remembered> {
        let is_it = |record: &&mut Remembered| (record.start, record.end) == (start, end);
        // Lists run one way or the other, as a rule, and a list of thousands is not to be gone through for
        // each record of another one.
        let range = if self.rises {
            let first = self.records.partition_point(|record| record.start < start);
            let after = self.records.partition_point(|record| record.start <= start);
            first..after
        } else if self.falls {
            let first = self.records.partition_point(|record| record.start > start);
            let after = self.records.partition_point(|record| record.start >= start);
            first..after
        } else {
            0..self.records.len()
        };
        self.records.range_mut(range).rev().find(is_it)
    }
}

impl Remembered {
    pub(super) fn name(&self) -> String {
        match &self.source {
            Some(source) => format!("record {} of {source}", self.record),
            None => format!("record {}", self.record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3600, 0).unwrap()
    }

    fn remembering(hours: &[(i64, i64)]) -> Memory {
        let mut memory = Memory::new();
        for (record, (start, end)) in (0..).zip(hours) {
            memory.push(Remembered {
                start: at(*start),
                end: at(*end),
                marks: None,
                record,
                source: None,
            });
        }
        memory
    }

    #[test]
    fn a_record_is_found_in_whichever_order_they_came() {
        let rising = [(1, 2), (2, 3), (2, 4), (5, 6), (5, 6)];
        let mut falling = rising;
        falling.reverse();
        let mixed = [(5, 6), (1, 2), (2, 4), (2, 3), (5, 6)];
        for hours in [rising, falling, mixed] {
            let mut memory = remembering(&hours);
            let mut found =
                |start, end| memory.find(at(start), at(end)).map(|record| record.record);
            for (start, end) in hours {
                let last = hours.iter().rposition(|hours| *hours == (start, end));
                let last = last.map(|last| u64::try_from(last).unwrap());
                assert_eq!(found(start, end), last, "{hours:?}");
            }
            for (start, end) in [(0, 1), (1, 3), (2, 5), (3, 4), (6, 7)] {
                assert_eq!(found(start, end), None, "{hours:?}");
            }
        }
    }

    #[test]
    fn those_met_first_are_given_up() {
        let hours: Vec<_> = (0..16_384).map(|hour| (hour, hour + 1)).collect();
        let mut memory = remembering(&hours);
        assert!(!memory.has_lost());
        assert!(memory.find(at(0), at(1)).is_some());
        let hours: Vec<_> = (0..16_385).map(|hour| (hour, hour + 1)).collect();
        let mut memory = remembering(&hours);
        assert!(memory.has_lost());
        assert_eq!(memory.len(), 16_384);
        assert!(memory.find(at(0), at(1)).is_none());
        assert!(memory.find(at(1), at(2)).is_some());
    }
}
