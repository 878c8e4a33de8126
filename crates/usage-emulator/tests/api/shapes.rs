//! Dialects, layouts of lists, compression, and the faults of lists.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usage_emulator::{Dialect, EmptyPeriods, Emulator, EmulatorBuilder, Fault, Order};

use crate::client::{Answer, Session, send};

const HOURS: &str = "Granularity=hourly&Start=2026-03-01T00:00:00Z&End=2026-03-04T00:00:00Z";

fn builder() -> EmulatorBuilder {
    Emulator::builder().seed(11).sims(8)
}

async fn in_dialect(name: &str) -> Session {
    let dialect: Dialect = name.parse().unwrap();
    Session::start(builder().dialect(dialect)).await
}

async fn with_faults(faults: &[&str]) -> Session {
    let faults = faults.iter().map(|text| text.parse::<Fault>().unwrap());
    Session::start(faults.fold(builder(), EmulatorBuilder::fault)).await
}

/// Applies a change to every object of a value, inner ones first.
fn each_object(value: &mut Value, change: &impl Fn(&mut serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            object
                .values_mut()
                .for_each(|value| each_object(value, change));
            change(object);
        }
        Value::Array(list) => list.iter_mut().for_each(|value| each_object(value, change)),
        _ => {}
    }
}

/// The records in a dialect, and those of today changed as the dialect's name says.
async fn compared(
    name: &str,
    change: impl Fn(&mut serde_json::Map<String, Value>),
) -> (Vec<Value>, Vec<Value>) {
    let mut expected = Value::Array(Session::start(builder()).await.account(HOURS));
    each_object(&mut expected, &change);
    let Value::Array(expected) = expected else {
        unreachable!()
    };
    (in_dialect(name).await.account(HOURS), expected)
}

#[tokio::test]
async fn counters_that_are_zero_are_null_at_the_top_and_in_countries() {
    let (sent, expected) = compared("null-counters", |object| {
        if !object.contains_key("home") && !object.contains_key("country_code") {
            return;
        }
        for name in ["total", "to_sim", "from_sim", "download", "upload"] {
            if object.get(name) == Some(&json!(0)) {
                object.insert(name.to_owned(), Value::Null);
            }
        }
    })
    .await;
    assert_eq!(sent, expected);
    let half = |record: &Value| {
        record["commands"]["to_sim"].is_null() != record["commands"]["from_sim"].is_null()
    };
    assert!(sent.iter().any(half), "null beside a number");
}

#[tokio::test]
async fn networks_amounts_and_trees_without_usage() {
    let (sent, expected) = compared("null-networks", |object| {
        for name in ["home", "national_roaming"] {
            if object.get(name).is_some_and(|node| node["total"] == 0) {
                object.insert(name.to_owned(), Value::Null);
            }
        }
    })
    .await;
    assert_eq!(sent, expected);
    let (sent, expected) = compared("no-billed", |object| {
        object.remove("billed");
        object.remove("billing_units");
    })
    .await;
    assert_eq!(sent, expected);
    let (sent, expected) = compared("null-billed", |object| {
        for name in ["billed", "billing_units"] {
            if object.contains_key(name) {
                object.insert(name.to_owned(), Value::Null);
            }
        }
    })
    .await;
    assert_eq!(sent, expected);
    let (sent, expected) = compared("empty-objects", |object| {
        if object.contains_key("home") && object["total"] == 0 {
            object.clear();
        }
    })
    .await;
    assert_eq!(sent, expected);
    assert!(sent.iter().any(|record| record["commands"] == json!({})));
}

#[tokio::test]
async fn international_roaming_is_an_object_a_list_or_null() {
    let (sent, expected) = compared("single-object", |object| {
        let is_data = object.contains_key("download");
        if let Some(countries) = object.get_mut("international_roaming") {
            let list = countries.as_array().unwrap();
            match &list[..] {
                [] if is_data => *countries = Value::Null,
                [one] => *countries = one.clone(),
                _ => {}
            }
        }
    })
    .await;
    assert_eq!(sent, expected);
    let is_object = |record: &Value| record["data"]["international_roaming"].is_object();
    assert!(sent.iter().any(is_object));
}

#[tokio::test]
async fn periods_meta_links_and_lifetimes() {
    let session = in_dialect("milliseconds").await;
    let first = &session.account(HOURS)[0];
    assert_eq!(
        first["period"],
        json!({ "start": "2026-03-01T00:00:00.000Z", "end": "2026-03-01T01:00:00.000Z" })
    );
    let meta = in_dialect("meta-strings")
        .await
        .get("/v1/UsageRecords")
        .json()["meta"]
        .clone();
    assert_eq!(
        (&meta["page"], &meta["page_size"]),
        (&json!("0"), &json!("50"))
    );
    let meta = in_dialect("empty-end").await.get("/v1/UsageRecords").json()["meta"].clone();
    assert_eq!(meta["next_page_url"], "");
    assert_eq!(meta["previous_page_url"], "");
    let session = in_dialect("text-lifetime").await;
    let token = crate::client::grant(&session.emulator, "id", "secret").json();
    assert_eq!(token["expires_in"], "3600");
}

