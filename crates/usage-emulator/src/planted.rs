//! What a data fault changed.

use chrono::{DateTime, Utc};
use usage_model::Granularity;

use crate::{DataFault, resource::Resource};

/// A data fault and what it changed: exactly this, and nothing else, is wrong with the data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Planted {
    /// Whose record is wrong.
    pub resource: Resource,
    /// Whether the daily or the hourly record is wrong.
    pub granularity: Granularity,
    /// The true start of the record's period; inclusive.
    pub start: DateTime<Utc>,
    /// The true end of the record's period; exclusive.
    pub end: DateTime<Utc>,
    /// The fault.
    pub fault: DataFault,
    /// What was changed, as a JSON pointer within the record: a counter, a tree, the period or the SID.
    pub pointer: String,
    /// By how much a counter was changed, where one was: the sent value less the true one. For
    /// `outside-total` it is the change of the tree's `total`.
    pub delta: Option<i128>,
}
