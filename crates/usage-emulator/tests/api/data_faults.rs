//! Faults in records, and what is said of them.

use serde_json::{Value, json};
use usage_emulator::{Emulator, EmulatorBuilder, EmulatorError, Fault, InjectedFault};
use usage_model::Resource;

use crate::client::Session;

const MARCH: &str = "Start=2026-03-01T00:00:00Z&End=2026-03-08T00:00:00Z";

fn builder(faults: &[&str]) -> EmulatorBuilder {
    let fresh = Emulator::builder().seed(11).sims(60);
    let faults = faults.iter().map(|text| text.parse::<Fault>().unwrap());
    faults.fold(fresh, EmulatorBuilder::fault)
}

/// The records of the week, without faults and with them.
async fn week(faults: &[&str], granularity: &str) -> (Vec<Value>, Vec<Value>, Vec<InjectedFault>) {
    let query = format!("Granularity={granularity}&{MARCH}");
    let truth = Session::start(builder(&[])).await.account(&query);
    let session = Session::start(builder(faults)).await;
    (truth, session.account(&query), session.emulator.injected())
}

/// The only record that differs, as it should be and as it is.
fn changed(truth: Vec<Value>, sent: Vec<Value>) -> (Value, Value) {
    assert_eq!(truth.len(), sent.len());
    let mut changed = truth
        .into_iter()
        .zip(sent)
        .filter(|(truth, sent)| truth != sent);
    let pair = changed.next().expect("a record that differs");
    assert_eq!(changed.next(), None, "no other record differs");
    pair
}

#[tokio::test]
async fn a_wrong_sum_changes_one_counter_of_one_day() {
    let fault = "wrong-sum:2026-03-05:data.home.download:+1000";
    let (truth, sent, injected) = week(&[fault], "daily").await;
    let (mut truth, sent) = changed(truth, sent);
    let [injected] = &injected[..] else {
        panic!("{injected:?}")
    };
    assert_eq!(injected.resource, Resource::Account);
    assert_eq!(injected.granularity.as_str(), "daily");
    assert_eq!(injected.start.to_rfc3339(), "2026-03-05T00:00:00+00:00");
    assert_eq!(injected.end.to_rfc3339(), "2026-03-06T00:00:00+00:00");
    assert_eq!(
        (injected.pointer.as_str(), injected.delta),
        ("/data/home/download", Some(1000))
    );
    assert_eq!(injected.fault.to_string(), fault);
    let counter = truth.pointer_mut(&injected.pointer).unwrap();
    *counter = json!(counter.as_u64().unwrap() + 1000);
    assert_eq!(truth, sent);

    for granularity in ["hourly", "all"] {
        let (truth, sent, _) = week(&[fault], granularity).await;
        assert_eq!(truth, sent, "{granularity} records stay as they are");
    }
}

#[tokio::test]
async fn an_hour_is_wrong_in_the_hourly_list_alone() {
    let fault = "wrong-sum:2026-03-05T07:commands.total:+3";
    let (truth, sent, injected) = week(&[fault], "hourly").await;
    let (truth, sent) = changed(truth, sent);
    assert_eq!(sent["period"]["start"], "2026-03-05T07:00:00Z");
    assert_eq!(injected[0].pointer, "/commands/total");
    assert_eq!(
        sent["commands"]["total"],
        truth["commands"]["total"].as_u64().unwrap() + 3
    );
    let (truth, sent, _) = week(&[fault], "daily").await;
    assert_eq!(truth, sent);
}

#[tokio::test]
async fn a_missing_breakdown_leaves_the_top() {
    let (truth, sent, injected) = week(&["missing-breakdown:2026-03-05:commands"], "daily").await;
    let (mut truth, sent) = changed(truth, sent);
    assert_eq!(
        (injected[0].pointer.as_str(), injected[0].delta),
        ("/commands", None)
    );
    assert!(truth["commands"]["total"].as_u64().unwrap() > 0);
    truth["commands"]["home"] = Value::Null;
    truth["commands"]["national_roaming"] = Value::Null;
    truth["commands"]["international_roaming"] = json!([]);
    assert_eq!(truth, sent);
}

