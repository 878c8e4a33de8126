//! How members of a report are written and read back: figures as decimal strings, so that no JSON reader rounds
//! them, and codes and names as those of the catalogue.

use std::{
    fmt::{self, Display},
    marker::PhantomData,
    str::FromStr,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, de};
use usage_model::Timestamp;

/// A figure as the string of its decimal digits.
pub(crate) mod decimal {
    use super::{Decimal, Deserializer, Display, FromStr};
    use serde::Serializer;

    pub(crate) fn serialize<T: Display, S: Serializer>(
        figure: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(figure)
    }

    pub(crate) fn deserialize<'de, T: FromStr + Display, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        deserializer.deserialize_str(Decimal::NEW)
    }
}

/// A figure as the string of its decimal digits; null where there is none.
pub(crate) mod optional_decimal {
    use super::{Deserializer, Display, Figure, FromStr};
    use serde::{Deserialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "serde passes a reference to the member")]
    pub(crate) fn serialize<T: Display, S: Serializer>(
        figure: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match figure {
            Some(figure) => serializer.collect_str(figure),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, T: FromStr + Display, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let figure = Option::<Figure<T>>::deserialize(deserializer)?;
        Ok(figure.map(|Figure(figure)| figure))
    }
}

/// The rules by whose codes and names a report is read back. Rules are made of findings: what they are is only known
/// above, where [`Rules`] is implemented.
pub(crate) struct Catalogue;

/// Which codes and names there are.
pub(crate) trait Rules {
    /// The code of a rule, if the text is one.
    fn code(text: &str) -> Option<&'static str>;

    /// The name of a rule, if the text is one.
    fn name(text: &str) -> Option<&'static str>;
}

/// Reads the code of a rule of the catalogue.
pub(crate) fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    deserializer.deserialize_str(OfRule(Catalogue::code))
}

/// Reads the name of a rule of the catalogue.
pub(crate) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    deserializer.deserialize_str(OfRule(Catalogue::name))
}

/// Reads a text that some rule of the catalogue has.
struct OfRule(fn(&str) -> Option<&'static str>);

impl de::Visitor<'_> for OfRule {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule that this version knows")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.0(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// A figure as it is described in a schema.
#[cfg(feature = "schema")]
pub(crate) struct DecimalText;

#[cfg(feature = "schema")]
impl schemars::JsonSchema for DecimalText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Decimal".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(0|[1-9][0-9]*)$" })
    }
}

struct Decimal<T>(PhantomData<T>);

impl<T> Decimal<T> {
    const NEW: Self = Self(PhantomData);
}

impl<T: FromStr + Display> de::Visitor<'_> for Decimal<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number as a decimal string, for instance \"15\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse()
            .ok()
            // Only the spelling that is written: no sign before a positive figure, no leading zero.
            .filter(|figure: &T| figure.to_string() == text)
            .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// An instant as an RFC 3339 string in UTC.
pub(crate) mod instant {
    use super::{DateTime, Deserializer, Timestamp, Utc};
    use serde::{Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        instant: &DateTime<Utc>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Timestamp::from(*instant).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        super::timestamp(deserializer).map(Timestamp::instant)
    }
}

/// A length of time as its nanoseconds, a decimal string; null where there is none.
pub(crate) mod optional_length {
    use super::{Deserializer, TimeDelta, optional_decimal};
    use serde::{Serializer, de::Error};

    const NANOS: i128 = 1_000_000_000;

    #[expect(clippy::ref_option, reason = "serde passes a reference to the member")]
    pub(crate) fn serialize<S: Serializer>(
        length: &Option<TimeDelta>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let nanos = |length: TimeDelta| {
            i128::from(length.num_seconds()) * NANOS + i128::from(length.subsec_nanos())
        };
        optional_decimal::serialize(&length.map(nanos), serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<TimeDelta>, D::Error> {
        let length = |nanos: i128| {
            let seconds = i64::try_from(nanos.div_euclid(NANOS)).ok()?;
            TimeDelta::new(seconds, u32::try_from(nanos.rem_euclid(NANOS)).ok()?)
        };
        match optional_decimal::deserialize::<i128, D>(deserializer)? {
            None => Ok(None),
            Some(nanos) => length(nanos)
                .map(Some)
                .ok_or_else(|| D::Error::custom("a length of time that no clock can count")),
        }
    }
}

/// A figure that is read as the string of its decimal digits.
struct Figure<T>(T);

impl<'de, T: FromStr + Display> Deserialize<'de> for Figure<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decimal::deserialize(deserializer).map(Self)
    }
}

struct Instant;

impl de::Visitor<'_> for Instant {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instant in RFC 3339, for instance \"2026-06-01T00:00:00Z\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse()
            .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// Reads an instant in RFC 3339.
pub(crate) fn timestamp<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    deserializer.deserialize_str(Instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_instant_is_answered_with_its_form() {
        let mut deserializer = serde_json::Deserializer::from_str("\"yesterday\"");
        let error = timestamp(&mut deserializer).unwrap_err().to_string();
        assert!(error.contains("expected an instant in RFC 3339"), "{error}");
    }
}
