//! Values in their usual form, read several bytes at a time. Whatever is in another form is left to others.
#![expect(
    clippy::inline_always,
    reason = "a call for each value would cost more than most values do"
)]

use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;

use crate::{
    AccountSid, Code, Count, CountryCode, CurrencyCode, DataUnit, Field, Lenient, Sid, SidKind,
    SimSid, Timestamp, record::parse_timestamp,
};

/// A text with a documented form.
pub(crate) trait Known: Sized {
    /// Reads the string that a text starts with, where it has that form; gives the text after it.
    fn fast<'a>(slot: &mut Field<Lenient<Self>>, text: &'a [u8]) -> Option<&'a [u8]>;
}

/// A day that was read before, and its text.
#[derive(Clone, Debug)]
pub(crate) struct Day {
    text: [u8; 10],
    date: NaiveDate,
}

impl Day {
    /// The first one: any day may be, if text and date are of the same.
    pub(super) const FIRST: Self = Self {
        text: *b"1970-01-01",
        date: match NaiveDate::from_ymd_opt(1970, 1, 1) {
            Some(date) => date,
            None => NaiveDate::MIN,
        },
    };
}

/// The digit 0 in each of eight bytes.
const ZEROS: u64 = u64::from_le_bytes(*b"00000000");

/// Marks those of eight bytes that are no digits: exactly as far as the first, and as the next where that is ASCII.
/// The bytes are those of a text, each exclusive-or '0'.
#[inline(always)]
const fn others(word: u64) -> u64 {
    const TOPS: u64 = 0x8080_8080_8080_8080;
    const TO_TOP: u64 = 0x7676_7676_7676_7676;
    (word.wrapping_add(TO_TOP) | word) & TOPS
}

/// How many bits stand before the first byte that is marked. There has to be one.
#[inline(always)]
const fn before(marks: u64) -> u32 {
    marks.trailing_zeros() & 0x38
}

/// The number that up to eight digits make, the first of them in the lowest byte, shifted so that they end in the
/// highest.
#[inline(always)]
const fn number(word: u64) -> u64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    let first = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let second = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    first.wrapping_add(second) >> 32
}

/// The number of the digits in the first bits of a word, of which there may be none.
#[inline(always)]
const fn leading(word: u64, bits: u32) -> u64 {
    number((word << 8).wrapping_shl(56_u32.wrapping_sub(bits)))
}

/// Whether the first digit is 0.
#[inline(always)]
const fn is_zero(word: u64) -> bool {
    word.trailing_zeros() >= 8
}

/// How many bytes some bits are.
#[inline(always)]
fn bytes(bits: u32) -> Option<usize> {
    usize::try_from(bits / 8).ok()
}

#[inline(always)]
fn word(text: &[u8]) -> Option<u64> {
    text.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// How many bytes stand before the first comma or closing brace; `None` where there is none among the first 16.
#[inline(always)]
pub(super) fn to_separator(text: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Marks the top bit of each byte that is this one: exactly as far as the first.
    let marked = |word: u64, byte: u8| {
        let word = word ^ (ONES * u64::from(byte));
        word.wrapping_sub(ONES) & !word & (ONES << 7)
    };
    let separators = |word| u128::from(marked(word, b',') | marked(word, b'}'));
    let (first, rest) = text.split_first_chunk()?;
    let marks = separators(u64::from_le_bytes(*first)) | separators(word(rest)?) << 64;
    if marks == 0 {
        return None;
    }
    bytes(marks.trailing_zeros())
}

/// Reads a whole number of up to 15 digits.
#[inline(always)]
pub(super) fn count<'a>(slot: &mut Field<Count>, text: &'a [u8]) -> Option<&'a [u8]> {
    const POWERS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    let (first, rest) = text.split_first_chunk()?;
    let first = u64::from_le_bytes(*first) ^ ZEROS;
    let marks = others(first);
    let (value, rest) = if marks != 0 {
        let bits = before(marks);
        if bits == 0 || (is_zero(first) && bits > 8) {
            return None;
        }
        (leading(first, bits), text.get(bytes(bits)?..)?)
    } else {
        let second = word(rest)? ^ ZEROS;
        let marks = others(second);
        if marks == 0 || is_zero(first) {
            return None;
        }
        let bits = before(marks);
        let more = bytes(bits)?;
        let value = number(first).wrapping_mul(POWERS[more % 8]);
        (value.wrapping_add(leading(second, bits)), rest.get(more..)?)
    };
    *slot = Field::Value(Count::new(value)?);
    Some(rest)
}