#[tokio::test]
async fn outside_total_takes_international_usage_out_of_the_top() {
    let (truth, sent, injected) = week(&["outside-total:2026-03-05"], "daily").await;
    let (mut truth, sent) = changed(truth, sent);
    assert_eq!(injected[0].pointer, "/data");
    let total = |record: &Value| i128::from(record["data"]["total"].as_u64().unwrap());
    assert_eq!(injected[0].delta, Some(total(&sent) - total(&truth)));
    assert!(total(&sent) < total(&truth));
    let data = &sent["data"];
    for name in ["total", "download", "upload"] {
        let of = |node: &Value| node[name].as_u64().unwrap();
        assert_eq!(of(data), of(&data["home"]) + of(&data["national_roaming"]));
        truth["data"][name] = data[name].clone();
    }
    assert_eq!(
        data["total"],
        data["download"].as_u64().unwrap() + data["upload"].as_u64().unwrap()
    );
    assert_eq!(truth, sent, "nothing else changes");
}

#[tokio::test]
async fn a_malformed_counter_is_a_text() {
    for (fault, pointer) in [
        ("malformed:2026-03-05", "/data/download"),
        (
            "malformed:2026-03-05:commands.home.to_sim",
            "/commands/home/to_sim",
        ),
    ] {
        let (truth, sent, injected) = week(&[fault], "daily").await;
        let (mut truth, sent) = changed(truth, sent);
        assert_eq!(
            (injected[0].pointer.as_str(), injected[0].delta),
            (pointer, None)
        );
        let counter = truth.pointer_mut(pointer).unwrap();
        *counter = json!(counter.to_string());
        assert_eq!(truth, sent);
    }
}

#[tokio::test]
async fn a_null_counter_was_zero_unless_it_is_named() {
    let (truth, sent, injected) = week(&["null-counter:2026-03-05T01"], "hourly").await;
    let (mut truth, sent) = changed(truth, sent);
    assert_eq!(injected[0].delta, Some(0));
    assert_eq!(truth.pointer(&injected[0].pointer), Some(&json!(0)));
    *truth.pointer_mut(&injected[0].pointer).unwrap() = Value::Null;
    assert_eq!(truth, sent);

    let (truth, sent, injected) =
        week(&["null-counter:2026-03-05:data.home.upload"], "daily").await;
    let (truth, sent) = changed(truth, sent);
    let lost = i128::from(truth["data"]["home"]["upload"].as_u64().unwrap());
    assert!(lost > 0);
    assert_eq!(injected[0].delta, Some(-lost));
    assert!(sent["data"]["home"]["upload"].is_null());
}

#[tokio::test]
async fn periods_and_sids_go_wrong() {
    let (truth, sent, injected) = week(&["reversed-period:2026-03-05"], "daily").await;
    let (truth, sent) = changed(truth, sent);
    assert_eq!(injected[0].pointer, "/period");
    assert_eq!(injected[0].start.to_rfc3339(), "2026-03-05T00:00:00+00:00");
    assert_eq!(sent["period"]["start"], truth["period"]["end"]);
    assert_eq!(sent["period"]["end"], truth["period"]["start"]);

    let (truth, sent, injected) = week(&["bad-sid:2026-03-05"], "daily").await;
    let (mut truth, sent) = changed(truth, sent);
    assert_eq!(injected[0].pointer, "/account_sid");
    truth["account_sid"] = json!("ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX");
    assert_eq!(truth, sent);
}

