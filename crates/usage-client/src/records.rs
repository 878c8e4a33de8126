//! The records of a fetch, one by one.

use futures_core::Stream;
use futures_util::{StreamExt, stream};
use usage_model::{Container, MalformedRecord, Place, UsageRecord};

use crate::{Error, Page};

/// A record, and where it came from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FetchedRecord {
    /// The page that it stands on, counted from 0 at the start of the list.
    pub page: u64,
    /// Which record it is: `record` counts from the start of this fetch, `container` is the place on
    /// the page, and `position` is not known, because bodies are not kept.
    pub place: Place,
    /// The record, or what is wrong with it.
    pub record: Result<UsageRecord, MalformedRecord>,
}

/// The records of the pages, in order. An error of a page stands where its records would.
pub(crate) fn records(
    pages: impl Stream<Item = Result<Page, Error>> + Send,
) -> impl Stream<Item = Result<FetchedRecord, Error>> + Send {
    pages
        .scan(0_u64, |before, page| {
            let items = match page {
                Ok(page) => {
                    let first = *before;
                    let count = u64::try_from(page.records.len()).unwrap_or(u64::MAX);
                    *before = before.saturating_add(count);
                    itemise(page, first)
                }
                Err(error) => vec![Err(error)],
            };
            std::future::ready(Some(stream::iter(items)))
        })
        .flatten()
}

fn itemise(page: Page, first: u64) -> Vec<Result<FetchedRecord, Error>> {
    let index = page.index;
    (0..)
        .zip(page.records)
        .map(|(on_page, mut record)| {
            let mut place = Place::default();
            place.record = first.saturating_add(on_page);
            place.container = Container::Page(on_page);
            if let Err(malformed) = &mut record {
                malformed.place.record = place.record;
            }
            Ok(FetchedRecord {
                page: index,
                place,
                record,
            })
        })
        .collect()
}
