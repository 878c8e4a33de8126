//! What a summary says.

use chrono::{DateTime, Utc};

use crate::LeftOut;

use super::{options::SummaryOptions, totals::Totals};

/// Records that do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Excluded {
    /// Records that do not decode.
    pub malformed: u64,
    /// Records for periods that had counted before; of each period one reading counts.
    pub duplicates: u64,
    /// Those among them whose figures differ from the ones that had counted, where these are still known.
    pub conflicting: u64,
    /// Records for part of the time of a longer record of the same account or SIM, such as the hours of a day.
    pub shorter: u64,
}

/// What records add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// When the records were fetched.
    pub as_of: DateTime<Utc>,
    /// What they are grouped by.
    pub options: SummaryOptions,
    /// The groups in ascending order of their cells. A group without a record has no row.
    pub rows: Vec<SummaryRow>,
    /// The sum of all rows; its records are counted once, however many rows they are in.
    pub total: Totals,
    /// Records that do not count.
    pub excluded: Excluded,
    /// Figures and amounts that do not count.
    pub left_out: LeftOut,
    /// What whoever reads the figures should know, a sentence each.
    pub remarks: Vec<String>,
}

/// One group of a summary.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SummaryRow {
    /// The values of the columns that are grouped by, in their order; empty where the records do not say.
    pub cells: Vec<String>,
    /// What the records of the group add up to.
    pub totals: Totals,
    /// Whether a period of the group ended less than 48 hours before the records were fetched, or not yet: its
    /// figures may still grow.
    pub is_growing: bool,
}