/// Reads a decimal of up to seven characters, the point counted.
#[inline(always)]
pub(super) fn decimal(text: &[u8]) -> Option<(Decimal, &[u8])> {
    let first = word(text)? ^ ZEROS;
    let marks = others(first);
    let whole = before(marks);
    if marks == 0 || whole == 0 || (is_zero(first) && whole > 8) {
        return None;
    }
    let byte = |bits: u32| first.wrapping_shr(bits) & 0xff ^ u64::from(b'0');
    let (joined, fraction, end) = if byte(whole) == u64::from(b'.') {
        let marks = marks & marks.wrapping_sub(1);
        let end = before(marks);
        let fraction = end.wrapping_sub(whole).wrapping_sub(8);
        if marks == 0 || fraction == 0 {
            return None;
        }
        // The digits after the point take its place.
        let kept = 1_u64.wrapping_shl(whole).wrapping_sub(1);
        ((first & kept) | ((first >> 8) & !kept), fraction, end)
    } else {
        (first, 0, whole)
    };
    if matches!(byte(end), 0x2e | 0x45 | 0x65) {
        return None;
    }
    let value = u32::try_from(leading(joined, whole.wrapping_add(fraction))).ok()?;
    let decimal = Decimal::from_parts(value, 0, 0, false, (fraction / 8) % 8);
    Some((decimal, text.get(bytes(end)?..)?))
}

/// Reads three capital letters; most often they are those of the record before.
#[inline(always)]
fn code<'a, K>(slot: &mut Field<Lenient<Code<K>>>, text: &'a [u8]) -> Option<&'a [u8]> {
    let ([b'"', letters @ .., b'"'], rest) = text.split_first_chunk::<5>()? else {
        return None;
    };
    if let Field::Value(Lenient::Known(before)) = slot
        && before.as_bytes() == letters
    {
        return Some(rest);
    }
    *slot = Field::Value(Lenient::Known(Code::from_letters(*letters)?));
    Some(rest)
}

impl Known for CountryCode {
    #[inline(always)]
    fn fast<'a>(slot: &mut Field<Lenient<Self>>, text: &'a [u8]) -> Option<&'a [u8]> {
        code(slot, text)
    }
}

impl Known for CurrencyCode {
    #[inline(always)]
    fn fast<'a>(slot: &mut Field<Lenient<Self>>, text: &'a [u8]) -> Option<&'a [u8]> {
        code(slot, text)
    }
}

impl Known for DataUnit {
    #[inline(always)]
    fn fast<'a>(slot: &mut Field<Lenient<Self>>, text: &'a [u8]) -> Option<&'a [u8]> {
        const BYTES: &[u8; 7] = b"\"bytes\"";
        let rest = text.strip_prefix(BYTES)?;
        if !matches!(slot, Field::Value(Lenient::Known(Self::Bytes))) {
            *slot = Field::Value(Lenient::Known(Self::Bytes));
        }
        Some(rest)
    }
}

/// Reads an identifier; most often it is that of the record before.
#[inline(always)]
fn sid<'a, K: SidKind>(slot: &mut Field<Lenient<Sid<K>>>, text: &'a [u8]) -> Option<&'a [u8]> {
    let ([b'"', sid @ .., b'"'], rest) = text.split_first_chunk::<36>()? else {
        return None;
    };
    if let Field::Value(Lenient::Known(before)) = slot
        && before.as_bytes() == sid
    {
        return Some(rest);
    }
    let sid = std::str::from_utf8(sid).ok()?.parse().ok()?;
    *slot = Field::Value(Lenient::Known(sid));
    Some(rest)
}

impl Known for AccountSid {
    #[inline(always)]
    fn fast<'a>(slot: &mut Field<Lenient<Self>>, text: &'a [u8]) -> Option<&'a [u8]> {
        sid(slot, text)
    }
}

impl Known for SimSid {
    #[inline(always)]
    fn fast<'a>(slot: &mut Field<Lenient<Self>>, text: &'a [u8]) -> Option<&'a [u8]> {
        sid(slot, text)
    }
}

/// Reads a timestamp to the second in UTC, such as most are, or another one without escapes.
#[inline(always)]
pub(super) fn timestamp<'a>(
    slot: &mut Field<Timestamp>,
    text: &'a [u8],
    day: &mut Day,
) -> Option<&'a [u8]> {
    let ([b'"', stamp @ .., b'"'], rest) = text.split_first_chunk::<22>()? else {
        return other_timestamp(slot, text);
    };
    let [date @ .., b'T', h1, h0, b':', m1, m0, b':', s1, s0, b'Z'] = stamp else {
        return other_timestamp(slot, text);
    };
    if day.text != *date {
        let mut midnight = *stamp;
        midnight[date.len()..].copy_from_slice(b"T00:00:00Z");
        day.date = parse_timestamp(&midnight).ok()?.instant().date_naive();
        day.text = *date;
    }
    let time = NaiveTime::from_hms_opt(pair(*h1, *h0)?, pair(*m1, *m0)?, pair(*s1, *s0)?)?;
    *slot = Field::Value(Timestamp::in_seconds(day.date.and_time(time).and_utc()));
    Some(rest)
}

#[inline(never)]
fn other_timestamp<'a>(slot: &mut Field<Timestamp>, text: &'a [u8]) -> Option<&'a [u8]> {
    let stamp = text.strip_prefix(b"\"")?;
    let (stamp, rest) = stamp.split_at_checked(memchr::memchr(b'"', stamp)?)?;
    *slot = Field::Value(parse_timestamp(stamp).ok()?);
    rest.get(1..)
}

#[inline(always)]
fn pair(tens: u8, ones: u8) -> Option<u32> {
    let are_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    are_digits.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

#[cfg(test)]
mod tests;
