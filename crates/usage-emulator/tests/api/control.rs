//! The emulator's own endpoints, and its clock.

use std::time::Duration;

use serde_json::{Value, json};
use usage_emulator::{Emulator, EmulatorError, Fault};

use crate::client::{Answer, Session, raw, send};

const DAY: &str =
    "/v1/UsageRecords?Granularity=daily&Start=2026-03-14T00:00:00Z&End=2026-03-15T00:00:00Z";

fn ask(session: &Session, method: &str, path: &str, form: &str) -> Answer {
    send(&session.emulator, method, path, "", form)
}

async fn session() -> Session {
    Session::start(Emulator::builder().seed(5).sims(96)).await
}

fn total(session: &Session) -> u64 {
    session.get(DAY).records()[0]["data"]["total"]
        .as_u64()
        .unwrap()
}

#[tokio::test]
async fn the_clock_is_asked_and_put_forward() {
    let session = session().await;
    let clock = ask(&session, "GET", "/_emulator/clock", "");
    assert_eq!(clock.json(), json!({ "now": "2026-03-15T12:00:00Z" }));
    let before = total(&session);
    let forward = ask(&session, "POST", "/_emulator/clock", "advance=48h");
    assert_eq!(forward.json(), json!({ "now": "2026-03-17T12:00:00Z" }));
    assert!(total(&session) > before);
    let to = ask(
        &session,
        "POST",
        "/_emulator/clock",
        "to=2026-03-20T00:00:00Z",
    );
    assert_eq!(to.json(), json!({ "now": "2026-03-20T00:00:00Z" }));
    for (form, reason) in [
        ("to=2026-03-19T00:00:00Z", "does not go back"),
        ("to=tomorrow", "to: "),
        ("advance=soon", "48h"),
        ("advance=99999999d", "1970 to 9998"),
        ("", "advance=48h or to="),
    ] {
        let refused = ask(&session, "POST", "/_emulator/clock", form);
        assert_eq!(refused.status, 400, "{form}");
        let message = refused.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(reason), "{form}: {message}");
    }
    assert_eq!(
        session.emulator.now().to_rfc3339(),
        "2026-03-20T00:00:00+00:00"
    );
}

#[tokio::test]
async fn the_clock_is_put_forward_in_the_process_too() {
    let session = session().await;
    let before = total(&session);
    session.emulator.advance(Duration::from_hours(120)).unwrap();
    assert!(total(&session) > before);
    let past = "2026-03-15T12:00:00Z".parse().unwrap();
    let error = session.emulator.advance_to(past).unwrap_err();
    assert!(matches!(error, EmulatorError::Past { now } if now == past));
    // 18 months later the day is gone.
    let later = "2027-09-15T00:00:00Z".parse().unwrap();
    session.emulator.advance_to(later).unwrap();
    assert!(session.get(DAY).records().is_empty());
}

#[tokio::test]
async fn a_running_clock_runs() {
    let builder = Emulator::builder().sims(3).running(1_000_000);
    let emulator = builder.start().await.unwrap();
    let first = emulator.now();
    let begun = std::time::Instant::now();
    while emulator.now() == first {
        assert!(begun.elapsed() < Duration::from_mins(1), "it stands still");
        std::thread::yield_now();
    }
    assert!(emulator.now() > first);
}

#[tokio::test]
async fn account_and_sims_are_shown() {
    let session = session().await;
    let account = ask(&session, "GET", "/_emulator/account", "").json();
    assert_eq!(
        account["account_sid"],
        session.emulator.account_sid().as_str()
    );
    assert_eq!(account["sims"], 96);
    let sims = ask(&session, "GET", "/_emulator/sims", "").json();
    let sids: Vec<Value> = session
        .emulator
        .sims()
        .iter()
        .map(|sid| json!(sid.as_str()))
        .collect();
    assert_eq!(sims, Value::Array(sids));
}

