//! A list of records, in the order in which they are sent.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use usage_model::{Granularity, UsageRecord};

use super::{Account, EmptyPeriods, Order, Resource, Sown, periods::Periods, record::usage_record};
use crate::{
    fault::{DataFaultKind, plant},
    world::Subject,
};

/// How often a record can be sent at most, with its duplicates.
pub(crate) const COPIES: i64 = 16;

/// A list of records: those of a resource, for the periods of a query.
///
/// A record is known by its place, which says where it stands in the list and never changes: places rise
/// in the order in which records are sent, and each period has [`COPIES`] of them in a row, for the
/// record and its duplicates. Places without a record are passed over.
#[derive(Clone, Debug)]
pub(crate) struct RecordList<'a> {
    pub(super) account: &'a Account,
    pub(super) resource: Resource,
    pub(super) subject: Subject,
    pub(super) granularity: Granularity,
    pub(super) periods: Periods,
    pub(super) faults: Arc<Vec<Sown>>,
    pub(super) now: DateTime<Utc>,
}

impl RecordList<'_> {
    /// Whose records they are.
    pub(crate) const fn resource(&self) -> Resource {
        self.resource
    }

    /// The places from a place on; from the first one without it.
    pub(crate) fn places_from(&self, place: Option<i64>) -> impl Iterator<Item = i64> {
        let (first, end) = self.ordinals();
        let start = place.map_or(first, |place| place.div_euclid(COPIES).max(first));
        (start..end)
            .flat_map(|ordinal| self.places_of(ordinal))
            .skip_while(move |found| place.is_some_and(|place| *found < place))
    }

    /// The places before a place, the nearest first.
    pub(crate) fn places_before(&self, place: i64) -> impl Iterator<Item = i64> {
        let (first, end) = self.ordinals();
        let last = (place.div_euclid(COPIES) + 1).min(end);
        (first..last)
            .rev()
            .flat_map(|ordinal| self.places_of(ordinal).rev())
            .skip_while(move |found| *found >= place)
    }

    /// The record at a place, with the faults planted in it.
    pub(crate) fn record(&self, place: i64) -> UsageRecord {
        let position = self.position(place.div_euclid(COPIES));
        self.record_at(position, place.rem_euclid(COPIES))
    }

    /// The record of a period, or a duplicate of it.
    pub(super) fn record_at(&self, position: i64, copy: i64) -> UsageRecord {
        let mut record = self.truth(position);
        self.account.dialects.speak(&mut record);
        let mut duplicates = 0;
        for kind in self.faults_at(position) {
            let is_duplicate = matches!(kind, DataFaultKind::Duplicate { .. });
            duplicates += i64::from(is_duplicate);
            if !is_duplicate || duplicates == copy {
                // That every fault can be planted was made sure of when it was added; a later time may
                // show a record that it does not fit any more.
                let _planted = plant(kind, &mut record);
            }
        }
        record
    }

    /// How often the record of a period is sent.
    pub(super) fn copies(&self, position: i64) -> i64 {
        let mut copies = 1;
        for kind in self.faults_at(position) {
            match kind {
                DataFaultKind::Gap => return 0,
                DataFaultKind::Duplicate { .. } => copies += 1,
                _ => {}
            }
        }
        let hours = || self.periods.hours(position);
        match self.account.listing.empty {
            EmptyPeriods::Omit if self.is_silent(hours()) => 0,
            EmptyPeriods::Omit | EmptyPeriods::Include => copies,
        }
    }

    /// The faults in the record of a period.
    pub(super) fn faults_at(&self, position: i64) -> impl Iterator<Item = &DataFaultKind> {
        // Most lists have no fault, and this is asked of every record.
        let start = (!self.faults.is_empty()).then(|| self.periods.period(position).0);
        let here = move |sown: &&Sown| {
            Some(sown.fault.start()) == start
                && sown.fault.granularity() == self.granularity
                && sown.resource == self.resource
        };
        let faults = self.faults.iter().filter(here);
        faults.map(|sown| sown.fault.kind())
    }

    /// The record of a period as it should be.
    fn truth(&self, position: i64) -> UsageRecord {
        let world = &self.account.world;
        let usage = world.usage(self.subject, self.periods.hours(position), self.now);
        usage_record(world, self.resource, self.periods.period(position), &usage)
    }

    fn is_silent(&self, hours: std::ops::Range<crate::world::Hour>) -> bool {
        self.account.world.is_silent(self.subject, hours, self.now)
    }

    /// The positions as numbers that rise in the order of the list: the first, and one after the last.
    fn ordinals(&self) -> (i64, i64) {
        let positions = self.periods.positions();
        match self.account.listing.order {
            Order::OldestFirst => (positions.start, positions.end),
            Order::NewestFirst => (1 - positions.end, 1 - positions.start),
        }
    }

    const fn position(&self, ordinal: i64) -> i64 {
        match self.account.listing.order {
            Order::OldestFirst => ordinal,
            Order::NewestFirst => -ordinal,
        }
    }

    fn places_of(&self, ordinal: i64) -> std::ops::Range<i64> {
        let first = ordinal * COPIES;
        first..first + self.copies(self.position(ordinal))
    }
}
