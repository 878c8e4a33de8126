//! The records of a list as they are sent: in the emulator's dialects, and with its faults.

use std::sync::Arc;

use usage_model::{Resource, UsageRecord};

use super::{
    entry::{Change, Reason, RecordEffect},
    text::{Fault, FaultKind},
};
use crate::{account::RecordList, dialect::Dialects};

/// How often a record can be sent at most, with its duplicates.
const COPIES: i64 = 16;

/// A fault in a record, and whose record it is in by the account's own spelling of the SID.
#[derive(Clone, Debug)]
pub(super) struct PlacedFault {
    pub(super) resource: Resource,
    pub(super) fault: Fault,
}

impl PlacedFault {
    /// What the fault does with its record; `None` for a fault in answers.
    pub(super) fn effect(&self) -> Option<&RecordEffect> {
        match self.fault.kind() {
            FaultKind::Record { effect, .. } => Some(effect),
            FaultKind::Request { .. } => None,
        }
    }
}

/// The records of a list as they are sent.
///
/// A record is known by its place, which says where it stands in the list and never changes: places rise
/// in the order in which records are sent, and each period has [`COPIES`] of them in a row, for the
/// record and its duplicates. Places without a record are passed over.
#[derive(Clone, Debug)]
pub(crate) struct SentRecords<'a> {
    pub(super) list: RecordList<'a>,
    pub(super) dialects: &'a Dialects,
    pub(super) faults: Arc<Vec<PlacedFault>>,
}

impl SentRecords<'_> {
    /// Returns the list that they are in.
    pub(crate) const fn list(&self) -> &RecordList<'_> {
        &self.list
    }

    /// Returns the places from a place on; from the first one without it.
    pub(crate) fn places_from(&self, place: Option<i64>) -> impl Iterator<Item = i64> {
        let ordinals = self.list.ordinals();
        let first = place.map_or(ordinals.start, |place| {
            place.div_euclid(COPIES).max(ordinals.start)
        });
        (first..ordinals.end)
            .flat_map(|ordinal| self.places_of(ordinal))
            .skip_while(move |found| place.is_some_and(|place| *found < place))
    }

    /// Returns the places before a place, the nearest first.
    pub(crate) fn places_before(&self, place: i64) -> impl Iterator<Item = i64> {
        let ordinals = self.list.ordinals();
        let last = (place.div_euclid(COPIES) + 1).min(ordinals.end);
        (ordinals.start..last)
            .rev()
            .flat_map(|ordinal| self.places_of(ordinal).rev())
            .skip_while(move |found| *found >= place)
    }

    /// Returns the record at a place.
    pub(crate) fn record(&self, place: i64) -> UsageRecord {
        self.record_at(place.div_euclid(COPIES), place.rem_euclid(COPIES))
    }

    /// Returns the record of a period, or a duplicate of it.
    pub(super) fn record_at(&self, ordinal: i64, copy: i64) -> UsageRecord {
        let mut record = self.list.record(ordinal);
        self.dialects.apply_to_record(&mut record);
        let mut duplicates = 0;
        for effect in self.effects_at(ordinal) {
            let change = match effect {
                RecordEffect::Change(change) => Some(change),
                RecordEffect::Repeat(change) => {
                    duplicates += 1;
                    change.as_ref().filter(|_| duplicates == copy)
                }
                RecordEffect::Omit => None,
            };
            if let Some(change) = change {
                // That every fault can change its record was made sure of when it was added; a later
                // time may show a record that it does not fit any more.
                let _changed = change(&mut record);
            }
        }
        record
    }

    /// Returns how often the record of a period is sent.
    pub(super) fn copies(&self, ordinal: i64) -> i64 {
        let mut copies = 1;
        for effect in self.effects_at(ordinal) {
            match effect {
                RecordEffect::Omit => return 0,
                RecordEffect::Repeat(_) => copies += 1,
                RecordEffect::Change(_) => {}
            }
        }
        if self.list.is_listed(ordinal) {
            copies
        } else {
            0
        }
    }

    /// Returns what one more fault would change in a record of the list.
    pub(super) fn change(&self, ordinal: i64, effect: &RecordEffect) -> Result<Change, Reason> {
        match effect {
            RecordEffect::Omit if self.effects_at(ordinal).next().is_some() => {
                Err("another fault is in the record")
            }
            RecordEffect::Repeat(_) if self.copies(ordinal) == COPIES => {
                Err("the record is sent often enough")
            }
            RecordEffect::Omit | RecordEffect::Repeat(None) => Ok(Change::at("")),
            RecordEffect::Repeat(Some(change)) | RecordEffect::Change(change) => {
                let mut record = self.record_at(ordinal, 0);
                let before = record.clone();
                let change = change(&mut record)?;
                if record == before {
                    return Err("the record is like that without it");
                }
                Ok(change)
            }
        }
    }

    /// Returns what the faults in the record of a period do.
    pub(super) fn effects_at(&self, ordinal: i64) -> impl Iterator<Item = &RecordEffect> {
        // Most lists have no fault, and this is asked of every record.
        let period = (!self.faults.is_empty()).then(|| self.list.period(ordinal).0);
        let here = move |placed: &&PlacedFault| match placed.fault.kind() {
            FaultKind::Record {
                granularity, start, ..
            } => {
                Some(*start) == period
                    && *granularity == self.list.granularity()
                    && placed.resource == self.list.resource()
            }
            FaultKind::Request { .. } => false,
        };
        let faults = self.faults.iter().filter(here);
        faults.filter_map(PlacedFault::effect)
    }

    fn places_of(&self, ordinal: i64) -> std::ops::Range<i64> {
        let first = ordinal * COPIES;
        first..first + self.copies(ordinal)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;
    use usage_model::Granularity;

    use super::*;
    use crate::{
        account::{Account, Clock, EmptyPeriods, Listing, Order},
        world::{FleetPlan, World},
    };

    fn noon() -> DateTime<Utc> {
        "2026-03-15T12:00:00Z".parse().unwrap()
    }

    fn any_listing() -> impl Strategy<Value = Listing> {
        let order = prop::sample::select(Order::ALL.to_vec());
        let empty = prop::sample::select(EmptyPeriods::ALL.to_vec());
        (order, empty).prop_map(|(order, empty)| Listing {
            order,
            empty,
            ..Listing::default()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn places_are_the_same_from_both_sides(
            seed: u64, listing in any_listing(), hours in 1_i64..200, skip in 0_usize..40,
        ) {
            let account = Account {
                world: World::new(seed, 3, FleetPlan::default()),
                clock: Clock::new(noon(), 0).unwrap(),
                listing,
            };
            let window = (noon() - TimeDelta::hours(hours), noon());
            let resource = Resource::Sim(account.world.sim_sid(1));
            let list = account.records(resource, Granularity::Hourly, window, noon()).unwrap();
            let dialects = Dialects::default();
            let list = SentRecords { list, dialects: &dialects, faults: Arc::default() };
            let places: Vec<i64> = list.places_from(None).collect();
            prop_assert!(places.is_sorted_by(|one, next| one < next));
            if let Some(middle) = places.get(skip).copied() {
                let from: Vec<i64> = list.places_from(Some(middle)).collect();
                prop_assert_eq!(&from[..], &places[skip..]);
                let mut before: Vec<i64> = list.places_before(middle).collect();
                before.reverse();
                prop_assert_eq!(&before[..], &places[..skip]);
            }
        }
    }
}
