//! The records of one account or SIM, as they follow each other.

use std::{cmp::Ordering, collections::VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    holes::{Hole, MOST_HOLES, shared},
    marks::Marks,
    voice::{Source, Voice, say},
};
use crate::{catalogue::RuleId, draft::Draft, text::instant};

/// Records of one series whose figures are remembered, to tell whether a second one agrees.
///
/// All daily records within retention, which are at most 549.
const MOST_REMEMBERED: usize = 1024;

/// What is known of the records of one account or SIM so far; its size is bounded.
#[derive(Debug)]
pub(super) struct Series {
    /// From the earliest start to the furthest end of any record.
    span: (DateTime<Utc>, DateTime<Utc>),
    /// What no record is for, within the span.
    pub(super) holes: Vec<Hole>,
    /// Where holes were reported early, and are no longer known.
    forgotten: Option<(DateTime<Utc>, DateTime<Utc>)>,
    remembered: VecDeque<Remembered>,
    direction: Option<Direction>,
    last: Last,
    /// Records without a place in time that were met before the last record.
    unplaced: u64,
}

/// The last record that took part in the order of the series.
#[derive(Debug)]
struct Last {
    start: DateTime<Utc>,
    serial: u64,
    /// By how much it overlapped others.
    overlap: TimeDelta,
}

/// In which direction of time records follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    OldestFirst,
    NewestFirst,
}

/// A record that is remembered.
#[derive(Debug)]
struct Remembered {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    marks: Marks,
    record: u64,
    source: Source,
}

/// A record that has a place in a series.
pub(super) struct Placed<'a> {
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    /// `None` for a record that could not be read.
    pub(super) marks: Option<&'a Marks>,
    pub(super) serial: u64,
    /// How long a bucket is.
    pub(super) bucket: TimeDelta,
    /// Records without a place in time that were met so far.
    pub(super) unplaced: u64,
}

impl Series {
    /// A series that begins with a record.
    pub(super) fn new(record: &Placed<'_>, voice: &Voice<'_>) -> Self {
        let mut series = Self {
            span: (record.start, record.end),
            holes: Vec::new(),
            forgotten: None,
            remembered: VecDeque::new(),
            direction: None,
            last: Last {
                start: record.start,
                serial: record.serial,
                overlap: TimeDelta::zero(),
            },
            unplaced: record.unplaced,
        };
        series.remember(record, voice);
        series
    }

    /// How many records are remembered.
    pub(super) fn size(&self) -> usize {
        self.remembered.len()
    }

    /// Forgets the record that was met first.
    pub(super) fn shrink(&mut self) {
        self.remembered.pop_front();
    }

    /// Checks a further record of the series (UR401 to UR405).
    pub(super) fn step(&mut self, record: &Placed<'_>, voice: &mut Voice<'_>) {
        let mut overlap = TimeDelta::zero();
        let mut is_second = false;
        if record.marks.is_some() {
            for rule in [
                RuleId::DUPLICATE_IDENTICAL,
                RuleId::DUPLICATE_CONFLICTING,
                RuleId::OVERLAP,
                RuleId::GAP,
                RuleId::OUT_OF_ORDER,
            ] {
                voice.evaluated(rule);
            }
            if shared(self.span, (record.start, record.end)) > TimeDelta::zero() {
                is_second = self.duplicate(record, voice);
                if !is_second {
                    overlap = self.overlap(record, voice);
                }
            }
            if !is_second && overlap == TimeDelta::zero() {
                self.order(record.start, voice);
            }
        }
        self.cover(record, overlap, voice);
        if !is_second {
            self.last = Last {
                start: record.start,
                serial: record.serial,
                overlap,
            };
            self.remember(record, voice);
        }
        self.unplaced = record.unplaced;
    }

    /// Looks for a record of the same period; says whether there is one.
    fn duplicate(&self, record: &Placed<'_>, voice: &mut Voice<'_>) -> bool {
        let Some(marks) = record.marks else {
            return false;
        };
        let same =
            |earlier: &&Remembered| (earlier.start, earlier.end) == (record.start, record.end);
        let Some(earlier) = self.remembered.iter().rev().find(same) else {
            return false;
        };
        if earlier.marks == *marks {
            voice.report(RuleId::DUPLICATE_IDENTICAL, || {
                Draft::new(
                    super::PERIOD,
                    format!(
                        "the period was met before, in {}, with the same figures",
                        earlier.name()
                    ),
                )
                .help("count it once; a page that was fetched twice looks like this")
            });
        } else {
            voice.report(RuleId::DUPLICATE_CONFLICTING, || {
                let differing = earlier.marks.differing(marks);
                Draft::new(
                    super::PERIOD,
                    format!(
                        "the period was met before, in {}, with other figures: {} differ",
                        earlier.name(),
                        listed(&differing)
                    ),
                )
                .help("keep the one that was fetched later: figures grow until 48 hours after the end of the period")
            });
        }
        true
    }

    /// Reports what a record shares with others; says how much that is.
    fn overlap(&self, record: &Placed<'_>, voice: &mut Voice<'_>) -> TimeDelta {
        let period = (record.start, record.end);
        if self
            .forgotten
            .is_some_and(|forgotten| shared(forgotten, period) > TimeDelta::zero())
        {
            // Whether there was a record here is no longer known.
            return TimeDelta::zero();
        }
        let within = shared(self.span, period);
        let overlap = self.holes.iter().fold(within, |overlap, hole| {
            overlap - hole.shared(period.0, period.1)
        });
        if overlap > TimeDelta::zero() {
            voice.report(RuleId::OVERLAP, || {
                Draft::new(
                    super::PERIOD,
                    format!(
                        "the period {} to {} overlaps periods met before, which reach from {} to {}",
                        instant(record.start),
                        instant(record.end),
                        instant(self.span.0),
                        instant(self.span.1)
                    ),
                )
                .help("adding these records up would count usage twice")
            });
        }
        overlap
    }

