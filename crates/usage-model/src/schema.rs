//! How the types describe themselves as JSON Schema; feature `schema`.

mod example;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Value, json};

use crate::{
    Code, Count, CountryUsage, Counts, DataUnit, Field, International as Share, Lenient,
    MetaNumber, PageMeta, Sid, SidKind, Timestamp, UsageRecord,
};

/// Every schema document of this crate: the name of its file, and its text.
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

/// Takes `required` away: the API leaves out any member.
pub(crate) fn all_optional(schema: &mut Schema) {
    schema.remove("required");
}

/// Whatever the value may be, and null; absence is for the object to allow.
impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("{} or null", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        if let Some(Value::Array(shapes)) = schema.get_mut("anyOf") {
            shapes.push(json!({ "type": "null" }));
        } else if let Some(kind) = schema.get_mut("type") {
            match kind {
                Value::Array(kinds) => kinds.push("null".into()),
                kind => *kind = json!([kind.take(), "null"]),
            }
        }
        schema
    }
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

impl JsonSchema for Count {
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A usage counter, written as a whole number without fraction or exponent.",
            "type": "integer",
            "format": "int64",
            "minimum": 0,
            "maximum": Self::MAX.get(),
        })
    }
}

/// Everything of the grammar that a pattern can say; the days that a month has are left to `format`.
const TIMESTAMP: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\
                         (\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An instant: date, T, time to the second, up to nine fractional digits, and Z or an offset.",
            "type": "string",
            "format": "date-time",
            "pattern": TIMESTAMP,
            "examples": ["2026-03-05T00:00:00Z", "2017-04-23T01:14:37.507Z"],
        })
    }
}

/// The schema of a text that is read as it comes, with the form that is documented for it.
fn text(description: &str, documented: &Schema) -> Schema {
    json_schema!({
        "description": description,
        "anyOf": [
            documented,
            { "type": "string", "description": "Any other text is kept as it is." },
        ],
    })
}

impl<K: SidKind> JsonSchema for Lenient<Sid<K>> {
    fn schema_name() -> Cow<'static, str> {
        K::NOUN
            .split(' ')
            .map(capitalised)
            .collect::<String>()
            .into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let pattern = format!("^{}[0-9a-fA-F]{{32}}$", K::PREFIX);
        text(
            &format!("The {}.", K::NOUN),
            &json_schema!({ "type": "string", "pattern": pattern }),
        )
    }
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

impl<K> JsonSchema for Lenient<Code<K>> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        text(
            "A code of three capital letters.",
            &json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
        )
    }
}

impl JsonSchema for Lenient<DataUnit> {
    fn schema_name() -> Cow<'static, str> {
        "DataUnit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        text(
            "The unit of data counters: bytes in every response seen.",
            &json_schema!({ "enum": DataUnit::ALL.map(DataUnit::as_str) }),
        )
    }
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

/// 2⁹⁶−1, the largest mantissa of an exact decimal, and its negative, as JSON Schema can say them.
const AMOUNTS: [f64; 2] = [
    -79_228_162_514_264_337_593_543_950_335.0,
    79_228_162_514_264_337_593_543_950_335.0,
];

/// Stands for an amount of money.
pub(crate) struct Amount;

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An amount of money: a number of at most 28 digits, read exactly.",
            "type": "number",
            "minimum": AMOUNTS[0],
            "maximum": AMOUNTS[1],
            "examples": [251.23, 0.0567],
        })
    }
}

/// Stands for the international share in each of its shapes.
pub(crate) struct International<C>(std::marker::PhantomData<C>);

impl<C: Counts + JsonSchema> JsonSchema for International<C> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        std::any::type_name::<Share<C>>().into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let entry = generator.subschema_for::<CountryUsage<C>>();
        json_schema!({
            "description": "The shares on networks abroad, one entry a country; responses have a list, empty where there was no traffic, and the vendor's page speaks of one object and of null.",
            "anyOf": [
                { "type": "array", "items": entry },
                entry,
                { "type": "null" },
            ],
        })
    }
}
