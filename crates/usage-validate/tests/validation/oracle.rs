//! The rules on sums once more, over plain JSON: slow, and without any of the validator's own types.
//!
//! For trees whose units are all alike.

use serde_json::Value;

type Found = (&'static str, String, Option<String>);

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
        found.push((code, pointer, Some(delta.to_string())));
    }
}

fn is_there(value: &Value) -> bool {
    value.as_object().is_some_and(|members| !members.is_empty())
}
