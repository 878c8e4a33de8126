//! What the records say.

use std::collections::BTreeMap;

use serde_json::Value;
use usage_emulator::Emulator;

use crate::client::Session;

const NOW: &str = "2026-03-15T12:00:00Z";
const COUNTERS: [(&str, [&str; 3]); 2] = [
    ("commands", ["total", "to_sim", "from_sim"]),
    ("data", ["total", "download", "upload"]),
];

async fn session(now: &str, sims: u32) -> Session {
    let now = now.parse().unwrap();
    Session::start(Emulator::builder().seed(42).now(now).sims(sims)).await
}

fn number(node: &Value, name: &str) -> u64 {
    node[name]
        .as_u64()
        .unwrap_or_else(|| panic!("{name} of {node}"))
}

/// All counters of a record by name; entries abroad by country.
fn counters(record: &Value) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for (tree, names) in COUNTERS {
        let mut nodes = vec![("top".to_owned(), &record[tree])];
        for share in ["home", "national_roaming"] {
            nodes.push((share.to_owned(), &record[tree][share]));
        }
        for entry in record[tree]["international_roaming"].as_array().unwrap() {
            nodes.push((entry["country_code"].as_str().unwrap().to_owned(), entry));
        }
        for (node, value) in nodes {
            for name in names {
                all.insert(format!("{tree}.{node}.{name}"), number(value, name));
            }
        }
    }
    all
}

fn sum(records: &[Value]) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for (name, count) in records.iter().flat_map(counters) {
        *sums.entry(name).or_default() += count;
    }
    sums
}

/// Checks everything that must hold within one record.
fn check(record: &Value) {
    for (tree, [total, one, other]) in COUNTERS {
        let top = &record[tree];
        let mut children = vec![&top["home"], &top["national_roaming"]];
        let international = top["international_roaming"].as_array().unwrap();
        children.extend(international);
        for node in children.iter().copied().chain([top]) {
            assert_eq!(
                number(node, total),
                number(node, one) + number(node, other),
                "{node}"
            );
            assert!(node["billed"].is_number(), "{node}");
            assert_eq!(node["billing_units"], "USD");
            assert_eq!(node["units"].as_str(), (tree == "data").then_some("bytes"));
        }
        for name in [total, one, other] {
            let shares: u64 = children.iter().map(|node| number(node, name)).sum();
            assert_eq!(number(top, name), shares, "{tree}.{name} of {record}");
        }
        let codes: Vec<&str> = international
            .iter()
            .map(|entry| entry["country_code"].as_str().unwrap())
            .collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        assert!(codes.iter().all(|code| code.len() == 3), "{codes:?}");
        assert!(international.iter().all(|entry| number(entry, total) > 0));
    }
}

