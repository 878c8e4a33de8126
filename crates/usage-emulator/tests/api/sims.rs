//! The list of SIMs, and SIMs that come, go and behave unusually.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::Value;
use usage_emulator::{Anomaly, DepartedSims, Emulator, EmulatorError, Fault};

use crate::client::{Answer, Session};

fn listed(session: &Session, query: &str) -> Vec<Value> {
    let mut sims = Vec::new();
    let mut next = Some(format!("/v1/Sims?{query}"));
    while let Some(target) = next {
        let page = session.get(&target);
        assert_eq!(page.status, 200, "{target}");
        sims.extend(page.json()["sims"].as_array().unwrap().clone());
        next = page.link("next_page_url");
    }
    sims
}

fn text<'a>(sim: &'a Value, name: &str) -> &'a str {
    sim[name].as_str().unwrap()
}

fn statuses(sims: &[Value]) -> BTreeMap<&str, usize> {
    sims.iter().fold(BTreeMap::new(), |mut counts, sim| {
        *counts.entry(text(sim, "status")).or_default() += 1;
        counts
    })
}

/// The bytes of each day of a SIM.
fn days(session: &Session, sim: &str, query: &str) -> Vec<u64> {
    let target = format!("/v1/Sims/{sim}/UsageRecords?Granularity=daily&PageSize=1000&{query}");
    let records = session.all(&target);
    let total = |record: &Value| record["data"]["total"].as_u64().unwrap();
    records.iter().map(total).collect()
}

#[tokio::test]
async fn every_sim_is_listed_once_whatever_the_page_size() {
    let session = Session::start(Emulator::builder().seed(3).sims(120)).await;
    let whole = listed(&session, "PageSize=1000");
    let sids: Vec<&str> = whole.iter().map(|sim| text(sim, "sid")).collect();
    let known: Vec<String> = session
        .emulator
        .sims()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(sids, known);
    for size in [7, 50, 119, 120] {
        assert_eq!(
            listed(&session, &format!("PageSize={size}")),
            whole,
            "{size} a page"
        );
    }
    let page = session.get("/v1/Sims?PageSize=50");
    assert_eq!(page.json()["meta"]["key"], "sims");
    let second = session.get(&page.link("next_page_url").unwrap());
    let back = session.get(&second.link("previous_page_url").unwrap());
    assert_eq!(back.json()["sims"], page.json()["sims"]);
    assert_eq!(session.get("/v1/Sims?PageSize=0").status, 400);
    let foreign = page
        .link("next_page_url")
        .unwrap()
        .replace("PageSize=50", "PageSize=51");
    assert_eq!(session.get(&foreign).json()["code"], 33103);
}

#[tokio::test]
async fn a_sim_is_described_and_found_by_its_sid_or_its_name() {
    let session = Session::start(Emulator::builder().seed(3).sims(120)).await;
    let sims = listed(&session, "PageSize=1000");
    let sim = &sims[17];
    assert_eq!(sim["account_sid"], session.emulator.account_sid().as_str());
    assert!(text(sim, "rate_plan_sid").starts_with("WP"));
    assert_eq!(text(sim, "iccid").len(), 19);
    assert!(text(sim, "date_created") <= text(sim, "date_updated"));
    let records = session.all(sim["links"]["usage_records"].as_str().unwrap());
    assert_eq!(records[0]["sim_sid"], sim["sid"]);
    let by_name = format!("/v1/Sims/{}/UsageRecords", text(sim, "unique_name"));
    assert_eq!(session.all(&by_name), records);
    assert_eq!(
        session.get("/v1/Sims/device-000120/UsageRecords").status,
        404
    );
    for name in ["sid", "unique_name", "iccid"] {
        let values: BTreeSet<&str> = sims.iter().map(|sim| text(sim, name)).collect();
        assert_eq!(values.len(), sims.len(), "{name}");
    }
}

#[tokio::test]
async fn the_list_is_filtered_by_status_card_and_rate_plan() {
    let session = Session::start(Emulator::builder().seed(3).sims(200)).await;
    let all = listed(&session, "PageSize=1000");
    let fitting = |name: &str, value: &str| -> Vec<Value> {
        let fits = all.iter().filter(|sim| text(sim, name) == value);
        fits.cloned().collect()
    };
    let counts = statuses(&all);
    assert!(
        counts.contains_key("active") && counts.contains_key("suspended"),
        "{counts:?}"
    );
    for status in counts.keys() {
        let filtered = listed(&session, &format!("PageSize=20&Status={status}"));
        assert_eq!(filtered, fitting("status", status));
    }
    let plan = text(&all[0], "rate_plan_sid");
    assert_eq!(
        listed(&session, &format!("RatePlan={plan}")),
        fitting("rate_plan_sid", plan)
    );
    let iccid = text(&all[9], "iccid");
    assert_eq!(listed(&session, &format!("Iccid={iccid}")), all[9..10]);
    assert!(listed(&session, "Status=canceled").is_empty());
    assert_eq!(session.get("/v1/Sims?Status=asleep").json()["code"], 33101);
}

