//! The schema documents, made from the types; feature `schema`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Value, json};

use crate::{MetaNumber, PageMeta, UsageRecord};

use super::example;

/// Returns every schema document of this crate: the name of its file, and its text.
///
/// This is what the files behind [`crate::schemas`] are made from.
pub fn schema_documents() -> Vec<(&'static str, String)> {
    let mut sim_record = root::<UsageRecord>("sim-record", "Usage record of a SIM");
    require_sim(&mut sim_record);
    let mut record = root::<UsageRecord>("record", "Usage record");
    let mut page = root::<Page>("page", "Page of usage records");
    record.insert("examples".to_owned(), json!([example::record()]));
    sim_record.insert("examples".to_owned(), json!([example::sim_record()]));
    page.insert("examples".to_owned(), json!([example::page()]));
    let mut malformed = root::<Malformed>("malformed-record", "Malformed record");
    malformed.insert("examples".to_owned(), json!([example::malformed_record()]));
    [
        ("record.schema.json", record),
        ("sim-record.schema.json", sim_record),
        ("page.schema.json", page),
        ("malformed-record.schema.json", malformed),
    ]
    .map(|(file, schema)| (file, format!("{:#}\n", schema.to_value())))
    .into()
}

fn root<T: JsonSchema>(name: &str, title: &str) -> Schema {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.insert(
        "$id".to_owned(),
        format!("https://schemas.kore-usage.example/{name}/1").into(),
    );
    schema
}

/// Makes of the record of either resource that of the SIM resource, which names its SIM.
fn require_sim(schema: &mut Schema) {
    schema.insert("required".to_owned(), json!(["sim_sid"]));
    schema.insert(
        "description".to_owned(),
        "What one SIM used in one period. Any other member than that of the SIM may be missing or null; \
         members that are not listed here are kept as they came."
            .into(),
    );
    let sim = json!({ "$ref": "#/$defs/SIMSID", "type": "string", "description": "The SIM that the usage belongs to." });
    if let Some(Value::Object(members)) = schema.get_mut("properties") {
        members.insert("sim_sid".to_owned(), sim);
    }
}

/// One response body of the API: a list of usage records and the paging envelope.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used; pages are read piece by piece"
)]
struct Page {
    /// The records; account-wide ones, or those of one SIM.
    usage_records: Vec<UsageRecord>,
    /// Where the page stands and how to get the next.
    meta: Option<PageMeta>,
}

/// A record that could not be read: where it stands, what was found there, and what was expected.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used; `MalformedRecord` writes itself"
)]
struct Malformed {
    /// How many records stand before it in the input.
    record: u64,
    /// The offending member, as a JSON pointer (RFC 6901) in the document.
    #[schemars(regex(pattern = "^(/([^/~]|~[01])*)*$"))]
    pointer: String,
    /// The line of the input on which the offending member starts, from 1.
    #[schemars(range(min = 1))]
    line: u64,
    /// The column in bytes at which the offending member starts, from 1.
    #[schemars(range(min = 1))]
    column: u64,
    /// How many bytes of the input stand before the offending member.
    offset: u64,
    /// What stands there, in words, shortened where it is long.
    found: String,
    /// What should stand there, in words.
    expected: String,
    /// The text of the record as it came; not JSON where its syntax is broken, and with U+FFFD for bytes that are not UTF-8.
    raw: String,
}

impl JsonSchema for MetaNumber {
    fn schema_name() -> Cow<'static, str> {
        "MetaNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number, which some servers send as text.",
            "type": ["integer", "string"],
            "minimum": 0,
            "maximum": u64::MAX,
        })
    }
}