#[tokio::test]
async fn the_log_is_read_and_emptied_and_control_calls_are_not_in_it() {
    let session = session().await;
    session.get(DAY);
    let log = ask(&session, "GET", "/_emulator/requests", "").json();
    assert_eq!(log.as_array().map(Vec::len), Some(2));
    assert_eq!(log[1]["number"], 2);
    assert_eq!(log[1]["method"], "GET");
    assert_eq!(log[1]["status"], 200);
    assert_eq!(log[1]["now"], "2026-03-15T12:00:00Z");
    assert!(
        log[1]["target"]
            .as_str()
            .unwrap()
            .starts_with("/v1/UsageRecords?")
    );
    assert_eq!(
        ask(&session, "DELETE", "/_emulator/requests", "").status,
        204
    );
    assert_eq!(
        ask(&session, "GET", "/_emulator/requests", "").json(),
        json!([])
    );
    assert!(session.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_web_page_cannot_use_them() {
    let session = session().await;
    let port = session.emulator.addr().port();
    let ask = |method: &str, headers: &str| {
        let body = "fault=status:503@1";
        raw(&session, method, "/_emulator/faults", headers, body).status
    };
    // A page of another origin, a name that leads to this machine, and both twice.
    for headers in [
        format!("Host: 127.0.0.1:{port}\r\nOrigin: https://evil.example\r\n"),
        format!(
            "Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{}\r\n",
            port ^ 1
        ),
        format!("Host: 127.0.0.1:{port}\r\nOrigin: null\r\n"),
        format!("Host: evil.example:{port}\r\n"),
        format!("Host: evil.example:{port}\r\nOrigin: http://evil.example:{port}\r\n"),
        format!("Host: localhost.evil.example:{port}\r\n"),
        format!("Host: 127.0.0.1:{port}@evil.example\r\n"),
        format!("Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n"),
    ] {
        for method in ["GET", "POST", "DELETE"] {
            let status = ask(method, &headers);
            assert!(
                status == 403 || status == 400,
                "{method} {headers}: {status}"
            );
        }
    }
    assert_eq!(session.get(DAY).status, 200, "no fault was added");
    for headers in [
        format!("Host: localhost:{port}\r\n"),
        format!("Host: [::1]:{port}\r\n"),
        format!("Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"),
    ] {
        assert_eq!(ask("GET", &headers), 200, "{headers}");
    }
    let origin = "https://api.example".parse().unwrap();
    let public = Session::start(Emulator::builder().public_origin(origin)).await;
    let proxied = "Host: api.example\r\nOrigin: https://api.example\r\n";
    assert_eq!(
        raw(&public, "GET", "/_emulator/clock", proxied, "").status,
        200
    );
}

#[tokio::test]
async fn faults_come_and_go_while_it_runs() {
    let session = session().await;
    let truth = session.get(DAY).records();
    let form = "fault=status:503@1&fault=wrong-sum:2026-03-14:data.total:%2B7";
    assert_eq!(ask(&session, "POST", "/_emulator/faults", form).status, 204);
    // Requests are counted from when the fault was added.
    assert_eq!(session.get(DAY).status, 503);
    let wrong = session.get(DAY).records();
    assert_eq!(
        wrong[0]["data"]["total"],
        truth[0]["data"]["total"].as_u64().unwrap() + 7
    );
    let known = ask(&session, "GET", "/_emulator/faults", "").json();
    assert_eq!(known["answers"], json!(["status:503@1"]));
    assert_eq!(known["records"][0]["pointer"], "/data/total");
    assert_eq!(known["records"][0]["delta"], "7");
    assert_eq!(session.emulator.injected().len(), 1);
    assert_eq!(ask(&session, "DELETE", "/_emulator/faults", "").status, 204);
    assert_eq!(session.get(DAY).records(), truth);
    for form in ["fault=nothing", "fault=gap:2020-01-01", "loop@1"] {
        let refused = ask(&session, "POST", "/_emulator/faults", form);
        assert_eq!(refused.status, 400, "{form}");
        assert!(refused.json()["message"].is_string());
    }
    let fault: Fault = "gap:2026-03-14".parse().unwrap();
    session.emulator.add_fault(fault).unwrap();
    assert!(session.get(DAY).records().is_empty());
    session.emulator.clear_faults();
    assert_eq!(session.get(DAY).records(), truth);
}

#[tokio::test]
async fn the_description_names_the_operations_and_the_faults() {
    let session = session().await;
    let document = ask(&session, "GET", "/openapi.json", "").json();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/v1/Sims",
            "/v1/Sims/{Sid}/UsageRecords",
            "/v1/UsageRecords"
        ]
    );
    let responses = |document: &Value| {
        let responses = document["paths"]["/v1/UsageRecords"]["get"]["responses"].clone();
        responses
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(responses(&document), ["200", "400", "401", "403"]);
    let sid = &document["components"]["parameters"]["Sid"]["examples"]["sim"]["value"];
    assert_eq!(sid, session.emulator.sims()[0].as_str());
    let base = session.emulator.base_url();
    assert_eq!(
        document["servers"][0]["url"],
        base.as_str().trim_end_matches('/')
    );
    let flow = &document["components"]["securitySchemes"]["oauth"]["flows"];
    let token_url = session.emulator.token_url();
    assert_eq!(flow["clientCredentials"]["tokenUrl"], token_url.as_str());
    ask(&session, "POST", "/_emulator/faults", "fault=status:418@9");
    let document = ask(&session, "GET", "/openapi.json", "").json();
    assert_eq!(
        responses(&document),
        ["200", "400", "401", "403", "default"]
    );
}