fn starts(records: &[Value]) -> Vec<&str> {
    records
        .iter()
        .map(|record| record["period"]["start"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn every_record_adds_up() {
    let session = session(NOW, 60).await;
    let mut records =
        session.account("Granularity=daily&Start=2024-09-15T00:00:00Z&End=2026-03-16T00:00:00Z");
    assert_eq!(records.len(), 547);
    records.extend(
        session.account("Granularity=hourly&Start=2026-02-01T00:00:00Z&End=2026-03-15T12:00:00Z"),
    );
    for record in &records {
        check(record);
        assert_eq!(
            record["account_sid"],
            session.emulator.account_sid().as_str()
        );
        assert!(record.get("sim_sid").is_none());
    }
    let international = |record: &&Value| {
        !record["data"]["international_roaming"]
            .as_array()
            .unwrap()
            .is_empty()
    };
    assert!(records.iter().any(|record| international(&record)));
}

#[tokio::test]
async fn a_day_is_the_sum_of_its_hours_and_all_is_the_sum_of_the_days() {
    let session = session(NOW, 30).await;
    for window in [
        "Start=2026-03-01T00:00:00Z&End=2026-03-08T00:00:00Z",
        "Start=2026-03-10T00:00:00Z&End=2026-03-16T00:00:00Z",
        "Start=2024-09-10T00:00:00Z&End=2024-09-20T00:00:00Z",
        "Start=2025-10-25T13:00:00Z&End=2025-11-03T01:00:00Z",
    ] {
        let of = |granularity| session.account(&format!("Granularity={granularity}&{window}"));
        let (hours, days, all) = (of("hourly"), of("daily"), of("all"));
        assert_eq!(all.len(), 1);
        assert_eq!(sum(&hours), sum(&days), "{window}");
        assert_eq!(sum(&days), sum(&all), "{window}");
        for day in &days {
            let date = &day["period"]["start"].as_str().unwrap()[..10];
            let hours: Vec<Value> = hours
                .iter()
                .filter(|hour| hour["period"]["start"].as_str().unwrap().starts_with(date))
                .cloned()
                .collect();
            let mut of_hours = sum(&hours);
            let of_day = counters(day);
            // Only a day that goes on has fewer than 24 of them.
            assert_eq!(hours.len(), if date == "2026-03-15" { 13 } else { 24 });
            of_hours.retain(|name, count| of_day.contains_key(name) || *count > 0);
            assert_eq!(of_hours, of_day);
        }
    }
}

#[tokio::test]
async fn the_account_is_the_sum_of_its_sims() {
    let session = session(NOW, 120).await;
    let query =
        "PageSize=1000&Granularity=daily&Start=2026-03-08T00:00:00Z&End=2026-03-16T00:00:00Z";
    let account = session.all(&format!("/v1/UsageRecords?{query}"));
    let sids = session.emulator.sims();
    let mut sims = Vec::new();
    for sid in &sids {
        let records = session.all(&format!("/v1/Sims/{sid}/UsageRecords?{query}"));
        assert_eq!(starts(&records), starts(&account));
        for record in &records {
            check(record);
            assert_eq!(record["sim_sid"], sid.as_str());
            assert_eq!(
                record["account_sid"],
                session.emulator.account_sid().as_str()
            );
        }
        sims.extend(records);
    }
    assert_eq!(sids.len(), 120);
    for record in &account {
        let same_day = |sim: &&Value| sim["period"] == record["period"];
        let sims: Vec<Value> = sims.iter().filter(same_day).cloned().collect();
        assert_eq!(sum(&sims), counters(record));
    }
}

#[tokio::test]
async fn hours_follow_each_other_without_a_gap() {
    let session = session(NOW, 5).await;
    let hours =
        session.account("Granularity=hourly&Start=2026-02-27T00:00:00Z&End=2026-03-15T12:00:00Z");
    assert_eq!(hours.len(), 24 * 16 + 13);
    assert_eq!(hours[0]["period"]["start"], "2026-02-27T00:00:00Z");
    for pair in hours.windows(2) {
        assert_eq!(pair[0]["period"]["end"], pair[1]["period"]["start"]);
    }
    // The hour that has just begun is there, and empty.
    let last = hours.last().unwrap();
    assert_eq!(last["period"]["start"], "2026-03-15T12:00:00Z");
    assert!(counters(last).values().all(|count| *count == 0));
    assert_eq!(
        last["data"]["international_roaming"],
        Value::Array(Vec::new())
    );
    assert_eq!(last["data"]["home"]["billed"].to_string(), "0");
}

#[tokio::test]
async fn late_data_grows_and_old_data_goes() {
    let day = "Granularity=daily&Start=2026-03-14T00:00:00Z&End=2026-03-15T00:00:00Z";
    let mut last = 0;
    let mut seen = Vec::new();
    for now in [
        "2026-03-14T12:00:00Z",
        "2026-03-15T06:00:00Z",
        "2026-03-16T06:00:00Z",
        "2026-03-25T00:00:00Z",
    ] {
        let records = session(now, 96).await.account(day);
        let total = number(&records[0]["data"], "total");
        assert!(total > last, "{now}: {total} after {last}");
        last = total;
        seen.push(records);
    }
    assert_eq!(
        seen.last(),
        Some(&session("2027-09-14T23:59:59Z", 96).await.account(day))
    );
    assert_eq!(
        session("2027-09-15T00:00:00Z", 96).await.account(day),
        Vec::<Value>::new()
    );
}

#[tokio::test]
async fn all_over_the_edge_of_retention_sums_what_is_left() {
    let session = session(NOW, 20).await;
    let wide =
        session.account("Granularity=all&Start=2020-01-01T00:00:00Z&End=2024-10-01T00:00:00Z");
    assert_eq!(wide.len(), 1);
    assert_eq!(wide[0]["period"]["start"], "2020-01-01T00:00:00Z");
    let kept =
        session.account("Granularity=all&Start=2024-09-15T00:00:00Z&End=2024-10-01T00:00:00Z");
    assert_eq!(sum(&wide), sum(&kept));
    assert!(number(&kept[0]["data"], "total") > 0);
    let gone =
        session.account("Granularity=all&Start=2020-01-01T00:00:00Z&End=2024-09-15T00:00:00Z");
    assert_eq!(gone, Vec::<Value>::new());
}

#[tokio::test]
async fn the_same_seed_and_time_give_the_same_bytes() {
    let target = "/v1/UsageRecords?Granularity=hourly&PageSize=200&Start=2026-03-01T00:00:00Z&End=2026-03-15T00:00:00Z";
    // One is there already; the other gets there, asked on the way.
    let (one, two) = (
        session(NOW, 30).await,
        session("2026-03-03T05:00:00Z", 30).await,
    );
    let records = |session: &Session| session.get(target).json()["usage_records"].clone();
    assert_ne!(records(&one), records(&two));
    two.emulator.advance_to(NOW.parse().unwrap()).unwrap();
    assert_eq!(records(&one), records(&two));
    assert_eq!(one.emulator.sims(), two.emulator.sims());
    let other = Session::start(
        Emulator::builder()
            .seed(43)
            .now(NOW.parse().unwrap())
            .sims(30),
    )
    .await;
    assert_ne!(records(&one), records(&other));
    assert_ne!(one.emulator.account_sid(), other.emulator.account_sid());
}

#[tokio::test]
async fn an_account_without_sims_has_empty_records() {
    let session = session(NOW, 0).await;
    let days =
        session.account("Granularity=daily&Start=2026-03-01T00:00:00Z&End=2026-03-04T00:00:00Z");
    assert_eq!(days.len(), 3);
    assert!(sum(&days).values().all(|count| *count == 0));
}

#[tokio::test]
async fn amounts_are_plain_decimals_close_to_the_sum_of_their_shares() {
    let session = session(NOW, 60).await;
    let target =
        "/v1/UsageRecords?Granularity=daily&Start=2026-03-01T00:00:00Z&End=2026-03-10T00:00:00Z";
    let body = String::from_utf8(session.get(target).body).unwrap();
    let amounts = body.split("\"billed\":").skip(1);
    let amounts: Vec<&str> = amounts
        .map(|rest| rest.split(',').next().unwrap())
        .collect();
    assert!(amounts.len() > 50);
    // In ten-thousandths, which every amount is a whole number of.
    let units = |amount: &str| -> u64 {
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, "0"));
        format!("{whole}{fraction:0<4}").parse().unwrap()
    };
    let mut trees = 0;
    for record in session.get(target).records() {
        for tree in ["commands", "data"] {
            let billed = |node: &Value| units(&node["billed"].to_string());
            let top = &record[tree];
            let international = top["international_roaming"].as_array().unwrap();
            let shares = [&top["home"], &top["national_roaming"]];
            let shares: Vec<u64> = shares
                .into_iter()
                .chain(international)
                .map(billed)
                .collect();
            // Each share is rounded by itself, by half of a unit at most, and so is the top.
            let rounded = u64::try_from(shares.len() + 1).unwrap().div_ceil(2);
            let difference = billed(top).abs_diff(shares.iter().sum());
            assert!(difference <= rounded, "{difference} in {top}");
            trees += usize::from(billed(top) > 0);
        }
    }
    assert!(trees > 9, "{trees}");
    for amount in amounts {
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, "0"));
        assert!(whole.bytes().all(|byte| byte.is_ascii_digit()), "{amount}");
        assert!(
            fraction.len() <= 4 && fraction.bytes().all(|byte| byte.is_ascii_digit()),
            "{amount}"
        );
    }
}
