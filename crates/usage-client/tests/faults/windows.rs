//! Long ranges in windows: in order, each record once, with what is missing in its place.

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
    Client, ErrorKind, Gathered, UsageQuery, WindowPlan, WindowState, WindowedFetch,
};

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
    pages.flat_map(|page| delivered(&page.page)).collect()
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
    let pages = || gathered.pages.iter().map(|page| &page.page);
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
async fn a_window_that_fails_stands_in_its_place_and_the_others_come() {
    let api = Server::answering(|request| match start_of(request).as_str() {
        "2026-09-05T00:00:00Z" => json(500, r#"{"code":20500,"message":"no"}"#),
        _ => Hourly::default().answer(request),
    })
    .await;
    for at_a_time in [1, 4] {
        let client = client(&api);
        let mut fetch = pin!(client.windows(ten_days(), &plan(at_a_time)));
        let mut items = Vec::new();
        while let Some(item) = fetch.next().await {
            items.push(match item {
                Ok(page) => page.window.to_string(),
                Err(missing) => {
                    assert_eq!(missing.error.kind(), ErrorKind::Server);
                    assert_eq!(missing.error.window(), Some(missing.window));
                    assert_eq!(missing.error.attempts(), 3);
                    let (query, cursor) = missing.resume.as_ref().unwrap();
                    assert_eq!((query.window(), cursor.index()), (missing.window, 0));
                    // The window is named once, and no cause is told twice.
                    let text = missing.to_string();
                    assert!(
                        text.starts_with(
                            "page 1 of /v1/UsageRecords from 2026-09-05 to 2026-09-07: HTTP 500 \
                             after 3 attempts in "
                        ),
                        "{text}"
                    );
                    let cause = std::error::Error::source(&missing).unwrap().to_string();
                    assert_eq!(cause, missing.error.server_error().unwrap().to_string());
                    format!("no {}", missing.window)
                }
            });
        }
        let starts: Vec<_> = items
            .iter()
            .map(|item| item[..item.len() - 34].to_owned())
            .collect();
        assert_eq!(
            starts,
            [
                "2026-09-01",
                "2026-09-03",
                "no 2026-09-05",
                "2026-09-07",
                "2026-09-09"
            ]
        );
        let report = fetch.report();
        assert!(!report.is_complete());
        assert_eq!((report.pages, report.attempts), (4, 7));
        assert_eq!(report.windows[2].state, WindowState::Failed);
        assert_eq!(fetch.remaining(), None);
    }
}

#[tokio::test]
async fn a_failure_that_meets_all_windows_ends_the_asking() {
    let denied =
        r#"{"message":"User is not authorized to access this resource with an explicit deny"}"#;
    for (status, body, kind) in [
        (401, "", ErrorKind::Authentication),
        (403, denied, ErrorKind::Permission),
        (404, "", ErrorKind::Refused),
        (302, "", ErrorKind::Redirect),
    ] {
        let api = Server::answering(move |request| match start_of(request).as_str() {
            "2026-09-03T00:00:00Z" => json(status, body),
            _ => Hourly::default().answer(request),
        })
        .await;
        let gathered = gather(&client(&api), ten_days(), &plan(1)).await;
        assert_eq!(all(&gathered), served(START, "2026-09-03T00:00:00Z"));
        let [first, rest] = &gathered.missing[..] else {
            panic!("{gathered:?}");
        };
        assert_eq!(first.error.kind(), kind);
        assert_eq!(rest.error.kind(), ErrorKind::Abandoned);
        assert_eq!(
            rest.to_string(),
            "2026-09-05 to 2026-09-11: not asked for after the failure before"
        );
        // What would have met the same does not succeed later either, and says why.
        assert!(!rest.error.is_retryable() && rest.resume.is_none());
        let cause = std::error::Error::source(&rest.error).unwrap().to_string();
        assert_eq!(cause, first.error.reason());
        assert!(rest.error.help().is_some());
        assert_eq!(gathered.report.windows[2].state, WindowState::NotAsked);
        assert_eq!(api.requests().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn a_broken_server_is_not_hammered() {
    let api = Server::answering(|_| reply(503, &[], "")).await;
    let client = builder(&api)
        .attempts(5)
        .retry_budget(Some(6))
        .build()
        .unwrap();
    let gathered = gather(&client, ten_days(), &plan(1)).await;
    // Five attempts, then two until the budget is gone, and nothing after that.
    assert_eq!(api.requests().len(), 7);
    let texts: Vec<_> = gathered.missing.iter().map(ToString::to_string).collect();
    assert!(
        texts[1].ends_with("; the retries of the whole fetch are used up"),
        "{texts:?}"
    );
    assert_eq!(texts.len(), 3);
    let rest = &gathered.missing[2].error;
    assert_eq!(rest.kind(), ErrorKind::Abandoned);
    assert!(rest.is_retryable(), "a broken server may be mended");
}

#[tokio::test]
async fn a_broken_server_is_not_asked_for_every_window() {
    let api = Server::answering(|_| reply(503, &[], "")).await;
    let client = builder(&api)
        .attempts(1)
        .retry_budget(Some(2))
        .build()
        .unwrap();
    let gathered = gather(&client, ten_days(), &plan(1)).await;
    // Two failures are borne, the third is one too many, and two windows are left.
    assert_eq!(api.requests().len(), 3);
    let texts: Vec<_> = gathered.missing.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(texts[1].ends_with("HTTP 503"), "{texts:?}");
    assert!(
        texts[2].ends_with("HTTP 503; the retries of the whole fetch are used up"),
        "{texts:?}"
    );
    assert_eq!(gathered.missing[3].error.kind(), ErrorKind::Abandoned);
}

#[tokio::test]
async fn a_wait_that_is_asked_for_after_the_last_attempt_is_kept_by_the_next_window() {
    let api = Server::answering(|_| reply(429, &["retry-after: 30"], "")).await;
    let client = builder(&api).attempts(1).build().unwrap();
    let mut fetch = client.windows(ten_days(), &plan(1));
    let first = fetch.next().await.unwrap().unwrap_err();
    let text = first.to_string();
    assert!(
        text.ends_with("HTTP 429; the server asks to wait 30 s"),
        "{text}"
    );
    // The next window has all the time to ask.
    for _ in 0..10_000 {
        assert!(fetch.next().now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    assert_eq!(api.requests().len(), 1);
}

/// A server that asks for more patience than there is asks it of all windows.
#[tokio::test]
async fn a_wait_that_is_too_long_is_not_cut_short_by_other_windows() {
    let api = Server::answering(|_| reply(429, &["retry-after: 3600"], "")).await;
    let gathered = gather(&client(&api), ten_days(), &plan(1)).await;
    let [first, rest] = &gathered.missing[..] else {
        panic!("{gathered:?}");
    };
    assert_eq!(first.error.kind(), ErrorKind::RateLimited);
    assert_eq!(first.error.retry_after(), Some(Duration::from_hours(1)));
    assert_eq!(rest.error.kind(), ErrorKind::Abandoned);
    assert_eq!(api.requests().len(), 1);
}

#[tokio::test]
async fn an_inclusive_end_brings_no_record_twice() {
    let api = Server::answering(|request| {
        let inclusive = Hourly {
            inclusive: true,
            ..Hourly::default()
        };
        inclusive.answer(request)
    })
    .await;
    for at_a_time in [1, 4] {
        let gathered = gather(&client(&api), ten_days(), &plan(at_a_time)).await;
        // The last hour is beyond the range, where no window follows to say otherwise.
        assert_eq!(all(&gathered), served(START, "2026-09-11T01:00:00Z"));
        assert_eq!(
            (gathered.report.repeated, gathered.report.differing),
            (4, 0)
        );
    }
}

/// The pieces of a window meet as windows do, and the server widens each of them.
#[tokio::test]
async fn pieces_of_a_window_bring_no_record_twice() {
    let api = Server::answering(|request| {
        let habits = Hourly {
            whole_end: true,
            longest: Some(31),
            largest_page: Some(50),
            ..Hourly::default()
        };
        habits.answer(request)
    })
    .await;
    // A window and another one, and a window alone. The last day is beyond the range, where no window follows
    // to say otherwise.
    let start = "2026-05-01T00:00:00Z";
    for (end, last) in [
        ("2026-07-02T00:00:00Z", "2026-07-03T00:00:00Z"),
        ("2026-06-11T00:00:00Z", "2026-06-12T00:00:00Z"),
    ] {
        for at_a_time in [1, 4] {
            let query = hours(start, end, 1000);
            let gathered = gather(&client(&api), query, &plan(at_a_time)).await;
            assert_eq!(all(&gathered), served(start, last), "{end} {at_a_time}");
            for page in &gathered.pages {
                let (window, piece) = (page.window, page.query.window());
                assert!(window.start() <= piece.start() && piece.end() <= window.end());
            }
            let report = &gathered.report;
            assert!(report.repeated >= 24 && report.differing == 0);
        }
    }
}

#[tokio::test]
async fn the_cursor_of_a_page_goes_with_the_query_of_the_page() {
    let api = Server::answering(|request| {
        let habits = Hourly {
            longest: Some(31),
            largest_page: Some(200),
            ..Hourly::default()
        };
        habits.answer(request)
    })
    .await;
    let client = client(&api);
    let query = hours("2026-05-01T00:00:00Z", "2026-06-11T00:00:00Z", 1000);
    let gathered = gather(&client, query, &plan(1)).await;
    let mut continued = 0;
    for pair in gathered.pages.windows(2) {
        let [page, next] = pair else {
            panic!("{pair:?}");
        };
        let Some(cursor) = page.page.cursor.clone() else {
            continue;
        };
        let mut rest = pin!(client.pages_from(page.query.clone(), cursor));
        let again = rest.next().await.unwrap().unwrap();
        assert_eq!(again.records, next.page.records);
        continued += 1;
    }
    // Pieces of 31 and of 10 days.
    assert_eq!((continued, gathered.pages.len()), (4, 6));
}

/// Pages of a list that moves, one of them empty, another with nothing that is new.
#[tokio::test]
async fn a_record_that_comes_again_after_other_pages_is_delivered_once() {
    for list in [
        [&[0, 1][..], &[], &[1, 2], &[3]],
        [&[0, 1, 2], &[1, 2], &[], &[1, 2, 3]],
        [&[0, 1], &[1, 2], &[], &[1, 2, 3]],
    ] {
        let steps = list.iter().zip(1..).map(|(hours, number)| {
            let next = format!(r#""?Page={number}""#);
            hours_page(hours, if number == list.len() { "null" } else { &next })
        });
        let api = Server::start(steps).await;
        let (start, end) = ("2025-01-01T00:00:00Z", "2025-01-01T04:00:00Z");
        let gathered = gather(&client(&api), hours(start, end, 50), &plan(1)).await;
        assert_eq!(all(&gathered), served(start, end), "{list:?}");
        let came: usize = list.iter().map(|hours| hours.len()).sum();
        assert_eq!(gathered.report.repeated, u64::try_from(came).unwrap() - 4);
    }
}

#[tokio::test]
async fn a_record_with_other_figures_the_second_time_is_reported() {
    let calls = Arc::new(AtomicU32::new(0));
    let api = {
        let calls = Arc::clone(&calls);
        Server::answering(move |request| {
            let drifting = Hourly {
                inclusive: true,
                drift: calls.fetch_add(1, Ordering::SeqCst).into(),
                ..Hourly::default()
            };
            drifting.answer(request)
        })
        .await
    };
    let query = hours(START, "2026-09-05T00:00:00Z", 50);
    let gathered = gather(&client(&api), query, &plan(1)).await;
    assert_eq!(gathered.report.differing, 1);
    let [differing] = &gathered.pages[1].differing[..] else {
        panic!("{gathered:?}");
    };
    assert_ne!(differing.delivered.data, differing.again.data);
    assert_eq!(differing.delivered.period, differing.again.period);
    assert_eq!(gathered.pages[1].repeated, 1);
    // The record was delivered with the window before, as it came first.
    let first = gathered.pages[0].page.records.last().unwrap();
    assert_eq!(first.as_ref().unwrap(), &differing.delivered);
}

#[tokio::test]
async fn a_limit_of_the_window_is_found_out() {
    let api = Server::answering(|request| {
        let capped = Hourly {
            longest: Some(31),
            ..Hourly::default()
        };
        capped.answer(request)
    })
    .await;
    let (start, end) = ("2026-05-01T00:00:00Z", "2026-10-01T00:00:00Z");
    let query = hours(start, end, 1000);
    let gathered = gather(&client(&api), query.clone(), &plan(1)).await;
    assert_eq!(all(&gathered), served(start, end));
    assert!(gathered.missing.is_empty());
    assert_eq!((gathered.report.pages, gathered.report.attempts), (6, 7));
    let spans: Vec<_> = api.requests().iter().map(span_of).collect();
    assert_eq!(
        spans,
        [
            // Refused, then in pieces, and never asked for so long again.
            "05-01/06-11",
            "05-01/06-01",
            "06-01/06-11",
            "06-11/07-12",
            "07-12/08-12",
            "08-12/09-12",
            "09-12/10-01"
        ]
    );
    let gathered = gather(&client(&api), query.clone(), &plan(4)).await;
    assert_eq!(all(&gathered), served(start, end));
    let before = api.requests().len();
    let longest = plan(4).longest(NonZeroU32::new(31).unwrap());
    let gathered = gather(&client(&api), query, &longest).await;
    assert_eq!(all(&gathered), served(start, end));
    assert_eq!(api.requests().len() - before, 5);
}

#[tokio::test]
async fn a_refusal_for_another_reason_is_reported_as_it_is() {
    let api = Server::answering(|_| {
        json(
            400,
            r#"{"code":33101,"message":"Invalid value for Granularity"}"#,
        )
    })
    .await;
    let query = hours("2026-05-01T00:00:00Z", "2026-10-01T00:00:00Z", 1000);
    let gathered = gather(&client(&api), query, &plan(1)).await;
    assert_eq!(gathered.missing.len(), 4);
    // Three windows are longer than what may be too long, and each is tried in pieces to see whether that
    // helps: what one was refused for need not be what another is.
    assert_eq!(api.requests().len(), 7);
    assert_eq!(gathered.report.attempts, 7);
    let first = &gathered.missing[0];
    assert_eq!((first.window.end() - first.window.start()).num_days(), 41);
    assert!(first.error.server_error().is_some());
}

/// What is past the retention of the server is refused whatever its length, and the rest for its length.
#[tokio::test]
async fn a_window_refused_for_another_reason_does_not_hide_the_limit() {
    let kept = "2026-06-11T00:00:00Z";
    let api = Server::answering(move |request| {
        let capped = Hourly {
            longest: Some(31),
            ..Hourly::default()
        };
        if at(&start_of(request)) < at(kept) {
            return json(400, r#"{"code":33101,"message":"Start is too long ago"}"#);
        }
        capped.answer(request)
    })
    .await;
    let (start, end) = ("2026-05-01T00:00:00Z", "2026-10-01T00:00:00Z");
    for at_a_time in [1, 4] {
        let query = hours(start, end, 1000);
        let gathered = gather(&client(&api), query, &plan(at_a_time)).await;
        assert_eq!(all(&gathered), served(kept, end));
        let [missing] = &gathered.missing[..] else {
            panic!("{gathered:?}");
        };
        assert_eq!(missing.window, hours(start, kept, 1000).window());
    }
}

#[tokio::test]
async fn smaller_pages_than_asked_for_make_narrower_windows() {
    let api = Server::answering(|request| {
        let small = Hourly {
            largest_page: Some(50),
            ..Hourly::default()
        };
        small.answer(request)
    })
    .await;
    let (start, end) = ("2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let gathered = gather(&client(&api), hours(start, end, 1000), &plan(1)).await;
    assert_eq!(all(&gathered), served(start, end));
    let windows = &gathered.report.windows;
    assert_eq!((windows[0].pages, windows[1].pages), (20, 1));
    assert_eq!(windows.len(), 1 + 10);
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

/// The newest records of a window have come by then; the oldest are what the cursor leads to.
#[tokio::test]
async fn a_window_that_fails_between_pages_is_taken_up_where_it_failed() {
    let failures = Arc::new(AtomicU32::new(0));
    for newest_first in [false, true] {
        failures.store(0, Ordering::SeqCst);
        let api = {
            let failures = Arc::clone(&failures);
            Server::answering(move |request| {
                let habits = Hourly {
                    newest_first,
                    largest_page: Some(20),
                    ..Hourly::default()
                };
                let is_third = request
                    .query()
                    .contains(&("Page".to_owned(), "2".to_owned()));
                if is_third && failures.fetch_add(1, Ordering::SeqCst) < 3 {
                    return json(500, "{}");
                }
                habits.answer(request)
            })
            .await
        };
        let client = client(&api);
        let query = hours(START, "2026-09-03T00:00:00Z", 48);
        let gathered = gather(&client, query, &plan(1)).await;
        let mut delivered_hours = all(&gathered);
        assert!(delivered_hours.is_sorted());
        assert_eq!(delivered_hours.len(), 40);
        let [missing] = &gathered.missing[..] else {
            panic!("{gathered:?}");
        };
        let (query, cursor) = missing.resume.clone().unwrap();
        assert_eq!(cursor.index(), 2);
        let last = gathered.pages.last().unwrap();
        assert_eq!(last.page.cursor.as_ref(), Some(&cursor));
        let mut rest = pin!(client.pages_from(query, cursor));
        while let Some(page) = rest.next().await {
            delivered_hours.extend(delivered(&page.unwrap()));
        }
        delivered_hours.sort_unstable();
        assert_eq!(delivered_hours, served(START, "2026-09-03T00:00:00Z"));
    }
}

#[tokio::test]
async fn the_future_is_not_asked_for_and_the_past_is_marked() {
    let api = Server::answering(|request| Hourly::default().answer(request)).await;
    let query = hours("2025-04-30T00:00:00Z", "2025-05-02T00:00:00Z", 1000);
    let gathered = gather(&client(&api), query.clone(), &plan(4)).await;
    let marks: Vec<_> = gathered
        .pages
        .iter()
        .map(|page| page.past_retention)
        .collect();
    assert_eq!(marks, [true, false]);
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
    assert_eq!(
        remaining.to_string(),
        "2026-09-05T00:00:00Z to 2026-09-11T00:00:00Z"
    );
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

#[test]
fn outside_a_runtime_a_fetch_says_so() {
    let client = Client::builder()
        .credentials(usage_client::Credentials::bearer("t"))
        .base_url("http://127.0.0.1:1".parse().unwrap())
        .build()
        .unwrap();
    let gathering = client.windows(ten_days(), &plan(4)).gather();
    let gathered = gathering.now_or_never().unwrap();
    assert_eq!(gathered.missing[0].error.kind(), ErrorKind::Config);
    assert_eq!(gathered.missing.len(), 1);
}
