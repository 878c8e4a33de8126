//! Puts the list of a window into order: each period once, the oldest first.

use std::mem;

use chrono::{DateTime, Utc};
use usage_model::{Container, PageSize};

use super::report::periods;
use crate::{
    Continuity, Cursor, Page, UsageQuery,
    paging::{
        dedup::{Repeats, settle},
        identity::{Delivered, bounds},
    },
};

/// How many bytes of bodies are held for each record that there is room for. A full page of a thousand
/// records is well under 2 MiB, so that this is reached only by what is no list of records.
const RECORD_BYTES: u64 = 16 * 1024;

/// A page that has been held, and what was taken out of it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) page: Page,
    pub(super) repeats: Repeats,
}

/// Holds the pages of one list back until its end: then each period stands in it once, with the figures that were
/// read last, and the list runs oldest first.
///
/// A list is about as long as a page, unless wider windows were asked for. One that turns out longer than its
/// window has records for is passed on page by page from there.
#[derive(Debug)]
pub(super) struct Reorder {
    /// The start of the list.
    start: Cursor,
    /// How many records are held at most.
    room: usize,
    held: Vec<Page>,
    /// How many records they have, where a page without any counts as one.
    records: usize,
    /// How many bytes their bodies had.
    bytes: u64,
    /// The start of the period that came last.
    latest: Option<DateTime<Utc>>,
    /// Whether some period starts before the one that came before it.
    falls: bool,
    /// Whether some period starts after the one that came before it.
    rises: bool,
    /// Whether pages are passed on as they come.
    passes: bool,
}

impl Reorder {
    /// For the list of a query.
    pub(super) fn new(query: &UsageQuery) -> Self {
        let bucket = query.granularity().bucket();
        let expected = bucket.and_then(|bucket| periods(query.window(), bucket));
        let expected = usize::try_from(expected.unwrap_or(0)).unwrap_or(usize::MAX);
        Self {
            start: Cursor::first(query),
            // The server widens windows to whole days, and no more than a page is too much by that.
            room: expected.saturating_add(PageSize::MAX.get().into()),
            held: Vec::new(),
            records: 0,
            bytes: 0,
            latest: None,
            falls: false,
            rises: false,
            passes: false,
        }
    }

    /// Takes the next page of the list; returns the pages that can be passed on.
    ///
    /// The places of its records are then places in the list, which they keep wherever they are delivered.
    pub(super) fn take(&mut self, mut page: Page) -> Vec<Held> {
        let index = page.index;
        for record in &mut page.records {
            place_in_list(record, index);
        }
        if self.passes {
            let repeats = Repeats::default();
            return vec![Held { page, repeats }];
        }
        self.look_at(&page);
        let is_last = page.cursor.is_none();
        self.records = self.records.saturating_add(page.records.len().max(1));
        self.bytes = self.bytes.saturating_add(page.bytes);
        self.held.push(page);
        if self.is_full() {
            self.passes = true;
            self.settled(false)
        } else if is_last {
            self.rest()
        } else {
            Vec::new()
        }
    }

    /// Whether more is held than a list of the window has.
    fn is_full(&self) -> bool {
        let room = u64::try_from(self.room).unwrap_or(u64::MAX);
        self.records > self.room || self.bytes > room.saturating_mul(RECORD_BYTES)
    }

    /// Returns the pages that are held, where no further one comes.
    pub(super) fn rest(&mut self) -> Vec<Held> {
        self.settled(self.falls && !self.rises)
    }

    fn settled(&mut self, newest_first: bool) -> Vec<Held> {
        let mut pages = mem::take(&mut self.held);
        let mut repeats = settle(&mut pages);
        if newest_first {
            turn(&mut pages, &self.start);
            // They go with the records.
            repeats.reverse();
        }
        let held = pages.into_iter().zip(repeats);
        held.map(|(page, repeats)| Held { page, repeats }).collect()
    }

    /// Finds which way the list runs. Records that do not state their period have none before or after them.
    fn look_at(&mut self, page: &Page) {
        for record in page.records.iter().flatten() {
            let Some((start, _)) = bounds(record) else {
                continue;
            };
            match self.latest.replace(start) {
                Some(before) if start > before => self.rises = true,
                Some(before) if start < before => self.falls = true,
                _ => {}
            }
        }
    }
}

/// Makes the place of a record in a page one in the list of pages.
fn place_in_list(record: &mut Delivered, page: u64) {
    let place = match record {
        Ok(placed) => &mut placed.place,
        Err(malformed) => &mut malformed.place,
    };
    if let Container::Page(record) = place.container {
        place.container = Container::PageInList { page, record };
    }
}

