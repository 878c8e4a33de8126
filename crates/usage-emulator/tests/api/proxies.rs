//! What servers, proxies and gateways of this kind have done, each as a fault or a dialect.

use std::io::Read as _;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use usage_emulator::{Dialect, Emulator, EmulatorBuilder, EndOfWindow, Fault};

use crate::client::{Answer, Session, grant, send};

const WEEK: &str = "Start=2026-03-01T00:00:00Z&End=2026-03-08T00:00:00Z";

async fn with(faults: &[&str]) -> Session {
    let faults = faults.iter().map(|text| text.parse::<Fault>().unwrap());
    Session::start(faults.fold(Emulator::builder().sims(4), EmulatorBuilder::fault)).await
}

async fn speaking(dialects: &[&str]) -> Session {
    let dialects = dialects.iter().map(|text| text.parse::<Dialect>().unwrap());
    Session::start(dialects.fold(Emulator::builder().sims(4), EmulatorBuilder::dialect)).await
}

fn target(query: &str) -> String {
    format!("/v1/UsageRecords?{query}")
}

fn starts(answer: &Answer) -> Vec<String> {
    let start = |record: &Value| record["period"]["start"].as_str().unwrap().to_owned();
    answer.records().iter().map(start).collect()
}

#[tokio::test]
async fn a_window_wider_than_the_cap_is_refused() {
    let session = with(&["window-cap:31:hourly", "window-cap:62:all"]).await;
    for (granularity, end, status) in [
        ("hourly", "2026-02-01T00:00:00Z", 200),
        ("hourly", "2026-02-01T00:00:01Z", 400),
        ("all", "2026-03-04T00:00:00Z", 200),
        ("all", "2026-03-05T00:00:00Z", 400),
        ("daily", "2026-03-15T00:00:00Z", 200),
    ] {
        let window = format!("Start=2026-01-01T00:00:00Z&End={end}");
        let answer = session.get(&target(&format!("Granularity={granularity}&{window}")));
        assert_eq!(answer.status, status, "{granularity} until {end}");
        if status == 400 {
            assert_eq!(answer.json()["code"], 33101);
        }
    }
    let any = with(&["window-cap:14"]).await;
    for granularity in ["hourly", "daily", "all"] {
        let window = "Start=2026-01-01T00:00:00Z&End=2026-01-16T00:00:00Z";
        let answer = any.get(&target(&format!("Granularity={granularity}&{window}")));
        assert_eq!(answer.status, 400, "{granularity}");
    }
}

