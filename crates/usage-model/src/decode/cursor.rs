//! The tokens of a JSON text, as records have them.

use serde_json::value::RawValue;

use super::text::{Outcome, value_prefix};

/// Why reading went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The text ends, and all of it may start a record.
    Incomplete,
    /// Something that is wrong, or too rare to be read in haste.
    Unusual,
}

type Result<T> = std::result::Result<T, Stop>;

/// A number of at most 19 digits, without sign and exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// Its digits, read as one whole number.
    pub(crate) digits: u64,
    /// How many of them stand after the point.
    pub(crate) scale: u32,
}

/// Most digits that a `u64` holds whatever they are.
const MOST_DIGITS: usize = 19;

/// A place in a text.
///
/// What it passes over is valid JSON; it stops at more than what is invalid, at escapes for instance.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// How many bytes lie behind.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The byte that the next token starts with.
    #[inline]
    pub(super) fn next(&mut self) -> Result<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(&byte) => return Ok(byte),
                None => return Err(Stop::Incomplete),
            }
        }
    }

    /// Passes this byte, if it is what comes next.
    #[inline]
    pub(super) fn passes(&mut self, wanted: u8) -> Result<bool> {
        let found = self.next()? == wanted;
        self.at += usize::from(found);
        Ok(found)
    }

    /// Passes this byte, which has to come next.
    #[inline]
    pub(super) fn expect(&mut self, wanted: u8) -> Result<()> {
        if self.passes(wanted)? {
            Ok(())
        } else {
            Err(Stop::Unusual)
        }
    }

    /// Passes what stands after a member or an element: the end of them, or a comma.
    #[inline]
    pub(super) fn closes(&mut self, end: u8) -> Result<bool> {
        if self.passes(b',')? {
            return Ok(false);
        }
        self.expect(end).map(|()| true)
    }

    /// Passes `null`.
    pub(super) fn null(&mut self) -> Result<()> {
        const NULL: &[u8] = b"null";
        self.next()?;
        let rest = self.rest();
        if rest.starts_with(NULL) {
            self.at += NULL.len();
            Ok(())
        } else if NULL.starts_with(rest) {
            Err(Stop::Incomplete)
        } else {
            Err(Stop::Unusual)
        }
    }

    /// Passes a string without escapes, and gives what is between its quotes.
    #[inline]
    pub(super) fn string(&mut self) -> Result<&'a str> {
        self.expect(b'"')?;
        let start = self.at;
        let length = plain_length(self.rest());
        let end = start + length;
        match self.text.as_bytes().get(end) {
            Some(b'"') => {}
            Some(_) => return Err(Stop::Unusual),
            None => return Err(Stop::Incomplete),
        }
        self.at = end + 1;
        self.text.get(start..end).ok_or(Stop::Unusual)
    }

    /// Passes a number without sign and exponent.
    #[inline]
    pub(super) fn number(&mut self) -> Result<Number> {
        let rest = self.rest();
        let mut digits = 0;
        let whole = take_digits(rest, &mut digits);
        let leading_zero = whole > 1 && rest.first() == Some(&b'0');
        let mut length = whole;
        let mut fraction = 0;
        if rest.get(whole) == Some(&b'.') {
            let after = rest.get(whole + 1..).unwrap_or_default();
            fraction = take_digits(after, &mut digits);
            length = whole + 1 + fraction;
        }
        if leading_zero || whole + fraction > MOST_DIGITS {
            return Err(Stop::Unusual);
        }
        let end = rest.get(length).ok_or(Stop::Incomplete)?;
        let unfinished = whole == 0 || (length > whole && fraction == 0);
        if unfinished || matches!(end, b'e' | b'E') {
            return Err(Stop::Unusual);
        }
        self.at += length;
        Ok(Number {
            digits,
            scale: u32::try_from(fraction).map_err(|_| Stop::Unusual)?,
        })
    }

    /// Passes a value of any kind, and gives its text.
    pub(super) fn raw(&mut self) -> Result<&'a RawValue> {
        self.next()?;
        let rest = self.text.get(self.at..).unwrap_or_default();
        match value_prefix::<&RawValue>(rest) {
            Outcome::Value(raw, length) => {
                self.at += length;
                Ok(raw)
            }
            Outcome::Incomplete => Err(Stop::Incomplete),
            Outcome::Wrong(_) => Err(Stop::Unusual),
        }
    }
}

/// How many digits the bytes start with; they are written behind those that `number` has.
#[inline]
fn take_digits(bytes: &[u8], number: &mut u64) -> usize {
    let mut length = 0;
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        *number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        length += 1;
    }
    length
}

