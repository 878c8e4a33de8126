//! Connections that fail, break, stall, or bring something else.

use std::time::Duration;

use tokio::{io::AsyncWriteExt, net::TcpListener};
use url::Url;
use usage_client::{ErrorKind, ProtocolError};

use crate::{
    replies::{bytes, head, last_page, page_body, reply},
    server::{Server, Step},
    setup::{builder, chain, client, error, pages},
};

const JSON: &str = "content-type: application/json";

/// The page `{"usage_records":[],"meta":{"next_page_url":null}}`, compressed.
const PAGE_GZ: &str = "1f8b0800000000000203ab562a2d4e4c4f8d2f4a4dce2f4a2956b28a8ed551ca4d2d4954b2aa56ca4bad28892f00499716e52859e595e6e4d4d602001c643fd732000000";

/// 100 000 spaces, compressed.
const SPACES_GZ: &str = "1f8b0800000000000203edc13101000000c2a02aeb9fd21a1e4001000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000af062df079caa0860100";

fn gz(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

/// Every way in which a response can break off is followed by another attempt.
#[tokio::test]
async fn broken_responses_are_fetched_again() {
    let body = page_body(1, "null");
    let long = format!("content-length: {}", body.len());
    let half = &body.as_bytes()[..body.len() / 2];
    let chunk = format!("{:x}\r\n{body}\r\n", body.len());
    let gzip = gz(PAGE_GZ);
    let in_gzip = [JSON, "content-encoding: gzip"];
    for (name, step) in [
        ("closed without a word", Step::Write(Vec::new())),
        ("reset without a word", Step::Reset(Vec::new())),
        (
            "cut within the head",
            Step::Write(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        ),
        (
            "reset within the head",
            Step::Reset(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        ),
        (
            "cut, with a length",
            Step::Write([head(200, &[JSON, &long]), half.to_vec()].concat()),
        ),
        (
            "reset, with a length",
            Step::Reset([head(200, &[JSON, &long]), half.to_vec()].concat()),
        ),
        (
            "cut, without a length",
            Step::Write([head(200, &[JSON]), half.to_vec()].concat()),
        ),
        (
            "chunked and cut before the last chunk",
            Step::Write(
                [
                    head(200, &[JSON, "transfer-encoding: chunked"]),
                    chunk.into_bytes(),
                ]
                .concat(),
            ),
        ),
        (
            "compressed and cut",
            Step::Write(bytes(200, &in_gzip, &gzip[..gzip.len() / 2])),
        ),
        (
            "not compressed though it says so",
            Step::Write(bytes(200, &in_gzip, &body)),
        ),
    ] {
        let api = Server::start([step, last_page()]).await;
        let pages = pages(&client(&api)).await;
        assert_eq!(pages.len(), 1, "{name}");
        assert_eq!(pages[0].records.len(), 1, "{name}");
        assert_eq!(pages[0].attempts, 2, "{name}");
        assert_eq!(api.finished(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_stall_ends_with_the_time_of_the_attempt() {
    let half = [
        head(200, &[JSON, "content-length: 1000"]),
        b"{\"usage".to_vec(),
    ]
    .concat();
    for stalled in [Vec::new(), b"HTTP/1.1 200 O".to_vec(), half] {
        let api = Server::start([Step::Stall(stalled), last_page()]).await;
        let client = builder(&api)
            .attempt_timeout(Duration::from_millis(300))
            .build()
            .unwrap();
        assert_eq!(pages(&client).await[0].attempts, 2);
    }
    let api = Server::start([Step::Stall(Vec::new())]).await;
    let client = builder(&api)
        .attempts(1)
        .attempt_timeout(Duration::from_millis(20))
        .build()
        .unwrap();
    let error = error(&client).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "page 1 of /v1/UsageRecords: no complete response within 20 ms"
    );
}

#[tokio::test]
async fn the_status_counts_for_more_than_a_stalled_error_body() {
    let stalled = head(404, &["content-length: 1000"]);
    let api = Server::start([Step::Stall(stalled)]).await;
    let client = builder(&api)
        .attempt_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let error = error(&client).await;
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Refused, Some(404))
    );
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_reported() {
    let api = Server::start([]).await;
    // A listener that is closed before anyone connects leaves a port where nobody answers.
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let url = Url::parse(&format!("http://{closed}")).unwrap();
    let error = error(&builder(&api).base_url(url).build().unwrap()).await;
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3));
    let expected = format!(
        "page 1 of /v1/UsageRecords: cannot connect to http://{closed} after 3 attempts in "
    );
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(chain(&error).contains("refused"), "{}", chain(&error));
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_final() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 No\r\n\r\n").await.unwrap();
    });
    let api = Server::start([]).await;
    let error = error(&builder(&api).base_url(url.clone()).build().unwrap()).await;
    server.await.unwrap();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Tls, 1),
        "{}",
        chain(&error)
    );
    assert!(!error.is_retryable());
    let origin = url.origin().ascii_serialization();
    assert_eq!(
        error.to_string(),
        format!("page 1 of /v1/UsageRecords: no trusted TLS connection to {origin}")
    );
}

