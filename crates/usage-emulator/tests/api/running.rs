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

#[test]
fn it_starts_without_a_runtime_and_stops_when_it_is_dropped() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    assert_eq!(grant(&emulator, "id", "secret").status, 200);
    let (address, port) = (emulator.addr(), emulator.addr().port());
    let error = Emulator::builder().port(port).start_blocking().unwrap_err();
    assert!(matches!(error, EmulatorError::Listen { .. }));
    drop(emulator);
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn every_answer_has_the_date_of_the_emulated_clock() {
    let now = "2026-03-15T12:00:00Z".parse().unwrap();
    let session = Session::start(Emulator::builder().now(now)).await;
    for target in ["/v1/UsageRecords", "/nowhere", "/_emulator/clock"] {
        let answer = session.get(target);
        assert_eq!(
            answer.header("date"),
            Some("Sun, 15 Mar 2026 12:00:00 GMT"),
            "{target}"
        );
    }
    session.emulator.advance(Duration::from_hours(36)).unwrap();
    let dates = grant(&session.emulator, "id", "secret").head;
    assert!(dates.contains("Tue, 17 Mar 2026 00:00:00 GMT"), "{dates}");
    assert_eq!(dates.matches("ate: ").count(), 1, "{dates}");
    // A clock that runs, a day in each second.
    let builder = Emulator::builder().now(now).running(86_400);
    let running = Session::start(builder).await;
    let begun = Instant::now();
    while running
        .get("/nowhere")
        .header("date")
        .unwrap()
        .starts_with("Sun, 15 Mar")
    {
        assert!(begun.elapsed() < Duration::from_mins(1), "it stands still");
    }
}

#[tokio::test]
async fn a_client_that_does_not_send_its_request_is_cut_off() {
    use std::io::{Read as _, Write as _};

    let builder = Emulator::builder().header_deadline(Duration::from_millis(200));
    let emulator = builder.start().await.unwrap();
    let mut slow = TcpStream::connect(emulator.addr()).unwrap();
    slow.write_all(b"GET /v1/UsageRecords HTTP/1.1\r\nX-Slow: ")
        .unwrap();
    // Well before the 30 seconds that it would be given otherwise.
    slow.set_read_timeout(Some(Duration::from_secs(15)))
        .unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn the_head_of_a_request_has_a_largest_size() {
    let emulator = Emulator::builder().start().await.unwrap();
    let header = |size: usize| format!("X-Long: {}\r\n", "x".repeat(size));
    let small = send(&emulator, "GET", "/nowhere", &header(16 << 10), "");
    assert_eq!(small.status, 404);
    let large = send(&emulator, "GET", "/nowhere", &header(40 << 10), "");
    assert_eq!(large.status, 431);
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
        "ftp://api.example/ cannot be the origin of links: expected http or https and a host",
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