#[tokio::test]
async fn suspended_sims_use_nothing_and_active_ones_do() {
    let session = Session::start(Emulator::builder().seed(3).sims(200)).await;
    let window = "Start=2026-03-08T00:00:00Z&End=2026-03-13T00:00:00Z";
    for sim in listed(&session, "PageSize=1000") {
        let days = days(&session, text(&sim, "sid"), window);
        match text(&sim, "status") {
            "suspended" => assert_eq!(days.last(), Some(&0)),
            "active" => assert!(days.last() > Some(&0), "{sim}: {days:?}"),
            other => assert_eq!(other, "ready"),
        }
    }
}

#[tokio::test]
async fn sims_join_and_leave_and_the_account_is_their_sum() {
    let hours = Duration::from_hours(24 * 300);
    for departed in DepartedSims::ALL {
        let builder = Emulator::builder().seed(3).sims(60).turnover(50);
        let session = Session::start(builder.departed_sims(departed)).await;
        let before = listed(&session, "PageSize=1000");
        session.emulator.advance(hours).unwrap();
        let after = listed(&session, "PageSize=1000");
        let sids = |sims: &[Value]| -> BTreeSet<String> {
            sims.iter().map(|sim| text(sim, "sid").to_owned()).collect()
        };
        let (old, new) = (sids(&before), sids(&after));
        assert!(new.difference(&old).count() > 0, "some have joined");
        let window = "Start=2026-09-01T00:00:00Z&End=2026-09-08T00:00:00Z";
        let left = match departed {
            DepartedSims::Listed => statuses(&after)["deactivated"],
            _ => old.difference(&new).count(),
        };
        assert!(left > 0, "some have left");
        // Also those that are not in the list count in the account.
        let mut sum = 0;
        let mut gone = 0;
        for sim in session.emulator.sims() {
            let target = format!("/v1/Sims/{sim}/UsageRecords?Granularity=all&{window}");
            match session.get(&target) {
                Answer { status: 404, .. } => gone += 1,
                answer => sum += answer.records()[0]["data"]["total"].as_u64().unwrap(),
            }
        }
        let account = session.account(&format!("Granularity=all&{window}"));
        let account = account[0]["data"]["total"].as_u64().unwrap();
        if departed == DepartedSims::Gone {
            assert!(sum <= account && gone > 0);
        } else {
            assert_eq!(sum, account);
        }
    }
}

#[tokio::test]
async fn unusual_sims_are_as_many_as_asked_for_and_no_other_behaves_like_them() {
    let session = Session::start(Emulator::builder().seed(5).sims(1000).anomalies(10)).await;
    let planted: BTreeMap<String, Anomaly> = session
        .emulator
        .anomalies()
        .iter()
        .map(|(sid, anomaly)| (sid.to_string(), *anomaly))
        .collect();
    assert_eq!(planted.len(), 30);
    // Thirty days that ended at least 48 hours ago, as somebody who watches a fleet would judge them.
    let window = "Start=2026-02-11T00:00:00Z&End=2026-03-13T00:00:00Z";
    let mut found = BTreeMap::new();
    for sim in listed(&session, "PageSize=1000&Status=active") {
        let sid = text(&sim, "sid");
        let days = days(&session, sid, window);
        let (last, earlier) = days.split_last().unwrap();
        let mut used: Vec<u64> = earlier.iter().copied().filter(|bytes| *bytes > 0).collect();
        used.sort_unstable();
        let anomaly = if days.iter().all(|bytes| *bytes == 0) {
            Some(Anomaly::Unused)
        } else if days[days.len() - 7..].iter().all(|bytes| *bytes == 0) {
            Some(Anomaly::Silent)
        } else if used.len() >= 7 && *last > 10_000_000 && *last > 5 * used[used.len() / 2] {
            Some(Anomaly::Surging)
        } else {
            None
        };
        if let Some(anomaly) = anomaly {
            found.insert(sid.to_owned(), anomaly);
        }
    }
    assert_eq!(found, planted);
}

#[tokio::test]
async fn more_unusual_sims_than_there_can_be_are_an_error() {
    for builder in [
        Emulator::builder().sims(20).anomalies(10),
        Emulator::builder().sims(100_000).anomalies(1001),
    ] {
        let error = builder.build().unwrap_err();
        assert!(
            matches!(error, EmulatorError::TooManyAnomalies { .. }),
            "{error}"
        );
    }
}

#[tokio::test]
async fn faults_strike_the_list_of_sims() {
    let fault = |text: &str| text.parse::<Fault>().unwrap();
    let builder = Emulator::builder()
        .sims(20)
        .fault(fault("status:503@1;on=sims"));
    let session = Session::start(builder.fault(fault("loop@2;on=sims"))).await;
    assert_eq!(session.get("/v1/UsageRecords").status, 200);
    assert_eq!(session.get("/v1/Sims").status, 503);
    let page = session.get("/v1/Sims?PageSize=5");
    assert_eq!(page.link("next_page_url"), page.link("url"));
    let log = session.emulator.requests();
    let endpoints: Vec<&str> = log
        .iter()
        .map(|request| request.endpoint.unwrap().as_str())
        .collect();
    assert_eq!(endpoints, ["token", "records", "sims", "sims"]);
}
