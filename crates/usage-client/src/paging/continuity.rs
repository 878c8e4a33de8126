//! Whether one page goes on where the last page with records ended.

use std::{cmp::Ordering, collections::BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::Window;

use crate::paging::{identity, list::ListItem};

/// How a page joins the last one before it that has records.
///
/// A list whose data moves while it is paged through shows here: where records are added before the
/// place that paging has come to, some come twice, and where records are taken away, some are missing
/// exactly between two pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Continuity {
    /// It is the first page of the stream, it has no records, or the periods do not tell.
    Unknown,
    /// It goes on where the page before ended.
    Contiguous,
    /// Periods are missing between two pages that have none missing within.
    Gap(Window),
    /// `n` records of the page before are on this one too. Those that state no period do not count, because they
    /// cannot be distinguished.
    Overlap(u64),
}

/// What is remembered of a page to compare the next one with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    /// The hashes of the records that say when they are.
    hashes: Vec<u64>,
    /// A number for all records of the page; `None` where none of them says when it is.
    pub(crate) contents: Option<u64>,
    first: Option<(DateTime<Utc>, DateTime<Utc>)>,
    last: Option<(DateTime<Utc>, DateTime<Utc>)>,
    step: Step,
}

/// From one start to the next on a page; negative where the newest come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    /// There are not two periods.
    #[default]
    None,
    /// The same all over the page.
    Regular(TimeDelta),
    Irregular,
}

impl Edge {
    /// The edge of a page with these records.
    pub(crate) fn of(records: &[impl ListItem]) -> Self {
        let periods: Option<Vec<_>> = records.iter().map(ListItem::bounds).collect();
        let periods = periods.unwrap_or_default();
        let mut steps = periods
            .iter()
            .zip(periods.iter().skip(1))
            .map(|(before, after)| after.0 - before.0);
        let step = match steps.next() {
            None => Step::None,
            Some(step) if steps.all(|other| other == step) => Step::Regular(step),
            Some(_) => Step::Irregular,
        };
        let all: Vec<u64> = records.iter().map(ListItem::identity_hash).collect();
        let hashed = all.iter().zip(records);
        let hashes: Vec<u64> = hashed
            .filter(|(_, record)| record.is_distinguishable())
            .map(|(hash, _)| *hash)
            .collect();
        Self {
            contents: (!hashes.is_empty()).then(|| identity::contents(&all)),
            hashes,
            first: periods.first().copied(),
            last: periods.last().copied(),
            step,
        }
    }

    /// How a page joins this one, which came before it.
    pub(crate) fn continuity(&self, after: &Self) -> Continuity {
        let before: BTreeSet<u64> = self.hashes.iter().copied().collect();
        let again = after.hashes.iter().filter(|hash| before.contains(hash));
        match u64::try_from(again.count()).unwrap_or(u64::MAX) {
            0 => self.gap(after).unwrap_or(Continuity::Unknown),
            again => Continuity::Overlap(again),
        }
    }

    fn gap(&self, after: &Self) -> Option<Continuity> {
        let step = match (self.step, after.step) {
            (Step::Regular(before), Step::Regular(after)) if before == after => before,
            (Step::Regular(step), Step::None) | (Step::None, Step::Regular(step)) => step,
            _ => return None,
        };
        let (last, next) = (self.last?, after.first?);
        let missing = match step.cmp(&TimeDelta::zero()) {
            Ordering::Greater => Window::new(last.1, next.0),
            Ordering::Less => Window::new(next.1, last.0),
            // Several records of one period do not tell which period comes next.
            Ordering::Equal => return None,
        };
        if last.0.checked_add_signed(step)? == next.0 {
            return Some(Continuity::Contiguous);
        }
        missing.ok().map(Continuity::Gap)
    }
}

#[cfg(test)]
mod tests {
    use usage_model::{Place, PlacedRecord, UsageRecord};

    use super::*;
    use crate::paging::identity::Delivered;

    /// Records of the given hours of a day.
    fn hours(hours: &[u32]) -> Vec<Delivered> {
        hours.iter().copied().map(hour).map(Ok).collect()
    }

    fn hour(hour: u32) -> PlacedRecord {
        let start: DateTime<Utc> = "2025-01-01T00:00:00Z".parse().unwrap();
        let start = start + TimeDelta::hours(hour.into());
        let mut record = UsageRecord::default();
        let period = usage_model::Period::new(start, start + TimeDelta::hours(1));
        record.period = usage_model::Field::Value(period);
        PlacedRecord::new(Place::default(), record)
    }

    fn gap(from: u32, to: u32) -> Continuity {
        let at = |hour: u32| format!("2025-01-01T{hour:02}:00:00Z").parse().unwrap();
        Continuity::Gap(Window::new(at(from), at(to)).unwrap())
    }

    #[test]
    fn pages_join_or_say_what_is_between_them() {
        for (before, after, continuity) in [
            (&[0, 1, 2][..], &[3, 4, 5][..], Continuity::Contiguous),
            (&[5, 4, 3], &[2, 1], Continuity::Contiguous),
            (&[0, 1, 2], &[3], Continuity::Contiguous),
            (&[0], &[1, 2], Continuity::Contiguous),
            (&[0, 2], &[4, 6], Continuity::Contiguous),
            (&[0, 1, 2], &[4, 5], gap(3, 4)),
            (&[0, 1, 2], &[7], gap(3, 7)),
            (&[9, 8], &[5, 4], gap(6, 8)),
            (&[0, 1, 2], &[2, 3], Continuity::Overlap(1)),
            (&[5, 4, 3], &[4, 3, 2], Continuity::Overlap(2)),
            // Hours without usage may be left out, so that these tell nothing.
            (&[0, 1, 5], &[7, 8], Continuity::Unknown),
            (&[0, 1], &[7, 9, 10], Continuity::Unknown),
            (&[0, 1], &[7, 6], Continuity::Unknown),
            (&[0], &[7], Continuity::Unknown),
            (&[4, 5], &[0, 1], Continuity::Unknown),
            (&[9, 9], &[5, 5], Continuity::Unknown),
            (&[5, 5], &[9, 9], Continuity::Unknown),
            (&[], &[0, 1], Continuity::Unknown),
            (&[0, 1], &[], Continuity::Unknown),
        ] {
            let found = Edge::of(&hours(before)).continuity(&Edge::of(&hours(after)));
            assert_eq!(found, continuity, "{before:?} {after:?}");
        }
    }

    #[test]
    fn records_without_a_period_tell_nothing() {
        let mut page = hours(&[0, 1]);
        page.push(Ok(PlacedRecord::new(
            Place::default(),
            UsageRecord::default(),
        )));
        assert_eq!(
            Edge::of(&page).continuity(&Edge::of(&hours(&[7, 8]))),
            Continuity::Unknown
        );
        let idle = || {
            vec![
                Ok(PlacedRecord::new(Place::default(), UsageRecord::default())),
                Ok(PlacedRecord::new(Place::default(), UsageRecord::default())),
            ]
        };
        assert_eq!(
            Edge::of(&idle()).continuity(&Edge::of(&idle())),
            Continuity::Unknown
        );
        assert_eq!(Edge::of(&idle()).contents, None);
        assert!(Edge::of(&page).contents.is_some());
    }
}
