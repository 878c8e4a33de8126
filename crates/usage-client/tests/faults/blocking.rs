//! The client without a runtime around it.

use std::num::NonZeroU32;

use usage_client::{Client, ErrorKind, FetchReport, WindowPlan, WindowState, blocking};

use crate::{
    hourly::{Hourly, at, delivered, hours, served},
    replies::{last_page, page, reply},
    server::Server,
    setup::{builder, query},
};

const START: &str = "2026-09-01T00:00:00Z";
const END: &str = "2026-09-11T00:00:00Z";

fn states(report: &FetchReport) -> Vec<WindowState> {
    report.windows.iter().map(|window| window.state).collect()
}

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
    let plan = WindowPlan::new(at("2026-11-01T00:00:00Z")).days(NonZeroU32::MAX);
    let pages: Vec<_> = client.pages(query()).map(Result::unwrap).collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(
        client.records(query(), &plan).map(Result::unwrap).count(),
        3
    );
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
        all.extend(delivered(&page.unwrap().records));
    }
    assert_eq!(all, served(START, END));
    assert_eq!(windows.report().windows.len(), 5);
}

#[test]
fn what_remains_and_what_is_gathered_are_those_of_the_fetch() {
    let (_runtime, api, client) = blocking(Server::answering(|request| {
        Hourly::default().answer(request)
    }));
    let plan = WindowPlan::new(at("2026-11-01T00:00:00Z")).concurrency(NonZeroU32::MIN);
    let query = hours(START, END, 50);
    let mut windows = client.windows(query.clone(), &plan);
    assert_eq!(windows.remaining(), Some(query.window()));
    let first = windows.next().unwrap().unwrap();
    let rest = windows.remaining().unwrap();
    assert_eq!(rest.start(), first.window.end());
    assert_eq!(rest.end(), at(END));
    let gathered = windows.gather();
    let pages = gathered.pages.iter().map(|page| &page.records);
    let hours: Vec<i64> = [&first.records]
        .into_iter()
        .chain(pages)
        .flat_map(|records| delivered(records))
        .collect();
    assert_eq!(hours, served(START, END));
    assert!(gathered.missing.is_empty() && gathered.report.is_complete());
    // The page that was taken before is in the report all the same.
    assert_eq!(gathered.report.pages, 5);
    assert_eq!(api.requests().len(), 5);

    let mut windows = client.windows(query, &plan);
    assert_eq!(windows.by_ref().count(), 5);
    assert_eq!(windows.remaining(), None);
}

#[test]
fn what_fails_is_gathered_too() {
    let (_runtime, _api, client) = blocking(Server::answering(|request| {
        let query = request.query();
        if query
            .iter()
            .any(|(_, value)| value == "2026-09-03T00:00:00Z")
        {
            return reply(422, &[], "");
        }
        Hourly::default().answer(request)
    }));
    let plan = WindowPlan::new(at("2026-11-01T00:00:00Z")).concurrency(NonZeroU32::MIN);
    let gathered = client.windows(hours(START, END, 24), &plan).gather();
    assert_eq!(gathered.pages.len(), 8);
    let missing: Vec<_> = gathered
        .missing
        .iter()
        .map(|missing| missing.window)
        .collect();
    assert_eq!(
        missing.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["2026-09-02 to 2026-09-03", "2026-09-03 to 2026-09-04",]
    );
    assert!(!gathered.report.is_complete());
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
        // What was not asked for is not taken for complete.
        assert_eq!(windows.remaining(), None);
        assert_eq!(states(windows.report()), [WindowState::NotAsked]);
        let gathered = client.windows(hours(START, END, 50), &plan).gather();
        assert_eq!((gathered.pages.len(), gathered.missing.len()), (0, 1));
        assert!(!gathered.report.is_complete());
        drop((pages, windows, client));
    });
    assert_eq!(api.finished(), 0);
}

#[test]
fn a_fetch_that_goes_on_within_a_runtime_ends_there_and_says_what_is_missing() {
    let (runtime, _api, client) = blocking(Server::answering(|request| {
        Hourly::default().answer(request)
    }));
    let plan = WindowPlan::new(at("2026-11-01T00:00:00Z"));
    let plan = plan.concurrency(NonZeroU32::MIN.saturating_add(1));
    let mut windows = client.windows(hours(START, END, 24), &plan);
    let last = windows.by_ref().take(2).last().unwrap().unwrap();
    runtime.block_on(async {
        let missing = windows.next().unwrap().unwrap_err();
        assert_eq!(missing.error.kind(), ErrorKind::Config);
        assert_eq!(missing.window.start(), last.window.end());
        assert_eq!(missing.window.end(), at(END));
        assert!(windows.next().is_none());
    });
    // Two were under way.
    assert_eq!(
        states(windows.report()),
        [
            WindowState::Complete,
            WindowState::Complete,
            WindowState::Failed,
            WindowState::Failed,
            WindowState::NotAsked,
        ]
    );
    assert_eq!(windows.report().windows[4].window.end(), at(END));
    assert_eq!(windows.remaining(), None);
    drop((windows, client));
}