#[tokio::test]
async fn older_is_its_parts_and_faults_are_injected_in_the_dialect() {
    let parts = ["null-networks", "no-billed", "milliseconds"];
    let parts = parts.map(|name| name.parse::<Dialect>().unwrap());
    let parts = parts.into_iter().fold(builder(), EmulatorBuilder::dialect);
    let parts = Session::start(parts).await.account(HOURS);
    assert_eq!(in_dialect("older").await.account(HOURS), parts);
    let fault: Fault = "null-counter:2026-03-02:commands.home.total"
        .parse()
        .unwrap();
    let error = builder()
        .dialect(Dialect::EmptyObjects)
        .sims(0)
        .fault(fault)
        .start()
        .await;
    assert!(error.unwrap_err().to_string().contains("no such counter"));
}

#[tokio::test]
async fn pages_of_every_layout_have_every_record_once_and_lead_back() {
    for order in Order::ALL {
        for empty in EmptyPeriods::ALL {
            let session = Session::start(builder().order(order).empty_periods(empty)).await;
            let sim = session.emulator.sims()[0];
            let path = format!("/v1/Sims/{sim}/UsageRecords?{HOURS}");
            let whole = session.all(&format!("{path}&PageSize=1000"));
            let starts: Vec<&str> = whole
                .iter()
                .map(|record| record["period"]["start"].as_str().unwrap())
                .collect();
            match order {
                Order::OldestFirst => assert!(starts.is_sorted_by(|one, next| one < next)),
                Order::NewestFirst => assert!(starts.is_sorted_by(|one, next| one > next)),
            }
            match empty {
                EmptyPeriods::Include => assert_eq!(whole.len(), 72),
                EmptyPeriods::Omit => assert!((1..72).contains(&whole.len())),
            }
            for size in [1, 2, 3, 5] {
                let mut pages = vec![session.get(&format!("{path}&PageSize={size}"))];
                while let Some(next) = pages.last().unwrap().link("next_page_url") {
                    pages.push(session.get(&next));
                }
                let paged: Vec<Value> = pages.iter().flat_map(Answer::records).collect();
                assert_eq!(paged, whole, "{order} {empty} {size}");
                for pair in pages.windows(2) {
                    let back = session.get(&pair[1].link("previous_page_url").unwrap());
                    assert_eq!(back.records(), pair[0].records());
                }
                assert_eq!(pages[0].link("previous_page_url"), None);
            }
        }
    }
}

#[tokio::test]
async fn a_window_of_ten_thousand_years_costs_no_more_than_retention() {
    let window = "Start=0000-01-01T00:00:00Z&End=9999-12-31T00:00:00Z";
    for empty in EmptyPeriods::ALL {
        let session = Session::start(builder().sims(96).empty_periods(empty)).await;
        for granularity in ["hourly", "daily", "all"] {
            // Answered within the patience of the client, which is a minute.
            let page = session.get(&format!(
                "/v1/UsageRecords?Granularity={granularity}&{window}"
            ));
            assert!(!page.records().is_empty(), "{empty} {granularity}");
        }
    }
}

#[tokio::test]
async fn duplicates_and_gaps_are_paged_like_all_records() {
    let truth = Session::start(builder()).await.account(HOURS);
    let session = with_faults(&[
        "duplicate:2026-03-01T05",
        "duplicate:2026-03-01T05:data.total:+9",
        "gap:2026-03-01T07",
    ])
    .await;
    let sent = session.account(HOURS);
    let mut expected = truth.clone();
    expected.remove(7);
    let mut other = truth[5].clone();
    other["data"]["total"] = json!(other["data"]["total"].as_u64().unwrap() + 9);
    expected.insert(6, other);
    expected.insert(6, truth[5].clone());
    assert_eq!(sent, expected);
    for size in [1, 2, 3, 6, 7, 8] {
        let target = format!("/v1/UsageRecords?PageSize={size}&{HOURS}");
        assert_eq!(session.all(&target), expected, "{size} a page");
    }
    let injected = session.emulator.injected();
    let pointers: Vec<&str> = injected
        .iter()
        .map(|injected| injected.pointer.as_str())
        .collect();
    assert_eq!(pointers, ["", "/data/total", ""]);
    assert_eq!(injected[1].delta, Some(9));
    for faults in [
        &["gap:2026-03-01", "bad-sid:2026-03-01"][..],
        &["bad-sid:2026-03-01", "gap:2026-03-01"],
        &["duplicate:2026-03-01"; 16],
    ] {
        let faults = faults.iter().map(|text| text.parse::<Fault>().unwrap());
        let refused = faults.fold(builder(), EmulatorBuilder::fault).start().await;
        assert!(refused.is_err());
    }
}