#[tokio::test]
async fn the_record_of_a_sim_goes_wrong_alone() {
    let sim = Session::start(builder(&[])).await.emulator.sims()[5];
    let fault = format!("wrong-sum:2026-03-05:data.total:+1;sim={sim}");
    let (truth, sent, injected) = week(&[&fault], "daily").await;
    assert_eq!(truth, sent, "the account stays as it is");
    assert_eq!(injected[0].resource, Resource::Sim(sim));
    let path = format!("/v1/Sims/{sim}/UsageRecords?Granularity=daily&{MARCH}");
    let truth = Session::start(builder(&[])).await.all(&path);
    let sent = Session::start(builder(&[&fault])).await.all(&path);
    let (truth, sent) = changed(truth, sent);
    assert_eq!(
        sent["data"]["total"],
        truth["data"]["total"].as_u64().unwrap() + 1
    );
}

#[tokio::test]
async fn faults_in_one_record_add_up() {
    let faults = [
        "wrong-sum:2026-03-05:data.total:+5",
        "wrong-sum:2026-03-05:data.total:-2",
        "bad-sid:2026-03-05",
    ];
    let (truth, sent, injected) = week(&faults, "daily").await;
    let (truth, sent) = changed(truth, sent);
    assert_eq!(
        sent["data"]["total"],
        truth["data"]["total"].as_u64().unwrap() + 3
    );
    assert_eq!(injected.len(), 3);
}

