//! Long ranges in windows: in order, each record once, with what is missing in its place.

mod completeness;
mod failures;
mod learning;
mod repeats;

use std::{
    num::NonZeroU32,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, StreamExt};
use tokio::sync::Semaphore;
use usage_client::{
    Client, ErrorKind, Gathered, Resume, UsageQuery, WindowPlan, WindowState, WindowedFetch,
};
use usage_model::UsagePage;

use crate::{
    hourly::{Hourly, at, delivered, hours, served},
    replies::{dead_token, hours_page, json, last_page, reply, token},
    server::{Request, Server},
    setup::{builder, client, oauth},
};

const START: &str = "2026-09-01T00:00:00Z";
const END: &str = "2026-09-11T00:00:00Z";

/// Windows of two days.
fn ten_days() -> UsageQuery {
    hours(START, END, 50)
}

fn plan(at_a_time: u32) -> WindowPlan {
    WindowPlan::new(at("2026-11-01T06:30:00Z")).concurrency(NonZeroU32::new(at_a_time).unwrap())
}

async fn gather(client: &Client, query: UsageQuery, plan: &WindowPlan) -> Gathered {
    client.windows(query, plan).gather().await
}

fn all(gathered: &Gathered) -> Vec<i64> {
    let pages = gathered.pages.iter();
    pages.flat_map(|page| delivered(&page.records)).collect()
}

fn start_of(request: &Request) -> String {
    let query = request.query();
    query
        .iter()
        .find(|(name, _)| name == "Start")
        .unwrap()
        .1
        .clone()
}

fn span_of(request: &Request) -> String {
    let query = request.query();
    let end = query
        .iter()
        .find(|(name, _)| name == "End")
        .unwrap()
        .1
        .clone();
    format!("{}/{}", &start_of(request)[5..10], &end[5..10])
}

#[tokio::test]
async fn every_hour_comes_once_and_in_order_whatever_the_concurrency() {
    let api = Server::answering(|request| Hourly::default().answer(request)).await;
    for at_a_time in [1, 3, 4, 100] {
        let gathered = gather(&client(&api), ten_days(), &plan(at_a_time)).await;
        assert_eq!(all(&gathered), served(START, END), "{at_a_time}");
        let report = &gathered.report;
        assert!(report.is_complete() && gathered.missing.is_empty());
        assert_eq!((report.pages, report.records, report.attempts), (5, 240, 5));
        assert_eq!((report.repeated, report.malformed), (0, 0));
        assert_eq!(report.smaller_pages, None);
        let windows: Vec<_> = report
            .windows
            .iter()
            .map(|window| (window.state, window.expected, window.records, window.pages))
            .collect();
        assert_eq!(windows, [(WindowState::Complete, Some(48), 48, 1); 5]);
    }
    assert_eq!(api.finished(), 20);
}

#[tokio::test]
async fn so_many_windows_are_asked_for_at_a_time_and_no_more() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let leave = Arc::new(Semaphore::new(0));
    let api = {
        let (now, most, leave) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&leave));
        Server::answering_later(move |request| {
            let step = Hourly::default().answer(request);
            let (now, most, leave) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&leave));
            Box::pin(async move {
                let under_way = now.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(under_way, Ordering::SeqCst);
                if under_way == 3 {
                    // The third of three opens the door for all: with fewer at a time nobody would get through.
                    // A fourth has all the time to come before that.
                    for _ in 0..10_000 {
                        tokio::task::yield_now().await;
                    }
                    leave.add_permits(1_000);
                }
                leave.acquire().await.unwrap().forget();
                now.fetch_sub(1, Ordering::SeqCst);
                step
            })
        })
        .await
    };
    let gathered = gather(&client(&api), ten_days(), &plan(3)).await;
    assert_eq!(all(&gathered), served(START, END));
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

/// A reader that stands still is not overtaken without limit.
#[tokio::test]
async fn what_is_fetched_ahead_is_bounded() {
    let api = Server::answering(|request| Hourly::default().answer(request)).await;
    let client = client(&api);
    let mut fetch = client.windows(ten_days(), &plan(2));
    assert_eq!(
        api.requests().len(),
        0,
        "nothing is sent before the first poll"
    );
    fetch.next().await.unwrap().unwrap();
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert!(api.requests().len() <= 3, "{:?}", api.requests());
}

