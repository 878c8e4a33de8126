//! An amount of money, with nothing lost.

use std::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use serde_json::value::RawValue;

/// An amount of money: an exact decimal, or the text of a number that is too long for one.
///
/// A [`Decimal`] holds 28 digits. A server that takes its amounts from binary fractions sends up to 55, and such a
/// number is neither rounded nor refused: it is kept as its text. Every amount is written exactly as it was read.
///
/// Amounts are equal if their decimals are, whatever the spelling, and if their texts are where there are none.
#[derive(Clone)]
pub struct Amount(Repr);

#[derive(Clone)]
enum Repr {
    /// Written as the decimal writes itself, as nearly every amount is.
    Plain(Decimal),
    Notation(Box<Notation>),
}

#[derive(Clone)]
struct Notation {
    text: Box<str>,
    decimal: Option<Decimal>,
}

impl Amount {
    /// Returns the amount as an exact decimal; `None` if it takes more than 28 digits.
    ///
    /// ```
    /// use usage_model::Amount;
    ///
    /// let amount: Amount = "251.23".parse()?;
    /// assert_eq!(amount.decimal().map(|amount| amount.to_string()), Some("251.23".to_owned()));
    ///
    /// let long: Amount = "0.1000000000000000055511151231257827021181583404541015625".parse()?;
    /// assert_eq!(long.decimal(), None);
    /// assert_eq!(long.to_string(), "0.1000000000000000055511151231257827021181583404541015625");
    /// # Ok::<(), usage_model::AmountError>(())
    /// ```
    pub const fn decimal(&self) -> Option<Decimal> {
        match &self.0 {
            Repr::Plain(decimal) => Some(*decimal),
            Repr::Notation(notation) => notation.decimal,
        }
    }

    /// Returns the decimal if the amount has no notation of its own.
    pub(crate) fn plain_mut(&mut self) -> Option<&mut Decimal> {
        match &mut self.0 {
            Repr::Plain(decimal) => Some(decimal),
            Repr::Notation(_) => None,
        }
    }

    /// Keeps a text that a JSON parser has already found to be one value; `None` if that is no number.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return None;
        }
        let decimal = exact(text);
        Some(Self(match decimal {
            Some(decimal) if decimal.to_string() == text => Repr::Plain(decimal),
            _ => Repr::Notation(Box::new(Notation {
                text: text.into(),
                decimal,
            })),
        }))
    }
}

/// Most digits of a whole number that a decimal can hold.
const MOST_DIGITS: usize = 29;

/// Reads a JSON number exactly; `None` if a decimal cannot hold it.
fn exact(text: &str) -> Option<Decimal> {
    // This keeps zeros at the end, so that most amounts are written as they were read.
    if let Ok(decimal) = Decimal::from_str_exact(text) {
        return Some(decimal);
    }
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (sign, number) = match number.strip_prefix('-') {
        Some(number) => ("-", number),
        None => ("", number),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_end_matches('0');
    let zeros = i64::try_from(all.len() - digits.len()).ok()?;
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(Decimal::ZERO);
    }
    if digits.len() > MOST_DIGITS {
        return None;
    }
    let mantissa: i128 = format!("{sign}{digits}").parse().ok()?;
    let fraction = i64::try_from(fraction.len()).ok()?;
    let exponent = exponent.checked_add(zeros)?.checked_sub(fraction)?;
    if let Ok(exponent) = u32::try_from(exponent) {
        let factor = 10_i128.checked_pow(exponent)?;
        return Decimal::try_from_i128_with_scale(mantissa.checked_mul(factor)?, 0).ok();
    }
    let scale = u32::try_from(exponent.checked_neg()?).ok()?;
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

impl From<Decimal> for Amount {
    fn from(decimal: Decimal) -> Self {
        Self(Repr::Plain(decimal))
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads a number as JSON writes it.
    ///
    /// # Errors
    ///
    /// Fails if the text is no JSON number: with white space, a plus sign, or a point without digits on both sides.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        serde_json::from_str::<&RawValue>(text)
            .ok()
            .filter(|raw| raw.get().len() == text.len())
            .and_then(|raw| Self::from_json(raw.get()))
            .ok_or_else(|| AmountError { text: text.into() })
    }
}

/// Writes the number as it was read.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Plain(decimal) => fmt::Display::fmt(decimal, f),
            Repr::Notation(notation) => f.pad(&notation.text),
        }
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Notation(one), Repr::Notation(two)) if one.decimal.is_none() => {
                one.text == two.text
            }
            _ => self.decimal() == other.decimal(),
        }
    }
}

