//! The schemas against an independent validator.

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};
use usage_model::{
    UsagePage, UsageRecord, schema_documents, schemas,
    strategies::{any_malformed_record, any_meta, any_record},
};

use crate::wire::record_text;

static RECORD: LazyLock<Validator> = LazyLock::new(|| validator(schemas::RECORD));
static SIM_RECORD: LazyLock<Validator> = LazyLock::new(|| validator(schemas::SIM_RECORD));
static PAGE: LazyLock<Validator> = LazyLock::new(|| validator(schemas::PAGE));
static MALFORMED: LazyLock<Validator> = LazyLock::new(|| validator(schemas::MALFORMED_RECORD));

fn validator(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Where and by which keyword the first problem of a document shows.
fn refusal(validator: &Validator, document: &Value) -> Option<(String, String)> {
    let error = validator.iter_errors(document).next()?;
    let keyword = error.schema_path().to_string();
    let keyword = keyword.rsplit('/').next().unwrap_or_default();
    Some((error.instance_path().to_string(), keyword.to_owned()))
}

#[test]
fn the_files_are_those_of_the_types() {
    let shipped = [
        ("record.schema.json", schemas::RECORD),
        ("sim-record.schema.json", schemas::SIM_RECORD),
        ("page.schema.json", schemas::PAGE),
        ("malformed-record.schema.json", schemas::MALFORMED_RECORD),
    ];
    let made = schema_documents();
    assert_eq!(made.len(), shipped.len());
    for ((file, text), (name, shipped)) in made.iter().zip(shipped) {
        assert_eq!(*file, name);
        assert_eq!(text, shipped, "run `cargo xtask schema`");
    }
}

#[test]
fn every_schema_names_itself_and_accepts_its_examples() {
    let all = [
        ("record", schemas::RECORD),
        ("sim-record", schemas::SIM_RECORD),
        ("page", schemas::PAGE),
        ("malformed-record", schemas::MALFORMED_RECORD),
    ];
    for (name, text) in all {
        let schema: Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        assert_eq!(
            schema["$id"],
            format!("https://schemas.kore-usage.example/{name}/1")
        );
        assert!(
            schema["title"].is_string() && schema["description"].is_string(),
            "{name}"
        );
        let examples = schema["examples"].as_array().unwrap();
        assert!(!examples.is_empty(), "{name}");
        let validator = validator(text);
        for example in examples {
            assert_eq!(refusal(&validator, example), None, "{name}");
        }
    }
}

#[test]
fn every_member_is_described() {
    fn undescribed(schema: &Value, at: &str, found: &mut Vec<String>) {
        let Some(members) = schema.as_object() else {
            return;
        };
        if let Some(properties) = members.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                if !property["description"].is_string() {
                    found.push(format!("{at}/{name}"));
                }
            }
        }
        for (name, value) in members {
            if name != "examples" {
                undescribed(value, &format!("{at}/{name}"), found);
            }
        }
    }
    for text in [
        schemas::RECORD,
        schemas::SIM_RECORD,
        schemas::PAGE,
        schemas::MALFORMED_RECORD,
    ] {
        let mut found = Vec::new();
        undescribed(&serde_json::from_str(text).unwrap(), "", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}

#[test]
fn real_responses_are_accepted() {
    for text in [
        include_str!("../fixtures/2017-milliseconds-no-billed.json"),
        include_str!("../fixtures/2018-two-countries.json"),
        include_str!("../fixtures/2020-null-counters.json"),
        include_str!("../fixtures/official-example-empty-objects.json"),
    ] {
        let page: Value = serde_json::from_str(text).unwrap();
        assert_eq!(refusal(&PAGE, &page), None);
        for record in page["usage_records"].as_array().unwrap() {
            assert_eq!(refusal(&RECORD, record), None);
        }
    }
}

/// A record, and where and by which keyword it is refused.
const REFUSED: [(&str, &str, &str); 37] = [
    ("7", "", "type"),
    ("null", "", "type"),
    (r#"{"account_sid":7}"#, "/account_sid", "anyOf"),
    (r#"{"sim_sid":[]}"#, "/sim_sid", "anyOf"),
    (r#"{"period":"2026-03"}"#, "/period", "type"),
    (r#"{"period":[]}"#, "/period", "type"),
    (r#"{"period":{"start":7}}"#, "/period/start", "type"),
    (
        r#"{"period":{"start":"2026-03-05"}}"#,
        "/period/start",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05T00:00:00"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05 00:00:00Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05_00:00:00Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05T00:00:00CET"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-13-05T00:00:00Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-32T00:00:00Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05T24:00:00Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05T23:60:00Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05T23:59:61Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05T00:00:00.Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05T00:00:00.0123456789Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05T00:00:00+0100"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"2026-03-05T00:00:00+24:00"}}"#,
        "/period/end",
        "pattern",
    ),
    (
        r#"{"period":{"end":"20260305T000000Z"}}"#,
        "/period/end",
        "pattern",
    ),
    (r#"{"commands":[]}"#, "/commands", "type"),
    (r#"{"data":true}"#, "/data", "type"),
    (r#"{"data":{"home":[]}}"#, "/data/home", "type"),
    (
        r#"{"commands":{"national_roaming":0}}"#,
        "/commands/national_roaming",
        "type",
    ),
    (
        r#"{"data":{"home":{"total":"5"}}}"#,
        "/data/home/total",
        "type",
    ),
    (
        r#"{"data":{"home":{"total":true}}}"#,
        "/data/home/total",
        "type",
    ),
    (
        r#"{"data":{"home":{"total":1.5}}}"#,
        "/data/home/total",
        "type",
    ),
    (
        r#"{"data":{"home":{"total":{}}}}"#,
        "/data/home/total",
        "type",
    ),
    (
        r#"{"data":{"home":{"upload":-1}}}"#,
        "/data/home/upload",
        "minimum",
    ),
    (
        r#"{"data":{"home":{"upload":9223372036854775808}}}"#,
        "/data/home/upload",
        "maximum",
    ),
    (
        r#"{"data":{"home":{"units":1000}}}"#,
        "/data/home/units",
        "anyOf",
    ),
    (
        r#"{"data":{"home":{"billed":"1.50"}}}"#,
        "/data/home/billed",
        "type",
    ),
    (
        r#"{"data":{"home":{"billing_units":7}}}"#,
        "/data/home/billing_units",
        "anyOf",
    ),
    (
        r#"{"data":{"international_roaming":0}}"#,
        "/data/international_roaming",
        "anyOf",
    ),
    (
        r#"{"data":{"international_roaming":"[]"}}"#,
        "/data/international_roaming",
        "anyOf",
    ),
];

#[test]
fn what_is_refused_is_refused_at_its_place_by_schema_and_reading() {
    for (text, path, keyword) in REFUSED {
        let document: Value = serde_json::from_str(text).unwrap();
        let expected = (path.to_owned(), keyword.to_owned());
        assert_eq!(refusal(&RECORD, &document), Some(expected), "{text}");
        let page = UsagePage::from_slice(format!("{{\"usage_records\":[{text}]}}").as_bytes());
        let page = page.unwrap();
        assert_eq!(
            page.records[0].as_ref().unwrap_err().pointer,
            path,
            "{text}"
        );
    }
}

/// The schema points at the list, the reading at the entry.
#[test]
fn a_bad_country_is_refused_by_schema_and_reading() {
    for entry in [
        json!(null),
        json!(7),
        json!({ "total": -1 }),
        json!({ "country_code": 49 }),
    ] {
        let document = json!({ "data": { "international_roaming": [{}, entry] } });
        let at_list = ("/data/international_roaming".to_owned(), "anyOf".to_owned());
        assert_eq!(refusal(&RECORD, &document), Some(at_list), "{document}");
        let error = serde_json::from_value::<UsageRecord>(document).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("at /data/international_roaming/1"),
            "{error}"
        );
    }
}

#[test]
fn pages_and_sim_records_are_refused_at_their_place() {
    for (document, path, keyword) in [
        (json!([]), "", "type"),
        (json!({}), "", "required"),
        (
            json!({ "usage_records": {}, "meta": null }),
            "/usage_records",
            "type",
        ),
        (json!({ "usage_records": [7] }), "/usage_records/0", "type"),
        (json!({ "usage_records": [], "meta": [] }), "/meta", "anyOf"),
        (
            json!({ "usage_records": [{}, { "data": { "total": -1 } }] }),
            "/usage_records/1/data/total",
            "minimum",
        ),
    ] {
        let expected = (path.to_owned(), keyword.to_owned());
        assert_eq!(refusal(&PAGE, &document), Some(expected), "{document}");
    }
    for (document, path, keyword) in [
        (json!({}), "", "required"),
        (json!({ "sim_sid": null }), "/sim_sid", "type"),
        (json!({ "sim_sid": 7 }), "/sim_sid", "type"),
    ] {
        let expected = (path.to_owned(), keyword.to_owned());
        assert_eq!(
            refusal(&SIM_RECORD, &document),
            Some(expected),
            "{document}"
        );
    }
    assert_eq!(refusal(&SIM_RECORD, &json!({ "sim_sid": "DEXXXX" })), None);
}

/// What only reading refuses, as the documentation of the schemas says.
#[test]
fn reading_is_stricter_where_a_schema_cannot_be() {
    for text in [
        r#"{"data":{"total":1.0}}"#,
        r#"{"data":{"total":1e3}}"#,
        r#"{"data":{"total":-0}}"#,
        r#"{"period":{"start":"2026-02-30T00:00:00Z"}}"#,
        r#"{"period":{"start":"2026-02-27T23:59:60Z"}}"#,
        r#"{"data":{"total":1,"total":1}}"#,
    ] {
        assert!(serde_json::from_str::<UsageRecord>(text).is_err(), "{text}");
        assert!(
            RECORD.is_valid(&serde_json::from_str(text).unwrap()),
            "{text}"
        );
    }
}

/// A record with one value replaced by one that does not belong there, or only perhaps.
fn spoiled() -> impl Strategy<Value = Value> {
    let wrong = select(vec![
        json!(true),
        json!("text"),
        json!(-1),
        json!(1.5),
        json!(7),
        json!(u64::MAX),
        json!([]),
        json!({}),
        json!(null),
        json!([{}]),
        json!([null]),
        json!("2026-03-05T00:00:00Z"),
        json!("2026-03-05"),
        json!("AC"),
    ]);
    let places = select(vec![
        "",
        "/account_sid",
        "/sim_sid",
        "/period",
        "/period/start",
        "/period/end",
        "/commands",
        "/data",
        "/commands/total",
        "/commands/to_sim",
        "/data/upload",
        "/data/units",
        "/data/billed",
        "/data/billing_units",
        "/data/home",
        "/data/home/total",
        "/commands/national_roaming",
        "/commands/national_roaming/from_sim",
        "/data/international_roaming",
        "/data/international_roaming/0",
        "/data/international_roaming/0/country_code",
        "/commands/international_roaming/total",
        "/unheard_of",
        "/data/unheard_of",
    ]);
    (record_text(), wrong, places).prop_map(|(text, wrong, place)| {
        let mut record: Value = serde_json::from_str(&text).unwrap_or_default();
        if let Some(value) = record.pointer_mut(place) {
            *value = wrong;
        } else if let Some((parent, name)) = place.rsplit_once('/')
            && let Some(Value::Object(members)) = record.pointer_mut(parent)
        {
            members.insert(name.to_owned(), wrong);
        }
        record
    })
}

proptest! {
    #[test]
    fn what_is_written_is_what_the_schema_accepts(record in any_record(), meta in any_meta()) {
        // A number beyond what `serde_json::Value` holds is none of the schema's business.
        let text = serde_json::to_string(&record).unwrap();
        if let Ok(written) = serde_json::from_str::<Value>(&text) {
            prop_assert_eq!(refusal(&RECORD, &written), None);
        }
        if let (Ok(record), Ok(meta)) = (serde_json::from_str::<Value>(&text), serde_json::to_value(&meta)) {
            let page = json!({ "usage_records": [record], "meta": meta });
            prop_assert_eq!(refusal(&PAGE, &page), None);
        }
    }

    #[test]
    fn what_is_written_of_a_malformed_record_is_what_the_schema_accepts(record in any_malformed_record()) {
        let written = serde_json::to_value(&record).unwrap();
        prop_assert_eq!(refusal(&MALFORMED, &written), None);
    }

    #[test]
    fn schema_and_reading_accept_the_same(record in spoiled()) {
        let read = serde_json::from_value::<UsageRecord>(record.clone());
        prop_assert_eq!(read.is_ok(), RECORD.is_valid(&record), "{}", record);
    }
}
