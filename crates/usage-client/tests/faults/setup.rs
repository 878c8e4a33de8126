//! Clients and queries for the tests.

use std::{pin::pin, time::Duration};

use futures_util::StreamExt;
use usage_client::{Client, ClientBuilder, Credentials, Error, Page, UsageQuery};
use usage_model::{Granularity, PageSize, Resource, Window};

use crate::server::Server;

pub const TOKEN: &str = "the-bearer-token-of-the-test";
pub const CLIENT_ID: &str = "the-client-id-of-the-test";
pub const SECRET: &str = "the+client/secret=of the test";
pub const PASSWORD: &str = "the password of the test";

/// A client with a fixed access token and next to no waits.
pub fn builder(api: &Server) -> ClientBuilder {
    Client::builder()
        .base_url(api.url())
        .credentials(Credentials::bearer(TOKEN))
        .attempts(3)
        .retry_base(Duration::from_millis(1))
        .jitter_seed(1)
}

/// A client that fetches its access tokens.
pub fn oauth(api: &Server, tokens: &Server) -> Client {
    builder(api)
        .token_url(tokens.url().join("/auth/token").unwrap())
        .credentials(Credentials::client(CLIENT_ID, SECRET))
        .build()
        .unwrap()
}

pub fn client(api: &Server) -> Client {
    builder(api).build().unwrap()
}

/// A month of hours, two records a page.
pub fn query() -> UsageQuery {
    let start = "2025-01-01T00:00:00Z".parse().unwrap();
    let end = "2025-02-01T00:00:00Z".parse().unwrap();
    let window = Window::new(start, end).unwrap();
    UsageQuery::new(Resource::Account, window, Granularity::Hourly)
        .page_size(PageSize::new(2).unwrap())
}

/// What a fetch delivers: the pages, and the error that it ends with, if it does.
pub async fn fetch(client: &Client, query: UsageQuery) -> (Vec<Page>, Option<Error>) {
    let mut stream = pin!(client.pages(query));
    let mut pages = Vec::new();
    while let Some(page) = stream.next().await {
        match page {
            Ok(page) => pages.push(page),
            Err(error) => {
                assert!(
                    stream.next().await.is_none(),
                    "a stream goes on after an error"
                );
                return (pages, Some(error));
            }
        }
    }
    (pages, None)
}

/// The pages of a fetch that must succeed.
pub async fn pages(client: &Client) -> Vec<Page> {
    let (pages, error) = fetch(client, query()).await;
    assert!(error.is_none(), "{error:?}");
    pages
}

/// The error of a fetch that must fail on its first page.
pub async fn error(client: &Client) -> Error {
    let (pages, error) = fetch(client, query()).await;
    assert!(pages.is_empty(), "{pages:?}");
    error.unwrap()
}

/// The error and its causes, one a line.
pub fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}\n{cause}");
        source = cause.source();
    }
    text
}