#[tokio::test]
async fn a_window_that_starts_too_early_is_refused() {
    let session = with(&["early-start:90"]).await;
    let end = "Granularity=daily&End=2026-03-01T00:00:00Z";
    let answer = session.get(&target(&format!("{end}&Start=2025-12-01T00:00:00Z")));
    assert_eq!(answer.status, 400);
    let answer = session.get(&target(&format!("{end}&Start=2025-12-16T00:00:00Z")));
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_page_size_above_the_cap_is_refused() {
    let session = with(&["page-size-cap:100"]).await;
    assert_eq!(session.get(&target("PageSize=100")).status, 200);
    assert_eq!(session.get(&target("PageSize=101")).status, 400);
    let failing = with(&["page-size-cap:100:500"]).await;
    assert_eq!(failing.get(&target("PageSize=101")).status, 500);
}

#[tokio::test]
async fn a_proxy_drops_the_query_or_answers_for_another_window() {
    let week = target(&format!("Granularity=daily&{WEEK}"));
    let session = with(&["drop-query@1", "ignore-window@2", "shift-window:365@3"]).await;
    let dropped = session.get(&week);
    assert_eq!(
        starts(&dropped),
        ["2026-02-15T00:00:00Z"],
        "the default is one total"
    );
    let whole = session.get(&week);
    assert_eq!(starts(&whole)[0], "2024-09-15T00:00:00Z");
    assert!(whole.link("next_page_url").is_some());
    let another = session.get(&week);
    assert_eq!(starts(&another)[0], "2025-03-01T00:00:00Z");
    assert_eq!(starts(&another).len(), 7);
    assert_eq!(starts(&session.get(&week))[0], "2026-03-01T00:00:00Z");
}

#[tokio::test]
async fn a_proxy_that_ignores_the_window_still_pages() {
    let session = with(&["ignore-window"]).await;
    let records = session.all(&target(&format!("Granularity=daily&PageSize=100&{WEEK}")));
    assert_eq!(records.len(), 547);
}

#[tokio::test]
async fn a_proxy_that_caches_by_path_gives_the_first_answer_again() {
    let session = with(&["cache"]).await;
    let first = session.get(&target(&format!("Granularity=daily&{WEEK}")));
    let other = session.get(&target("Granularity=hourly&Start=2026-02-01T00:00:00Z"));
    assert_eq!(other.body, first.body);
    let sim = session.emulator.sims()[0];
    let of_sim = session.get(&format!(
        "/v1/Sims/{sim}/UsageRecords?Granularity=daily&{WEEK}"
    ));
    assert_ne!(of_sim.body, first.body);
    session.emulator.clear_faults();
    let honest = session.get(&target("Granularity=hourly&Start=2026-02-01T00:00:00Z"));
    assert_ne!(honest.body, first.body);
}

#[tokio::test]
async fn links_are_written_another_way_and_can_be_followed() {
    let noon = "Start=2026-03-01T12:00:00Z&End=2026-03-08T12:00:00Z";
    let query = target(&format!("Granularity=daily&PageSize=3&{noon}"));
    let plain = speaking(&[]).await;
    let truth = plain.all(&query);
    for (dialects, parts) in [
        (
            &["widened-links"][..],
            &[
                "Start=2026-03-01T00%3A00%3A00Z",
                "End=2026-03-09T00%3A00%3A00Z",
                "=daily",
            ][..],
        ),
        (
            &["minute-links"],
            &["Start=2026-03-01T12%3A00Z", "End=2026-03-08T12%3A00Z"],
        ),
        (&["capital-links"], &["Granularity=DAILY"]),
        (
            &["widened-links", "minute-links", "capital-links"],
            &["Start=2026-03-01T00%3A00Z", "Granularity=DAILY"],
        ),
    ] {
        let session = speaking(dialects).await;
        let page = session.get(&query);
        for name in ["first_page_url", "url", "next_page_url"] {
            let link = page.link(name).unwrap();
            for part in parts {
                assert!(link.contains(part), "{dialects:?}: {link}");
            }
        }
        assert_eq!(session.all(&query), truth, "{dialects:?}");
        // A client that keeps its own query needs only the token.
        let next = page.link("next_page_url").unwrap();
        let token = next.split("PageToken=").nth(1).unwrap();
        let second = session.get(&format!("{query}&Page=1&PageToken={token}"));
        assert_eq!(second.records(), truth[3..6]);
    }
}

#[tokio::test]
async fn widened_links_stay_with_an_inclusive_end() {
    let inclusive = Emulator::builder()
        .sims(4)
        .end_of_window(EndOfWindow::Inclusive);
    let session = Session::start(inclusive.dialect(Dialect::WidenedLinks)).await;
    for (end, last) in [
        ("2026-03-08T00:00:00Z", 8),
        ("2026-03-08T12:00:00Z", 8),
        ("2026-03-07T23:59:59Z", 7),
    ] {
        let query = format!("Granularity=daily&PageSize=3&Start=2026-03-01T00:00:00Z&End={end}");
        assert_eq!(session.all(&target(&query)).len(), last, "{end}");
    }
}

#[tokio::test]
async fn empty_pages_come_with_new_tokens_for_ever_or_once() {
    let query = target(&format!("Granularity=daily&PageSize=4&{WEEK}"));
    let endless = with(&["empty-page@2x1000"]).await;
    let mut next = endless.get(&query).link("next_page_url").unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let token = next.split("PageToken=").nth(1).unwrap().to_owned();
        assert!(seen.insert(token), "{next} has a token that came before");
        let page = endless.get(&next);
        assert!(page.records().is_empty());
        next = page.link("next_page_url").unwrap();
    }
    let once = with(&["empty-page@2"]).await;
    assert_eq!(once.all(&query), with(&[]).await.all(&query));
    assert_eq!(once.emulator.requests().len(), 1 + 3);
}

