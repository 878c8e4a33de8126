//! Walks a list from page to page, checks each link, and recognises what came before.

pub(crate) mod ahead;
mod call;
pub(crate) mod continuity;
pub(crate) mod cursor;
pub(crate) mod dedup;
pub(crate) mod fetch;
pub(crate) mod identity;
pub(crate) mod link;
pub(crate) mod list;
mod meta_check;
pub(crate) mod walk;

use std::time::Duration;

use chrono::{DateTime, Utc};
use usage_model::{MalformedRecord, PageMeta, PlacedRecord};

use crate::{Continuity, Cursor};

/// A page of a list, of usage records or of SIMs, and how it was fetched.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T = Result<PlacedRecord, MalformedRecord>> {
    /// The records in the order of the server. A malformed one does not affect the others; its place is counted within
    /// the body.
    pub records: Vec<T>,
    /// The paging envelope as the server sent it.
    pub meta: PageMeta,
    /// Pages before this one, counted from the start of the list and over resumed fetches.
    pub index: u64,
    /// When the server answered, by its own clock, from the header `Date`.
    pub server_date: Option<DateTime<Utc>>,
    /// Where the next page starts; `None` on the last page.
    pub cursor: Option<Cursor>,
    /// How the page joins the last one before it in this stream that has records.
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
    /// [keep it](crate::ClientBuilder::keep_bodies). What is taken out of the records, or put into another order,
    /// stays here as it was.
    pub body: Option<Box<[u8]>>,
}
