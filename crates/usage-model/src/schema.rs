//! How the types describe themselves as JSON Schema; feature `schema`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{
    Code, Count, CountryUsage, Counts, DataUnit, Field, International as Share, Lenient,
    MetaNumber, PageMeta, Sid, SidKind, Timestamp, UsageRecord,
};

/// Every schema document of this crate: the name of its file, and its text.
///
/// This is what the files behind [`crate::schemas`] are made from.
pub fn schema_documents() -> Vec<(&'static str, String)> {
    vec![
        (
            "record.schema.json",
            document::<UsageRecord>("record", "Usage record"),
        ),
        (
            "page.schema.json",
            document::<Page>("page", "Page of usage records"),
        ),
    ]
}

fn document<T: JsonSchema>(name: &str, title: &str) -> String {
    let mut schema = schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.insert(
        "$id".to_owned(),
        format!("https://schemas.kore-usage.example/{name}/1").into(),
    );
    format!("{:#}\n", schema.to_value())
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

impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
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

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An instant: date, T, time to the second, up to nine fractional digits, and Z or an offset.",
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$",
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
            "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string" }],
        })
    }
}

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
            "anyOf": [
                { "type": "array", "items": entry },
                entry,
                { "type": "null" },
            ],
        })
    }
}
