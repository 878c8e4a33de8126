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
    /// Reads the string that a text starts with, where it has that form; gives its length with its quotes.
    fn fast(slot: &mut Field<Lenient<Self>>, text: &[u8]) -> Option<usize>;
}

/// A day that was read before, and its text.
#[derive(Clone, Debug)]
pub(crate) struct Day {
    text: [u8; 10],
    date: NaiveDate,
}

impl Day {
    /// A day that no text has.
    pub(super) const NONE: Self = Self {
        text: [0; 10],
        date: NaiveDate::MIN,
    };
}

/// The digit 0 in each of eight bytes.
const ZEROS: u64 = u64::from_le_bytes(*b"00000000");

/// How many of eight bytes are digits, up to the first that is none. The bytes are those of a text, each exclusive-or '0'.
#[inline(always)]
fn digits(word: u64) -> u32 {
    const TOPS: u64 = 0x8080_8080_8080_8080;
    const TO_TOP: u64 = 0x7676_7676_7676_7676;
    let others = (word.wrapping_add(TO_TOP) | word) & TOPS;
    others.trailing_zeros() / 8
}

/// The number that up to eight digits make, the first of them in the lowest byte, shifted so that they end in the highest.
#[inline(always)]
const fn number(word: u64) -> u64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    let first = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let second = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    first.wrapping_add(second) >> 32
}

/// The number of the first digits of a word, at least one.
#[inline(always)]
const fn leading(word: u64, digits: u32) -> u64 {
    number(word << (64 - 8 * digits))
}

/// Whether the first digit is 0.
#[inline(always)]
const fn is_zero(word: u64) -> bool {
    word.trailing_zeros() >= 8
}

#[inline(always)]
fn word(text: &[u8]) -> Option<u64> {
    text.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Reads a whole number of up to 15 digits.
#[inline(always)]
pub(super) fn count(slot: &mut Field<Count>, text: &[u8]) -> Option<usize> {
    const POWERS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    let (first, rest) = text.split_first_chunk()?;
    let first = u64::from_le_bytes(*first) ^ ZEROS;
    let mut length = digits(first);
    if length == 0 || (is_zero(first) && length > 1) {
        return None;
    }
    let value = if length < 8 {
        leading(first, length)
    } else {
        let second = word(rest)? ^ ZEROS;
        match digits(second) {
            8 => return None,
            0 => number(first),
            more => {
                length += more;
                number(first)
                    .wrapping_mul(POWERS[usize::try_from(more).ok()? % 8])
                    .wrapping_add(leading(second, more))
            }
        }
    };
    *slot = Field::Value(Count::new(value)?);
    usize::try_from(length).ok()
}

/// Reads a decimal of up to eight characters, the point counted.
#[inline(always)]
pub(super) fn decimal(text: &[u8]) -> Option<(Decimal, usize)> {
    let first = word(text)? ^ ZEROS;
    let whole = digits(first);
    if whole == 0 || whole == 8 || (is_zero(first) && whole > 1) {
        return None;
    }
    let is_point = (first >> (8 * whole)) & 0xff == u64::from(b'.' ^ b'0');
    let (joined, all) = if is_point {
        // The digits after the point take its place; what comes in at the top is no digit.
        let before = (1_u64 << (8 * whole)) - 1;
        let joined = (first & before) | ((first >> 8) & !before) | (0xff << 56);
        let all = digits(joined);
        if all == whole || all == 7 {
            return None;
        }
        (joined, all)
    } else {
        (first, whole)
    };
    let value = u32::try_from(leading(joined, all)).ok()?;
    let length = usize::try_from(all).ok()? + usize::from(is_point);
    if matches!(text.get(length), None | Some(b'.' | b'e' | b'E')) {
        return None;
    }
    let scale = all - whole;
    Some((Decimal::from_parts(value, 0, 0, false, scale), length))
}

/// Reads three capital letters.
#[inline(always)]
fn code<K>(slot: &mut Field<Lenient<Code<K>>>, text: &[u8]) -> Option<usize> {
    let [b'"', letters @ .., b'"'] = text.first_chunk::<5>()? else {
        return None;
    };
    *slot = Field::Value(Lenient::Known(Code::from_letters(*letters)?));
    Some(5)
}

impl Known for CountryCode {
    #[inline(always)]
    fn fast(slot: &mut Field<Lenient<Self>>, text: &[u8]) -> Option<usize> {
        code(slot, text)
    }
}

impl Known for CurrencyCode {
    #[inline(always)]
    fn fast(slot: &mut Field<Lenient<Self>>, text: &[u8]) -> Option<usize> {
        code(slot, text)
    }
}

impl Known for DataUnit {
    #[inline(always)]
    fn fast(slot: &mut Field<Lenient<Self>>, text: &[u8]) -> Option<usize> {
        const BYTES: &[u8; 7] = b"\"bytes\"";
        if text.first_chunk() != Some(BYTES) {
            return None;
        }
        if !matches!(slot, Field::Value(Lenient::Known(Self::Bytes))) {
            *slot = Field::Value(Lenient::Known(Self::Bytes));
        }
        Some(BYTES.len())
    }
}

/// Reads an identifier; most often it is that of the record before.
#[inline(always)]
fn sid<K: SidKind>(slot: &mut Field<Lenient<Sid<K>>>, text: &[u8]) -> Option<usize> {
    let [b'"', sid @ .., b'"'] = text.first_chunk::<36>()? else {
        return None;
    };
    if let Field::Value(Lenient::Known(before)) = slot
        && before.as_bytes() == sid
    {
        return Some(36);
    }
    let sid = std::str::from_utf8(sid).ok()?.parse().ok()?;
    *slot = Field::Value(Lenient::Known(sid));
    Some(36)
}

impl Known for AccountSid {
    #[inline(always)]
    fn fast(slot: &mut Field<Lenient<Self>>, text: &[u8]) -> Option<usize> {
        sid(slot, text)
    }
}

impl Known for SimSid {
    #[inline(always)]
    fn fast(slot: &mut Field<Lenient<Self>>, text: &[u8]) -> Option<usize> {
        sid(slot, text)
    }
}

/// Reads a timestamp to the second in UTC, such as most are, or another one without escapes.
#[inline(always)]
pub(super) fn timestamp(slot: &mut Field<Timestamp>, text: &[u8], day: &mut Day) -> Option<usize> {
    let start = text.first_chunk::<22>()?;
    let [b'"', stamp @ .., b'"'] = start else {
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
    Some(start.len())
}

#[inline(never)]
fn other_timestamp(slot: &mut Field<Timestamp>, text: &[u8]) -> Option<usize> {
    let stamp = text.strip_prefix(b"\"")?;
    let length = memchr::memchr(b'"', stamp)?;
    *slot = Field::Value(parse_timestamp(stamp.get(..length)?).ok()?);
    Some(length + 2)
}

#[inline(always)]
fn pair(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}