#[tokio::test]
async fn a_fetch_that_is_dropped_asks_no_more() {
    let api = Server::answering(|_| reply(503, &[], "")).await;
    let client = builder(&api)
        .attempts(u32::MAX)
        .retry_budget(None)
        .retry_base(Duration::from_nanos(1))
        .retry_cap(Duration::from_nanos(1))
        .build()
        .unwrap();
    let mut fetch = client.windows(ten_days(), &plan(2));
    while api.requests().len() < 10 {
        assert!(fetch.next().now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    drop(fetch);
    let yields = async |times: usize| {
        for _ in 0..times {
            tokio::task::yield_now().await;
        }
        api.requests().len()
    };
    // What was on its way may still arrive.
    let arrived = yields(1_000).await;
    assert_eq!(yields(10_000).await, arrived);
}

#[tokio::test]
async fn the_report_has_the_bytes_and_the_waits_of_all_windows() {
    let calls = Arc::new(AtomicU32::new(0));
    let api = {
        let calls = Arc::clone(&calls);
        Server::answering(move |request| match start_of(request).as_str() {
            // Recovers after the first attempt, and not at all.
            "2026-09-03T00:00:00Z" if calls.fetch_add(1, Ordering::SeqCst) == 0 => {
                reply(503, &[], "")
            }
            "2026-09-05T00:00:00Z" => reply(503, &[], ""),
            _ => Hourly::default().answer(request),
        })
        .await
    };
    let gathered = gather(&client(&api), ten_days(), &plan(1)).await;
    let report = &gathered.report;
    let pages = || gathered.pages.iter();
    let bytes: Vec<u64> = pages().map(|page| page.bytes).collect();
    // A record of an hour takes about a hundred.
    assert!(bytes.iter().all(|bytes| (3_000..6_000).contains(bytes)));
    assert_eq!(report.bytes, bytes.iter().sum::<u64>());
    let waited: Vec<Duration> = pages().map(|page| page.waited).collect();
    let never = Duration::ZERO;
    assert!(waited[1] > never && waited[0] == never && waited[2..] == [never; 2]);
    let failed = gathered.missing[0].error.waited();
    assert!(failed > never);
    assert_eq!(report.waited, waited[1] + failed);
}

#[tokio::test]
async fn the_oldest_come_first_whatever_the_order_of_the_server() {
    for (largest_page, inclusive) in [(None, false), (None, true), (Some(7), true)] {
        let api = Server::answering(move |request| {
            let newest_first = Hourly {
                newest_first: true,
                largest_page,
                inclusive,
                ..Hourly::default()
            };
            newest_first.answer(request)
        })
        .await;
        let end = if inclusive {
            "2026-09-11T01:00:00Z"
        } else {
            END
        };
        for at_a_time in [1, 4] {
            let gathered = gather(&client(&api), ten_days(), &plan(at_a_time)).await;
            assert_eq!(all(&gathered), served(START, end), "{largest_page:?}");
            assert!(gathered.report.gaps.is_empty());
        }
    }
}

#[tokio::test]
async fn bodies_are_kept_as_they_came_where_that_is_asked_for() {
    let api = Server::answering(|request| {
        let newest_first = Hourly {
            newest_first: true,
            inclusive: true,
            largest_page: Some(7),
            ..Hourly::default()
        };
        newest_first.answer(request)
    })
    .await;
    let gathered = gather(&client(&api), ten_days(), &plan(1)).await;
    assert!(gathered.pages.iter().all(|page| page.body.is_none()));
    let keeping = builder(&api).keep_bodies(true).build().unwrap();
    let gathered = gather(&keeping, ten_days(), &plan(1)).await;
    let mut came = Vec::new();
    for page in &gathered.pages {
        let body = page.body.as_deref().unwrap();
        assert_eq!(u64::try_from(body.len()), Ok(page.bytes));
        came.extend(delivered(&UsagePage::from_slice(body).unwrap().records));
    }
    let repeated = gathered.report.repeated;
    assert_eq!(
        u64::try_from(came.len()),
        Ok(gathered.report.records + repeated)
    );
    assert!(came[0] > came[1], "the server's own order");
    came.sort_unstable();
    came.dedup();
    assert_eq!(came, served(START, "2026-09-11T01:00:00Z"));
}

#[tokio::test]
async fn the_future_is_not_asked_for_and_the_past_is_flagged() {
    let api = Server::answering(|request| Hourly::default().answer(request)).await;
    let query = hours("2025-04-30T00:00:00Z", "2025-05-02T00:00:00Z", 1000);
    let gathered = gather(&client(&api), query.clone(), &plan(4)).await;
    let past_retention: Vec<_> = gathered
        .pages
        .iter()
        .map(|page| page.past_retention)
        .collect();
    assert_eq!(past_retention, [true, false]);
    let left_out = gather(&client(&api), query, &plan(4).leave_out_expired(true)).await;
    assert_eq!(
        all(&left_out),
        served("2025-05-01T00:00:00Z", "2025-05-02T00:00:00Z")
    );
    assert_eq!(left_out.report.windows[0].state, WindowState::Expired);
    assert!(left_out.report.is_complete());
    let into = hours("2026-10-31T00:00:00Z", "2026-11-02T00:00:00Z", 24);
    let gathered = gather(&client(&api), into, &plan(1)).await;
    let windows = &gathered.report.windows;
    assert!(windows.is_sorted_by_key(|window| window.window.start()));
    let states: Vec<_> = windows.iter().map(|window| window.state).collect();
    let complete = WindowState::Complete;
    assert_eq!(states, [complete, complete, WindowState::Future]);
    let sent = api.requests().pop().unwrap().query();
    assert_eq!(
        sent[1],
        ("End".to_owned(), "2026-11-01T06:30:00Z".to_owned())
    );
}

#[tokio::test]
async fn a_range_wholly_in_the_future_yields_nothing_and_the_report_says_so() {
    let api = Server::start([]).await;
    // The first starts at the very instant of the plan, the second takes a page and more.
    for (start, end) in [
        ("2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z"),
        ("2026-11-02T00:00:00Z", "2027-11-02T00:00:00Z"),
    ] {
        let future = hours(start, end, 24);
        for plan in [plan(4), plan(4).leave_out_expired(true)] {
            let fetch = client(&api).windows(future.clone(), &plan);
            assert_eq!(fetch.remaining(), None);
            let gathered = fetch.gather().await;
            assert!(gathered.pages.is_empty() && gathered.missing.is_empty());
            let [window] = &gathered.report.windows[..] else {
                panic!("{:?}", gathered.report);
            };
            assert_eq!(window.state, WindowState::Future);
            assert_eq!(window.window, future.window());
            assert!(gathered.report.is_complete());
            assert_eq!((gathered.report.pages, gathered.report.attempts), (0, 0));
        }
    }
    assert_eq!(api.finished(), 0);
}

#[tokio::test]
async fn windows_share_one_token_and_its_renewal() {
    let api = Server::answering(|request| match request.header("authorization") {
        Some("Bearer T2") => Hourly::default().answer(request),
        _ => dead_token(),
    })
    .await;
    let tokens = Server::start([token("T1"), token("T2")]).await;
    let gathered = gather(&oauth(&api, &tokens), ten_days(), &plan(4)).await;
    assert_eq!(all(&gathered), served(START, END));
    assert_eq!(tokens.finished(), 2);
}

#[tokio::test]
async fn the_total_time_is_that_of_all_windows() {
    let api = Server::answering(|request| match start_of(request).as_str() {
        START => Hourly::default().answer(request),
        _ => crate::server::Step::Stall(Vec::new()),
    })
    .await;
    let client = builder(&api)
        .total_timeout(Some(Duration::from_millis(300)))
        .build()
        .unwrap();
    let gathered = gather(&client, ten_days(), &plan(2)).await;
    assert_eq!(all(&gathered), served(START, "2026-09-03T00:00:00Z"));
    assert_eq!(gathered.missing[0].error.kind(), ErrorKind::Deadline);
    let last = gathered.missing.last().unwrap();
    assert_eq!(last.error.kind(), ErrorKind::Abandoned);
    assert_eq!(last.window.end(), at(END));
}

#[tokio::test]
async fn what_remains_is_known_at_any_time() {
    let api = Server::answering(|request| Hourly::default().answer(request)).await;
    let client = client(&api);
    let mut fetch = client.windows(ten_days(), &plan(2));
    assert_eq!(fetch.remaining(), Some(ten_days().window()));
    fetch.next().await.unwrap().unwrap();
    fetch.next().await.unwrap().unwrap();
    let remaining = fetch.remaining().unwrap();
    // A window whose last page is out is complete.
    assert_eq!(remaining.to_string(), "2026-09-05 to 2026-09-11");
    assert!(format!("{fetch:?}").contains("under_way"));
}

#[tokio::test]
async fn one_window_needs_no_period_in_its_records() {
    let api = Server::start([last_page()]).await;
    let query = hours(START, "2026-09-02T00:00:00Z", 50);
    let gathered = gather(&client(&api), query, &plan(4)).await;
    assert_eq!(gathered.report.records, 1);
}

#[test]
fn a_fetch_can_be_sent_and_kept() {
    fn check<T: Send + Unpin + 'static>() {}
    check::<WindowedFetch>();
    check::<Gathered>();
}

/// A client that connects to nothing.
fn unconnected() -> Client {
    Client::builder()
        .credentials(usage_client::Credentials::bearer("t"))
        .base_url("http://127.0.0.1:1".parse().unwrap())
        .build()
        .unwrap()
}

#[test]
fn the_windows_to_ask_for_are_known_before_the_first_request() {
    let fetch = unconnected().windows(ten_days(), &plan(4));
    let planned = fetch.planned();
    let planned: Vec<_> = planned.iter().map(ToString::to_string).collect();
    assert_eq!(
        planned,
        [
            "2026-09-01 to 2026-09-03",
            "2026-09-03 to 2026-09-05",
            "2026-09-05 to 2026-09-07",
            "2026-09-07 to 2026-09-09",
            "2026-09-09 to 2026-09-11",
        ]
    );
}

#[test]
fn outside_a_runtime_a_fetch_says_so() {
    let gathering = unconnected().windows(ten_days(), &plan(4)).gather();
    let gathered = gathering.now_or_never().unwrap();
    assert_eq!(gathered.missing[0].error.kind(), ErrorKind::Config);
    assert_eq!(gathered.missing.len(), 1);
}
