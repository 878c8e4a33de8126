//! The rules on sums once more, over plain JSON: slow, and without any of the validator's own types.
//!
//! For trees whose units are all alike.

use proptest::{collection::vec, prelude::*};
use serde_json::Value;
use usage_validate::Policy;

use crate::laws::{any_fault, any_valid_record, sums as sums_of, with_policy};

proptest! {
    #[test]
    fn agrees_on_any_valid_record_with_up_to_four_faults(
        record in any_valid_record(),
        faults in vec(any_fault(), 0..=4),
    ) {
        let mut record = record;
        for fault in &faults {
            fault.plant(&mut record);
        }
        let json = serde_json::to_value(&record).unwrap();
        for policy in Policy::ALL {
            let found: Vec<_> = sums_of(&with_policy(policy), &record)
                .into_iter()
                .map(|finding| (finding.code, finding.pointer, finding.delta))
                .collect();
            let expected = match policy {
                Policy::Auto => auto(&json),
                Policy::Include => sums(&json, true),
                Policy::Exclude => sums(&json, false),
            };
            prop_assert_eq!(found, expected);
        }
    }
}

/// The trees of a record: names of the tree and of its counters.
const TREES: [(&str, [&str; 3]); 2] = [
    ("commands", ["total", "to_sim", "from_sim"]),
    ("data", ["total", "download", "upload"]),
];

/// As with international traffic, but for trees of data that only fit without it, and that no one counter explains.
fn auto(record: &Value) -> Vec<Found> {
    let mut all = Vec::new();
    for (kind, names) in TREES {
        let mut found = tree(record, kind, names, true);
        let is_network = |found: &Found| found.0 == "UR201";
        if kind == "data"
            && found.iter().any(is_network)
            && !tree(record, kind, names, false).iter().any(is_network)
            && explanations(record, kind, names) != 1
        {
            found.retain(|found| !is_network(found));
            found.insert(0, ("UR205", format!("/{kind}"), None));
        }
        all.extend(found);
    }
    all
}

/// How many counters make the tree hold, international traffic included, if they have another value.
fn explanations(record: &Value, kind: &str, names: [&str; 3]) -> usize {
    let mut nodes = vec![
        String::new(),
        "/home".to_owned(),
        "/national_roaming".to_owned(),
    ];
    nodes.push("/international_roaming".to_owned());
    nodes.extend((0..8).map(|index| format!("/international_roaming/{index}")));
    let mut number = 0;
    for node in nodes {
        let pointer = format!("/{kind}{node}");
        let Some(object) = record.pointer(&pointer).filter(|node| is_there(node)) else {
            continue;
        };
        let figure = |name: &str| object.get(name).and_then(Value::as_i64).unwrap_or(0);
        let [total, toward, from] = names.map(|name| i128::from(figure(name)));
        for (name, value) in names
            .into_iter()
            .zip([toward + from, total - from, total - toward])
        {
            let Some(value) = i64::try_from(value).ok().filter(|value| *value >= 0) else {
                continue;
            };
            let mut changed = record.clone();
            changed.pointer_mut(&pointer).unwrap()[name] = value.into();
            number += usize::from(tree(&changed, kind, names, true).is_empty());
        }
    }
    number
}

type Found = (&'static str, String, Option<i128>);

/// Code, pointer and delta of each broken sum of a record.
pub(crate) fn sums(record: &Value, with_international: bool) -> Vec<Found> {
    let mut found = tree(
        record,
        "commands",
        ["total", "to_sim", "from_sim"],
        with_international,
    );
    found.extend(tree(
        record,
        "data",
        ["total", "download", "upload"],
        with_international,
    ));
    found
}

fn tree(record: &Value, kind: &str, names: [&str; 3], with_international: bool) -> Vec<Found> {
    let mut found = Vec::new();
    let Some(tree) = record.get(kind).filter(|tree| is_there(tree)) else {
        return found;
    };
    let mut children: Vec<(String, bool)> = Vec::new();
    for name in ["home", "national_roaming"] {
        children.push((format!("/{name}"), true));
    }
    match tree.get("international_roaming") {
        Some(Value::Array(entries)) => children.extend((0..entries.len()).map(|index| {
            (
                format!("/international_roaming/{index}"),
                with_international,
            )
        })),
        _ => children.push(("/international_roaming".to_owned(), with_international)),
    }
    children.retain(|(pointer, _)| tree.pointer(pointer).is_some_and(is_there));

    let figure = |pointer: &str, name: &str| -> i128 {
        let value = tree.pointer(&format!("{pointer}/{name}"));
        value.and_then(Value::as_i64).unwrap_or(0).into()
    };
    let is_zero = names.iter().all(|name| figure("", name) == 0);
    if children.is_empty() {
        if !is_zero {
            found.push(("UR203", format!("/{kind}"), None));
        }
    } else {
        for name in names {
            let sum: i128 = children
                .iter()
                .filter(|(_, counts)| *counts)
                .map(|(pointer, _)| figure(pointer, name))
                .sum();
            difference(
                &mut found,
                "UR201",
                format!("/{kind}/{name}"),
                figure("", name) - sum,
            );
        }
    }
    let nodes = std::iter::once("").chain(children.iter().map(|(pointer, _)| pointer.as_str()));
    for pointer in nodes {
        let [total, toward, from] = names.map(|name| figure(pointer, name));
        difference(
            &mut found,
            "UR202",
            format!("/{kind}{pointer}/total"),
            total - toward - from,
        );
    }
    found
}

fn difference(found: &mut Vec<Found>, code: &'static str, pointer: String, delta: i128) {
    if delta != 0 {
        found.push((code, pointer, Some(delta)));
    }
}

fn is_there(value: &Value) -> bool {
    value.as_object().is_some_and(|members| !members.is_empty())
}
