//! Fetches usage records of KORE Wireless: all of them, or an error that says what is missing and why.
//!
//! A [`Client`] is set up once for an API and its credentials. A [`UsageQuery`] names a resource (the
//! account, or one SIM), a window of time and a granularity. [`Client::pages`] and [`Client::records`]
//! walk the list and deliver it as a stream, in the server's order.
//!
//! ```
//! use futures_util::StreamExt;
//! use std::pin::pin;
//! use usage_client::{Client, Credentials, UsageQuery, WindowPlan};
//! use usage_model::{Granularity, Resource, Window};
//!
//! # fn api_on_loopback() -> std::io::Result<String> {
//! #     use std::io::{Read, Write};
//! #     let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! #     let url = format!("http://{}", listener.local_addr()?);
//! #     std::thread::spawn(move || {
//! #         let (mut stream, _) = listener.accept().unwrap();
//! #         let mut request = Vec::new();
//! #         while !request.ends_with(b"\r\n\r\n") {
//! #             let mut byte = [0];
//! #             stream.read_exact(&mut byte).unwrap();
//! #             request.push(byte[0]);
//! #         }
//! #         let body = r#"{"usage_records":[{"data":{"total":0}},{"data":{"total":0}}],"meta":{"next_page_url":null}}"#;
//! #         let length = body.len();
//! #         write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
//! #     });
//! #     Ok(url)
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let base_url = api_on_loopback()?;
//! let client = Client::builder()
//!     .base_url(base_url.parse()?)
//!     .credentials(Credentials::bearer("an-access-token"))
//!     .build()?;
//! let window = Window::new("2025-06-01T00:00:00Z".parse()?, "2025-07-01T00:00:00Z".parse()?)?;
//! let query = UsageQuery::new(Resource::Account, window, Granularity::Daily);
//!
//! let plan = WindowPlan::new("2025-07-03T00:00:00Z".parse()?);
//! let mut records = pin!(client.records(query, &plan));
//! let mut count = 0;
//! while let Some(fetched) = records.next().await {
//!     match fetched?.record {
//!         Ok(_record) => count += 1,
//!         Err(malformed) => eprintln!("{malformed}"),
//!     }
//! }
//! assert_eq!(count, 2);
//! # Ok(())
//! # }
//! ```
//!
//! # What a fetch promises
//!
//! A stream that ends without an error has delivered every page that the server has for the query, each
//! once, and every record on it lies in the window that was asked for, or in the UTC days that it touches. A list
//! that moves while it is paged through may have a record on two pages, or lose one between
//! them: [`Page::continuity`] tells. The end is only where the server says so, with a `next_page_url` that is
//! null or empty. A
//! record that does not decode costs only itself and is delivered as such. Everything else is an
//! [`Error`], after which the stream ends; [`Client::pages_from`] goes on from the [`Cursor`] of the
//! last page.
//!
//! # Long ranges
//!
//! [`Client::windows`] cuts a range at UTC midnights into windows of about one page each, fetches several
//! at a time, and delivers them in order: oldest first, records within a window too, even where the server
//! lists the newest first. A window that fails after its retries stands in its place as a [`MissingWindow`],
//! and the next windows follow; where the failure would meet all of them, such as a secret that is refused
//! or a wait longer than allowed, they are not asked for and come as one last error. A period that comes twice
//! is delivered once: within a window with the figures that were read last, across two windows with those of
//! the first, and reported where they differ. Memory is bounded by the windows at a time and their pages.
//! [`WindowedFetch::report`] says what came of it, window by window.
//!
//! A window that the server refuses for its length is halved until it is taken, one with the granularity `all`
//! too: its total then comes in pieces, and [`FetchReport::longest_window`] says so. Where the server refuses or
//! fails at the page size, smaller pages are asked for ([`FetchReport::smaller_pages`]). Where it refuses what
//! starts too early, that is missing to the day and the rest is delivered. A server that refuses everything is
//! asked a few times and not for every window.
//!
//! The present is an argument ([`WindowPlan::new`]): nothing after it is asked for, and windows before the
//! retention limit are marked, because the server leaves usage out there without an error.
//!
//! What the server leaves out in silence cannot be seen here: usage older than 18 months, and usage of
//! the last 48 hours that has not arrived.
//!
//! # SIMs
//!
//! [`Client::sims`] and [`Client::sim_pages`] list the SIMs of the account, all of them or those that fit the filters
//! of a [`SimQuery`], with the same care for links, pages and retries. Each SIM comes once. Where the answer has SIMs
//! that the filter leaves out, it is an error.
//!
//! # Time
//!
//! Windows are half-open and in UTC. `Start` and `End` are sent as `YYYY-MM-DDTHH:MM:SSZ`, the form that
//! every version of the API takes, and always together with `Granularity` and `PageSize`. The API calls
//! its bounds "on or after" and "on or before" and widens them to whole UTC days, so that records may
//! reach beyond the window.
//!
//! # Where credentials go
//!
//! The client secret goes to the token URL alone, and the access token to the base URL alone. Both have
//! to be https, or on this machine. Redirects are not followed. The link to the next page is not fetched
//! either: it has to name the same scheme, host, port, path and query, `Page` and `PageToken` are taken
//! out of it, and the address is built anew. Proxies set in the environment are used where
//! [`ClientBuilder::proxies_from_environment`] says so, and never for this machine. No text that
//! this crate produces, logs included, holds a credential, even where a server repeats it.
//!
//! # Retries
//!
//! The statuses 408, 425, 429, 500, 502 to 504 and 520 to 529, as the status of the response or as that which a
//! body reports, failed connections, and responses that break off or stall are tried again: after a random wait that
//! grows, and no sooner than `Retry-After` asks, which holds for all pages and windows. Limits are the number of
//! attempts, the failed attempts of a whole fetch, the time of one attempt, and the total time. A wait that does not
//! fit is not begun. A dead access token (401, or the API's 403 with `Invalid or expired token`) is renewed once. See
//! [`ErrorKind`] for what is tried again and [`ClientBuilder`] for the limits.
//!
//! # Logs
//!
//! Spans of `tracing`, at the level debug. `fetch` is a whole call: a stream of pages or records, or all
//! windows; it begins when the stream is first polled, within the span that is entered then, and ends when
//! the stream is dropped. Within it is a `window` for each window of [`Client::windows`], within that a
//! `page` for each page, and within that a `GET` for each attempt, and a `POST` within the attempt that had
//! to ask for an access token; for one that is renewed before it expires, the `POST` is within the `fetch`,
//! because no attempt waits for it. `GET` and `POST` follow the semantic conventions for HTTP clients:
//! `http.request.resend_count`, `http.response.status_code`, `error.type`, `url.template` and so on. An
//! attempt that got no access token has the `error.type` `no_access_token`, and its `POST` says why.
//!
//! No query is in them but the bounds of a window, no SID, no number or name of a SIM, no credential, and nothing that
//! the server wrote.
//!
//! # Without a runtime
//!
//! The feature `blocking` has the same client for programs that are not asynchronous: `blocking::Client`.
//!
//! # Testing your code
//!
//! With the feature `in-process` a function of yours answers the requests, without a socket: `in_process`. Or
//! take `usage-emulator` as a dev-dependency: it is the API on loopback, with the faults that are asked
//! for. Nothing leaves the machine, and the same seed gives the same records every time.
//!
//! ```
//! use usage_client::{Client, Credentials, UsageQuery, WindowPlan};
//! use usage_emulator::{Emulator, Fault};
//! use usage_model::{Granularity, Resource, Window};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = "2026-03-15T12:00:00Z".parse()?;
//! let emulator = Emulator::builder()
//!     .seed(7)
//!     .now(now)
//!     .fault("cut@2".parse::<Fault>()?)
//!     .start()
//!     .await?;
//! let client = Client::builder()
//!     .base_url(emulator.base_url())
//!     .token_url(emulator.token_url())
//!     .credentials(Credentials::client("any", "any"))
//!     .build()?;
//!
//! let window = Window::new("2026-01-01T00:00:00Z".parse()?, "2026-03-01T00:00:00Z".parse()?)?;
//! let query = UsageQuery::new(Resource::Account, window, Granularity::Hourly);
//! let fetched = client.windows(query, &WindowPlan::new(now)).gather().await;
//! assert!(fetched.missing.is_empty());
//! assert_eq!(fetched.report.records, 59 * 24);
//! assert_eq!(fetched.report.attempts, fetched.report.pages + 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Sources
//!
//! Addresses, parameters and the token grant are from the vendor's pages on the resource and on
//! authentication, and from its public `OpenAPI` description; the bodies of refusals and the paging
//! envelope from responses of the API.
#![forbid(unsafe_code)]

mod auth;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod error;
mod http;
#[cfg(feature = "in-process")]
pub mod in_process;
mod paging;
mod query;
mod sims;
mod windows;

pub use auth::credentials::Credentials;
pub use client::{
    Client,
    builder::{
        ClientBuilder, DEFAULT_MAX_BODY_BYTES, DEFAULT_MAX_PAGES, KORE_BASE_URL, KORE_TOKEN_URL,
    },
};
pub use error::{Error, ErrorKind, ProtocolError, ServerError};
pub use http::retry_after::AskedWait;
pub use paging::{
    Page,
    continuity::Continuity,
    cursor::{Cursor, Resume},
    dedup::Repeat,
};
pub use query::UsageQuery;
pub use sims::SimQuery;
pub use windows::{
    DEFAULT_CONCURRENCY, FetchReport, FetchedRecord, Gathered, MissingWindow, WindowPage,
    WindowPlan, WindowReport, WindowState, WindowedFetch,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
