//! The total time of a call.

use std::{pin::pin, time::Duration};

use futures_util::StreamExt;
use usage_client::ErrorKind;

use crate::{
    replies::{page, reply},
    server::{Server, Step},
    setup::{builder, chain, error, query},
};

const SHORT: Option<Duration> = Some(Duration::from_millis(50));

#[tokio::test]
async fn the_deadline_interrupts_an_attempt() {
    let api = Server::start([Step::Stall(Vec::new())]).await;
    let client = builder(&api).total_timeout(SHORT).build().unwrap();
    let error = error(&client).await;
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Deadline, 1));
    assert!(error.elapsed() < Duration::from_secs(10));
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "page 1 of /v1/UsageRecords: deadline of 50 ms reached"
    );
}

#[tokio::test]
async fn the_deadline_keeps_the_failure_before_it() {
    let api = Server::start([reply(502, &[], ""), Step::Stall(Vec::new())]).await;
    let client = builder(&api)
        .retry_base(Duration::from_nanos(1))
        .total_timeout(Some(Duration::from_millis(300)))
        .build()
        .unwrap();
    let error = error(&client).await;
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Deadline, 2),
        "{}",
        chain(&error)
    );
    assert!(chain(&error).ends_with("\nHTTP 502"), "{}", chain(&error));
}

#[tokio::test]
async fn no_time_is_spent_on_a_wait_that_cannot_help() {
    let api = Server::start([reply(502, &[], "")]).await;
    let client = builder(&api)
        .retry_base(Duration::from_hours(1))
        .retry_cap(Duration::from_hours(1))
        .total_timeout(Some(Duration::from_secs(20)))
        .build()
        .unwrap();
    let error = error(&client).await;
    assert!(error.elapsed() < Duration::from_secs(10));
    assert_eq!(
        error.to_string(),
        "page 1 of /v1/UsageRecords: HTTP 502; no time left to try again"
    );
}

#[tokio::test]
async fn the_deadline_holds_for_the_whole_stream() {
    let api = Server::start([page(1, r#""?Page=1""#), Step::Stall(Vec::new())]).await;
    let client = builder(&api)
        .total_timeout(Some(Duration::from_millis(300)))
        .build()
        .unwrap();
    let mut pages = pin!(client.pages(query()));
    pages.next().await.unwrap().unwrap();
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.page()), (ErrorKind::Deadline, Some(1)));
    assert!(pages.next().await.is_none());
}
