//! How the types of a record describe themselves as JSON Schema; feature `schema`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::{
    Code, Count, CountryUsage, Counts, DataUnit, Field, International as Share, Lenient, Sid,
    SidKind, Timestamp,
};

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
