//! Values without members: how each is read from a JSON number, string or raw text.

use std::{fmt, marker::PhantomData, str::FromStr};

use rust_decimal::Decimal;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde_json::value::RawValue;

use crate::{Count, Field, Lenient, MetaNumber, Timestamp, record::parse_timestamp};

use super::cursor::Number;

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

    fn from_number(number: Number) -> Option<Self> {
        match number.scale {
            0 => Self::from_u64(number.digits),
            _ => None,
        }
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
}

impl Leaf for Decimal {
    const EXPECTED: &'static str = "a number with at most 28 digits, or null";
    const FROM_RAW: bool = true;

    fn from_raw(text: &str) -> Option<Self> {
        decimal(text)
    }

    fn from_number(number: Number) -> Option<Self> {
        Self::try_from_i128_with_scale(number.digits.into(), number.scale).ok()
    }
}

impl<T: FromStr> Leaf for Lenient<T> {
    const EXPECTED: &'static str = "a string, or null";

    fn from_text(text: &str) -> Option<Self> {
        Some(Self::from_text(text))
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

/// Reads a JSON number exactly; `None` where a decimal of 28 digits cannot hold it.
fn decimal(text: &str) -> Option<Decimal> {
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return None;
    }
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(text).ok();
    };
    let digits = Decimal::from_str_exact(digits).ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    let scale = i32::try_from(digits.scale()).ok()?.checked_sub(exponent)?;
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(digits.mantissa(), scale).ok();
    }
    let factor = 10_i128.checked_pow(scale.unsigned_abs())?;
    Decimal::try_from_i128_with_scale(digits.mantissa().checked_mul(factor)?, 0).ok()
}

/// Reads one leaf into its slot.
pub(super) struct LeafSeed<'a, T>(pub(super) &'a mut Field<T>);

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, same) in [
            ("251.23", "251.23"),
            ("0", "0"),
            ("0.10", "0.10"),
            ("-3.5", "-3.5"),
            ("0.0567", "0.0567"),
            (
                "7922816251426433759354395033.5",
                "7922816251426433759354395033.5",
            ),
            (
                "0.1234567890123456789012345678",
                "0.1234567890123456789012345678",
            ),
            ("1e2", "100"),
            ("12.5E-3", "0.0125"),
            ("-0", "0"),
            ("-0.00", "0.00"),
            ("1e-28", "0.0000000000000000000000000001"),
        ] {
            assert_eq!(decimal(text).unwrap().to_string(), same);
        }
    }

    #[test]
    fn amounts_that_would_be_rounded_are_refused() {
        for text in [
            "0.12345678901234567890123456789",
            "79228162514264337593543950336",
            "1e29",
            "1e-29",
            "1.23456789012345678901234567890e1",
            "1e2147483648",
            "1e400",
            "true",
            "\"1\"",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