#[tokio::test]
async fn the_schema_drifts() {
    let truth = Session::start(builder()).await.account(HOURS);
    for (fault, pointer, value) in [
        (
            "unknown-member:2026-03-01T05",
            "/ip_commands",
            json!({ "total": 0 }),
        ),
        (
            "unknown-member:2026-03-01T05:x",
            "/x",
            json!({ "total": 0 }),
        ),
        (
            "wrong-type:2026-03-01T05:account_sid",
            "/account_sid",
            json!(7),
        ),
        ("wrong-type:2026-03-01T05:period", "/period", json!("2026")),
        ("wrong-type:2026-03-01T05:commands", "/commands", json!([])),
        ("wrong-type:2026-03-01T05:data", "/data", json!([])),
    ] {
        let session = with_faults(&[fault]).await;
        let mut expected = truth.clone();
        expected[5][&pointer[1..]] = value;
        assert_eq!(session.account(HOURS), expected, "{fault}");
        assert_eq!(session.emulator.injected()[0].pointer, pointer);
    }
}

#[tokio::test]
async fn pages_are_compressed_when_asked() {
    use std::io::Read as _;

    let session = Session::start(builder()).await;
    let target = format!("/v1/UsageRecords?{HOURS}");
    let plain = session.get(&target);
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.header("vary"), Some("accept-encoding"));
    let headers = format!(
        "Authorization: Bearer {}\r\nAccept-Encoding: gzip\r\n",
        session.token
    );
    let packed = send(&session.emulator, "GET", &target, &headers, "");
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let length = packed.header("content-length").unwrap().to_owned();
    assert_eq!(length, packed.body.len().to_string());
    assert!(packed.body.len() < plain.body.len() / 4);
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..])
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain.body);
}

#[tokio::test]
async fn bodies_are_slow_dates_are_given_and_links_lead_back() {
    let target = "/v1/UsageRecords?Granularity=daily&PageSize=5";
    let session = with_faults(&[
        "slow:320@2",
        "status:429@3;retry-after-date=30",
        "loop-back@4x2",
    ])
    .await;
    let truth = session.get(target);
    let asked = Instant::now();
    assert_eq!(session.get(target).body, truth.body);
    assert!(asked.elapsed() >= Duration::from_millis(320));
    let busy = session.get(target);
    assert_eq!(busy.status, 429);
    let date = busy.header("retry-after").unwrap();
    let date = httpdate::parse_http_date(date).unwrap();
    let now = httpdate::parse_http_date(busy.header("date").unwrap()).unwrap();
    assert_eq!(date.duration_since(now).unwrap(), Duration::from_secs(30));
    let first = session.get(target);
    assert_eq!(first.link("next_page_url"), truth.link("next_page_url"));
    let second = session.get(&first.link("next_page_url").unwrap());
    assert_eq!(
        second.link("next_page_url"),
        second.link("previous_page_url")
    );
    let again = session.get(&second.link("next_page_url").unwrap());
    assert_eq!(again.records(), first.records());
}

#[tokio::test]
async fn data_changes_between_two_pages() {
    let query = "Granularity=daily&PageSize=2&Start=2026-03-10T00:00:00Z&End=2026-03-16T00:00:00Z";
    let target = format!("/v1/UsageRecords?{query}");
    let before = Session::start(builder()).await.all(&target);
    let session = with_faults(&["advance:3d@3"]).await;
    let sent = session.all(&target);
    assert_eq!(sent.len(), 6);
    assert_eq!(sent[..4], before[..4]);
    assert_ne!(sent[4..], before[4..]);
    assert_eq!(
        session.emulator.now().to_rfc3339(),
        "2026-03-18T12:00:00+00:00"
    );
}

#[tokio::test]
async fn a_share_of_requests_fails_and_always_the_same() {
    let statuses = |seed| async move {
        let fault: Fault = "status:503@30%".parse().unwrap();
        let session = Session::start(builder().seed(seed).fault(fault)).await;
        let asked = (0..200).map(|_| session.get("/v1/UsageRecords").status);
        asked.collect::<Vec<u16>>()
    };
    let first = statuses(1).await;
    let failed = first.iter().filter(|status| **status == 503).count();
    assert!((40..80).contains(&failed), "{failed}");
    assert_eq!(first, statuses(1).await);
    assert_ne!(first, statuses(2).await);
}
