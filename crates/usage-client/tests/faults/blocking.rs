//! The client without a runtime around it.

use std::num::NonZeroU32;

use usage_client::{Client, ErrorKind, WindowPlan, blocking};

use crate::{
    hourly::{Hourly, at, delivered, hours, served},
    replies::{last_page, page},
    server::Server,
    setup::{builder, query},
};

const START: &str = "2026-09-01T00:00:00Z";
const END: &str = "2026-09-11T00:00:00Z";

/// A server on a runtime of its own, and a client for it.
fn blocking(
    start: impl Future<Output = Server>,
) -> (tokio::runtime::Runtime, Server, blocking::Client) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let api = runtime.block_on(start);
    let client: Client = builder(&api).build().unwrap();
    (runtime, api, blocking::Client::new(client).unwrap())
}

#[test]
fn streams_are_iterators() {
    let (_runtime, api, client) = blocking(Server::start([
        page(2, r#""?Page=1""#),
        last_page(),
        page(2, r#""?Page=1""#),
        last_page(),
        last_page(),
    ]));
    let pages: Vec<_> = client.pages(query()).map(Result::unwrap).collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(client.records(query()).map(Result::unwrap).count(), 3);
    let cursor = pages[0].cursor.clone().unwrap();
    assert_eq!(
        client
            .pages_from(query(), cursor)
            .map(Result::unwrap)
            .count(),
        1
    );
    assert_eq!(api.finished(), 5);
}

#[test]
fn windows_come_in_order_and_with_a_report() {
    let (_runtime, _api, client) = blocking(Server::answering(|request| {
        Hourly::default().answer(request)
    }));
    let plan = WindowPlan::new(at("2026-11-01T00:00:00Z")).concurrency(NonZeroU32::MIN);
    let mut windows = client.windows(hours(START, END, 50), &plan);
    let mut all = Vec::new();
    for page in windows.by_ref() {
        all.extend(delivered(&page.unwrap().page));
    }
    assert_eq!(all, served(START, END));
    assert_eq!(windows.report().windows.len(), 5);
}

#[test]
fn within_a_runtime_every_call_is_an_error() {
    let (runtime, api, client) = blocking(Server::start([]));
    runtime.block_on(async {
        let mut pages = client.pages(query());
        let error = pages.next().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.help().is_some() && pages.next().is_none());
        let plan = WindowPlan::new(at("2026-11-01T00:00:00Z"));
        let mut windows = client.windows(hours(START, END, 50), &plan);
        let missing = windows.next().unwrap().unwrap_err();
        assert_eq!(missing.error.kind(), ErrorKind::Config);
        assert_eq!(missing.window, hours(START, END, 50).window());
        assert!(windows.next().is_none());
        drop((pages, windows, client));
    });
    assert_eq!(api.finished(), 0);
}
