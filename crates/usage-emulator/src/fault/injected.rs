//! What a fault in a record changed.

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Resource};

use super::text::Fault;

/// A fault in a record and what it changes at the time it is asked for: exactly this, and nothing else,
/// is wrong with the records then.
///
/// Figures grow and records pass out of retention as the emulated time goes on, so that a fault may change
/// another amount later, stand at another place of a list, or have nothing left to change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InjectedFault {
    /// Whose record is wrong.
    pub resource: Resource,
    /// Whether the daily or the hourly record is wrong.
    pub granularity: Granularity,
    /// The true start of the record's period; inclusive.
    pub start: DateTime<Utc>,
    /// The true end of the record's period; exclusive.
    pub end: DateTime<Utc>,
    /// The fault.
    pub fault: Fault,
    /// What is changed, as a JSON pointer within the record: a counter, a tree, the period or the SID.
    /// Empty for the whole record, and where nothing is changed.
    pub pointer: String,
    /// By how much a counter is changed, where one is: the sent value less the one before the fault. For
    /// `outside-total` and `revision` it is the change of the tree's `total`.
    pub delta: Option<i128>,
    /// Why the fault changes nothing now; `None` where it does change something.
    pub dormant: Option<&'static str>,
}
