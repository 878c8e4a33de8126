//! Windows that fail, and what becomes of the others.

use super::*;

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
                    let resume = missing.resume().unwrap();
                    let resumed = (resume.query.window(), resume.cursor.index());
                    assert_eq!(resumed, (missing.window, 0));
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
        assert_eq!(
            items,
            [
                "2026-09-01 to 2026-09-03",
                "2026-09-03 to 2026-09-05",
                "no 2026-09-05 to 2026-09-07",
                "2026-09-07 to 2026-09-09",
                "2026-09-09 to 2026-09-11"
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
        assert!(!rest.error.is_retryable() && rest.resume().is_none());
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
        // Another process may go on.
        let stored = serde_json::to_string(missing.resume().unwrap()).unwrap();
        let Resume { query, cursor, .. } = serde_json::from_str(&stored).unwrap();
        assert_eq!(cursor.index(), 2);
        let last = gathered.pages.last().unwrap();
        assert_eq!(last.cursor.as_ref(), Some(&cursor));
        let mut rest = pin!(client.pages_from(query, cursor));
        while let Some(page) = rest.next().await {
            delivered_hours.extend(delivered(&page.unwrap().records));
        }
        delivered_hours.sort_unstable();
        assert_eq!(delivered_hours, served(START, "2026-09-03T00:00:00Z"));
    }
}

#[tokio::test]
async fn a_page_beyond_the_limit_of_the_body_is_asked_for_once() {
    let body = [b' '; 2_000];
    let api = Server::start([reply(200, &["content-type: application/json"], body)]).await;
    let client = builder(&api).max_body_bytes(1_000).build().unwrap();
    let window = hours(START, "2026-09-03T00:00:00Z", 50);
    let gathered = gather(&client, window, &plan(2)).await;
    let error = &gathered.missing[0].error;
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TooLarge, 1));
    assert_eq!(api.requests().len(), 1);
}
