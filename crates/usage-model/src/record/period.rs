//! The time a record speaks of.

use chrono::{DateTime, Utc};

use crate::{Field, Timestamp, UnknownMembers};

/// The time that a record's figures are for, as the record states it.
///
/// Half-open, `start` inclusive and `end` exclusive, in UTC. It may be wider than the query: the API
/// widens windows to whole UTC days, so that the end may lie in the future. May be `{}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::record::schema::all_optional))]
#[non_exhaustive]
pub struct Period {
    /// When the period starts; inclusive.
    pub start: Field<Timestamp>,
    /// When the period ends; exclusive.
    pub end: Field<Timestamp>,
    /// Members of this object that are not known.
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub unknown: UnknownMembers,
}

impl Period {
    /// Returns a period between two instants.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self {
            start: Field::Value(start.into()),
            end: Field::Value(end.into()),
            unknown: UnknownMembers::NONE,
        }
    }

    /// Returns whether it has a start or an end.
    pub(crate) const fn has_values(&self) -> bool {
        self.start.is_value() || self.end.is_value()
    }

    /// Returns start and end as instants, where both are there.
    pub fn bounds(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        Some((self.start.value()?.instant(), self.end.value()?.instant()))
    }
}
