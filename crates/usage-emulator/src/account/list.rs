//! A list of records, in the order in which they are sent.

use std::ops::Range;

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Resource, UsageRecord};

use super::{
    listing::{EmptyPeriods, Listing, Order},
    periods::Periods,
    record::usage_record,
};
use crate::world::{Subject, World};

/// The records of a resource for the periods of a query, as they should be.
///
/// A record is known by its ordinal: ordinals rise in the order of the list, whichever that is, and stay
/// when older periods pass out of retention.
#[derive(Clone, Debug)]
pub(crate) struct RecordList<'a> {
    world: &'a World,
    listing: Listing,
    /// Whose records they are, as records have it and as the world has it.
    of: (Resource, Subject),
    periods: Periods,
    now: DateTime<Utc>,
}

impl<'a> RecordList<'a> {
    pub(super) const fn new(
        world: &'a World,
        listing: Listing,
        of: (Resource, Subject),
        periods: Periods,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            world,
            listing,
            of,
            periods,
            now,
        }
    }

    /// Returns whose records they are.
    pub(crate) const fn resource(&self) -> Resource {
        self.of.0
    }

    /// Returns how long the periods are.
    pub(crate) const fn granularity(&self) -> Granularity {
        self.periods.granularity()
    }

    /// Returns the window, widened to whole UTC days; the end is exclusive.
    pub(crate) fn window(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        self.periods.window()
    }

    /// Returns the ordinals of all periods, also of those that are left out.
    pub(crate) fn ordinals(&self) -> Range<i64> {
        let positions = self.periods.positions();
        match self.listing.order {
            Order::OldestFirst => positions,
            Order::NewestFirst => 1 - positions.end..1 - positions.start,
        }
    }

    /// Returns start and end of a period.
    pub(crate) fn period(&self, ordinal: i64) -> (DateTime<Utc>, DateTime<Utc>) {
        self.periods.period(self.position(ordinal))
    }

    /// Returns whether the record of a period is in the list.
    pub(crate) fn is_listed(&self, ordinal: i64) -> bool {
        match self.listing.empty {
            EmptyPeriods::Include => true,
            EmptyPeriods::Omit => {
                let hours = self.periods.hours(self.position(ordinal));
                !self.world.is_silent(self.of.1, hours, self.now)
            }
        }
    }

    /// Returns the record of a period.
    pub(crate) fn record(&self, ordinal: i64) -> UsageRecord {
        let (resource, subject) = self.of;
        let position = self.position(ordinal);
        let hours = self.periods.hours(position);
        let usage = self.world.usage(subject, hours, self.now);
        let period = self.periods.period(position);
        usage_record(self.world, resource, period, &usage)
    }

    const fn position(&self, ordinal: i64) -> i64 {
        match self.listing.order {
            Order::OldestFirst => ordinal,
            Order::NewestFirst => -ordinal,
        }
    }
}
