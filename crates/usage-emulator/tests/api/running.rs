//! Starting, stopping and looking back.

use std::{
    error::Error,
    net::TcpStream,
    time::{Duration, Instant},
};

use usage_emulator::{Emulator, EmulatorError};

use crate::client::{Session, grant, send};

#[tokio::test]
async fn it_listens_on_loopback_and_says_where() {
    let emulator = Emulator::builder().start().await.unwrap();
    let port = emulator.addr().port();
    assert!(emulator.addr().ip().is_loopback());
    assert_eq!(
        emulator.base_url().as_str(),
        format!("http://127.0.0.1:{port}/")
    );
    assert_eq!(
        emulator.token_url().as_str(),
        format!("http://127.0.0.1:{port}/api-services/v1/auth/token"),
    );
}

#[tokio::test]
async fn after_shutdown_or_drop_nobody_listens() {
    let one = Emulator::builder().start().await.unwrap();
    let two = Emulator::builder().start().await.unwrap();
    let addresses = [one.addr(), two.addr()];
    // An idle connection does not keep it from stopping.
    let _idle = TcpStream::connect(one.addr()).unwrap();
    one.shutdown().await;
    drop(two);
    for address in addresses {
        assert!(TcpStream::connect(address).is_err());
    }
}

#[tokio::test]
async fn a_stalled_body_does_not_keep_it_from_stopping() {
    let fault = "stall@1".parse::<usage_emulator::Fault>().unwrap();
    let session = Session::start(Emulator::builder().fault(fault)).await;
    let patience = Duration::from_millis(500);
    let stalled = session.get_with_patience("/v1/UsageRecords", patience);
    assert!(stalled.broken.is_some());
    // This would wait for ever if it waited for the body.
    session.emulator.shutdown().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let emulator = Emulator::builder().start().await.unwrap();
    let port = emulator.addr().port();
    let error = Emulator::builder().port(port).start().await.unwrap_err();
    assert!(matches!(error, EmulatorError::Listen { .. }));
    assert_eq!(
        error.to_string(),
        format!("cannot listen on 127.0.0.1:{port}")
    );
    assert!(error.source().is_some());
}

#[tokio::test]
async fn settings_out_of_range_are_errors() {
    let error = Emulator::builder()
        .sims(1_000_001)
        .start()
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        EmulatorError::TooManySims { sims: 1_000_001 }
    ));
    let error = Emulator::builder()
        .now(chrono::DateTime::<chrono::Utc>::MAX_UTC)
        .start()
        .await
        .unwrap_err();
    assert!(matches!(error, EmulatorError::Time { .. }));
    let origin = "data:text/plain,x".parse().unwrap();
    let error = Emulator::builder()
        .public_origin(origin)
        .start()
        .await
        .unwrap_err();
    assert!(matches!(error, EmulatorError::PublicOrigin { .. }));
    let builder =
        Emulator::builder().public_origin("ftp://user:hush@api.example/".parse().unwrap());
    assert!(!format!("{builder:?}").contains("hush"));
    let error = builder.start().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "ftp://api.example/ is no origin for links: expected http or https and a host",
    );
}

#[tokio::test]
async fn the_log_has_what_was_asked_and_answered_but_no_secret() {
    let emulator = Emulator::builder()
        .client_credentials("client", "hush")
        .start()
        .await
        .unwrap();
    let token = grant(&emulator, "client", "hush").json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    send(
        &emulator,
        "GET",
        "/v1/UsageRecords?Granularity=daily&token=hush",
        &bearer,
        "",
    );
    send(&emulator, "DELETE", "/v1/UsageRecords", "", "");
    send(&emulator, "GET", "/nowhere", "", "");
    let log: Vec<String> = emulator
        .requests()
        .iter()
        .map(|request| {
            format!(
                "{} {} {} {:?}",
                request.number, request.method, request.target, request.status
            )
        })
        .collect();
    assert_eq!(
        log,
        [
            "1 POST /api-services/v1/auth/token Some(200)",
            "2 GET /v1/UsageRecords?Granularity=daily&token Some(200)",
            "3 DELETE /v1/UsageRecords Some(405)",
            "4 GET /nowhere Some(404)",
        ],
    );
    let everything = format!("{emulator:?}");
    assert!(!everything.contains("hush") && !everything.contains(&token));
}

#[tokio::test]
async fn latency_holds_for_every_answer() {
    let emulator = Emulator::builder()
        .latency(Duration::from_millis(200))
        .start()
        .await
        .unwrap();
    let latency = Duration::from_millis(200);
    let asked = Instant::now();
    grant(&emulator, "id", "secret");
    assert!(asked.elapsed() >= latency);
    for (method, target, status) in [
        ("GET", "/v1/UsageRecords", 401),
        ("GET", "/elsewhere", 404),
        ("PUT", "/v1/UsageRecords", 405),
    ] {
        let asked = Instant::now();
        let answer = send(&emulator, method, target, "", "");
        assert_eq!(answer.status, status);
        assert!(asked.elapsed() >= latency, "{method} {target}");
    }
}