impl Eq for Amount {}

impl Hash for Amount {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Notation(notation) if notation.decimal.is_none() => notation.text.hash(state),
            _ => self.decimal().hash(state),
        }
    }
}

/// Written as a JSON number with all its digits, by `serde_json` only.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let write = |text: &str| {
            let raw: &RawValue = serde_json::from_str(text).map_err(S::Error::custom)?;
            raw.serialize(serializer)
        };
        match &self.0 {
            Repr::Plain(decimal) => write(&decimal.to_string()),
            Repr::Notation(notation) => write(&notation.text),
        }
    }
}

/// Read from a JSON number, by `serde_json` only: the text of the number is needed.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(raw.get())
            .ok_or_else(|| D::Error::custom(format_args!("expected a number, found {raw}")))
    }
}

/// A text that is no number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an amount: expected a number such as 251.23")]
pub struct AmountError {
    text: Box<str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn an_amount_of_up_to_28_digits_is_an_exact_decimal() {
        for (text, decimal) in [
            ("251.23", "251.23"),
            ("0", "0"),
            ("0.10", "0.10"),
            ("-3.5", "-3.5"),
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
            ("-1.50e+1", "-15"),
            ("-0", "0"),
            ("0e-99", "0"),
            ("1e-28", "0.0000000000000000000000000001"),
            ("1.0e-28", "0.0000000000000000000000000001"),
            ("1.00000000000000000000000000000000000000000", "1"),
            (
                "0.00000000000000000000000000001e1",
                "0.0000000000000000000000000001",
            ),
            (
                "79228162514264337593543950335",
                "79228162514264337593543950335",
            ),
        ] {
            let read = amount(text).decimal().map(|decimal| decimal.to_string());
            assert_eq!(read.as_deref(), Some(decimal), "{text}");
        }
    }

    #[test]
    fn a_longer_amount_is_kept_as_its_text() {
        for text in [
            "0.1000000000000000055511151231257827021181583404541015625",
            "0.12345678901234567890123456789",
            "79228162514264337593543950336",
            "1e29",
            "1e-29",
            "-1.234567890123456789012345678901e1",
            "1e2147483648",
            "1e99999999999999999999",
            "-1e-9223372036854775808",
        ] {
            assert_eq!(amount(text).decimal(), None, "{text}");
        }
    }

    #[test]
    fn every_amount_is_written_as_it_was_read() {
        for text in [
            "251.23", "0.10", "-0", "-0.0", "1.50e+1", "1E2", "1e400", "1.0e-28",
        ] {
            assert_eq!(amount(text).to_string(), text);
            assert_eq!(serde_json::to_string(&amount(text)).unwrap(), text);
            assert_eq!(
                serde_json::from_str::<Amount>(text).unwrap().to_string(),
                text
            );
        }
        let made = Amount::from(Decimal::new(500, 2));
        assert_eq!(serde_json::to_string(&made).unwrap(), "5.00");
    }

    #[test]
    fn amounts_are_equal_if_they_are_the_same_number() {
        let hash = |amount: &Amount| {
            let mut hasher = std::hash::DefaultHasher::new();
            amount.hash(&mut hasher);
            hasher.finish()
        };
        for (one, other) in [
            ("1", "1.00"),
            ("15", "1.5e1"),
            ("0", "-0"),
            ("1e99", "1e99"),
        ] {
            let (one, other) = (amount(one), amount(other));
            assert_eq!(one, other);
            assert_eq!(hash(&one), hash(&other));
        }
        for (one, other) in [
            ("1", "1.01"),
            ("1", "1e99"),
            ("1e99", "1"),
            ("1e99", "1e98"),
        ] {
            assert_ne!(amount(one), amount(other));
        }
    }

    #[test]
    fn what_is_no_number_is_no_amount() {
        for text in [
            "", "1 ", " 1", "+1", ".5", "1.", "01", "1,5", "NaN", "\"1\"", "true", "1e",
        ] {
            let error = text.parse::<Amount>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("{text:?} is not an amount")),
                "{error}"
            );
        }
        for json in ["\"1.5\"", "null", "[]"] {
            assert!(serde_json::from_str::<Amount>(json).is_err(), "{json}");
        }
    }
}