#[tokio::test]
async fn a_fault_that_would_change_nothing_is_refused() {
    for (fault, reason) in [
        ("bad-sid:2026-03-16", "shows no record"),
        ("bad-sid:2024-09-14", "shows no record"),
        ("bad-sid:2026-03-15T13", "shows no record"),
        (
            "wrong-sum:2026-03-05:commands.total:-99999999",
            "out of its range",
        ),
        (
            "wrong-sum:2026-03-05:data.international_roaming.GTM.total:+1",
            "no such counter",
        ),
        ("outside-total:2026-03-15T12", "no international usage"),
        ("missing-breakdown:2026-03-15T12", "no usage"),
        ("wrong-sum:2024-09-14:data.total:+1", "shows no record"),
        (
            "bad-sid:2026-03-05;sim=DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
            "no such SIM",
        ),
    ] {
        let error = builder(&[fault]).start().await.unwrap_err();
        assert!(matches!(error, EmulatorError::Fault { .. }));
        assert!(error.to_string().contains(fault), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[tokio::test]
async fn a_fault_that_is_there_already_or_takes_one_back_is_refused() {
    const ALREADY: &str = "the record is like that without it";
    const TAKES_BACK: &str = "it takes back what another fault changes";
    for (faults, reason) in [
        (&["bad-sid:2026-03-05"; 2][..], ALREADY),
        (&["missing-breakdown:2026-03-05"; 2], ALREADY),
        (&["reversed-period:2026-03-05"; 2], TAKES_BACK),
        (
            &[
                "wrong-sum:2026-03-05:data.total:+5",
                "bad-sid:2026-03-05",
                "wrong-sum:2026-03-05:data.total:-5",
            ],
            TAKES_BACK,
        ),
    ] {
        let error = builder(faults).start().await.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        let (last, others) = faults.split_last().unwrap();
        let emulator = builder(others).start().await.unwrap();
        let refused = emulator.add_fault(last.parse::<Fault>().unwrap());
        assert!(refused.unwrap_err().to_string().contains(reason), "{last}");
        assert_eq!(emulator.injected().len(), others.len());
    }
    // The same fault in another record, or in a duplicate, is another fault.
    let apart = ["reversed-period:2026-03-05", "reversed-period:2026-03-06"];
    assert!(builder(&apart).start().await.is_ok());
    let copies = [
        "wrong-sum:2026-03-05:data.total:+5",
        "duplicate:2026-03-05:data.total:-5",
    ];
    assert!(builder(&copies).start().await.is_ok());
}

#[tokio::test]
async fn what_is_injected_follows_the_clock() {
    let day = "Granularity=daily&Start=2026-03-14T00:00:00Z&End=2026-03-15T00:00:00Z";
    let faults = [
        "outside-total:2026-03-14",
        "null-counter:2026-03-14:commands.total",
    ];
    let truth = Session::start(builder(&[])).await;
    let session = Session::start(builder(&faults)).await;
    let mut deltas = Vec::new();
    for hours in [0, 24, 96] {
        let by = std::time::Duration::from_hours(hours);
        truth.emulator.advance(by).unwrap();
        session.emulator.advance(by).unwrap();
        let (truth, sent) = changed(truth.account(day), session.account(day));
        let [outside, null] = &session.emulator.injected()[..] else {
            panic!("two faults")
        };
        let total = |record: &Value, tree: &str| record[tree]["total"].as_i64().map(i128::from);
        let change = total(&sent, "data").unwrap() - total(&truth, "data").unwrap();
        assert_eq!((outside.delta, outside.dormant), (Some(change), None));
        assert_eq!(null.delta, total(&truth, "commands").map(|total| -total));
        deltas.push((outside.delta, null.delta));
    }
    deltas.dedup();
    assert!(deltas.len() > 1, "figures grew: {deltas:?}");

    let gone = "2027-09-15T00:00:00Z".parse().unwrap();
    session.emulator.advance_to(gone).unwrap();
    assert!(session.account(day).is_empty());
    for injected in session.emulator.injected() {
        assert_eq!(
            injected.dormant,
            Some("the API shows no record of that time")
        );
        assert_eq!((injected.pointer.as_str(), injected.delta), ("", None));
        assert_eq!(injected.end.to_rfc3339(), "2026-03-15T00:00:00+00:00");
    }
}

#[tokio::test]
async fn the_country_of_a_fault_is_found_wherever_it_stands_in_the_list() {
    let hour = std::time::Duration::from_hours(1);
    let begun = || {
        let morning = "2026-03-01T06:00:00Z".parse().unwrap();
        Session::start(builder(&[]).sims(400).now(morning))
    };
    let codes = |session: &Session| -> Vec<Vec<String>> {
        let days = session
            .account("Granularity=daily&Start=2026-03-01T00:00:00Z&End=2026-04-01T00:00:00Z");
        let code = |entry: &Value| entry["country_code"].as_str().unwrap().to_owned();
        let of_day = |day: &Value| {
            let entries = day["data"]["international_roaming"].as_array().unwrap();
            entries.iter().map(code).collect()
        };
        days.iter().map(of_day).collect()
    };
    // Usage in a country that comes earlier in the list shows later, and moves all that follow.
    let session = begun().await;
    let (mut hours, mut early) = (0, codes(&session));
    let (day, code) = loop {
        assert!(hours < 700, "no country moved");
        hours += 1;
        session.emulator.advance(hour).unwrap();
        let late = codes(&session);
        let moved = |day: &usize| {
            early[*day]
                .iter()
                .zip(&late[*day])
                .find(|(one, other)| one != other)
        };
        if let Some(day) = (0..early.len()).find(|day| moved(day).is_some()) {
            break (day, moved(&day).unwrap().0.clone());
        }
        early = late;
    };
    let session = begun().await;
    session.emulator.advance(hour * (hours - 1)).unwrap();
    let date = day + 1;
    let fault = format!("wrong-sum:2026-03-{date:02}:data.international_roaming.{code}.total:+7");
    session
        .emulator
        .add_fault(fault.parse::<Fault>().unwrap())
        .unwrap();
    let pointer = || {
        let index = codes(&session)[day].iter().position(|known| *known == code);
        format!("/data/international_roaming/{}/total", index.unwrap())
    };
    let injected = || session.emulator.injected()[0].pointer.clone();
    let before = injected();
    assert_eq!(before, pointer());
    session.emulator.advance(hour).unwrap();
    assert_eq!(injected(), pointer());
    assert_ne!(injected(), before);
}