#[tokio::test]
async fn a_page_has_more_records_than_were_asked_for() {
    let query = target(&format!("Granularity=daily&PageSize=2&{WEEK}"));
    let session = with(&["surplus:3@1"]).await;
    let first = session.get(&query);
    assert_eq!(first.records().len(), 5);
    assert_eq!(first.json()["meta"]["page_size"], 2);
    let rest = session.all(&first.link("next_page_url").unwrap());
    assert_eq!(rest.len(), 2);
}

#[tokio::test]
async fn retry_after_has_a_fraction_or_a_date_and_date_may_be_missing() {
    let session = with(&[
        "status:429@1;retry-after=2.5",
        "status:503@2;retry-after-date=30;no-date",
    ])
    .await;
    let fraction = session.get(&target(""));
    assert_eq!(fraction.header("retry-after"), Some("2.5"));
    assert!(fraction.header("date").is_some());
    let undated = session.get(&target(""));
    assert_eq!(undated.header("date"), None);
    let until = httpdate::parse_http_date(undated.header("retry-after").unwrap()).unwrap();
    // Without the date of the server, a client counts from its own clock.
    let wait = DateTime::<Utc>::from(until) - DateTime::<Utc>::from(std::time::SystemTime::now());
    assert!(
        wait > TimeDelta::zero() && wait <= TimeDelta::seconds(30),
        "{wait}"
    );
}

#[tokio::test]
async fn errors_come_in_every_shape_and_with_success() {
    for (shape, media_type, part) in [
        ("api", "application/json", "\"code\":20503"),
        ("text", "text/plain", "503 Service Unavailable"),
        ("html", "text/html", "<h1>Service Unavailable"),
        ("xml", "application/xml", "<Code>503</Code>"),
        (
            "problem",
            "application/problem+json",
            "\"title\":\"Service Unavailable\"",
        ),
        ("errors", "application/json", "{\"errors\":[{"),
        ("error", "application/json", "{\"error\":{"),
        ("empty", "text/plain", ""),
    ] {
        for (sent_as, status) in [("", 503), (";sent-as=200", 200)] {
            let session = with(&[&format!("status:503@1;body={shape}{sent_as}")]).await;
            let answer = session.get(&target(""));
            let body = String::from_utf8(answer.body.clone()).unwrap();
            assert_eq!(answer.status, status, "{shape}");
            assert!(
                answer
                    .header("content-type")
                    .unwrap()
                    .starts_with(media_type)
            );
            assert!(body.contains(part), "{body}");
            assert_eq!(body.is_empty(), shape == "empty");
        }
    }
    let gateway = with(&["status:522@1;body=html"]).await;
    assert_eq!(gateway.get(&target("")).status, 522);
    let login = with(&["html@1"]).await.get(&target(""));
    assert!(String::from_utf8_lossy(&login.body).contains("Sign in"));
}

#[tokio::test]
async fn codings_have_other_names_and_several_members() {
    let truth = speaking(&[]).await.get(&target(""));
    for (dialects, name) in [
        (&["capital-coding"][..], "GZIP"),
        (&["x-gzip"], "x-gzip"),
        (&["gzip-members"], "gzip"),
    ] {
        let session = speaking(dialects).await;
        let headers = format!(
            "Authorization: Bearer {}\r\nAccept-Encoding: gzip\r\n",
            session.token
        );
        let packed = send(&session.emulator, "GET", &target(""), &headers, "");
        assert_eq!(packed.header("content-encoding"), Some(name));
        let (mut first, mut all) = (Vec::new(), Vec::new());
        let mut decoder = flate2::read::GzDecoder::new(&packed.body[..]);
        decoder.read_to_end(&mut first).unwrap();
        let mut decoder = flate2::read::MultiGzDecoder::new(&packed.body[..]);
        decoder.read_to_end(&mut all).unwrap();
        let length = |body: &[u8]| String::from_utf8_lossy(body).matches("\"meta\"").count();
        assert_eq!(length(&all), length(&truth.body));
        assert_eq!(first == all, !dialects.contains(&"gzip-members"));
    }
}

