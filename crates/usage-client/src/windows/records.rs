//! The records of a fetch in windows, one by one.

use std::mem;

use futures_core::Stream;
use futures_util::{StreamExt, stream};
use usage_model::{MalformedRecord, PlacedRecord, Window};

use crate::{Continuity, MissingWindow, WindowPage};

/// A record of a fetch in windows, and where it came from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FetchedRecord {
    /// The window that it was fetched for.
    pub window: Window,
    /// How its page joins the last one before it that has records, on the first record that is delivered of
    /// a page. [`Continuity::Unknown`] on the others.
    pub continuity: Continuity,
    /// The record, or what is wrong with it. Its place names the page of its list and its place there.
    pub record: Result<PlacedRecord, MalformedRecord>,
}

/// The records of the pages, in order. What is missing stands where its records would.
pub(crate) fn records(
    pages: impl Stream<Item = Result<WindowPage, MissingWindow>> + Send,
) -> impl Stream<Item = Result<FetchedRecord, MissingWindow>> + Send {
    pages.flat_map(|page| stream::iter(items(page)))
}

/// The records of one page.
pub(crate) fn items(
    page: Result<WindowPage, MissingWindow>,
) -> Vec<Result<FetchedRecord, MissingWindow>> {
    let page = match page {
        Ok(page) => page,
        Err(missing) => return vec![Err(missing)],
    };
    let mut continuity = page.continuity;
    let records = page.records.into_iter().map(|record| {
        Ok(FetchedRecord {
            window: page.window,
            continuity: mem::replace(&mut continuity, Continuity::Unknown),
            record,
        })
    });
    records.collect()
}
