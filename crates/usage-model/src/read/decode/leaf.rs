//! Values without members: how each is read from a JSON number, string or raw text.
#![expect(
    clippy::inline_always,
    reason = "a call for each value would cost more than most values do"
)]

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde_json::value::RawValue;

use crate::{Amount, Count, Field, Lenient, MetaNumber, Timestamp, record::parse_timestamp};

use super::values::{self, Day, Known};

/// A value without members.
pub(crate) trait Leaf: Sized {
    /// What stands here in a well-formed document, in words.
    const EXPECTED: &'static str;

    /// Whether the value has to be read from its text, because a parsed number would lose digits.
    const FROM_RAW: bool = false;

    fn from_u64(_: u64) -> Option<Self> {
        None
    }

    fn from_text(_: &str) -> Option<Self> {
        None
    }

    fn from_raw(_: &str) -> Option<Self> {
        None
    }

    /// Reads the value that a text starts with where it is in its usual form; gives the text after it.
    fn fast<'a>(_: &mut Field<Self>, _: &'a [u8], _: &mut Day) -> Option<&'a [u8]> {
        None
    }

    /// What was expected, more precisely than [`Leaf::EXPECTED`], where this text was refused.
    fn expected_for(_text: &str) -> String {
        Self::EXPECTED.to_owned()
    }
}

impl Leaf for Count {
    const EXPECTED: &'static str = "a whole number from 0 to 9223372036854775807, or null";

    fn from_u64(value: u64) -> Option<Self> {
        Self::new(value)
    }

    #[inline(always)]
    fn fast<'a>(slot: &mut Field<Self>, text: &'a [u8], _: &mut Day) -> Option<&'a [u8]> {
        values::count(slot, text)
    }
}

impl Leaf for Timestamp {
    const EXPECTED: &'static str = "a timestamp such as 2026-03-05T00:00:00Z";

    fn from_text(text: &str) -> Option<Self> {
        parse_timestamp(text.as_bytes()).ok()
    }

    fn expected_for(text: &str) -> String {
        match parse_timestamp(text.as_bytes()) {
            Err(problem) => format!("{} ({problem})", Self::EXPECTED),
            Ok(_) => Self::EXPECTED.to_owned(),
        }
    }

    #[inline(always)]
    fn fast<'a>(slot: &mut Field<Self>, text: &'a [u8], day: &mut Day) -> Option<&'a [u8]> {
        values::timestamp(slot, text, day)
    }
}

impl Leaf for Amount {
    const EXPECTED: &'static str = "a number, or null";
    const FROM_RAW: bool = true;

    fn from_raw(text: &str) -> Option<Self> {
        Self::from_json(text)
    }

    #[inline(always)]
    fn fast<'a>(slot: &mut Field<Self>, text: &'a [u8], _: &mut Day) -> Option<&'a [u8]> {
        let (amount, rest) = values::decimal(text)?;
        // To put a whole value in the place of another would drop that first, for each amount.
        match slot.value_mut().and_then(Self::plain_mut) {
            Some(before) => *before = amount,
            None => *slot = Field::Value(amount.into()),
        }
        Some(rest)
    }
}

impl<T: FromStr + Known> Leaf for Lenient<T> {
    const EXPECTED: &'static str = "a string, or null";

    fn from_text(text: &str) -> Option<Self> {
        Some(Self::from_text(text))
    }

    #[inline(always)]
    fn fast<'a>(slot: &mut Field<Self>, text: &'a [u8], _: &mut Day) -> Option<&'a [u8]> {
        T::fast(slot, text)
    }
}

impl Leaf for String {
    const EXPECTED: &'static str = "a string, or null";

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Leaf for MetaNumber {
    const EXPECTED: &'static str = "a whole number from 0, as a number or a string, or null";

    fn from_u64(value: u64) -> Option<Self> {
        Some(Self::Number(value))
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(Self::Text(text.into()))
    }
}

/// Reads one leaf from its JSON text.
pub(super) fn read_leaf<T: Leaf>(slot: &mut Field<T>, json: &str) -> serde_json::Result<()> {
    LeafSeed(slot).deserialize(&mut serde_json::Deserializer::from_str(json))
}

/// Reads one leaf into its slot.
struct LeafSeed<'a, T>(&'a mut Field<T>);

impl<'de, T: Leaf> DeserializeSeed<'de> for LeafSeed<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 =
            if T::FROM_RAW {
                let raw: &'de RawValue = serde::Deserialize::deserialize(deserializer)?;
                match raw.get() {
                    "null" => Field::Null,
                    text => Field::Value(T::from_raw(text).ok_or_else(|| {
                        D::Error::custom(format_args!("expected {}", T::EXPECTED))
                    })?),
                }
            } else {
                deserializer.deserialize_any(LeafVisitor(PhantomData))?
            };
        Ok(())
    }
}

struct LeafVisitor<T>(PhantomData<T>);

impl<'de, T: Leaf> Visitor<'de> for LeafVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<Field<T>, E> {
        Ok(Field::Null)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Field<T>, E> {
        T::from_u64(value)
            .map(Field::Value)
            .ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Field<T>, E> {
        T::from_text(text)
            .map(Field::Value)
            .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Field<T>, A::Error> {
        Err(A::Error::invalid_type(Unexpected::Map, &self))
    }
}