#[tokio::test]
async fn bodies_start_with_a_byte_order_mark() {
    let emulator = Emulator::builder()
        .dialect(Dialect::ByteOrderMark)
        .start()
        .await
        .unwrap();
    let token = grant(&emulator, "id", "secret");
    assert!(token.body.starts_with(b"\xef\xbb\xbf{"));
    let headers = "Authorization: Basic YW55OmFueQ==\r\n";
    let page = send(&emulator, "GET", &target(""), headers, "");
    assert!(page.body.starts_with(b"\xef\xbb\xbf{"));
    assert_eq!(
        page.header("content-length").unwrap(),
        page.body.len().to_string()
    );
}

#[tokio::test]
async fn tokens_are_created_and_faults_strike_the_token_endpoint() {
    let created = Emulator::builder()
        .dialect(Dialect::CreatedToken)
        .start()
        .await
        .unwrap();
    assert_eq!(grant(&created, "id", "secret").status, 201);
    let builder = Emulator::builder().client_credentials("id", "secret");
    let faults = [
        "status:503@1;on=token",
        "cut@2;on=token",
        "success-status:201@3;on=token",
    ];
    let faults = faults.map(|text| text.parse::<Fault>().unwrap());
    let builder = faults.into_iter().fold(builder, EmulatorBuilder::fault);
    let emulator = builder.start().await.unwrap();
    assert_eq!(grant(&emulator, "id", "secret").status, 503);
    let cut = grant(&emulator, "id", "secret");
    let promised: usize = cut.header("content-length").unwrap().parse().unwrap();
    assert_eq!(cut.body.len(), promised / 2);
    assert_eq!(grant(&emulator, "id", "secret").status, 201);
    assert_eq!(grant(&emulator, "id", "wrong").status, 401);
    let endpoints: Vec<_> = emulator
        .requests()
        .iter()
        .map(|request| (request.endpoint.unwrap().as_str(), request.endpoint_number))
        .collect();
    assert_eq!(
        endpoints,
        [1, 2, 3, 4].map(|number| ("token", Some(number)))
    );
}

#[tokio::test]
async fn amounts_have_as_many_digits_as_a_double() {
    let session = speaking(&["long-amounts"]).await;
    let body = session
        .get(&target(&format!("Granularity=daily&{WEEK}")))
        .body;
    let text = String::from_utf8(body).unwrap();
    let amounts = text.split("\"billed\":").skip(1);
    let digits = amounts.map(|rest| rest.find([',', '}']).unwrap()).max();
    assert!(digits > Some(45), "{digits:?}");
    let plain = speaking(&[])
        .await
        .account(&format!("Granularity=daily&{WEEK}"));
    for (long, short) in session
        .account(&format!("Granularity=daily&{WEEK}"))
        .iter()
        .zip(&plain)
    {
        assert_eq!(long, short, "the same double");
    }
}

#[tokio::test]
async fn a_revision_changes_figures_and_all_sums_hold() {
    let query = format!("Granularity=daily&{WEEK}");
    let truth = with(&[]).await.account(&query);
    let session = with(&["revision:2026-03-05:+4096"]).await;
    let sent = session.account(&query);
    let total = |record: &Value, pointer: &str| record.pointer(pointer).unwrap().as_u64().unwrap();
    for pointer in [
        "/data/total",
        "/data/download",
        "/data/home/total",
        "/data/home/download",
    ] {
        assert_eq!(
            total(&sent[4], pointer),
            total(&truth[4], pointer) + 4096,
            "{pointer}"
        );
    }
    assert_eq!(session.emulator.injected()[0].delta, Some(4096));
}

#[tokio::test]
async fn a_fault_without_a_number_strikes_every_request() {
    let session = with(&["status:503"]).await;
    for _ in 0..3 {
        assert_eq!(session.get(&target("")).status, 503);
    }
}
