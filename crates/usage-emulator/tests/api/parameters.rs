//! Query parameters, unknown resources and methods.

use usage_emulator::Emulator;

use crate::client::{Session, send};

async fn session() -> Session {
    Session::start(Emulator::builder().sims(3)).await
}

#[tokio::test]
async fn wrong_values_are_refused_with_their_name() {
    let session = session().await;
    for (query, code, name) in [
        ("Granularity=Daily", 33101, "Granularity"),
        ("Granularity=", 33101, "Granularity"),
        ("PageSize=0", 33101, "PageSize"),
        ("PageSize=1001", 33101, "PageSize"),
        ("PageSize=-1", 33101, "PageSize"),
        ("PageSize=ten", 33101, "PageSize"),
        ("Page=-1", 33101, "Page"),
        ("Start=2026-03-01", 33101, "Start"),
        ("Start=2026-03-01T00:00:00%2B01:00", 33101, "Start"),
        ("Start=2026-02-30T00:00:00Z", 33101, "Start"),
        ("End=yesterday", 33101, "End"),
        // Widened to its day, it would end in a year of five digits.
        ("End=9999-12-31T00:00:01Z", 33101, "End"),
        ("Granularity=all&End=9999-12-31T23:59:59Z", 33101, "End"),
        ("Start=9999-12-31T23:59:59Z", 33101, "Start"),
        ("End=", 33101, "End"),
        (
            "Start=2026-03-02T00:00:00Z&End=2026-03-01T00:00:00Z",
            33121,
            "Start",
        ),
        ("Start=2026-03-15T12:00:01Z", 33121, "Start"),
    ] {
        let answer = session.get(&format!("/v1/UsageRecords?{query}"));
        let body = answer.json();
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(body["code"], code, "{query}");
        assert_eq!(body["status"], 400);
        assert!(body["message"].as_str().unwrap().contains(name), "{body}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn without_parameters_it_is_the_last_month_in_one_record() {
    let session = session().await;
    let records = session.all("/v1/UsageRecords");
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["period"]["start"], "2026-02-15T00:00:00Z");
    assert_eq!(records[0]["period"]["end"], "2026-03-16T00:00:00Z");
}

#[tokio::test]
async fn names_are_case_sensitive_and_unknown_ones_are_passed_over() {
    let session = session().await;
    let records = session.all("/v1/UsageRecords?granularity=daily&start=x&Colour=blue");
    assert_eq!(records.len(), 1);
    let records = session.all("/v1/UsageRecords?Granularity=all&Granularity=daily");
    assert_eq!(records.len(), 1, "the first of a name counts");
}

#[tokio::test]
async fn a_window_without_time_has_no_records() {
    let session = session().await;
    let window = "Start=2026-03-01T00:00:00Z&End=2026-03-01T00:00:00Z";
    let widened = "Granularity=daily&Start=2026-03-01T07:00:00Z&End=2026-03-01T07:00:00Z";
    assert_eq!(session.account(widened).len(), 1, "the day that it is in");
    for granularity in ["hourly", "daily", "all"] {
        let page = session.get(&format!(
            "/v1/UsageRecords?Granularity={granularity}&{window}"
        ));
        assert!(page.records().is_empty());
        assert!(page.link("next_page_url").is_none());
    }
}

#[tokio::test]
async fn years_have_four_digits_at_both_ends_of_the_calendar() {
    let session = session().await;
    let first = session.get("/v1/UsageRecords?End=0000-01-15T00:00:00Z");
    assert!(first.records().is_empty());
    let link = first.link("url").unwrap();
    assert!(link.contains("Start=0000-01-01T00%3A00%3A00Z"), "{link}");
    assert_eq!(session.get(&link).status, 200);
    let window = "Start=0000-01-01T00:00:00Z&End=9999-12-31T00:00:00Z";
    let whole = session.all(&format!("/v1/UsageRecords?Granularity=all&{window}"));
    assert_eq!(whole[0]["period"]["start"], "0000-01-01T00:00:00Z");
    assert_eq!(whole[0]["period"]["end"], "9999-12-31T00:00:00Z");
}

#[tokio::test]
async fn unknown_resources_are_not_found() {
    let session = session().await;
    let stranger = Session::start(Emulator::builder().seed(99))
        .await
        .emulator
        .sims()[0];
    for path in [
        "/".to_owned(),
        "/v1/usagerecords".to_owned(),
        "/v1/UsageRecords/".to_owned(),
        format!("/v1/Sims/{stranger}/UsageRecords"),
        "/v1/Sims/DE123/UsageRecords".to_owned(),
        "/v1/Sims/%FF/UsageRecords".to_owned(),
    ] {
        let answer = session.get(&path);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["code"], 20404, "{path}");
        assert_eq!(answer.json()["status"], 404, "{path}");
    }
}

#[tokio::test]
async fn a_sim_is_found_in_capitals_too() {
    let session = session().await;
    let sim = session.emulator.sims()[0];
    let capitals = sim.as_str().to_uppercase();
    let records = session.all(&format!("/v1/Sims/{capitals}/UsageRecords"));
    assert_eq!(records[0]["sim_sid"], sim.as_str());
}

#[tokio::test]
async fn only_get_is_supported() {
    let session = session().await;
    let sim = session.emulator.sims()[0];
    let bearer = format!("Authorization: Bearer {}\r\n", session.token);
    for path in [
        "/v1/UsageRecords".to_owned(),
        format!("/v1/Sims/{sim}/UsageRecords"),
    ] {
        for method in ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] {
            let answer = send(&session.emulator, method, &path, &bearer, "");
            assert_eq!(answer.status, 405, "{method}");
            assert_eq!(answer.header("allow"), Some("GET"));
            if method != "HEAD" {
                assert_eq!(answer.json()["status"], 405);
            }
        }
    }
    let answer = send(
        &session.emulator,
        "GET",
        session.emulator.token_url().path(),
        "",
        "",
    );
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
}
