//! Lists of several pages.

use std::{num::NonZeroU32, pin::pin};

use chrono::Timelike;
use futures_util::StreamExt;
use usage_client::{Client, Continuity, Cursor, ErrorKind, ProtocolError, WindowPlan};
use usage_model::PageSize;

use crate::{
    replies::{hours_page, json, last_page, page, reply},
    server::Server,
    setup::{chain, client, error, fetch, pages, query},
};

fn pairs(request: &crate::server::Request, names: &[&str]) -> Vec<String> {
    let query = request.query();
    let value = |name: &&str| query.iter().find(|(known, _)| known == name);
    names
        .iter()
        .filter_map(|name| value(name).map(|(_, value)| value.clone()))
        .collect()
}

#[tokio::test]
async fn a_list_ends_only_at_null_or_empty() {
    for end in ["null", r#""""#] {
        let api = Server::start([
            page(2, r#""?Page=1&PageToken=PA1""#),
            page(0, r#""/v1/UsageRecords?Page=2&PageToken=PA2""#),
            page(1, end),
        ])
        .await;
        let pages = pages(&client(&api)).await;
        let counts: Vec<_> = pages.iter().map(|page| page.records.len()).collect();
        assert_eq!(counts, [2, 0, 1]);
        let indices: Vec<_> = pages.iter().map(|page| page.index).collect();
        assert_eq!(indices, [0, 1, 2]);
        assert!(pages[1].cursor.is_some() && pages[2].cursor.is_none());
        let sent: Vec<_> = api
            .requests()
            .iter()
            .map(|request| pairs(request, &["PageSize", "Page", "PageToken"]))
            .collect();
        assert_eq!(
            sent,
            [vec!["2"], vec!["2", "1", "PA1"], vec!["2", "2", "PA2"]]
        );
    }
}

#[tokio::test]
async fn an_end_that_nobody_spoke_of_is_an_error() {
    for (meta, expected) in [
        ("", ProtocolError::MissingMeta),
        (r#","meta":null"#, ProtocolError::MissingMeta),
        (r#","meta":{"page":0}"#, ProtocolError::MissingNextPage),
    ] {
        let api = Server::start([json(200, &format!(r#"{{"usage_records":[{{}}]{meta}}}"#))]).await;
        assert_eq!(error(&client(&api)).await.protocol(), Some(&expected));
    }
}

#[tokio::test]
async fn numbers_of_the_envelope_may_be_text() {
    let body = r#"{"usage_records":[],"meta":{"page":"0","page_size":"50","next_page_url":null}}"#;
    let api = Server::start([json(200, body)]).await;
    let pages = pages(&client(&api)).await;
    let number = pages[0].meta.page_size.value().unwrap();
    assert_eq!(number.value(), Some(50));
}

#[tokio::test]
async fn a_page_with_another_number_is_an_error_and_what_came_before_stands() {
    let page = |number: &str, next: &str| {
        let body = format!(
            r#"{{"usage_records":[{{}}],"meta":{{"page":{number},"next_page_url":{next}}}}}"#
        );
        json(200, &body)
    };
    let next = r#""?Page=1""#;
    for (numbers, delivered, found, expected) in [
        (["7", "8"], 0, 7, 0),
        (["1", "2"], 0, 1, 0),
        (["0", "2"], 1, 2, 1),
        (["0", "0"], 1, 0, 1),
        ([r#""0""#, r#""2""#], 1, 2, 1),
        (["null", "2"], 1, 2, 1),
    ] {
        let api = Server::start([page(numbers[0], next), page(numbers[1], "null")]).await;
        let (pages, error) = fetch(&client(&api), query()).await;
        let error = error.unwrap();
        assert_eq!(pages.len(), delivered, "{numbers:?}");
        assert_eq!(error.page(), Some(expected), "{numbers:?}");
        let expected = ProtocolError::OtherPage { found, expected };
        assert_eq!(error.protocol(), Some(&expected), "{numbers:?}");
    }
    let api = Server::start([page("0", next), page(r#""1""#, "null")]).await;
    assert_eq!(pages(&client(&api)).await.len(), 2);
}

#[tokio::test]
async fn more_records_than_asked_for_are_an_error() {
    let api = Server::start([page(3, "null")]).await;
    let error = error(&client(&api)).await;
    let expected = ProtocolError::TooManyRecords { asked: 2 };
    assert_eq!(error.protocol(), Some(&expected));
    assert_eq!(
        error.to_string(),
        "page 1 of /v1/UsageRecords: more records on a page than the 2 that were asked for"
    );
}

#[tokio::test]
async fn a_server_with_smaller_pages_is_asked_for_those() {
    let api = Server::start([page(1, r#""?Page=1&PageSize=1""#), page(2, "null")]).await;
    let (delivered, error) = fetch(&client(&api), query()).await;
    assert_eq!(delivered.len(), 1);
    assert_eq!(pairs(&api.requests()[1], &["PageSize", "Page"]), ["1", "1"]);
    let expected = ProtocolError::TooManyRecords { asked: 1 };
    assert_eq!(error.unwrap().protocol(), Some(&expected));
}

#[tokio::test]
async fn a_failure_names_its_page_and_another_client_can_go_on() {
    let api = Server::start([
        page(2, r#""?Page=1&PageToken=PA%201""#),
        reply(404, &[], ""),
        page(1, r#""?Page=2&PageToken=PA2""#),
        last_page(),
    ])
    .await;
    let (first, error) = fetch(&client(&api), query()).await;
    let error = error.unwrap();
    assert_eq!((first.len(), error.page()), (1, Some(1)));
    assert_eq!(error.to_string(), "page 2 of /v1/UsageRecords: HTTP 404");

    let saved = serde_json::to_string(&first[0].cursor).unwrap();
    let cursor: Cursor = serde_json::from_str::<Option<_>>(&saved).unwrap().unwrap();
    assert_eq!(cursor.index(), 1);
    let rest: Vec<_> = client(&api)
        .pages_from(query(), cursor)
        .map(Result::unwrap)
        .collect()
        .await;
    let indices: Vec<_> = rest.iter().map(|page| page.index).collect();
    assert_eq!((indices, api.finished()), (vec![1, 2], 4));
    assert_eq!(
        pairs(&api.requests()[2], &["Page", "PageToken"]),
        ["1", "PA 1"]
    );
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_query_only() {
    let api = Server::start([page(2, r#""?Page=1""#)]).await;
    let client = client(&api);
    let cursor = pin!(client.pages(query()))
        .next()
        .await
        .unwrap()
        .unwrap()
        .cursor
        .unwrap();
    let other = query().page_size(PageSize::MAX);
    let mut stream = pin!(client.pages_from(other, cursor));
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.to_string(), "the cursor belongs to another query");
    assert!(stream.next().await.is_none());
    assert_eq!(api.finished(), 1);
}

/// The whole range of the query as one window.
fn one_window() -> WindowPlan {
    let now = "2026-11-01T00:00:00Z".parse().unwrap();
    WindowPlan::new(now).days(NonZeroU32::MAX)
}

#[tokio::test]
async fn records_come_one_by_one_and_what_is_missing_stands_in_its_place() {
    let bad = r#"{"usage_records":[{"account_sid":"AC"},{"period":7}],"meta":{"next_page_url":"?Page=2"}}"#;
    let api = Server::start([page(1, r#""?Page=1""#), json(200, bad), reply(404, &[], "")]).await;
    let records = client(&api).records(query(), &one_window());
    let items: Vec<_> = records.collect().await;
    let places: Vec<_> = items
        .iter()
        .filter_map(|item| item.as_ref().ok())
        .map(|item| match &item.record {
            Ok(placed) => placed.place.pointer(""),
            Err(malformed) => malformed.place.pointer(&malformed.pointer),
        })
        .collect();
    assert_eq!(
        places,
        [
            "/0/usage_records/0",
            "/1/usage_records/0",
            "/1/usage_records/1/period"
        ]
    );
    let missing = items[3].as_ref().unwrap_err();
    let error = &missing.error;
    assert_eq!(
        (items.len(), error.page()),
        (4, Some(2)),
        "{}",
        chain(error)
    );
}

/// The second page has an hour of the first again, the third one too but with other figures, and before the
/// fourth an hour is missing.
#[tokio::test]
async fn of_two_readings_of_a_period_the_later_is_delivered() {
    let moved = r#"{"usage_records":[
            {"period":{"start":"2025-01-01T02:00:00Z","end":"2025-01-01T03:00:00Z"},"data":{"total":7}},
            {"period":{"start":"2025-01-01T03:00:00Z","end":"2025-01-01T04:00:00Z"}}
        ],"meta":{"next_page_url":"?Page=3"}}"#;
    let api = Server::start([
        hours_page(&[0, 1], r#""?Page=1""#),
        hours_page(&[1, 2], r#""?Page=2""#),
        json(200, moved),
        hours_page(&[5, 6], "null"),
    ])
    .await;
    let records: Vec<_> = client(&api)
        .records(query(), &one_window())
        .map(Result::unwrap)
        .collect()
        .await;
    let seen: Vec<_> = records
        .iter()
        .map(|fetched| {
            let placed = fetched.record.as_ref().unwrap();
            let record = &placed.record;
            let hour = record.period.value().unwrap().bounds().unwrap().0.hour();
            (
                hour,
                placed.place.pointer(""),
                record.data.value().is_some(),
            )
        })
        .collect();
    let expected = [
        (0, "/0/usage_records/0", false),
        (1, "/1/usage_records/0", false),
        // The figures of the third page, in the place of the second.
        (2, "/2/usage_records/0", true),
        (3, "/2/usage_records/1", false),
        (5, "/3/usage_records/0", false),
        (6, "/3/usage_records/1", false),
    ];
    assert_eq!(
        seen,
        expected.map(|(hour, place, has_data)| (hour, place.to_owned(), has_data))
    );
    let continuities: Vec<_> = records.iter().map(|fetched| fetched.continuity).collect();
    let Continuity::Gap(gap) = continuities[4] else {
        panic!("{continuities:?}");
    };
    assert_eq!((gap.start().hour(), gap.end().hour()), (4, 5));
    let (again, unknown) = (Continuity::Overlap(1), Continuity::Unknown);
    assert_eq!(continuities[..4], [unknown, unknown, again, again]);
    assert_eq!(continuities[5], unknown);
}

#[test]
fn streams_can_be_sent_and_kept() {
    fn check<T: Send + 'static>(_: T) {}
    fn share<T: Send + Sync + 'static>() {}
    fn streams(client: &Client, cursor: Cursor) {
        check(client.pages(query()));
        check(client.records(query(), &one_window()));
        check(client.pages_from(query(), cursor));
    }
    share::<Client>();
    share::<usage_client::Error>();
    let _ = streams;
}
