//! A window that was read, and what it brought.

use chrono::{DateTime, Utc};
use usage_model::{MalformedRecord, Window};

use crate::{
    Bounds, Series,
    store::{Reading, ReadingId},
};

/// A window that was read in full.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WindowRead<'a, T> {
    /// What was asked for.
    pub series: &'a Series,
    /// The window that was asked for; every period in it is known afterwards, those without a record to be empty.
    pub window: Window,
    /// When, by the server's clock.
    pub read_at: DateTime<Utc>,
    /// The records as they were received, in any order; of two with one period both are kept, and the later counts.
    pub texts: &'a [T],
}

impl<'a, T: AsRef<str>> WindowRead<'a, T> {
    /// Joins a window that was read in full and the texts of its records.
    pub const fn new(
        series: &'a Series,
        window: Window,
        read_at: DateTime<Utc>,
        texts: &'a [T],
    ) -> Self {
        Self {
            series,
            window,
            read_at,
            texts,
        }
    }
}

/// What a window brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Appended {
    /// Readings that were stored.
    pub added: u64,
    /// Readings that were equal to the last one of their period.
    pub repeated: u64,
    /// Periods whose figures became final.
    pub now_final: u64,
    /// Periods that had been read before, with other figures.
    pub changes: Vec<Change>,
    /// Periods that the window brought more than once, with different figures.
    pub conflicts: Vec<Conflict>,
    /// Readings whose period lies in the window and within retention, and which the window did not bring again.
    pub vanished: Vec<Reading>,
    /// Records that do not decode; they are kept all the same.
    pub malformed: Vec<Malformed>,
    /// Records that decode and do not say when they are; they are kept all the same.
    pub unplaced: u64,
}

impl Appended {
    /// Adds what another window brought.
    pub fn merge(&mut self, other: Self) {
        self.added += other.added;
        self.repeated += other.repeated;
        self.now_final += other.now_final;
        self.unplaced += other.unplaced;
        self.malformed.extend(other.malformed);
        self.conflicts.extend(other.conflicts);
        self.changes.extend(other.changes);
        self.vanished.extend(other.vanished);
    }

    /// Whether figures that had been final changed or vanished.
    pub fn final_figures_changed(&self) -> bool {
        let vanished = self.vanished.iter().any(Reading::is_final);
        vanished || self.changes.iter().any(|change| change.before.is_final())
    }
}

/// A period that one window brought more than once, with different figures. Every reading of it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// Whose records.
    pub series: Series,
    /// The period.
    pub period: Bounds,
}

/// A record that does not decode, and the reading that keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed {
    /// Whose records were asked for.
    pub series: Series,
    /// The reading.
    pub id: ReadingId,
    /// What is wrong with it.
    pub record: MalformedRecord,
}

/// A period whose figures changed between two readings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The reading before.
    pub before: Reading,
    /// The number of the reading now.
    pub id: ReadingId,
    /// The text of the record now.
    pub text: String,
    /// When it was read.
    pub read_at: DateTime<Utc>,
}
