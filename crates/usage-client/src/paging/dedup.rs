//! Recognises records that come a second time: on another page of a list, or in the next window.

use std::{collections::BTreeMap, mem};

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::PlacedRecord;

use crate::{
    Page,
    paging::identity::{self, Delivered, identity_hash, same, states_its_time},
};

/// How far before the end of a window its records are remembered. The server widens windows to whole
/// days, and may take its bounds for inclusive at both ends.
const REACH: TimeDelta = TimeDelta::days(1);

/// A period that is duplicated: the record that is delivered, and one that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repeat {
    /// The record that is delivered. Its place is that in its own list.
    pub delivered: PlacedRecord,
    /// The record for the same period that is not delivered. Its place is that in the list of the page.
    pub dropped: PlacedRecord,
    /// Whether the record that is delivered is the one that was read last. Within a window it is. Across two
    /// windows it is not: the first had been delivered before.
    pub is_latest: bool,
}

/// What was taken out of a list or a window because the records of a page, or ones before it, are for the same periods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Repeats {
    /// How many records.
    pub(crate) records: u64,
    /// Those among them whose figures differ: the data changed between two requests.
    pub(crate) differing: Vec<Repeat>,
    /// Those that a list has twice with the same figures.
    pub(crate) identical: Vec<Repeat>,
}

impl Repeats {
    /// Counts a record that is not delivered.
    fn add(&mut self, delivered: &Delivered, dropped: Delivered, is_latest: bool, same_list: bool) {
        self.records = self.records.saturating_add(1);
        let (Ok(delivered), Ok(dropped)) = (delivered, dropped) else {
            return;
        };
        let repeats = if delivered.record != dropped.record {
            &mut self.differing
        } else if same_list {
            &mut self.identical
        } else {
            return;
        };
        repeats.push(Repeat {
            delivered: delivered.clone(),
            dropped,
            is_latest,
        });
    }

    /// Adds what was taken out besides.
    pub(crate) fn extend(&mut self, other: Self) {
        self.records = self.records.saturating_add(other.records);
        self.differing.extend(other.differing);
        self.identical.extend(other.identical);
    }
}

/// Leaves each period of a list in it once: where it first stood, with the figures that were read last. Returns, for
/// each page, the readings that its records replace, in the order in which they came.
pub(crate) fn settle(pages: &mut [Page]) -> Vec<Repeats> {
    let mut repeats = vec![Repeats::default(); pages.len()];
    if is_in_order(pages) {
        return repeats;
    }
    let mut first: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    let mut replaced: Vec<((usize, usize), Delivered)> = Vec::new();
    for at in 0..pages.len() {
        let records = pages.get_mut(at).map(|page| mem::take(&mut page.records));
        let mut kept = Vec::new();
        for record in records.unwrap_or_default() {
            // One that does not decode is lost whichever of its copies is delivered: each is told.
            let known =
                (record.is_ok() && states_its_time(&record)).then(|| identity_hash(&record));
            let place = known.and_then(|hash| first.get(&hash).copied());
            let earlier = place.and_then(|(page, index)| {
                let records = if page == at {
                    &mut kept
                } else {
                    &mut pages.get_mut(page)?.records
                };
                Some(((page, index), records.get_mut(index)?))
            });
            if let Some((place, earlier)) = earlier.filter(|(_, earlier)| same(earlier, &record)) {
                replaced.push((place, mem::replace(earlier, record)));
            } else {
                if let Some(hash) = known {
                    first.insert(hash, (at, kept.len()));
                }
                kept.push(record);
            }
        }
        if let Some(page) = pages.get_mut(at) {
            page.records = kept;
        }
    }
    for ((page, index), dropped) in replaced {
        let delivered = pages.get(page).and_then(|page| page.records.get(index));
        if let (Some(delivered), Some(repeats)) = (delivered, repeats.get_mut(page)) {
            repeats.add(delivered, dropped, true, true);
        }
    }
    repeats
}

/// Whether all records have a start, each after or each before the one before it: then none comes twice.
fn is_in_order(pages: &[Page]) -> bool {
    let records = pages.iter().flat_map(|page| &page.records);
    let starts = records.map(|record| {
        let bounds = record.as_ref().ok().and_then(identity::bounds);
        bounds.map(|(start, _)| start)
    });
    let starts: Option<Vec<_>> = starts.collect();
    starts.is_some_and(|starts| {
        starts.is_sorted_by(|one, next| one < next) || starts.is_sorted_by(|one, next| one > next)
    })
}

/// Remembers what was delivered and may come again: with the next window, or with the next page of a list that
/// is too long to be held back.
#[derive(Debug, Default)]
pub(crate) struct Dedup {
    /// The end of the list before: of another window, or of a piece of the same one.
    before: Known,
    /// The end of the present list, as far as it came.
    present: Known,
    /// The last page of the present list with records that can be told apart.
    page: Known,
}

impl Dedup {
    /// Takes out of a page what was delivered before.
    ///
    /// `end` is where the window of the list ends, if another list follows, and `more` is set where another
    /// page of this list does.
    pub(crate) fn admit(
        &mut self,
        page: &mut Page,
        end: Option<DateTime<Utc>>,
        more: bool,
    ) -> Repeats {
        // As they were delivered. They came with this page too, and may come with the next.
        let mut again: Vec<Delivered> = Vec::new();
        let mut repeats = Repeats::default();
        if !self.before.is_empty() || !self.page.is_empty() {
            for record in mem::take(&mut page.records) {
                let present = self.page.find(&record).filter(|_| record.is_ok());
                let Some(known) = present.or_else(|| self.before.find(&record)) else {
                    page.records.push(record);
                    continue;
                };
                again.push(known.clone());
                repeats.add(known, record, false, present.is_some());
            }
        }
        if let Some(reach) = end.and_then(|end| end.checked_sub_signed(REACH)) {
            self.present.remember(&page.records, Some(reach));
            self.present.remember(&again, Some(reach));
        }
        if more {
            let mut last = Known::default();
            last.remember(&page.records, None);
            last.remember(&again, None);
            if !last.is_empty() {
                self.page = last;
            }
        }
        repeats
    }

    /// Goes on to the list of the next window or piece.
    pub(crate) fn next_list(&mut self) {
        self.before = mem::take(&mut self.present);
        self.page = Known::default();
    }
}

/// Records by what tells them apart.
#[derive(Debug, Default)]
struct Known {
    records: BTreeMap<u64, Delivered>,
    /// The latest start among them: most records of the next window lie after it, and need not be
    /// looked up.
    latest: Option<DateTime<Utc>>,
}

impl Known {
    fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Remembers those that end after an instant, and malformed ones. Records that do not say when they are
    /// cannot be told apart and are not remembered.
    fn remember(&mut self, records: &[Delivered], after: Option<DateTime<Utc>>) {
        for record in records {
            let wanted = match record {
                Ok(good) => identity::bounds(good).is_some_and(|(start, end)| {
                    let wanted = after.is_none_or(|after| end > after);
                    if wanted {
                        self.latest = self.latest.max(Some(start));
                    }
                    wanted
                }),
                Err(_) => states_its_time(record),
            };
            if wanted {
                self.records.insert(identity_hash(record), record.clone());
            }
        }
    }

    fn find(&self, record: &Delivered) -> Option<&Delivered> {
        if self.is_empty() {
            return None;
        }
        if let Ok(record) = record {
            let (start, _) = identity::bounds(record)?;
            if Some(start) > self.latest {
                return None;
            }
        }
        let known = self.records.get(&identity_hash(record))?;
        same(known, record).then_some(known)
    }
}

#[cfg(test)]
mod tests;
