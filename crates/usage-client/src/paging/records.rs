//! The records of a fetch, one by one.

use std::mem;

use futures_core::Stream;
use futures_util::{StreamExt, stream};
use usage_model::{Container, MalformedRecord, Place, UsageRecord};

use crate::{
    Continuity, Error, Page,
    paging::{dedup::Known, identity::Delivered},
};

/// A record, and where it came from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FetchedRecord {
    /// The page that it stands on, counted from 0 at the start of the list.
    pub page: u64,
    /// Which record it is: `record` counts those delivered from the start of this fetch, `container` is the
    /// place on the page, and `position` is not known, because bodies are not kept.
    pub place: Place,
    /// How its page joins the last one before it that has records, on the first record that is delivered of
    /// a page. [`Continuity::Unknown`] on the others.
    pub continuity: Continuity,
    /// The record, or what is wrong with it.
    pub record: Result<UsageRecord, MalformedRecord>,
}

/// The records of the pages, in order. An error of a page stands where its records would.
pub(crate) fn records(
    pages: impl Stream<Item = Result<Page, Error>> + Send,
) -> impl Stream<Item = Result<FetchedRecord, Error>> + Send {
    pages
        .scan(Itemiser::default(), |itemiser, page| {
            let items = match page {
                Ok(page) => itemiser.items(page),
                Err(error) => vec![Err(error)],
            };
            std::future::ready(Some(stream::iter(items)))
        })
        .flatten()
}

/// Takes pages apart.
#[derive(Default)]
struct Itemiser {
    /// Records delivered so far.
    delivered: u64,
    /// The last page with records that can be told apart.
    last: Known,
}

impl Itemiser {
    fn items(&mut self, page: Page) -> Vec<Result<FetchedRecord, Error>> {
        let mut now = Known::default();
        if page.cursor.is_some() {
            now.remember(&page.records, None);
        }
        let mut continuity = page.continuity;
        let mut items = Vec::with_capacity(page.records.len());
        for (on_page, mut record) in (0..).zip(page.records) {
            if self
                .last
                .find(&record)
                .is_some_and(|known| is_the_same(known, &record))
            {
                continue;
            }
            let mut place = Place::default();
            place.record = self.delivered;
            place.container = Container::Page(on_page);
            if let Err(malformed) = &mut record {
                malformed.place.record = place.record;
            }
            self.delivered = self.delivered.saturating_add(1);
            items.push(Ok(FetchedRecord {
                page: page.index,
                place,
                continuity: mem::replace(&mut continuity, Continuity::Unknown),
                record,
            }));
        }
        if !now.is_empty() {
            self.last = now;
        }
        items
    }
}

/// Whether nothing is lost where one of them is left out.
fn is_the_same(one: &Delivered, other: &Delivered) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => one == other,
        (Err(one), Err(other)) => one.raw == other.raw,
        _ => false,
    }
}
