//! The records of one account or SIM, as they follow each other.

use std::{cmp::Ordering, mem};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    holes::{Hole, shared},
    marks::Marks,
    memory::{Memory, Remembered},
    strays::{Strays, missing},
    voice::{Voice, say},
};
use crate::{catalogue::RuleId, findings::draft::Draft, findings::text::instant};

/// What is known of the records of one account or SIM so far; its size is bounded.
#[derive(Debug)]
pub(super) struct Series {
    /// From the earliest start to the furthest end of any record.
    span: (DateTime<Utc>, DateTime<Utc>),
    /// What no record is for, within the span.
    pub(super) holes: Vec<Hole>,
    /// Where holes were reported early, and are no longer known.
    forgotten: Option<(DateTime<Utc>, DateTime<Utc>)>,
    memory: Memory,
    course: Option<Course>,
    last: Last,
    /// Records of the series without a place in time since the last record that has one.
    unplaced: u64,
    /// Records without a place in time, of no known series, that were met before the last record.
    strays: u64,
}

/// The last record that took part in the order of the series.
#[derive(Debug)]
struct Last {
    start: DateTime<Utc>,
    serial: u64,
    /// By how much it overlapped others.
    overlap: TimeDelta,
}

/// In which direction a series runs, as far as was seen.
#[derive(Debug)]
struct Course {
    direction: Direction,
    /// Records that follow it.
    with: u64,
    /// Records that go against it.
    against: u64,
}

/// In which direction of time records follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    OldestFirst,
    NewestFirst,
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
    /// How many holes of the series may be open.
    pub(super) most_holes: usize,
}

impl Series {
    /// A series that begins with a record.
    pub(super) fn new(record: &Placed<'_>, strays: &Strays, voice: &Voice<'_>) -> Self {
        let mut series = Self {
            span: (record.start, record.end),
            holes: Vec::new(),
            forgotten: None,
            memory: Memory::new(),
            course: None,
            last: Last {
                start: record.start,
                serial: record.serial,
                overlap: TimeDelta::zero(),
            },
            unplaced: 0,
            strays: strays.met(),
        };
        series.remember(record, voice);
        series
    }

    /// How many records are remembered.
    pub(super) fn size(&self) -> usize {
        self.memory.len()
    }

    /// Forgets the record that was met first.
    pub(super) fn shrink(&mut self) {
        self.memory.shrink();
    }

    /// Takes note of a record of the series that has no place in time.
    pub(super) const fn unplaced(&mut self) {
        self.unplaced += 1;
    }

    /// Checks a further record of the series (UR401 to UR405).
    pub(super) fn step(&mut self, record: &Placed<'_>, strays: &mut Strays, voice: &mut Voice<'_>) {
        let mut overlap = TimeDelta::zero();
        let is_within = shared(self.span, (record.start, record.end)) > TimeDelta::zero();
        let is_second = is_within && self.duplicate(record, voice);
        if record.marks.is_some() {
            for rule in [
                RuleId::DUPLICATE_IDENTICAL,
                RuleId::DUPLICATE_CONFLICTING,
                RuleId::GAP,
                RuleId::OUT_OF_ORDER,
            ] {
                voice.evaluated(rule);
            }
            if !self.is_forgotten(record) {
                voice.evaluated(RuleId::OVERLAP);
                if is_within && !is_second {
                    overlap = self.overlap(record, voice);
                }
            }
            if !is_second && overlap == TimeDelta::zero() {
                self.order(record.start, voice);
            }
        }
        self.cover(record, overlap, strays, voice);
        if !is_second {
            self.last = Last {
                start: record.start,
                serial: record.serial,
                overlap,
            };
            self.remember(record, voice);
        }
        self.unplaced = 0;
        self.strays = strays.met();
    }

    /// Looks for a record of the same period; says whether there is one.
    fn duplicate(&mut self, record: &Placed<'_>, voice: &mut Voice<'_>) -> bool {
        let Some(earlier) = self.memory.find(record.start, record.end) else {
            return false;
        };
        let Some(marks) = record.marks else {
            return true;
        };
        let Some(known) = earlier.marks else {
            // The earlier one could not be read, so that this one is the first of its period.
            *earlier = remembered(record, voice);
            return true;
        };
        if known == *marks {
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
                let differing = known.differing(marks);
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

    /// Whether it is no longer known which records there were in the time of a record.
    fn is_forgotten(&self, record: &Placed<'_>) -> bool {
        self.forgotten.is_some_and(|forgotten| {
            shared(forgotten, (record.start, record.end)) > TimeDelta::zero()
        })
    }

    /// Reports what a record shares with others; says how much that is.
    fn overlap(&self, record: &Placed<'_>, voice: &mut Voice<'_>) -> TimeDelta {
        let period = (record.start, record.end);
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
                .help(if self.memory.has_lost() {
                    "adding these records up would count usage twice; it may also be a duplicate of a record \
                     that is too long ago for its figures to be remembered"
                } else {
                    "adding these records up would count usage twice"
                })
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
        let course = self.course.get_or_insert(Course {
            direction,
            with: 0,
            against: 0,
        });
        let before = course.direction;
        if before == direction {
            course.with += 1;
        } else {
            course.against += 1;
            // The first two records need not be the ones that are in order.
            if course.against > course.with {
                course.direction = direction;
                mem::swap(&mut course.with, &mut course.against);
            }
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
    fn cover(
        &mut self,
        record: &Placed<'_>,
        overlap: TimeDelta,
        strays: &mut Strays,
        voice: &mut Voice<'_>,
    ) {
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
        let is_beyond = record.start >= last || record.end <= first;
        self.fill(&filler, overlap, is_beyond);
        if let Some((start, end)) = hole {
            let hole = Hole {
                start,
                end,
                ..filler
            };
            if !self.is_explained(&hole, strays) {
                self.holes.push(hole);
            }
        }
        while self.holes.len() > record.most_holes {
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

    /// Takes the time of a record out of the holes; none is there where the record lies beyond all others.
    fn fill(&mut self, filler: &Hole, overlap: TimeDelta, is_beyond: bool) {
        if overlap > TimeDelta::zero() {
            // A record that was moved leaves a hole on one side and overlaps its neighbour on the other.
            let moved = self.last.serial;
            self.holes.retain(|hole| {
                hole.serial != moved || hole.length() >= hole.bucket || hole.length() > overlap
            });
        }
        if is_beyond {
            return;
        }
        let (start, end) = (filler.start, filler.end);
        if self
            .holes
            .iter()
            .any(|hole| hole.shared(start, end) > TimeDelta::zero())
        {
            self.holes = mem::take(&mut self.holes)
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
    fn is_explained(&self, hole: &Hole, strays: &mut Strays) -> bool {
        let is_moved = hole.length() < hole.bucket && hole.length() <= self.last.overlap;
        let wanted = missing(hole.length(), hole.bucket);
        is_moved || strays.take(wanted.saturating_sub(self.unplaced), self.strays)
    }

    fn forget(&mut self, hole: &Hole) {
        let (start, end) = self.forgotten.unwrap_or((hole.start, hole.end));
        self.forgotten = Some((start.min(hole.start), end.max(hole.end)));
    }

    fn remember(&mut self, record: &Placed<'_>, voice: &Voice<'_>) {
        self.memory.push(remembered(record, voice));
    }
}

fn remembered(record: &Placed<'_>, voice: &Voice<'_>) -> Remembered {
    Remembered {
        start: record.start,
        end: record.end,
        marks: record.marks.copied(),
        record: voice.spot.place.record,
        source: voice.source.clone(),
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
