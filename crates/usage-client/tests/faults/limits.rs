//! Limits other than those of the total time: headers, pages, contents, idle bodies, requests a second.

use std::{num::NonZeroU32, time::Duration};

use tokio::time::Instant;
use usage_client::{Continuity, ErrorKind, ProtocolError};
use usage_model::Window;

use crate::{
    hourly::{Hourly, at, hours},
    replies::{head, hours_page, json, last_page, page, page_body, reply},
    server::{Server, Step},
    setup::{builder, client, error, fetch, pages, query},
};

#[tokio::test]
async fn headers_beyond_the_limit_are_final() {
    let one = format!("x-filler: {}", "x".repeat(70_000));
    let line = b"x-filler: and so on and on and on and on\r\n".to_vec();
    for (name, step) in [
        ("one long header", reply(200, &[&one], page_body(1, "null"))),
        (
            "endless headers",
            Step::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), line),
        ),
        (
            "an endless header",
            Step::Endless(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'x'; 8192]),
        ),
    ] {
        let api = Server::start([step]).await;
        let error = error(&client(&api)).await;
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::TooLarge, 1),
            "{name}: {error:?}"
        );
        assert_eq!(
            error.to_string(),
            "page 1 of /v1/UsageRecords: headers of more than 65536 bytes",
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_page_says_how_long_its_body_is_and_when_the_server_sent_it() {
    let json = "content-type: application/json";
    let body = page_body(2, "null");
    let at = "2026-10-21T07:28:00Z".parse().unwrap();
    for (date, expected) in [
        ("date: Wed, 21 Oct 2026 07:28:00 GMT", Some(at)),
        ("date: yesterday", None),
        ("x-date: Wed, 21 Oct 2026 07:28:00 GMT", None),
    ] {
        let api = Server::start([reply(200, &[json, date], &body)]).await;
        let pages = pages(&client(&api)).await;
        assert_eq!(pages[0].server_date, expected, "{date}");
        assert_eq!(pages[0].bytes, u64::try_from(body.len()).unwrap());
    }
}

#[tokio::test]
async fn a_list_without_end_is_left() {
    let link = |page: u64| format!(r#""?Page={page}""#);
    let steps = (1..4).map(|number| page(1, &link(number)));
    let api = Server::start(steps).await;
    let client = builder(&api).max_pages(3).build().unwrap();
    let (delivered, error) = fetch(&client, query()).await;
    let expected = ProtocolError::TooManyPages { limit: 3 };
    let error = error.unwrap();
    assert_eq!(error.protocol(), Some(&expected));
    assert!(error.help().unwrap().contains("limit"));
    assert_eq!((delivered.len(), api.finished()), (2, 3));

    let steps = [page(1, &link(1)), page(1, &link(2)), last_page()];
    let api = Server::start(steps).await;
    let client = builder(&api).max_pages(3).build().unwrap();
    assert_eq!(pages(&client).await.len(), 3);
}

/// The same records under another address: A to A, and A to B to A.
#[tokio::test]
async fn contents_that_come_again_are_noticed() {
    for (name, all, delivered) in [
        ("A to A", &[[0, 1], [0, 1]][..], 1),
        ("A to B to A", &[[0, 1], [2, 3], [0, 1]], 2),
    ] {
        for last in ["null", r#""?Page=9""#] {
            let steps = all.iter().zip(1..).map(|(&hours, number)| {
                let next = format!(r#""?Page={number}""#);
                let next = if number == all.len() { last } else { &next };
                hours_page(&hours, next)
            });
            let api = Server::start(steps).await;
            let (pages, error) = fetch(&client(&api), query()).await;
            let expected = ProtocolError::RepeatedContent;
            assert_eq!(error.unwrap().protocol(), Some(&expected), "{name}");
            assert_eq!(pages.len(), delivered, "{name}");
        }
    }
}

/// An idle SIM has the same in every hour, and records that do not say when they are do not tell the hours.
#[tokio::test]
async fn pages_without_records_or_periods_may_be_the_same() {
    let idle = |next: &str| {
        let records = r#"{"data":{"total":0}},{"data":{"total":0}}"#;
        json(
            200,
            &format!(r#"{{"usage_records":[{records}],"meta":{{"next_page_url":{next}}}}}"#),
        )
    };
    let (one, two) = (r#""?Page=1""#, r#""?Page=2""#);
    for steps in [
        [page(0, one), page(0, two), last_page()],
        [idle(one), idle(two), idle("null")],
    ] {
        let api = Server::start(steps).await;
        let pages = pages(&client(&api)).await;
        assert_eq!(pages.len(), 3);
        assert!(
            pages
                .iter()
                .all(|page| page.continuity == Continuity::Unknown)
        );
    }
}

#[tokio::test]
async fn a_gap_between_two_pages_is_reported() {
    let continuities = async |list: &[&[u32]]| {
        let steps = list.iter().zip(1..).map(|(hours, number)| {
            let next = format!(r#""?Page={number}""#);
            hours_page(hours, if number == list.len() { "null" } else { &next })
        });
        let api = Server::start(steps).await;
        let pages = pages(&client(&api)).await;
        pages.iter().map(|page| page.continuity).collect::<Vec<_>>()
    };
    let joined = continuities(&[&[0, 1], &[1, 2], &[4, 5]]).await;
    let gap = Continuity::Gap(hours_between(3, 4));
    assert_eq!(joined, [Continuity::Unknown, Continuity::Overlap(1), gap]);
    // A page without records does not part those around it.
    for (list, last) in [
        ([&[0, 1][..], &[], &[1, 2]], Continuity::Overlap(1)),
        ([&[0, 1], &[], &[2, 3]], Continuity::Contiguous),
        (
            [&[0, 1], &[], &[4, 5]],
            Continuity::Gap(hours_between(2, 4)),
        ),
    ] {
        let expected = [Continuity::Unknown, Continuity::Unknown, last];
        assert_eq!(continuities(&list).await, expected, "{list:?}");
    }
}

/// These hours of the first of January 2025.
fn hours_between(from: u32, to: u32) -> Window {
    let at = |hour: u32| at(&format!("2025-01-01T{hour:02}:00:00Z"));
    Window::new(at(from), at(to)).unwrap()
}

#[tokio::test]
async fn a_body_that_stops_coming_is_fetched_again() {
    let half = [
        head(
            200,
            &["content-type: application/json", "content-length: 1000"],
        ),
        b"{\"usage".to_vec(),
    ]
    .concat();
    let api = Server::start([Step::Stall(half.clone()), last_page()]).await;
    let patient = |api: &Server| builder(api).idle_timeout(Duration::from_millis(200));
    assert_eq!(pages(&patient(&api).build().unwrap()).await[0].attempts, 2);
    let api = Server::start([Step::Stall(half)]).await;
    let error = error(&patient(&api).attempts(1).build().unwrap()).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "page 1 of /v1/UsageRecords: no data for 0.2 s after 7 bytes"
    );
}

#[tokio::test]
async fn requests_are_spread_over_the_second() {
    let api = Server::answering(|request| Hourly::default().answer(request)).await;
    let client = builder(&api)
        .requests_per_second(NonZeroU32::new(20))
        .build()
        .unwrap();
    let started = Instant::now();
    let query = hours("2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z", 6);
    let (pages, error) = fetch(&client, query).await;
    assert!(error.is_none());
    // Four requests are three intervals of 50 ms apart; more only where the machine is slow.
    assert!(started.elapsed() >= Duration::from_millis(150));
    assert_eq!(pages.len(), 4);
    assert_eq!(pages[0].waited, Duration::ZERO);
    assert!(
        pages
            .iter()
            .all(|page| page.waited <= Duration::from_millis(51))
    );
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_tried_again_and_reported() {
    let api = Server::start([]).await;
    // A label has at most 63 bytes (RFC 1035): no resolver has to ask anybody.
    let name = "n".repeat(64);
    let url = format!("http://{name}.invalid/").parse().unwrap();
    let client = builder(&api)
        .base_url(url)
        .allow_http(true)
        .build()
        .unwrap();
    let error = error(&client).await;
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3));
    let start = format!("cannot connect to http://{name}.invalid");
    assert!(error.to_string().contains(&start), "{error}");
}