/// How many bytes stand before the first quote, backslash or control character.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    let mut rest = bytes;
    while let Some((chunk, after)) = rest.split_first_chunk::<8>() {
        let special = special_bytes(u64::from_le_bytes(*chunk));
        if special != 0 {
            return length + usize::try_from(special.trailing_zeros() / 8).unwrap_or_default();
        }
        length += chunk.len();
        rest = after;
    }
    let is_special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    length + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// The top bit of each byte that is a quote, a backslash or a control character. Above the lowest such byte
/// there may be bits for others too.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES << 7;
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (below(word, 0x20) | equal(b'"') | equal(b'\\')) & TOPS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strings_end_at_their_quote_wherever_it_stands() {
        for length in 0..40 {
            for filling in ["a", "\u{7f}", "é", "€", "!", "#", "[", "]", "\u{20}"] {
                let text = filling.repeat(length);
                let json = format!("\"{text}\"\"");
                let mut cursor = Cursor::new(&json);
                assert_eq!(cursor.string(), Ok(text.as_str()));
                assert_eq!(cursor.at(), json.len() - 1);
                for special in ['\\', '\0', '\u{1f}', '\n'] {
                    let json = format!("\"{text}{special}tail\"");
                    assert_eq!(Cursor::new(&json).string(), Err(Stop::Unusual), "{json}");
                }
                let cut = format!("\"{text}");
                assert_eq!(Cursor::new(&cut).string(), Err(Stop::Incomplete), "{cut}");
            }
        }
        assert_eq!(Cursor::new("a\"").string(), Err(Stop::Unusual));
    }

    #[test]
    fn numbers_follow_the_grammar() {
        let number = |digits, scale| Ok(Number { digits, scale });
        let most = 9_999_999_999_999_999_999;
        for (text, expected, length) in [
            ("0}", number(0, 0), 1),
            ("7,", number(7, 0), 1),
            ("120 ", number(120, 0), 3),
            ("0.10,", number(10, 2), 4),
            ("12.5]", number(125, 1), 4),
            ("9999999999999999999,", number(most, 0), 19),
            ("0.999999999999999999,", number(most / 10, 18), 20),
            ("99999999999999999999,", Err(Stop::Unusual), 0),
            ("9.9999999999999999999,", Err(Stop::Unusual), 0),
            ("00,", Err(Stop::Unusual), 0),
            ("01.5,", Err(Stop::Unusual), 0),
            ("1.,", Err(Stop::Unusual), 0),
            (".5,", Err(Stop::Unusual), 0),
            ("1e2,", Err(Stop::Unusual), 0),
            ("1.5E2,", Err(Stop::Unusual), 0),
            ("x", Err(Stop::Unusual), 0),
            ("00", Err(Stop::Unusual), 0),
            ("12", Err(Stop::Incomplete), 0),
            ("12.", Err(Stop::Incomplete), 0),
            ("12.5", Err(Stop::Incomplete), 0),
        ] {
            let mut cursor = Cursor::new(text);
            assert_eq!(cursor.number(), expected, "{text}");
            assert_eq!(cursor.at(), length, "{text}");
        }
    }

    #[test]
    fn null_is_taken_whole() {
        for (text, expected, length) in [
            ("null,", Ok(()), 4),
            (" \t\r\nnull", Ok(()), 8),
            ("nul", Err(Stop::Incomplete), 0),
            ("n", Err(Stop::Incomplete), 0),
            ("", Err(Stop::Incomplete), 0),
            ("nil", Err(Stop::Unusual), 0),
            ("true", Err(Stop::Unusual), 0),
        ] {
            let mut cursor = Cursor::new(text);
            assert_eq!(cursor.null(), expected, "{text}");
            assert_eq!(cursor.at(), length, "{text}");
        }
    }

    #[test]
    fn values_of_any_kind_are_passed_whole() {
        let mut cursor = Cursor::new(r#" {"a":["\"",1e5]} , 5"#);
        assert_eq!(cursor.raw().unwrap().get(), r#"{"a":["\"",1e5]}"#);
        assert_eq!(cursor.closes(b'}'), Ok(false));
        assert_eq!(cursor.raw().unwrap().get(), "5");
        assert_eq!(Cursor::new("[1,").raw().unwrap_err(), Stop::Incomplete);
        assert_eq!(Cursor::new("[1,]").raw().unwrap_err(), Stop::Unusual);
    }

    proptest! {
        #[test]
        fn what_is_special_is_found_as_one_byte_after_another_would(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let slow = bytes
                .iter()
                .position(|byte| matches!(byte, 0..=0x1f | b'"' | b'\\'))
                .unwrap_or(bytes.len());
            prop_assert_eq!(plain_length(&bytes), slow);
        }
    }
}