    fn order(&mut self, start: DateTime<Utc>, voice: &mut Voice<'_>) {
        let direction = match start.cmp(&self.last.start) {
            Ordering::Greater => Direction::OldestFirst,
            Ordering::Less => Direction::NewestFirst,
            Ordering::Equal => return,
        };
        let before = *self.direction.get_or_insert(direction);
        if before != direction {
            voice.report(RuleId::OUT_OF_ORDER, || {
                let (side, order) = match before {
                    Direction::OldestFirst => ("before", "oldest first"),
                    Direction::NewestFirst => ("after", "newest first"),
                };
                Draft::new(
                    super::PERIOD,
                    format!(
                        "the period starts {side} the one that precedes it in the list, which runs {order}"
                    ),
                )
                .help("sort the records by the start of their periods")
            });
        }
    }

    /// Fills holes, and leaves new ones.
    fn cover(&mut self, record: &Placed<'_>, overlap: TimeDelta, voice: &mut Voice<'_>) {
        let (first, last) = self.span;
        self.span = (first.min(record.start), last.max(record.end));
        let hole = if record.start > last {
            Some((last, record.start))
        } else if record.end < first {
            Some((record.end, first))
        } else {
            None
        };
        if hole.is_none() && self.holes.is_empty() {
            return;
        }
        let filler = Hole {
            start: record.start,
            end: record.end,
            spot: voice.spot.clone(),
            source: voice.source.clone(),
            serial: record.serial,
            found: voice.found,
            bucket: record.bucket,
        };
        self.fill(&filler, overlap);
        if let Some((start, end)) = hole {
            let hole = Hole {
                start,
                end,
                ..filler
            };
            if !self.is_explained(&hole, record) {
                self.holes.push(hole);
            }
        }
        while self.holes.len() > MOST_HOLES {
            let hole = self.holes.remove(0);
            self.forget(&hole);
            self.report_early(&hole, record.serial, voice);
        }
    }

    /// Reports a hole before the end, and notes that its record has a finding.
    fn report_early(&mut self, hole: &Hole, serial: u64, voice: &mut Voice<'_>) {
        let reported = say(
            RuleId::GAP,
            &hole.spot,
            &hole.source,
            || hole.draft(),
            voice.outlet,
            voice.sink,
        );
        if !reported {
            return;
        }
        for other in self
            .holes
            .iter_mut()
            .filter(|other| other.serial == hole.serial)
        {
            other.found = true;
        }
        if hole.serial == serial {
            voice.found = true;
        } else if !hole.found {
            voice.outlet.tally.with_findings += 1;
        }
    }

    fn fill(&mut self, filler: &Hole, overlap: TimeDelta) {
        // A record that was moved leaves a hole on one side and overlaps its neighbour on the other.
        let moved = self.last.serial;
        self.holes.retain(|hole| {
            hole.serial != moved || hole.length() >= hole.bucket || hole.length() > overlap
        });
        let (start, end) = (filler.start, filler.end);
        if self
            .holes
            .iter()
            .any(|hole| hole.shared(start, end) > TimeDelta::zero())
        {
            self.holes = std::mem::take(&mut self.holes)
                .into_iter()
                .flat_map(|hole| {
                    let meets = hole.shared(start, end) > TimeDelta::zero();
                    let (kept, parts) = if meets {
                        (None, Some(hole.without(start, end, filler)))
                    } else {
                        (Some(hole), None)
                    };
                    kept.into_iter().chain(parts.into_iter().flatten())
                })
                .collect();
        }
    }

    /// Whether a hole is accounted for: by records without a place in time, or because the record before it
    /// was moved towards another.
    fn is_explained(&self, hole: &Hole, record: &Placed<'_>) -> bool {
        let is_moved = hole.length() < hole.bucket && hole.length() <= self.last.overlap;
        is_moved || are_unplaced(hole.length(), hole.bucket, record.unplaced - self.unplaced)
    }

    fn forget(&mut self, hole: &Hole) {
        let (start, end) = self.forgotten.unwrap_or((hole.start, hole.end));
        self.forgotten = Some((start.min(hole.start), end.max(hole.end)));
    }

    fn remember(&mut self, record: &Placed<'_>, voice: &Voice<'_>) {
        let Some(marks) = record.marks else { return };
        if self.remembered.len() >= MOST_REMEMBERED {
            self.remembered.pop_front();
        }
        self.remembered.push_back(Remembered {
            start: record.start,
            end: record.end,
            marks: *marks,
            record: voice.spot.place.record,
            source: voice.source.clone(),
        });
    }
}

impl Remembered {
    fn name(&self) -> String {
        match &self.source {
            Some(source) => format!("record {} of {source}", self.record),
            None => format!("record {}", self.record),
        }
    }
}

/// The most names that a message lists.
const MOST_NAMES: usize = 6;

fn listed(names: &[String]) -> String {
    let shown = names.get(..MOST_NAMES).unwrap_or(names);
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether what is missing is no more than records whose place in time is not known.
pub(super) fn are_unplaced(length: TimeDelta, bucket: TimeDelta, unplaced: u64) -> bool {
    let unplaced = i64::try_from(unplaced).unwrap_or(i64::MAX);
    length.num_seconds() <= bucket.num_seconds().saturating_mul(unplaced)
}
