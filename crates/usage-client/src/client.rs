//! The client.

use std::{fmt, sync::Arc};

use futures_core::Stream;

use crate::{
    ClientBuilder, Cursor, Error, FetchedRecord, Page, UsageQuery,
    paging::{fetch::Shared, records::records, walk::pages},
    windows::{WindowPlan, WindowedFetch},
};

/// A client of the usage record API.
///
/// Cheap to clone; all clones share connections and the access token. It has to be used within a Tokio
/// runtime with time and I/O enabled. An access token that is about to expire is renewed beside the requests,
/// in a task of that runtime which ends with the last clone.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

impl Client {
    /// Sets up a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// The pages of a query, in the server's order.
    ///
    /// Nothing is sent before the stream is polled, and one page is asked for at a time. The stream
    /// ends after the last page, which is the one without a cursor, or after an error. It borrows
    /// nothing, and dropping it stops the fetch.
    ///
    /// # Errors
    ///
    /// An item is an error where a page could not be delivered completely; what came before it is
    /// complete, and [`Client::pages_from`] goes on from the cursor of the page before.
    pub fn pages(
        &self,
        query: UsageQuery,
    ) -> impl Stream<Item = Result<Page, Error>> + Send + use<> {
        pages(Arc::clone(&self.0), query, None)
    }

    /// The pages of a query from a cursor on.
    ///
    /// # Errors
    ///
    /// As [`Client::pages`]; and [`ErrorKind::Config`](crate::ErrorKind::Config) where the cursor
    /// belongs to another query.
    pub fn pages_from(
        &self,
        query: UsageQuery,
        cursor: Cursor,
    ) -> impl Stream<Item = Result<Page, Error>> + Send + use<> {
        pages(Arc::clone(&self.0), query, Some(cursor))
    }

    /// The pages of a query, fetched in windows, several at a time, and delivered oldest first.
    ///
    /// For long ranges: it is faster by the number of windows at a time, and a failure costs one window
    /// and not all that comes after it. See [`WindowPlan`] for how the range is cut. Nothing is sent before
    /// the stream is polled; then it needs a Tokio runtime.
    ///
    /// A range wholly in the future yields nothing, neither pages nor an error; the report says so.
    pub fn windows(&self, query: UsageQuery, plan: &WindowPlan) -> WindowedFetch {
        WindowedFetch::new(Arc::clone(&self.0), query, plan)
    }

    /// The records of a query, in the server's order, malformed ones included. For the oldest first
    /// whatever the server's order, see [`Client::windows`].
    ///
    /// A record that stands on two neighbouring pages with the same figures is delivered once; with other
    /// figures it is delivered both times, because the data changed in between. Records that do not say
    /// when they are cannot be told apart and are all delivered. [`FetchedRecord::continuity`] tells where the
    /// list moved.
    ///
    /// # Errors
    ///
    /// As [`Client::pages`]. A malformed record is no error of the fetch: the records after it follow.
    pub fn records(
        &self,
        query: UsageQuery,
    ) -> impl Stream<Item = Result<FetchedRecord, Error>> + Send + use<> {
        records(pages(Arc::clone(&self.0), query, None))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base_url.as_str())
            .field("retry", &self.0.retry)
            .field("retry_budget", &self.0.retry_budget)
            .field("limits", &self.0.limits)
            .field("total_timeout", &self.0.total_timeout)
            .field("max_pages", &self.0.max_pages)
            .field("rate_limiter", &self.0.rate_limiter)
            .finish_non_exhaustive()
    }
}
