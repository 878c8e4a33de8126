//! The client.

pub(crate) mod builder;

use std::{fmt, sync::Arc};

use futures_core::Stream;
use usage_model::{MalformedSim, SimRecord};

use crate::{
    Cursor, Error, FetchedRecord, MissingWindow, Page, SimQuery, UsageQuery, WindowPlan,
    WindowedFetch,
    paging::{fetch::Shared, walk::pages},
    sims,
    windows::records,
};

/// A client of the usage record API.
///
/// Cheap to clone; all clones share connections and the access token. It has to be used within a Tokio
/// runtime with time and I/O enabled. An access token that is about to expire is renewed beside the requests,
/// in a task of that runtime which ends with the last clone.
///
/// ```
/// use std::pin::pin;
///
/// use futures_util::StreamExt;
/// use usage_client::{Client, Credentials, UsageQuery, WindowPlan};
/// use usage_emulator::Emulator;
/// use usage_model::{Granularity, Resource, Window};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::builder().now("2026-03-15T12:00:00Z".parse()?).start().await?;
/// let client = Client::builder()
///     .base_url(emulator.base_url())
///     .token_url(emulator.token_url())
///     .credentials(Credentials::client("any", "any"))
///     .build()?;
/// let window = Window::new("2026-02-01T00:00:00Z".parse()?, "2026-03-01T00:00:00Z".parse()?)?;
/// let query = UsageQuery::new(Resource::Account, window, Granularity::Daily);
/// let mut records = pin!(client.records(query, &WindowPlan::new(emulator.now())));
/// while let Some(fetched) = records.next().await {
///     let placed = fetched?.record?; // one that does not decode costs only itself
///     assert!(placed.record.data.is_value());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Shared>);

impl Client {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// Returns the pages of a query, in the server's order.
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

    /// Returns the pages of a query from a cursor on.
    ///
    /// # Errors
    ///
    /// As [`Client::pages`]; and [`ErrorKind::Config`](crate::ErrorKind::Config) where the cursor
    /// belongs to another query.
    ///
    /// ```
    /// use std::pin::pin;
    ///
    /// use futures_util::StreamExt;
    /// use usage_client::{Client, Credentials, UsageQuery};
    /// use usage_emulator::Emulator;
    /// use usage_model::{Granularity, PageSize, Resource, Window};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::builder().now("2026-03-15T12:00:00Z".parse()?).start().await?;
    /// let client = Client::builder()
    ///     .base_url(emulator.base_url())
    ///     .token_url(emulator.token_url())
    ///     .credentials(Credentials::client("any", "any"))
    ///     .build()?;
    /// let window = Window::new("2026-02-01T00:00:00Z".parse()?, "2026-03-01T00:00:00Z".parse()?)?;
    /// let query = UsageQuery::new(Resource::Account, window, Granularity::Daily)
    ///     .page_size(PageSize::new(20)?);
    /// let first = pin!(client.pages(query.clone())).next().await.expect("a first page")?;
    /// assert_eq!(first.records.len(), 20);
    ///
    /// // Later, or in another process: the query and the cursor can be stored.
    /// let cursor = first.cursor.expect("there are 28 days");
    /// let second = pin!(client.pages_from(query, cursor)).next().await.expect("a second page")?;
    /// assert_eq!(second.records.len(), 8);
    /// assert!(second.cursor.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages_from(
        &self,
        query: UsageQuery,
        cursor: Cursor,
    ) -> impl Stream<Item = Result<Page, Error>> + Send + use<> {
        pages(Arc::clone(&self.0), query, Some(cursor))
    }

    /// Returns the pages of a query, fetched in windows, several at a time, and delivered oldest first.
    ///
    /// For long ranges: it is faster by the number of windows at a time, and a failure costs one window
    /// and not all that comes after it. See [`WindowPlan`] for how the range is cut. Nothing is sent before
    /// the stream is polled; then it needs a Tokio runtime.
    ///
    /// A range wholly in the future yields nothing, neither pages nor an error; the report says so.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use usage_client::{Client, Credentials, UsageQuery, WindowPlan};
    /// use usage_emulator::Emulator;
    /// use usage_model::{Granularity, Resource, Window};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::builder().now("2026-03-15T12:00:00Z".parse()?).start().await?;
    /// let client = Client::builder()
    ///     .base_url(emulator.base_url())
    ///     .token_url(emulator.token_url())
    ///     .credentials(Credentials::client("any", "any"))
    ///     .build()?;
    /// let window = Window::new("2026-02-01T00:00:00Z".parse()?, "2026-03-01T00:00:00Z".parse()?)?;
    /// let query = UsageQuery::new(Resource::Account, window, Granularity::Hourly);
    /// let mut pages = client.windows(query, &WindowPlan::new(emulator.now()));
    /// let mut records = 0;
    /// while let Some(page) = pages.next().await {
    ///     match page {
    ///         Ok(page) => records += page.records.len(),
    ///         Err(missing) => eprintln!("{missing}"), // the next windows follow
    ///     }
    /// }
    /// assert_eq!(records, 28 * 24);
    /// assert!(pages.report().is_complete());
    /// # Ok(())
    /// # }
    /// ```
    pub fn windows(&self, query: UsageQuery, plan: &WindowPlan) -> WindowedFetch {
        WindowedFetch::new(Arc::clone(&self.0), query, plan)
    }

    /// Returns the records of a query, fetched as [`Client::windows`] does, one by one, malformed ones included.
    ///
    /// What is taken out because it came twice is not seen here, nor is what came of each window: for both go
    /// through the pages of [`Client::windows`].
    ///
    /// # Errors
    ///
    /// An item is an error in the place of records that could not be fetched. A malformed record is not an error of the
    /// fetch: the records after it follow.
    pub fn records(
        &self,
        query: UsageQuery,
        plan: &WindowPlan,
    ) -> impl Stream<Item = Result<FetchedRecord, MissingWindow>> + Send + use<> {
        records(self.windows(query, plan))
    }

    /// Returns the SIMs of the account, one by one, malformed ones included, each once and in the server's order.
    ///
    /// One that stands on two pages, because the list moved meanwhile, comes as it was read first. Those without a
    /// SID of the documented form cannot be told apart, and come as often as they stand there. Memory is that of
    /// a page, and some 40 bytes for each SIM that came.
    ///
    /// # Errors
    ///
    /// An item is an error where a page could not be delivered completely, and the last one then. A malformed SIM is no
    /// error of the fetch: the SIMs after it follow.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use usage_client::{Client, Credentials, SimQuery};
    /// use usage_emulator::Emulator;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::builder().now("2026-03-15T12:00:00Z".parse()?).start().await?;
    /// let client = Client::builder()
    ///     .base_url(emulator.base_url())
    ///     .token_url(emulator.token_url())
    ///     .credentials(Credentials::client("any", "any"))
    ///     .build()?;
    /// let sims: Vec<_> = client.sims(SimQuery::new()).collect().await;
    /// assert_eq!(sims.len(), 25);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sims(
        &self,
        query: SimQuery,
    ) -> impl Stream<Item = Result<Result<SimRecord, MalformedSim>, Error>> + Send + use<> {
        sims::each(self.sim_pages(query))
    }

    /// Returns the SIMs of the account as [`Client::sims`], page by page.
    ///
    /// A page is asked for when the stream is polled, one at a time. Its cursor is only there to tell the last page,
    /// which has none.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn sim_pages(
        &self,
        query: SimQuery,
    ) -> impl Stream<Item = Result<Page<Result<SimRecord, MalformedSim>>, Error>> + Send + use<>
    {
        sims::pages(Arc::clone(&self.0), query)
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
