//! The shapes of real responses: a dialect that is called after one has to have every habit of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use usage_emulator::{Dialect, Emulator};

use crate::client::Session;

/// What a response does where it has a choice, such as null or 0 for a counter without usage.
type Habits = BTreeMap<String, BTreeSet<String>>;

/// What was seen, and the dialect that is its shape.
const SEEN: [(&str, Dialect); 4] = [
    (
        include_str!("../../../usage-model/tests/fixtures/2017-milliseconds-no-billed.json"),
        Dialect::Older,
    ),
    (
        include_str!("../../../usage-model/tests/fixtures/2018-two-countries.json"),
        Dialect::NullCounters,
    ),
    (
        include_str!("../../../usage-model/tests/fixtures/2020-null-counters.json"),
        Dialect::NullCounters,
    ),
    (
        include_str!("../../../usage-model/tests/fixtures/official-example-empty-objects.json"),
        Dialect::PublishedExample,
    ),
];

const COUNTERS: [&str; 5] = ["total", "to_sim", "from_sim", "download", "upload"];

fn is_zero(value: &Value) -> bool {
    value.is_null() || value == 0
}

fn is_used(node: &Value) -> bool {
    let counters = COUNTERS.iter().filter_map(|name| node.get(name));
    counters.into_iter().any(|value| !is_zero(value))
}

/// The kind of a member: absent, null, 0, a number, a text, a list or an object, and an empty one.
fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "absent",
        Some(Value::Null) => "null",
        Some(value) if *value == 0 => "0",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "text",
        Some(Value::Bool(_)) => "truth value",
        Some(Value::Array(_)) => "list",
        Some(Value::Object(members)) if members.is_empty() => "{}",
        Some(Value::Object(_)) => "object",
    }
}

fn habits<'a>(records: impl IntoIterator<Item = &'a Value>) -> Habits {
    let mut habits = Habits::new();
    let mut note = |question: String, answer: &str| {
        habits
            .entry(question)
            .or_default()
            .insert(answer.to_owned());
    };
    let usage = |used| if used { "usage" } else { "no usage" };
    for record in records {
        let used = is_used(&record["commands"]) || is_used(&record["data"]);
        let period = &record["period"];
        note(format!("period with {}", usage(used)), kind(Some(period)));
        for time in ["start", "end"] {
            if let Some(text) = period[time].as_str() {
                let fraction = text.split_once('.').map_or(0, |(_, rest)| rest.len() - 1);
                note("digits of a fraction".to_owned(), &fraction.to_string());
            }
        }
        for tree in ["commands", "data"] {
            let top = &record[tree];
            note(
                format!("tree with {}", usage(is_used(top))),
                kind(Some(top)),
            );
            if top.as_object().is_none_or(serde_json::Map::is_empty) {
                continue;
            }
            let mut nodes = vec![("top", top)];
            for share in ["home", "national_roaming"] {
                let node = &top[share];
                note(
                    format!("{share} with {}", usage(is_used(node))),
                    kind(Some(node)),
                );
                if node.is_object() {
                    nodes.push((share, node));
                }
            }
            let international = &top["international_roaming"];
            let entries = international.as_array().map_or(&[][..], Vec::as_slice);
            let number = ["no", "one"].get(entries.len()).unwrap_or(&"several");
            note(format!("{number} countries"), kind(Some(international)));
            nodes.extend(entries.iter().map(|entry| ("country", entry)));
            for (name, node) in nodes {
                for counter in COUNTERS.iter().filter_map(|counter| node.get(counter)) {
                    let size = if is_zero(counter) {
                        "no usage"
                    } else {
                        "usage"
                    };
                    note(format!("counter of {name}, {size}"), kind(Some(counter)));
                }
                let amount = match kind(node.get("billed")) {
                    "0" => "number",
                    other => other,
                };
                note(format!("billed of {name}"), amount);
                note(
                    format!("billing_units of {name}"),
                    kind(node.get("billing_units")),
                );
                note(format!("units of {tree}"), kind(node.get("units")));
                note(
                    format!("country_code of {name}"),
                    kind(node.get("country_code")),
                );
            }
        }
    }
    habits
}

#[tokio::test]
async fn every_shape_that_was_seen_is_a_dialect() {
    for (seen, dialect) in SEEN {
        let page: Value = serde_json::from_str(seen).unwrap();
        let seen = habits(page["usage_records"].as_array().unwrap());
        assert!(seen.len() > 10, "{seen:?}");
        let session = Session::start(Emulator::builder().seed(11).sims(60).dialect(dialect)).await;
        let window = "Start=2026-03-10T00:00:00Z&End=2026-03-16T00:00:00Z";
        let mut records = session.account(&format!("Granularity=hourly&{window}"));
        for sim in session.emulator.sims() {
            let target = format!("/v1/Sims/{sim}/UsageRecords?Granularity=daily&{window}");
            records.extend(session.all(&target));
        }
        let sent = habits(&records);
        for (question, answer) in &seen {
            let own = sent.get(question);
            assert_eq!(own, Some(answer), "{dialect}: {question}");
        }
    }
}
