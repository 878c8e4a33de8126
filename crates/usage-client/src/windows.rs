//! Fetches a long range in windows, several at a time, and delivers it in order.

mod fetch;
mod plan;
mod planner;
mod reorder;
mod report;
mod server_limits;
mod worker;

use std::{collections::BTreeMap, error::Error as StdError, fmt, mem, time::Duration};

use chrono::{DateTime, Utc};
use futures_core::Stream;
use futures_util::{StreamExt, stream};
use usage_model::{Container, MalformedRecord, PageMeta, PlacedRecord, Window};

use crate::{Continuity, Cursor, Error, Repeat, Resume, UsageQuery, error::Span};

pub use fetch::WindowedFetch;
pub use plan::{DEFAULT_CONCURRENCY, WindowPlan};
pub use report::{FetchReport, WindowReport, WindowState};

/// A page of a fetch in windows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WindowPage {
    /// The window that the page belongs to.
    pub window: Window,
    /// The query that the page answers, and that its cursor belongs to: that of the window, or of a piece of
    /// it, or with a smaller page size, where the server takes no other.
    pub query: UsageQuery,
    /// The records, oldest first, without those that another page has too; a malformed one costs only itself.
    ///
    /// The place of a record names the page of its list and its place in the body of that page, also where it is
    /// delivered with another page.
    ///
    /// Where the server lists the newest records first, they are turned round over all pages of the list:
    /// the first page has the records that came with the last one. All else of a page stays as it came.
    pub records: Vec<Result<PlacedRecord, MalformedRecord>>,
    /// The paging envelope as the server sent it.
    pub meta: PageMeta,
    /// Pages before this one in its list.
    pub index: u64,
    /// When the server answered, by its own clock, from the header `Date`.
    pub server_date: Option<DateTime<Utc>>,
    /// Where the next page starts; `None` on the last page of a list. What was delivered of a list that was turned
    /// round is not what the server's list starts with, so that the cursor leads back to its start; to
    /// take a window up where it failed, go by [`MissingWindow::resume`].
    pub cursor: Option<Cursor>,
    /// How the page joins the last one before it in its list that has records.
    pub continuity: Continuity,
    /// Attempts that the page took; 1 where the first succeeded.
    pub attempts: u32,
    /// How long the client waited: between attempts, and for its turn where requests are limited.
    pub waited: Duration,
    /// How long of that the server had asked for, with `Retry-After`; the rest is the client's own.
    pub waited_as_asked: Duration,
    /// How long the attempts and the waits between them took.
    pub elapsed: Duration,
    /// Bytes of the body, decompressed.
    pub bytes: u64,
    /// The body, decompressed, as it came; `None` unless the client was told to
    /// [keep it](crate::ClientBuilder::keep_bodies). All records of the page stand in it, those too that were taken
    /// out because another page has them.
    pub body: Option<Box<[u8]>>,
    /// Whether the window starts before the retention limit, where the server leaves usage out in silence.
    pub past_retention: bool,
    /// How many records were taken out of the list because a record of this page is for the same period, or out of
    /// this page because one before it is.
    pub repeated: u64,
    /// Those among them whose figures were not the same both times.
    pub differing: Vec<Repeat>,
    /// Those among them that the list has twice with the same figures. Windows are widened to whole days, so that
    /// what only another window has too is not one of them.
    pub identical: Vec<Repeat>,
}

impl WindowPage {
    /// Returns all that the server sent for the periods of the page, in the order of its records: before each record
    /// the earlier readings that it replaces, and at the end later readings of what was delivered before.
    pub fn readings(&self) -> Vec<Result<&PlacedRecord, &MalformedRecord>> {
        let mut repeats: Vec<_> = self.differing.iter().chain(&self.identical).collect();
        repeats.sort_by_key(|repeat| in_list(&repeat.dropped));
        let mut earlier: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for repeat in repeats.iter().filter(|repeat| repeat.is_latest) {
            let place = in_list(&repeat.delivered);
            earlier.entry(place).or_default().push(&repeat.dropped);
        }
        let mut readings = Vec::new();
        for record in &self.records {
            if let Ok(placed) = record {
                let replaced = earlier.remove(&in_list(placed)).unwrap_or_default();
                readings.extend(replaced.into_iter().map(Ok));
            }
            readings.push(record.as_ref());
        }
        // What a window before has delivered is not on this page, and all of these came later.
        readings.extend(earlier.into_values().flatten().map(Ok));
        let later = repeats.iter().filter(|repeat| !repeat.is_latest);
        readings.extend(later.map(|repeat| Ok(&repeat.dropped)));
        readings
    }
}

/// Where a record stands in its list: the page, and the number in that.
const fn in_list(record: &PlacedRecord) -> (u64, u64) {
    match record.place.container {
        Container::PageInList { page, record } => (page, record),
        _ => (0, record.place.record),
    }
}

/// A part of a range that could not be fetched: a window, or a part of one.
///
/// `Display` is the line of [`MissingWindow::error`], with the window before it where that line does not name
/// the same. The [`source`](StdError::source) is that of the error, so that no cause is written twice.
#[derive(Debug)]
#[non_exhaustive]
pub struct MissingWindow {
    /// What is missing. Pages of it may have been delivered, where the failure came between two pages.
    pub window: Window,
    /// Why.
    pub error: Error,
}

impl MissingWindow {
    /// Returns the query that the page which failed belongs to, and where it starts in its list, for
    /// [`Client::pages_from`](crate::Client::pages_from). `None` where nothing was asked.
    pub fn resume(&self) -> Option<&Resume> {
        self.error.resume()
    }
}

impl fmt::Display for MissingWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.error.window() != Some(self.window) {
            write!(f, "{}: ", Span(self.window))?;
        }
        self.error.fmt(f)
    }
}

impl StdError for MissingWindow {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

/// Everything that a fetch in windows brought.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Gathered {
    /// The pages, in the order of their windows.
    pub pages: Vec<WindowPage>,
    /// The windows that are missing, in order.
    pub missing: Vec<MissingWindow>,
    /// What came of it.
    pub report: FetchReport,
}

impl Gathered {
    pub(crate) fn add(&mut self, item: Result<WindowPage, MissingWindow>) {
        match item {
            Ok(page) => self.pages.push(page),
            Err(missing) => self.missing.push(missing),
        }
    }
}

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

#[cfg(test)]
mod tests;