#[tokio::test]
async fn compressed_pages_are_read() {
    let step = reply(200, &[JSON, "content-encoding: gzip"], gz(PAGE_GZ));
    let api = Server::start([step]).await;
    let pages = pages(&client(&api)).await;
    assert_eq!(pages[0].bytes, 50);
    assert_eq!(api.requests()[0].header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read_on() {
    let limit = 64 * 1024;
    let spaces = vec![b' '; 8 * 1024];
    let chunk = [b"2000\r\n".to_vec(), spaces.clone(), b"\r\n".to_vec()].concat();
    for (name, step) in [
        ("endless", Step::Endless(head(200, &[JSON]), spaces.clone())),
        (
            "endless chunks",
            Step::Endless(head(200, &[JSON, "transfer-encoding: chunked"]), chunk),
        ),
        (
            "a long length",
            Step::Endless(head(200, &[JSON, "content-length: 9000000000000"]), spaces),
        ),
        (
            "small until it is decompressed",
            reply(200, &[JSON, "content-encoding: gzip"], gz(SPACES_GZ)),
        ),
    ] {
        let api = Server::start([step]).await;
        let client = builder(&api).max_body_bytes(limit).build().unwrap();
        let error = error(&client).await;
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::TooLarge, 1),
            "{name}"
        );
        assert_eq!(
            error.to_string(),
            "page 1 of /v1/UsageRecords: response of more than 65536 bytes",
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_body_as_large_as_the_limit_is_read() {
    let body = page_body(2, "null");
    let length = u64::try_from(body.len()).unwrap();
    for (limit, fits) in [(length, true), (length - 1, false)] {
        let api = Server::start([reply(200, &[JSON], &body)]).await;
        let client = builder(&api).max_body_bytes(limit).build().unwrap();
        let outcome = crate::setup::fetch(&client, crate::setup::query()).await;
        assert_eq!(outcome.1.is_none(), fits, "{limit}");
    }
}

#[tokio::test]
async fn a_web_page_says_so() {
    let html = "<!DOCTYPE html>\n<html><title>Please sign in</title></html>";
    let api = Server::start([reply(
        200,
        &["content-type: text/html; charset=utf-8"],
        html,
    )])
    .await;
    let error = error(&client(&api)).await;
    assert!(matches!(
        error.protocol(),
        Some(ProtocolError::NotJson { .. })
    ));
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Protocol, 1));
    assert_eq!(
        error.to_string(),
        "page 1 of /v1/UsageRecords: text/html instead of a page of the list, starting \
         \"<!DOCTYPE html> <html><title>Please sign in</title></html>\""
    );
    assert!(error.help().unwrap().contains("base URL"));
}
