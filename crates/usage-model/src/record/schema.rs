//! How the types of a record describe themselves as JSON Schema; feature `schema`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::{Amount, Code, DataUnit, Field, Lenient, Sid, SidKind, Timestamp};

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

/// Everything of the grammar that a pattern can say; the days that a month has, and which minutes have a second 60, are left to `format`.
const TIMESTAMP: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)\
                         (\\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

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

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An amount of money, exact to 28 digits; a longer number is kept as its text.",
            "type": "number",
            "examples": [251.23, 0.0567],
        })
    }
}

/// Stands for the international share in each of its shapes; `E` is an entry of it.
pub(crate) struct International<E>(std::marker::PhantomData<E>);

impl<E: JsonSchema> JsonSchema for International<E> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("International{}", E::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let entry = generator.subschema_for::<E>();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CountryCode, CountryUsage, DataCounts};

    fn title<T: JsonSchema>() -> Option<String> {
        let schema = SchemaGenerator::default().into_root_schema_for::<T>();
        schema.get("title")?.as_str().map(str::to_owned)
    }

    #[test]
    fn a_schema_that_stands_alone_has_the_name_of_its_type() {
        for (title, name) in [
            (title::<Timestamp>(), "Timestamp"),
            (title::<Lenient<CountryCode>>(), "Code"),
            (title::<Lenient<DataUnit>>(), "DataUnit"),
            (title::<Field<Amount>>(), "Amount"),
            (
                title::<International<CountryUsage<DataCounts>>>(),
                "InternationalDataCountry",
            ),
        ] {
            assert_eq!(title.as_deref(), Some(name));
        }
    }
}