/// Turns the records of all pages round, and the continuities with them. The envelopes stay as they came. Before
/// the last page nothing is complete from some point of the server's list on, so that a cursor leads back to
/// the start.
fn turn(pages: &mut [Page], start: &Cursor) {
    let joined = pages.iter().filter(|page| !page.records.is_empty()).skip(1);
    let continuities: Vec<Continuity> = joined.map(|page| page.continuity).collect();
    let records: Vec<_> = pages
        .iter_mut()
        .rev()
        .map(|page| mem::take(&mut page.records))
        .collect();
    for (page, mut records) in pages.iter_mut().zip(records) {
        records.reverse();
        page.records = records;
        page.continuity = Continuity::Unknown;
    }
    let joined = pages.iter_mut().filter(|page| !page.records.is_empty());
    for (page, continuity) in joined.skip(1).zip(continuities.into_iter().rev()) {
        page.continuity = continuity;
    }
    if let Some((_, before)) = pages.split_last_mut() {
        for page in before {
            page.cursor = Some(start.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use usage_model::{
        Granularity, PageMeta, Period, Place, PlacedRecord, Resource, UsageRecord, Window,
    };

    use super::*;
    use crate::paging::link::NextPage;

    fn query(granularity: Granularity) -> UsageQuery {
        let at = |text: &str| text.parse().unwrap();
        let window = Window::new(at("2025-01-01T00:00:00Z"), at("2025-01-02T00:00:00Z")).unwrap();
        UsageQuery::new(Resource::Account, window, granularity)
    }

    /// A record of an hour; one without a period for 99.
    fn record(hour: i64) -> PlacedRecord {
        let mut record = UsageRecord::default();
        if hour != 99 {
            let at = |hour| DateTime::from_timestamp(hour * 3600, 0).unwrap();
            record.period = usage_model::Field::Value(Period::new(at(hour), at(hour + 1)));
        }
        PlacedRecord::new(Place::default(), record)
    }

    fn hours(page: &Page) -> Vec<i64> {
        let starts = page.records.iter().map(|record| {
            bounds(record.as_ref().unwrap()).map_or(99, |(start, _)| start.timestamp() / 3600)
        });
        starts.collect()
    }

    /// A list of pages with these hours.
    fn list(pages: &[&[i64]]) -> Vec<Page> {
        let mut cursor = Cursor::first(&query(Granularity::Hourly));
        let mut list = Vec::new();
        for (index, hours) in (0_u64..).zip(pages) {
            let next = NextPage {
                page: Some((index + 1).to_string()),
                page_token: None,
                page_size: 1000,
            };
            cursor = cursor.next(next);
            let is_last = list.len() + 1 == pages.len();
            list.push(Page {
                records: hours.iter().copied().map(record).map(Ok).collect(),
                meta: PageMeta::default(),
                index,
                server_date: None,
                cursor: (!is_last).then(|| cursor.clone()),
                continuity: if index == 0 {
                    Continuity::Unknown
                } else {
                    Continuity::Overlap(index)
                },
                attempts: 1,
                waited: Duration::ZERO,
                waited_as_asked: Duration::ZERO,
                elapsed: Duration::ZERO,
                bytes: 0,
                body: None,
            });
        }
        list
    }

    /// The pages that are passed on.
    fn passed(held: Vec<Held>) -> Vec<Page> {
        held.into_iter().map(|held| held.page).collect()
    }

    /// What each page of a list sets free, by hours.
    fn freed(list_of: &[&[i64]]) -> Vec<Vec<Vec<i64>>> {
        let mut reorder = Reorder::new(&query(Granularity::Hourly));
        let steps = list(list_of).into_iter().map(|page| {
            let pages = passed(reorder.take(page));
            pages.iter().map(hours).collect()
        });
        steps.collect()
    }

    #[test]
    fn a_list_that_falls_is_turned_and_any_other_stays() {
        // Each case: the pages that come, and what the last of them sets free.
        type Pages = &'static [&'static [i64]];
        let cases: [(Pages, Pages); 13] = [
            (&[&[1, 2, 3]], &[&[1, 2, 3]]),
            (&[&[3, 2, 1]], &[&[1, 2, 3]]),
            (&[&[2]], &[&[2]]),
            (&[&[]], &[&[]]),
            (&[&[1, 2], &[3]], &[&[1, 2], &[3]]),
            (&[&[5, 4], &[3, 2], &[1]], &[&[1], &[2, 3], &[4, 5]]),
            (&[&[5], &[4]], &[&[4], &[5]]),
            // Neither one order nor the other: as it came.
            (&[&[4], &[5], &[3]], &[&[4], &[5], &[3]]),
            (&[&[3, 2], &[1, 4], &[0]], &[&[3, 2], &[1, 4], &[0]]),
            // The same twice between two pages is no rise, and stands once.
            (&[&[3, 2], &[2, 1]], &[&[1], &[2, 3]]),
            (&[&[2, 2]], &[&[2]]),
            (&[&[99, 2, 2]], &[&[99, 2]]),
            // A record without a period keeps its neighbours.
            (&[&[3, 99, 1]], &[&[1, 99, 3]]),
        ];
        for (pages, expected) in cases {
            let mut steps = freed(pages);
            assert_eq!(steps.pop().unwrap(), expected, "{pages:?}");
            assert!(steps.iter().all(Vec::is_empty), "{pages:?}");
        }
    }

    #[test]
    fn envelopes_stay_where_they_are_and_cursors_follow_the_records() {
        let mut reorder = Reorder::new(&query(Granularity::Hourly));
        let pages: Vec<Page> = list(&[&[5, 4], &[3, 2], &[1]])
            .into_iter()
            .flat_map(|page| passed(reorder.take(page)))
            .collect();
        let indices: Vec<u64> = pages.iter().map(|page| page.index).collect();
        assert_eq!(indices, [0, 1, 2]);
        let continuities: Vec<Continuity> = pages.iter().map(|page| page.continuity).collect();
        assert_eq!(
            continuities,
            [
                Continuity::Unknown,
                Continuity::Overlap(2),
                Continuity::Overlap(1)
            ]
        );
        let start = Cursor::first(&query(Granularity::Hourly));
        let cursors: Vec<_> = pages.iter().map(|page| page.cursor.as_ref()).collect();
        assert_eq!(cursors, [Some(&start), Some(&start), None]);
    }

    #[test]
    fn a_page_without_records_joins_nothing() {
        for (pages, continuity) in [
            ([&[5, 4][..], &[], &[3, 2]], Continuity::Overlap(2)),
            ([&[5, 4], &[3, 2], &[]], Continuity::Overlap(1)),
        ] {
            let mut reorder = Reorder::new(&query(Granularity::Hourly));
            let pages: Vec<Page> = list(&pages)
                .into_iter()
                .flat_map(|page| passed(reorder.take(page)))
                .collect();
            let continuities: Vec<Continuity> = pages.iter().map(|page| page.continuity).collect();
            assert_eq!(
                continuities,
                [Continuity::Unknown, Continuity::Unknown, continuity]
            );
        }
    }

    #[test]
    fn what_came_before_a_failure_is_turned_and_leads_on() {
        let mut reorder = Reorder::new(&query(Granularity::Hourly));
        let list = list(&[&[5, 4], &[3, 2], &[1]]);
        let after = list[1].cursor.clone();
        for page in list.into_iter().take(2) {
            assert!(reorder.take(page).is_empty());
        }
        let rest = passed(reorder.rest());
        assert_eq!(rest.iter().map(hours).collect::<Vec<_>>(), [[2, 3], [4, 5]]);
        assert!(after.is_some() && rest[1].cursor == after);
        assert!(reorder.rest().is_empty());
    }

    #[test]
    fn no_more_is_held_than_the_window_has_room_for() {
        for (granularity, room) in [(Granularity::Hourly, 1024), (Granularity::All, 1000)] {
            let mut reorder = Reorder::new(&query(granularity));
            let falling: Vec<i64> = (0..room).rev().collect();
            let mut pages = list(&[&falling, &[-1], &[-2]]).into_iter();
            let mut next = || reorder.take(pages.next().unwrap()).len();
            assert_eq!([next(), next(), next()], [0, 2, 1], "{granularity}");
        }
    }

    #[test]
    fn pages_with_little_in_them_are_not_held_without_limit() {
        let empty: &[i64] = &[];
        let mut reorder = Reorder::new(&query(Granularity::Hourly));
        let pages = list(&vec![empty; 1100]);
        let freed = pages
            .into_iter()
            .position(|page| !reorder.take(page).is_empty());
        assert_eq!(freed, Some(1024));

        let mut reorder = Reorder::new(&query(Granularity::Hourly));
        let large = list(&[&[5], &[4], &[3], &[2], &[1]]).into_iter();
        let freed = large
            .map(|page| Page {
                bytes: 6 << 20,
                ..page
            })
            .position(|page| !reorder.take(page).is_empty());
        assert_eq!(freed, Some(2));
    }

    #[test]
    fn bodies_as_large_as_there_is_room_for_are_held() {
        for (more, held) in [(0, true), (1, false)] {
            let mut reorder = Reorder::new(&query(Granularity::Hourly));
            let mut page = list(&[&[2], &[1]]).remove(0);
            page.bytes = 1024 * RECORD_BYTES + more;
            assert_eq!(reorder.take(page).is_empty(), held);
        }
    }

    #[test]
    fn a_record_keeps_its_place_where_its_list_is_turned_and_where_the_later_reading_stands() {
        let mut pages = list(&[&[5, 4], &[4, 3], &[2]]);
        for page in &mut pages {
            for (index, record) in (0..).zip(&mut page.records) {
                record.as_mut().unwrap().place.container = Container::Page(index);
            }
        }
        let mut reorder = Reorder::new(&query(Granularity::Hourly));
        let freed = pages.into_iter().flat_map(|page| reorder.take(page));
        let freed: Vec<Held> = freed.collect();
        let places = freed.iter().map(|held| {
            let records = held.page.records.iter();
            records
                .map(|record| record.as_ref().unwrap().place.pointer(""))
                .collect::<Vec<_>>()
        });
        assert_eq!(
            places.collect::<Vec<_>>(),
            [
                vec!["/2/usage_records/0"],
                vec!["/1/usage_records/1"],
                vec!["/1/usage_records/0", "/0/usage_records/0"],
            ]
        );
    }
}
