//! What is found out of the server on the way: how long a window and how large a page may be.

use super::*;

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
        let Some(cursor) = page.cursor.clone() else {
            continue;
        };
        let mut rest = pin!(client.pages_from(page.query.clone(), cursor));
        let again = rest.next().await.unwrap().unwrap();
        assert_eq!(delivered(&again.records), delivered(&next.records));
        continued += 1;
    }
    // Pieces of 20, 20 and 1 days.
    assert_eq!((continued, gathered.pages.len()), (4, 7));
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
    assert_eq!((gathered.report.pages, gathered.report.attempts), (9, 11));
    assert_eq!(gathered.report.longest_window, NonZeroU32::new(20));
    let spans: Vec<_> = api.requests().iter().map(span_of).collect();
    assert_eq!(
        spans,
        [
            // Refused; its last day is taken, so that it is halved; and never asked for so long again.
            "05-01/06-11",
            "06-10/06-11",
            "05-01/05-21",
            "05-21/06-10",
            "06-10/06-11",
            "06-11/07-01",
            "07-01/07-21",
            "07-21/08-10",
            "08-10/08-30",
            "08-30/09-19",
            "09-19/10-01"
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
async fn a_server_that_refuses_everything_is_not_asked_for_every_window() {
    let api = Server::answering(|_| {
        json(
            400,
            r#"{"code":33101,"message":"Invalid value for Granularity"}"#,
        )
    })
    .await;
    let query = hours("2026-05-01T00:00:00Z", "2026-10-01T00:00:00Z", 1000);
    let gathered = gather(&client(&api), query, &plan(1)).await;
    // The window, its last day, that with smaller pages, and the newest day of all.
    assert_eq!(api.requests().len(), 4);
    assert_eq!(gathered.report.attempts, 4);
    let [first, rest] = &gathered.missing[..] else {
        panic!("{gathered:?}");
    };
    assert_eq!(rest.error.kind(), ErrorKind::Abandoned);
    assert_eq!(rest.window.end(), at("2026-10-01T00:00:00Z"));
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
