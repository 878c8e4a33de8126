//! Answering requests within the process, without a network: for simulations and tests.
//!
//! A [`Client`] that is built by [`ClientBuilder::build_in_process`] gives every request to a function and takes
//! what that returns for the response. Nothing touches a socket, so that a paused or simulated tokio clock can be
//! trusted, and the same seed gives the same run.
//!
//! ```
//! use futures_util::StreamExt as _;
//! use usage_client::{Client, Credentials, UsageQuery, in_process::Answered};
//! use usage_model::{Granularity, Resource, Window};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder()
//!     .credentials(Credentials::bearer("an-access-token"))
//!     .keep_bodies(true)
//!     .build_in_process(|asked| async move {
//!         assert_eq!(asked.address.path(), "/v1/UsageRecords");
//!         Answered::new(200, r#"{"usage_records":[{"data":{"total":0}}],"meta":{"next_page_url":null}}"#)
//!     })?;
//! let window = Window::new("2025-06-01T00:00:00Z".parse()?, "2025-07-01T00:00:00Z".parse()?)?;
//! let pages = client.pages(UsageQuery::new(Resource::Account, window, Granularity::Daily));
//! let pages: Vec<_> = pages.collect().await;
//! let [Ok(page)] = &pages[..] else { panic!("one page") };
//! assert_eq!(page.records.len(), 1);
//! assert!(page.body.is_some());
//! # Ok(())
//! # }
//! ```

use std::{fmt, future::Future, sync::Arc};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use secrecy::ExposeSecret as _;
use url::Url;

use crate::{
    Client, ClientBuilder, Error,
    http::transport::{Body, Incoming, Request, Transport, TransportError},
};

/// A request: a `GET`, or a `POST` where there is a form.
#[derive(Clone)]
#[non_exhaustive]
pub struct Asked {
    /// Where it goes.
    pub address: Url,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The form, encoded.
    pub form: Option<String>,
}

/// Credentials are not shown.
impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked")
            .field("address", &self.address.path())
            .field("is_post", &self.form.is_some())
            .finish_non_exhaustive()
    }
}

/// A response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answered {
    /// The status; 0 for a connection that broke before there was one.
    pub status: u16,
    /// Names, in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it came.
    pub body: Vec<u8>,
    /// Whether the connection broke after that.
    pub is_broken: bool,
}

impl Answered {
    /// Returns a whole response without headers.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            is_broken: false,
        }
    }

    /// Adds a header; the name in lower case.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Breaks the connection after what there is of the body.
    #[must_use]
    pub fn broken(self) -> Self {
        Self {
            is_broken: true,
            ..self
        }
    }
}

impl ClientBuilder {
    /// Checks the settings and builds a client whose requests are answered by a function.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn build_in_process<F, A>(self, answer: F) -> Result<Client, Error>
    where
        F: Fn(Asked) -> A + Send + Sync + 'static,
        A: Future<Output = Answered> + Send + 'static,
    {
        self.build_over(Arc::new(InProcess(answer)))
    }
}

struct InProcess<F>(F);

impl<F, A> Transport for InProcess<F>
where
    F: Fn(Asked) -> A + Send + Sync,
    A: Future<Output = Answered> + Send + 'static,
{
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Incoming, TransportError>> {
        let exposed = |secret: secrecy::SecretString| secret.expose_secret().to_owned();
        let answer = (self.0)(Asked {
            address: request.address,
            authorization: request.authorization.map(exposed),
            form: request.form.map(exposed),
        });
        Box::pin(async move {
            let answered = answer.await;
            if answered.status == 0 {
                return Err(TransportError::lost());
            }
            Ok(Incoming {
                status: answered.status,
                headers: answered.headers,
                body: Box::new(Whole {
                    body: Some(answered.body.into()),
                    is_broken: answered.is_broken,
                }),
            })
        })
    }
}

/// A body that is there as a whole.
struct Whole {
    body: Option<Bytes>,
    is_broken: bool,
}

impl Body for Whole {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        let part = self.body.take();
        let part = match part {
            None if self.is_broken => Err(TransportError::lost()),
            part => Ok(part),
        };
        Box::pin(async { part })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The chunks of a body, and whether the connection broke after them.
    async fn read(answered: Answered) -> (Vec<u8>, bool) {
        let transport = InProcess(move |_| std::future::ready(answered.clone()));
        let request = Request {
            address: "http://h/".parse().unwrap(),
            authorization: None,
            form: None,
        };
        let mut body = transport.send(request).await.unwrap().body;
        let mut read = Vec::new();
        loop {
            match body.chunk().await {
                Ok(Some(chunk)) => read.extend(chunk),
                end => return (read, end.is_err()),
            }
        }
    }

    #[tokio::test]
    async fn the_connection_breaks_only_where_it_is_said_to() {
        let answered = Answered::new(200, "a part");
        assert_eq!(read(answered.clone()).await, (b"a part".to_vec(), false));
        assert_eq!(read(answered.broken()).await, (b"a part".to_vec(), true));
    }
}
