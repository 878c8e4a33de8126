//! The client for programs without an asynchronous runtime of their own.
//!
//! ```no_run
//! use usage_client::{Credentials, UsageQuery, WindowPlan, blocking};
//! use usage_model::{Granularity, Resource, Window};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = usage_client::Client::builder()
//!     .credentials(Credentials::client("id", "secret"))
//!     .build()?;
//! let client = blocking::Client::new(client)?;
//! let window = Window::new("2025-06-01T00:00:00Z".parse()?, "2025-07-01T00:00:00Z".parse()?)?;
//! let query = UsageQuery::new(Resource::Account, window, Granularity::Daily);
//! let plan = WindowPlan::new("2025-07-03T00:00:00Z".parse()?);
//! for record in client.records(query, &plan) {
//!     let _record = record?.record?;
//! }
//! # Ok(())
//! # }
//! ```

use std::{fmt, pin::Pin, sync::Arc};

use futures_core::Stream;
use futures_util::StreamExt;
use tokio::runtime::{Builder, Handle, Runtime};
use usage_model::{MalformedSim, SimRecord, Window};

use crate::{
    Cursor, Error, FetchReport, FetchedRecord, Gathered, MissingWindow, Page, SimQuery, UsageQuery,
    WindowPage, WindowPlan, WindowedFetch,
    error::{ConfigError, failure::Reason},
    windows::items,
};

/// A [`Client`](crate::Client) whose streams are iterators. Cheap to clone.
///
/// It runs one thread of its own, on which windows are fetched ahead. It is not for use within an
/// asynchronous runtime: there every call is an error of the kind [`Config`](crate::ErrorKind::Config).
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    driver: Arc<Driver>,
}

/// The runtime; taken out only at the end.
struct Driver(Option<Runtime>);

impl Driver {
    fn run<F: Future>(&self, work: F) -> Result<F::Output, Error> {
        match &self.0 {
            // Blocking a thread of another runtime is a panic there.
            Some(runtime) if Handle::try_current().is_err() => Ok(runtime.block_on(work)),
            _ => Err(ConfigError::WithinRuntime.into()),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Waiting for its end would be a panic where the last clone is dropped within another runtime.
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// Starts the thread that the client runs on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) where it cannot be started.
    pub fn new(client: crate::Client) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("usage-client")
            .enable_all()
            .build()
            .map_err(|error| ConfigError::Transport(Some(Reason(error.to_string()))))?;
        Ok(Self {
            client,
            driver: Arc::new(Driver(Some(runtime))),
        })
    }

    /// Returns the pages of a query, as [`Client::pages`](crate::Client::pages).
    ///
    /// # Errors
    ///
    /// As there; the iterator ends after an error.
    pub fn pages(
        &self,
        query: UsageQuery,
    ) -> impl Iterator<Item = Result<Page, Error>> + Send + use<> {
        self.iterate(self.client.pages(query))
    }

    /// Returns the pages of a query from a cursor on, as [`Client::pages_from`](crate::Client::pages_from).
    ///
    /// # Errors
    ///
    /// As there; the iterator ends after an error.
    pub fn pages_from(
        &self,
        query: UsageQuery,
        cursor: Cursor,
    ) -> impl Iterator<Item = Result<Page, Error>> + Send + use<> {
        self.iterate(self.client.pages_from(query, cursor))
    }

    /// Returns the records of a query, as [`Client::records`](crate::Client::records).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn records(
        &self,
        query: UsageQuery,
        plan: &WindowPlan,
    ) -> impl Iterator<Item = Result<FetchedRecord, MissingWindow>> + Send + use<> {
        self.windows(query, plan).flat_map(items)
    }

    /// Returns the SIMs of the account, as [`Client::sims`](crate::Client::sims).
    ///
    /// # Errors
    ///
    /// As there; the iterator ends after an error.
    pub fn sims(
        &self,
        query: SimQuery,
    ) -> impl Iterator<Item = Result<Result<SimRecord, MalformedSim>, Error>> + Send + use<> {
        self.iterate(self.client.sims(query))
    }

    /// Returns the SIMs of the account page by page, as [`Client::sim_pages`](crate::Client::sim_pages).
    ///
    /// # Errors
    ///
    /// As there; the iterator ends after an error.
    pub fn sim_pages(
        &self,
        query: SimQuery,
    ) -> impl Iterator<Item = Result<Page<Result<SimRecord, MalformedSim>>, Error>> + Send + use<>
    {
        self.iterate(self.client.sim_pages(query))
    }

    /// Returns the pages of a query, fetched in windows, as [`Client::windows`](crate::Client::windows).
    pub fn windows(&self, query: UsageQuery, plan: &WindowPlan) -> Windows {
        Windows {
            fetch: self.client.windows(query, plan),
            driver: Arc::clone(&self.driver),
        }
    }

    fn iterate<T>(&self, stream: impl Stream<Item = Result<T, Error>> + Send + 'static) -> Iter<T> {
        Iter {
            stream: Some(Box::pin(stream)),
            driver: Arc::clone(&self.driver),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

/// The items of some stream.
type Items<T> = dyn Stream<Item = Result<T, Error>> + Send;

/// A stream that is waited for.
struct Iter<T> {
    /// `None` after an error of the caller's.
    stream: Option<Pin<Box<Items<T>>>>,
    driver: Arc<Driver>,
}

impl<T> Iterator for Iter<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.driver.run(self.stream.as_mut()?.next()) {
            Ok(item) => item,
            Err(error) => {
                self.stream = None;
                Some(Err(error))
            }
        }
    }
}

/// A [`WindowedFetch`] as an iterator, with the same items.
pub struct Windows {
    fetch: WindowedFetch,
    driver: Arc<Driver>,
}

impl Windows {
    /// Returns what came of the fetch so far, as [`WindowedFetch::report`].
    pub const fn report(&self) -> &FetchReport {
        self.fetch.report()
    }

    /// Returns what has not been delivered yet and is still to come, as [`WindowedFetch::remaining`]. `None` at the
    /// end of the iterator.
    pub fn remaining(&self) -> Option<Window> {
        self.fetch.remaining()
    }

    /// Fetches everything and keeps it, as [`WindowedFetch::gather`]: for ranges that fit into memory.
    pub fn gather(mut self) -> Gathered {
        let mut gathered = Gathered::default();
        for item in self.by_ref() {
            gathered.add(item);
        }
        gathered.report = self.fetch.report().clone();
        gathered
    }
}

impl Iterator for Windows {
    type Item = Result<WindowPage, MissingWindow>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.driver.run(self.fetch.next()) {
            Ok(item) => item,
            Err(error) => self.fetch.stop(error).map(Err),
        }
    }
}

impl fmt::Debug for Windows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Windows")
            .field("fetch", &self.fetch)
            .finish_non_exhaustive()
    }
}
