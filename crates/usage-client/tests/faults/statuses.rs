//! Answers that refuse: which are tried again, how long the client waits, and what it says.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use usage_client::{AskedWait, ErrorKind};

use crate::{
    replies::{json, last_page, reply},
    server::Server,
    setup::{builder, chain, client, error, pages},
};

#[tokio::test]
async fn a_server_that_recovers_costs_attempts_only() {
    for status in [408, 425, 429, 500, 502, 503, 504, 520, 529] {
        let busy = || json(status, r#"{"code":33004,"message":"Overloaded"}"#);
        let api = Server::start([busy(), busy(), last_page()]).await;
        let pages = pages(&client(&api)).await;
        assert_eq!((pages.len(), pages[0].attempts), (1, 3), "{status}");
        assert_eq!(api.finished(), 3);
    }
}

#[tokio::test]
async fn a_server_that_does_not_recover_is_left_after_the_last_attempt() {
    let busy = || reply(503, &[], "<html>");
    let api = Server::start([busy(), busy(), busy()]).await;
    let error = error(&client(&api)).await;
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Server, Some(503))
    );
    assert_eq!((error.attempts(), api.finished()), (3, 3));
    assert!(error.is_retryable());
    assert!(error.server_error().is_none());
    assert!(
        error
            .to_string()
            .starts_with("page 1 of /v1/UsageRecords: HTTP 503 after 3 attempts in "),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_is_final_and_carries_the_servers_own_words() {
    let body = r#"{"code":33101,"status":400,"message":"Invalid value for End","more_info":"https://e/33101"}"#;
    for (status, kind) in [
        (400, ErrorKind::Refused),
        (401, ErrorKind::Authentication),
        (403, ErrorKind::Permission),
        (404, ErrorKind::Refused),
        (409, ErrorKind::Refused),
        (415, ErrorKind::Refused),
        (422, ErrorKind::Refused),
        (501, ErrorKind::Server),
        (204, ErrorKind::Protocol),
        (304, ErrorKind::Protocol),
    ] {
        let api = Server::start([json(status, body)]).await;
        let error = error(&client(&api)).await;
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        assert_eq!((error.attempts(), api.finished()), (1, 1), "{status}");
        assert!(!error.is_retryable());
        assert_eq!(error.page(), Some(0));
        if ![204, 304].contains(&status) {
            let server = error.server_error().unwrap();
            assert_eq!(server.code.as_deref(), Some("33101"));
            assert_eq!(server.status, Some(400));
            assert_eq!(server.message.as_deref(), Some("Invalid value for End"));
            assert_eq!(server.more_info.as_deref(), Some("https://e/33101"));
            let words = "\ncode 33101: Invalid value for End (https://e/33101)";
            assert!(chain(&error).ends_with(words), "{}", chain(&error));
            assert!(error.help().is_some());
        }
    }
}

#[tokio::test]
async fn a_short_wait_that_the_server_asks_for_is_kept() {
    let date = "date: Wed, 21 Oct 2026 07:28:00 GMT";
    for headers in [
        &["retry-after: 0"][..],
        &[date, "retry-after: Wed, 21 Oct 2026 07:28:00 GMT"],
        // The server's clock may be years away from ours; only its own two times count.
        &[
            "date: Wed, 21 Oct 1998 07:28:00 GMT",
            "retry-after: Wed, 21 Oct 1998 07:27:59 GMT",
        ],
        &["retry-after: in a moment"],
    ] {
        let api = Server::start([reply(429, headers, ""), last_page()]).await;
        assert_eq!(pages(&client(&api)).await[0].attempts, 2, "{headers:?}");
    }
}

#[tokio::test]
async fn a_wait_beyond_the_limits_fails_at_once() {
    let date = "date: Wed, 21 Oct 1998 07:28:00 GMT";
    for (status, kind, headers) in [
        (429, ErrorKind::RateLimited, &["retry-after: 3600"][..]),
        (
            503,
            ErrorKind::Server,
            &[date, "retry-after: Wed, 21 Oct 1998 08:28:00 GMT"],
        ),
    ] {
        let api = Server::start([reply(status, headers, "")]).await;
        let error = error(&client(&api)).await;
        assert_eq!((error.kind(), error.attempts()), (kind, 1));
        assert_eq!(error.retry_after(), Some(Duration::from_hours(1)));
        assert_eq!(
            error.to_string(),
            format!(
                "page 1 of /v1/UsageRecords: HTTP {status}; \
                 the server asks to wait 3600 s, longer than allowed"
            )
        );
    }
    let api = Server::start([reply(429, &["retry-after: 60"], "")]).await;
    let client = builder(&api)
        .total_timeout(Some(Duration::from_secs(50)))
        .build()
        .unwrap();
    let error = error(&client).await;
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::RateLimited, 1)
    );
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start([]).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}v1/UsageRecords?token=private", elsewhere.url());
        let api = Server::start([reply(status, &[&location], "")]).await;
        let error = error(&client(&api)).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Redirect, 1));
        let origin = elsewhere.url().origin().ascii_serialization();
        assert_eq!(
            error.to_string(),
            format!("page 1 of /v1/UsageRecords: HTTP {status} redirects to {origin}")
        );
    }
    assert_eq!(elsewhere.finished(), 0);
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_reported_as_it_begins_and_the_clients_own_are_not() {
    let asks = |seconds: &str| reply(429, &[&format!("retry-after: {seconds}")], "");
    let api = Server::start([
        asks("0.05"),
        reply(503, &[], ""),
        asks("0.02"),
        asks("0"),
        last_page(),
        reply(503, &[], ""),
        last_page(),
    ])
    .await;
    let reported: Arc<Mutex<Vec<AskedWait>>> = Arc::default();
    let log = Arc::clone(&reported);
    let client = builder(&api)
        .attempts(5)
        .on_wait(move |asked| log.lock().unwrap().push(asked.clone()))
        .build()
        .unwrap();
    let page = pages(&client).await.remove(0);
    let ms = Duration::from_millis;
    assert_eq!(page.waited_as_asked, ms(70));
    assert!(page.waited >= ms(70), "{page:?}");
    let waits: Vec<_> = reported
        .lock()
        .unwrap()
        .iter()
        .map(|asked| (asked.wait, asked.status))
        .collect();
    assert_eq!(waits, [(ms(50), Some(429)), (ms(20), Some(429))]);
    let page = pages(&client).await.remove(0);
    assert_eq!((page.attempts, page.waited_as_asked), (2, ms(0)));
    api.finished();
}

#[tokio::test]
async fn a_refusal_in_an_unknown_coding_is_known_by_its_status() {
    let coded = |status| reply(status, &["content-encoding: unheard-of"], "?");
    let api = Server::start([coded(404)]).await;
    let refused = error(&client(&api)).await;
    assert_eq!(
        (refused.kind(), refused.status()),
        (ErrorKind::Refused, Some(404))
    );
    let api = Server::start([coded(503), last_page()]).await;
    assert_eq!(pages(&client(&api)).await[0].attempts, 2);
    // Of a page nothing is known without its body.
    let api = Server::start([coded(200)]).await;
    assert_eq!(error(&client(&api)).await.kind(), ErrorKind::Protocol);
}
