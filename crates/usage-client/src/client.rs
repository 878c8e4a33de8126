//! The client.

use std::{fmt, sync::Arc, time::Duration};

use futures_core::Stream;
use url::Url;

use crate::{
    ClientBuilder, Cursor, Error, FetchedRecord, Page, UsageQuery, auth::Authorizer, dice::Dice,
    pages::pages, records::records, retry::RetryPolicy,
};

/// A client of the usage record API.
///
/// Cheap to clone; all clones share connections and the access token. It has to be used within a Tokio
/// runtime with time and I/O enabled.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

/// The settings of a client, all checked.
pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: Url,
    pub(crate) authorizer: Authorizer,
    pub(crate) retry: RetryPolicy,
    pub(crate) attempt_timeout: Duration,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) max_body_bytes: u64,
    pub(crate) dice: Dice,
}

impl Client {
    /// Sets up a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The pages of a query, in order.
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

    /// The records of a query, in order, malformed ones included.
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
            .field("attempt_timeout", &self.0.attempt_timeout)
            .field("total_timeout", &self.0.total_timeout)
            .field("max_body_bytes", &self.0.max_body_bytes)
            .finish_non_exhaustive()
    }
}
