//! Fetches usage records of KORE Wireless: all of them, or an error that says what is missing and why.
//!
//! A [`Client`] is set up once for an API and its credentials. A [`UsageQuery`] names a resource (the
//! account, or one SIM), a window of time and a granularity. [`Client::pages`] and [`Client::records`]
//! walk the list and deliver it as a stream, in the server's order.
//!
//! ```
//! use futures_util::StreamExt;
//! use std::pin::pin;
//! use usage_client::{Client, Credentials, Resource, UsageQuery};
//! use usage_model::{Granularity, Window};
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
//! #         let body = r#"{"usage_records":[{},{}],"meta":{"next_page_url":null}}"#;
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
//! let mut records = pin!(client.records(query));
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
//! once. The end is only where the server says so, with a `next_page_url` that is null or empty. A
//! record that does not decode costs only itself and is delivered as such. Everything else is an
//! [`Error`], after which the stream ends; [`Client::pages_from`] goes on from the [`Cursor`] of the
//! last page.
//!
//! What the server leaves out in silence cannot be seen here: usage older than 18 months, and usage of
//! the last 48 hours that has not arrived.
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
//! out of it, and the address is built anew. Proxies set in the environment are not used. No text that
//! this crate produces, logs included, holds a credential, even where a server repeats it.
//!
//! # Retries
//!
//! The statuses 408, 425, 429, 500, 502, 503 and 504, failed connections, and responses that break off
//! or stall are tried again: after a random wait that grows, and no sooner than `Retry-After` asks.
//! Limits are the number of attempts, the time of one attempt, and the total time. A wait that does not
//! fit is not begun. A dead access token (401, or the API's 403 with `Invalid or expired token`) is
//! renewed once. See [`ErrorKind`] for what is tried again and [`ClientBuilder`] for the limits.
//!
//! # Sources
//!
//! Addresses, parameters and the token grant are from the vendor's pages on the resource and on
//! authentication, and from its public `OpenAPI` description; the bodies of refusals and the paging
//! envelope from responses of the API.
#![forbid(unsafe_code)]

mod answer;
mod auth;
mod budget;
mod builder;
mod call;
mod client;
mod credentials;
mod cursor;
mod deadline;
mod dice;
mod error;
mod exchange;
mod failure;
mod fetch;
mod identity;
mod link;
mod origin;
mod pace;
mod page;
mod pages;
mod query;
mod records;
mod refusal;
mod retry;
mod retry_after;
mod seam;
mod secrets;
mod text;
mod transport;
mod windows;

pub use builder::{
    ClientBuilder, DEFAULT_MAX_BODY_BYTES, DEFAULT_MAX_PAGES, KORE_BASE_URL, KORE_TOKEN_URL,
};
pub use client::Client;
pub use credentials::Credentials;
pub use cursor::Cursor;
pub use error::{Error, ErrorKind, ProtocolError, ServerError};
pub use page::Page;
pub use query::{Resource, UsageQuery};
pub use records::FetchedRecord;
pub use seam::Seam;
pub use windows::{
    DEFAULT_CONCURRENCY, Differing, FetchReport, Gathered, WindowError, WindowPage, WindowPlan,
    WindowReport, WindowState, WindowedFetch,
};
