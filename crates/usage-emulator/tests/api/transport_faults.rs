//! Requests that are answered wrongly.

use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use usage_emulator::{Emulator, EmulatorBuilder, Fault};

use crate::client::{Session, grant, send};

const TARGET: &str = "/v1/UsageRecords?Granularity=daily&PageSize=5";

async fn session(faults: &[&str]) -> Session {
    let faults = faults.iter().map(|text| text.parse::<Fault>().unwrap());
    Session::start(faults.fold(Emulator::builder().sims(4), EmulatorBuilder::fault)).await
}

#[tokio::test]
async fn a_status_is_answered_as_often_as_asked() {
    let session = session(&["status:429@2x2;retry-after=7", "status:502@5"]).await;
    let answers: Vec<_> = (0..6).map(|_| session.get(TARGET)).collect();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 429, 429, 200, 502, 200]);
    assert_eq!(answers[1].header("retry-after"), Some("7"));
    assert_eq!(answers[1].json()["code"], 20429);
    assert_eq!(answers[4].json()["status"], 502);
    assert!(answers[4].json().get("code").is_none());
    assert_eq!(answers[4].header("retry-after"), None);
    let log = session.emulator.requests();
    let logged: Vec<Option<u16>> = log.iter().map(|request| request.status).collect();
    assert_eq!(logged, [200, 200, 429, 429, 200, 502, 200].map(Some));
    let numbers: Vec<Option<u64>> = log.iter().map(|request| request.endpoint_number).collect();
    // Requests for tokens are counted for themselves.
    assert_eq!(numbers, [1, 1, 2, 3, 4, 5, 6].map(Some));
    let struck: Vec<String> = log
        .iter()
        .map(|request| request.faults.iter().map(ToString::to_string).collect())
        .collect();
    let (busy, broken) = ("status:429@2x2;retry-after=7", "status:502@5");
    assert_eq!(struck, ["", "", busy, busy, "", broken, ""]);
}

#[tokio::test]
async fn bodies_are_cut_reset_or_stall_after_half() {
    let session = session(&["cut@2", "reset@3", "stall@4"]).await;
    let whole = session.get(TARGET);
    assert_eq!(whole.broken, None);
    // A body that stalls ends when the client has had enough.
    let patience = Duration::from_millis(500);
    for expected in [
        &[][..],
        &[ErrorKind::ConnectionReset],
        &[ErrorKind::WouldBlock, ErrorKind::TimedOut],
    ] {
        let broken = session.get_with_patience(TARGET, patience);
        assert_eq!(broken.status, 200);
        let promised = broken
            .header("content-length")
            .unwrap()
            .parse::<usize>()
            .unwrap();
        assert_eq!(promised, whole.body.len());
        assert_eq!(broken.body, whole.body[..promised / 2]);
        match broken.broken {
            None => assert!(expected.is_empty()),
            Some(kind) => assert!(expected.contains(&kind), "{kind:?}"),
        }
    }
    assert_eq!(session.get(TARGET).body, whole.body);
}

#[tokio::test]
async fn a_gateway_answers_html() {
    let session = session(&["html@1"]).await;
    let answer = session.get(TARGET);
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    assert!(answer.body.starts_with(b"<!DOCTYPE html>"));
    assert_eq!(session.get(TARGET).records().len(), 5);
}

#[tokio::test]
async fn a_token_dies_between_two_pages() {
    let mut session = session(&["expire-token@2"]).await;
    let first = session.get(TARGET);
    let next = first.link("next_page_url").unwrap();
    for _ in 0..2 {
        let dead = session.get(&next);
        assert_eq!(dead.status, 403);
        assert_eq!(dead.json()["error"], "Invalid or expired token");
    }
    let fresh = grant(&session.emulator, "id", "secret").json();
    fresh["access_token"]
        .as_str()
        .unwrap()
        .clone_into(&mut session.token);
    assert_eq!(session.get(&next).records().len(), 5);
}

#[tokio::test]
async fn links_loop_or_lead_away() {
    let session = session(&["loop@1x2", "foreign-link:https://evil.example:444/@3"]).await;
    let first = session.get(TARGET);
    assert_eq!(first.link("next_page_url"), first.link("url"));
    let again = session.get(&first.link("next_page_url").unwrap());
    assert_eq!(again.records(), first.records());
    let foreign = session.get(TARGET).link("next_page_url").unwrap();
    let honest = session.get(TARGET).link("next_page_url").unwrap();
    let base = session.emulator.base_url();
    assert_eq!(
        foreign,
        honest.replace(base.as_str(), "https://evil.example:444/")
    );
}

#[tokio::test]
async fn answers_take_as_long_as_asked() {
    let session = session(&["delay:300@2"]).await;
    assert_eq!(session.get(TARGET).status, 200);
    let asked = Instant::now();
    assert_eq!(session.get(TARGET).status, 200);
    assert!(asked.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_client_that_gives_up_is_in_the_log() {
    let session = session(&["delay:3600000@1"]).await;
    let given_up = session.leave(TARGET);
    let begun = Instant::now();
    while session.emulator.requests().len() < 2 {
        assert!(begun.elapsed() < Duration::from_mins(1), "never logged");
        std::thread::yield_now();
    }
    drop(given_up);
    assert_eq!(session.get(TARGET).status, 200);
    let statuses: Vec<Option<u16>> = session
        .emulator
        .requests()
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [Some(200), None, Some(200)]);
}

#[tokio::test]
async fn requests_for_tokens_and_unknown_paths_are_not_counted() {
    let session = session(&["status:500@1"]).await;
    assert_eq!(send(&session.emulator, "PUT", TARGET, "", "").status, 405);
    assert_eq!(grant(&session.emulator, "id", "secret").status, 200);
    assert_eq!(session.get("/elsewhere").status, 404);
    assert_eq!(session.get(TARGET).status, 500);
}

#[tokio::test]
async fn two_shares_strike_independently_of_each_other() {
    let session = session(&["status:503@30%", "status:429@30%"]).await;
    let asked = (0..200).map(|_| session.get(TARGET).status);
    let statuses: Vec<u16> = asked.collect();
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    // Where both strike, the first one answers: 30, 21 and 49 of a hundred.
    assert!((40..80).contains(&count(503)), "{statuses:?}");
    assert!((24..60).contains(&count(429)), "{statuses:?}");
    assert_eq!(count(503) + count(429) + count(200), 200);
}

#[tokio::test]
async fn a_slow_body_breaks_off_as_well() {
    let session = session(&["slow:320@2x3", "cut@2", "reset@3", "stall@4"]).await;
    let whole = session.get(TARGET);
    for expected in [
        &[][..],
        &[ErrorKind::ConnectionReset],
        &[ErrorKind::WouldBlock, ErrorKind::TimedOut],
    ] {
        let asked = Instant::now();
        let broken = session.get_with_patience(TARGET, Duration::from_secs(1));
        // Half of the body takes half of the time.
        assert!(asked.elapsed() >= Duration::from_millis(160));
        assert_eq!(broken.status, 200);
        let promised = whole.body.len();
        assert_eq!(
            broken.header("content-length"),
            Some(promised.to_string().as_str())
        );
        assert_eq!(broken.body, whole.body[..promised / 2]);
        match broken.broken {
            None => assert!(expected.is_empty()),
            Some(kind) => assert!(expected.contains(&kind), "{kind:?}"),
        }
    }
    assert_eq!(session.get(TARGET).body, whole.body);
}
