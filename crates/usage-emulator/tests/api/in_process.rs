//! The emulator without a socket, under a paused clock.

use std::{io, time::Duration};

use bytes::Bytes;
use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::time::{Instant, timeout};
use usage_emulator::{Emulator, EmulatorBuilder, Fault};

const TARGET: &str = "/v1/UsageRecords?Granularity=daily&PageSize=5";

/// A status, and the pieces of the body as far as they came.
type Answer = (u16, Vec<io::Result<Bytes>>);

fn emulator(faults: &[&str]) -> Emulator {
    let faults = faults.iter().map(|text| text.parse::<Fault>().unwrap());
    let builder = faults.fold(Emulator::builder().sims(4), EmulatorBuilder::fault);
    builder.build().unwrap()
}

async fn get(emulator: &Emulator, target: &str) -> Answer {
    let request = http::Request::get(target).header("authorization", "Basic YW55OmFueQ==");
    let request = request.body(Bytes::new()).unwrap();
    let (head, body) = emulator.handle(request).await.into_parts();
    (head.status.as_u16(), body.collect().await)
}

fn whole((status, pieces): Answer) -> Value {
    assert_eq!(status, 200);
    let pieces: Result<Vec<Bytes>, _> = pieces.into_iter().collect();
    serde_json::from_slice(&pieces.unwrap().concat()).unwrap()
}

fn broken((status, pieces): Answer) -> io::ErrorKind {
    assert_eq!(status, 200);
    pieces.last().unwrap().as_ref().unwrap_err().kind()
}

#[tokio::test(start_paused = true)]
async fn latency_and_delays_pass_on_the_paused_clock() {
    let year = Duration::from_hours(365 * 24);
    let builder = Emulator::builder().latency(year);
    let emulator = builder
        .fault("delay:3600000@2".parse::<Fault>().unwrap())
        .build()
        .unwrap();
    let (begun, real) = (Instant::now(), std::time::Instant::now());
    assert_eq!(get(&emulator, TARGET).await.0, 200);
    assert_eq!(begun.elapsed().as_secs(), year.as_secs());
    assert_eq!(get(&emulator, TARGET).await.0, 200);
    let hour = Duration::from_hours(1);
    assert_eq!(begun.elapsed().as_secs(), (year * 2 + hour).as_secs());
    assert!(real.elapsed() < hour);
}

#[tokio::test(start_paused = true)]
async fn bodies_break_off_as_on_a_socket() {
    let emulator = emulator(&["cut@1", "reset@2", "stall@3", "slow:60000@4"]);
    assert_eq!(
        broken(get(&emulator, TARGET).await),
        io::ErrorKind::ConnectionAborted
    );
    assert_eq!(
        broken(get(&emulator, TARGET).await),
        io::ErrorKind::ConnectionReset
    );
    let stalled = timeout(Duration::from_hours(24), get(&emulator, TARGET));
    assert!(stalled.await.is_err());
    let begun = Instant::now();
    let slow = whole(get(&emulator, TARGET).await);
    assert_eq!(begun.elapsed(), Duration::from_mins(1));
    assert_eq!(slow, whole(get(&emulator, TARGET).await));
}

#[tokio::test(start_paused = true)]
async fn links_are_followed_and_tokens_die_on_the_paused_clock() {
    let builder = Emulator::builder().token_lifetime(Duration::from_hours(1));
    let emulator = builder.client_credentials("id", "hush").build().unwrap();
    let form = "grant_type=client_credentials&client_id=id&client_secret=hush";
    let request = http::Request::post(emulator.token_url().as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .unwrap();
    let (_, body) = emulator.handle(request).await.into_parts();
    let answer = whole((200, body.collect().await));
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    let get = async |target: &str| {
        let request = http::Request::get(target).header("authorization", &bearer);
        let (head, body) = emulator
            .handle(request.body(Bytes::new()).unwrap())
            .await
            .into_parts();
        (head.status.as_u16(), body.collect::<Vec<_>>().await)
    };
    let first = whole(get(TARGET).await);
    let next = first["meta"]["next_page_url"].as_str().unwrap().to_owned();
    assert!(next.starts_with(emulator.base_url().as_str()));
    assert_eq!(whole(get(&next).await)["meta"]["page"], 1);
    tokio::time::advance(Duration::from_hours(1)).await;
    assert_eq!(get(&next).await.0, 403);
    let statuses: Vec<_> = emulator.requests().iter().map(|each| each.status).collect();
    assert_eq!(statuses, [Some(200), Some(200), Some(200), Some(403)]);
}

#[tokio::test(start_paused = true)]
async fn a_running_clock_runs_with_the_paused_clock() {
    let emulator = Emulator::builder().running(60).build().unwrap();
    let begun = emulator.now();
    tokio::time::advance(Duration::from_mins(1)).await;
    assert_eq!(emulator.now() - begun, chrono::TimeDelta::hours(1));
}

#[tokio::test]
async fn the_same_emulator_answers_on_its_port_and_in_process() {
    let running = Emulator::builder().sims(4).start().await.unwrap();
    let in_process = whole(get(&running, TARGET).await);
    let session = crate::client::Session {
        token: String::new(),
        emulator: running,
    };
    let headers = "Authorization: Basic YW55OmFueQ==\r\n";
    let on_port = crate::client::send(&session.emulator, "GET", TARGET, headers, "");
    assert_eq!(on_port.json(), in_process);
    assert_eq!(session.emulator.requests().len(), 2);
}
