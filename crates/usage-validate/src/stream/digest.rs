//! What is left of a record for the rules on lists of records.

use chrono::{DateTime, Utc};
use usage_model::{MalformedRecord, Window};

use super::marks::Marks;
use crate::{Policy, findings::spot::Spot, rules::meets_widened};

/// What the rules on lists of records know of one record; the same size for every record but for
/// identifiers that are none.
#[derive(Clone, Debug)]
pub(crate) struct Digest {
    pub(crate) spot: Spot,
    /// Whether the record has a finding of its own.
    pub(crate) found: bool,
    /// The time that the record is for; `None` where it names none.
    pub(crate) bounds: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Whether the record lies outside the queried window.
    pub(crate) outside: bool,
    /// The figures of the record; `None` for a record that could not be read.
    pub(crate) marks: Option<Marks>,
    /// How each tree, in the order Commands, Data, counts international traffic; `None` where it has none
    /// or fits neither way.
    pub(crate) readings: [Option<Policy>; 2],
}

impl Digest {
    /// What is left of a record that could not be read: at best its place in the list.
    pub(crate) fn of_malformed(record: &MalformedRecord, window: Option<Window>) -> Self {
        let spot = Spot::of_malformed(record).unwrap_or(Spot {
            place: record.place,
            account: None,
            sim: None,
            period: None,
            provisional: false,
        });
        let bounds = spot.bounds();
        Self {
            outside: bounds
                .zip(window)
                .is_some_and(|((start, end), window)| !meets_widened(start, end, window)),
            bounds,
            spot,
            found: true,
            marks: None,
            readings: [None; 2],
        }
    }
}
