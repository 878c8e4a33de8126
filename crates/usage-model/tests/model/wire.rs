//! Records as JSON text, made without the types of the crate, and ways to compare such texts.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::value::RawValue;

/// A member that may be missing, null, or have a value.
fn member(
    name: &'static str,
    value: impl Strategy<Value = String> + 'static,
) -> BoxedStrategy<Option<String>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(format!("\"{name}\":null"))),
        4 => value.prop_map(move |value| Some(format!("\"{name}\":{value}"))),
    ]
    .boxed()
}

/// An object of some of these members, in any order, with up to two that no object of the API has.
fn object(members: Vec<BoxedStrategy<Option<String>>>) -> BoxedStrategy<String> {
    let unknown = option::weighted(0.2, (0_u8..3, any_json()))
        .prop_map(|unknown| unknown.map(|(number, value)| format!("\"new/~{number}\":{value}")));
    (members, unknown)
        .prop_map(|(mut members, unknown)| {
            members.push(unknown);
            members.into_iter().flatten().collect::<Vec<_>>()
        })
        .prop_shuffle()
        .prop_map(|members| format!("{{ {} }}", members.join(" ,\n")))
        .boxed()
}

fn any_json() -> impl Strategy<Value = String> {
    select(vec![
        "{}",
        "[]",
        "true",
        "1e400",
        "-0",
        "0.10",
        "[ { \"total\" : 1 } ]",
        "\"a \\\" b\"",
        "18446744073709551616",
    ])
    .prop_map(str::to_owned)
}

fn count() -> impl Strategy<Value = String> {
    (0_u64..=i64::MAX.unsigned_abs(), 0_u32..63)
        .prop_map(|(value, shift)| (value >> shift).to_string())
}

fn amount() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "-?(0|[1-9][0-9]{0,15})(\\.[0-9]{1,12})?",
        1 => "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,60})?([eE][+-]?[0-9]{1,4})?",
    ]
}

fn text() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| serde_json::Value::from(text).to_string())
}

fn timestamp() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\"20[0-9]{2}-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?([Zz]|[+-](0[0-9]|1[0-4]):[0-5][0-9])\"",
        1 => "\"20[0-9]{2}-(06-30|12-31)T23:59:60(\\.[0-9]{1,9})?Z\"",
    ]
}

fn node(kind: &str, below: Vec<BoxedStrategy<Option<String>>>) -> BoxedStrategy<String> {
    let [toward, from] = match kind {
        "data" => ["download", "upload"],
        _ => ["to_sim", "from_sim"],
    };
    let mut members = vec![
        member("total", count()),
        member(toward, count()),
        member(from, count()),
        member("billed", amount()),
        member("billing_units", prop_oneof!["\"[A-Z]{3}\"", text()]),
    ];
    if kind == "data" {
        members.push(member(
            "units",
            prop_oneof![Just("\"bytes\"".to_owned()), text()],
        ));
    }
    members.extend(below);
    object(members)
}

fn tree(kind: &'static str) -> BoxedStrategy<String> {
    let country = || {
        node(
            kind,
            vec![member("country_code", prop_oneof!["\"[A-Z]{3}\"", text()])],
        )
    };
    let international = prop_oneof![
        vec(country(), 0..3).prop_map(|entries| format!("[ {} ]", entries.join(" , "))),
        country(),
    ];
    node(
        kind,
        vec![
            member("home", node(kind, Vec::new())),
            member("national_roaming", node(kind, Vec::new())),
            member("international_roaming", international),
        ],
    )
}

/// The text of a record that the API could send.
pub(crate) fn record_text() -> BoxedStrategy<String> {
    object(vec![
        member("account_sid", prop_oneof!["\"AC[0-9a-fA-F]{32}\"", text()]),
        // Always there: an object without a value in any member of a record is none.
        prop_oneof!["\"DE[0-9a-fA-F]{32}\"", text()]
            .prop_map(|sid| Some(format!("\"sim_sid\":{sid}")))
            .boxed(),
        member(
            "period",
            object(vec![
                member("start", timestamp()),
                member("end", timestamp()),
            ]),
        ),
        member("commands", tree("commands")),
        member("data", tree("data")),
    ])
}

/// The same JSON with the members of every object sorted by name and no white space; numbers untouched.
pub(crate) fn canonical(text: &str) -> String {
    rewritten(text, false)
}

/// The same JSON with the members of every object in reverse order of name.
pub(crate) fn reversed(text: &str) -> String {
    rewritten(text, true)
}

/// Every member whose name starts with `prefix`, by its pointer; what such a member holds is not looked into.
pub(crate) fn members_named(
    prefix: &str,
    text: &str,
    at: &str,
    found: &mut BTreeMap<String, String>,
) {
    if let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        for (name, value) in members {
            let below = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            if name.starts_with(prefix) {
                found.insert(below, value.get().to_owned());
            } else {
                members_named(prefix, value.get(), &below, found);
            }
        }
    } else if let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(text) {
        for (index, value) in values.into_iter().enumerate() {
            members_named(prefix, value.get(), &format!("{at}/{index}"), found);
        }
    }
}

fn rewritten(text: &str, backwards: bool) -> String {
    if let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        let mut members: Vec<String> = members
            .into_iter()
            .map(|(name, value)| {
                let name = serde_json::to_string(&name).unwrap();
                format!("{name}:{}", rewritten(value.get(), backwards))
            })
            .collect();
        if backwards {
            members.reverse();
        }
        return format!("{{{}}}", members.join(","));
    }
    if let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(text) {
        let values: Vec<String> = values
            .into_iter()
            .map(|value| rewritten(value.get(), backwards))
            .collect();
        return format!("[{}]", values.join(","));
    }
    match serde_json::from_str::<String>(text) {
        Ok(string) => serde_json::to_string(&string).unwrap(),
        Err(_) => text.to_owned(),
    }
}
