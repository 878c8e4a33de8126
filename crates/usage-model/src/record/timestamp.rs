//! The timestamps of periods, and the grammar in which they are read.

use std::{fmt, str::FromStr};

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, Timelike, Utc,
};

/// An instant, and the spelling it came in.
///
/// The grammar is that of RFC 3339: `YYYY-MM-DDTHH:MM:SS`, then optionally `.` and 1 to 9 digits, then `Z` or an
/// offset `+HH:MM` or `-HH:MM`; `t` and `z` may be lower case. A leap second, `:60` at the end of a month in UTC,
/// is the first second of the month after it. Refused are: a date without time, a time without offset, a space in
/// place of `T`, the basic form without separators, hour 24, any other second 60, more than nine fractional
/// digits, offsets beyond ±23:59, and days that the calendar does not have.
///
/// The spelling is kept, so that a timestamp is written back as it was read. Equality includes the spelling; to
/// compare instants, compare [`Timestamp::instant`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timestamp {
    instant: DateTime<Utc>,
    offset: Offset,
    /// Fractional digits, 0 to 9.
    digits: u8,
    /// Whether the date ends with `t`.
    is_lower_t: bool,
    /// Whether the second is `60`.
    is_leap: bool,
}

/// How the offset from UTC was spelled.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Offset {
    Zulu,
    LowerZulu,
    Plus { minutes: u16 },
    Minus { minutes: u16 },
}

/// Length of `YYYY-MM-DDTHH:MM:SS`.
const SECONDS_END: usize = 19;

impl Timestamp {
    /// An instant on a whole second, spelled with `Z` and without a fraction.
    #[inline]
    pub(crate) const fn in_seconds(instant: DateTime<Utc>) -> Self {
        Self {
            instant,
            digits: 0,
            offset: Offset::Zulu,
            is_leap: false,
            is_lower_t: false,
        }
    }

    /// The first second of 1970.
    pub const UNIX_EPOCH: Self = Self::in_seconds(DateTime::UNIX_EPOCH);

    /// Returns the instant, with the precision it was written in.
    pub const fn instant(self) -> DateTime<Utc> {
        self.instant
    }
}

/// Spelled in UTC, with `Z` and as many fractional digits as the instant needs.
impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        let mut nanos = instant.timestamp_subsec_nanos();
        let mut digits = 9;
        while digits > 0 && nanos.is_multiple_of(10) {
            nanos /= 10;
            digits -= 1;
        }
        Self {
            instant,
            offset: Offset::Zulu,
            digits,
            is_lower_t: false,
            is_leap: false,
        }
    }
}

/// Returns an instant in RFC 3339, in UTC with `Z`, with no fractional digits or with 3, 6 or 9 of them.
///
/// ```
/// use usage_model::rfc3339;
///
/// assert_eq!(rfc3339("2026-06-01T02:00:00.5+02:00".parse()?), "2026-06-01T00:00:00.500Z");
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads a timestamp.
    ///
    /// ```
    /// use usage_model::Timestamp;
    ///
    /// let start: Timestamp = "2017-04-23T01:14:37.507Z".parse()?;
    /// assert_eq!(start.to_string(), "2017-04-23T01:14:37.507Z");
    /// assert!("2017-04-23".parse::<Timestamp>().is_err());
    /// # Ok::<(), usage_model::TimestampError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// For a text outside the grammar, with the part that is missing or out of range.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        parse(text.as_bytes()).map_err(|problem| TimestampError {
            text: text.into(),
            problem,
        })
    }
}

/// Reads a timestamp, or names what is wrong with it.
pub(crate) fn parse(text: &[u8]) -> Result<Timestamp, &'static str> {
    let (fixed, rest) = text
        .split_at_checked(SECONDS_END)
        .ok_or("a date, T and a time to the second")?;
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        m0,
        m1,
        b'-',
        d0,
        d1,
        t @ (b'T' | b't'),
        h0,
        h1,
        b':',
        n0,
        n1,
        b':',
        s0,
        s1,
    ] = *fixed
    else {
        return Err("the form YYYY-MM-DDTHH:MM:SS");
    };
    let century = pair(y0, y1)?;
    let date = NaiveDate::from_ymd_opt(
        i32::from(century) * 100 + i32::from(pair(y2, y3)?),
        pair(m0, m1)?.into(),
        pair(d0, d1)?.into(),
    )
    .ok_or("a day of the calendar")?;
    let (nanos, digits, rest) = fraction(rest)?;
    let second = pair(s0, s1)?;
    let is_leap = second == 60;
    let time = date
        .and_hms_nano_opt(
            pair(h0, h1)?.into(),
            pair(n0, n1)?.into(),
            if is_leap { 59 } else { second.into() },
            nanos,
        )
        .ok_or("a time from 00:00:00 to 23:59:59")?;
    let offset = offset(rest)?;
    let mut instant = time
        .checked_sub_signed(TimeDelta::minutes(offset.signed_minutes()))
        .ok_or("an instant within the calendar")?
        .and_utc();
    if is_leap {
        instant = next_month(instant).ok_or(LEAP_SECOND)?;
    }
    Ok(Timestamp {
        instant,
        offset,
        digits,
        is_lower_t: t == b't',
        is_leap,
    })
}

const LEAP_SECOND: &str = "a second from 00 to 59, or 60 at the end of a month in UTC";

/// The instant a second later, if that is in the first second of a month.
fn next_month(instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let next = instant.checked_add_signed(TimeDelta::seconds(1))?;
    let is_first = next.day() == 1 && next.num_seconds_from_midnight() == 0;
    is_first.then_some(next)
}

fn pair(tens: u8, ones: u8) -> Result<u8, &'static str> {
    match (tens, ones) {
        (b'0'..=b'9', b'0'..=b'9') => Ok((tens - b'0') * 10 + (ones - b'0')),
        _ => Err("digits"),
    }
}

/// Reads an optional fraction; gives its nanoseconds, its number of digits and what follows it.
fn fraction(rest: &[u8]) -> Result<(u32, u8, &[u8]), &'static str> {
    let Some(rest) = rest.strip_prefix(b".") else {
        return Ok((0, 0, rest));
    };
    let mut nanos = 0;
    let mut digits = 0;
    for &byte in rest.iter().take_while(|byte| byte.is_ascii_digit()) {
        if digits == 9 {
            return Err("at most nine fractional digits");
        }
        nanos = nanos * 10 + u32::from(byte - b'0');
        digits += 1;
    }
    if digits == 0 {
        return Err("digits after the point");
    }
    let nanos = nanos * 10_u32.pow(9 - u32::from(digits));
    Ok((
        nanos,
        digits,
        rest.get(usize::from(digits)..).unwrap_or_default(),
    ))
}

fn offset(rest: &[u8]) -> Result<Offset, &'static str> {
    match *rest {
        [b'Z'] => Ok(Offset::Zulu),
        [b'z'] => Ok(Offset::LowerZulu),
        [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] => {
            let (hours, minutes) = (pair(h0, h1)?, pair(m0, m1)?);
            if hours > 23 || minutes > 59 {
                return Err("an offset within 23:59");
            }
            let minutes = u16::from(hours) * 60 + u16::from(minutes);
            Ok(if sign == b'+' {
                Offset::Plus { minutes }
            } else {
                Offset::Minus { minutes }
            })
        }
        [] => Err("an offset: Z, +HH:MM or -HH:MM"),
        _ => Err("Z, +HH:MM or -HH:MM at the end"),
    }
}

impl Offset {
    fn signed_minutes(self) -> i64 {
        match self {
            Self::Zulu | Self::LowerZulu => 0,
            Self::Plus { minutes } => i64::from(minutes),
            Self::Minus { minutes } => -i64::from(minutes),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shift = TimeDelta::minutes(self.offset.signed_minutes())
            - TimeDelta::seconds(i64::from(self.is_leap));
        // Reading subtracted the same shift from a local time within the calendar.
        let local = self
            .instant
            .naive_utc()
            .checked_add_signed(shift)
            .ok_or(fmt::Error)?;
        self.write_seconds(local, f)?;
        if self.digits > 0 {
            let mut fraction = *b".000000000";
            put(&mut fraction[1..], self.instant.timestamp_subsec_nanos());
            let end = usize::from(self.digits) + 1;
            f.write_str(text(fraction.get(..end).unwrap_or(&fraction))?)?;
        }
        match self.offset {
            Offset::Zulu => f.write_str("Z"),
            Offset::LowerZulu => f.write_str("z"),
            Offset::Plus { minutes } => write!(f, "+{:02}:{:02}", minutes / 60, minutes % 60),
            Offset::Minus { minutes } => write!(f, "-{:02}:{:02}", minutes / 60, minutes % 60),
        }
    }
}

impl Timestamp {
    /// Writes `YYYY-MM-DDTHH:MM:SS`. Every record has two of these, and the formats of chrono are interpreted
    /// anew for each.
    fn write_seconds(self, local: NaiveDateTime, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(year @ 0..=9999) = u32::try_from(local.year()) else {
            return write!(f, "{}", local.format("%Y-%m-%dT%H:%M:%S"));
        };
        let mut digits = *b"0000-00-00T00:00:00";
        put(&mut digits[..4], year);
        put(&mut digits[5..7], local.month());
        put(&mut digits[8..10], local.day());
        if self.is_lower_t {
            digits[10] = b't';
        }
        put(&mut digits[11..13], local.hour());
        put(&mut digits[14..16], local.minute());
        put(&mut digits[17..], local.second() + u32::from(self.is_leap));
        f.write_str(text(&digits)?)
    }
}

/// Puts the last digits of a number in the place of others.
fn put(digits: &mut [u8], mut number: u32) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

fn text(digits: &[u8]) -> Result<&str, fmt::Error> {
    std::str::from_utf8(digits).map_err(|_| fmt::Error)
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

crate::__serde_as_text!([] Timestamp, "a timestamp");

/// A text that is not a timestamp.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a timestamp: expected {problem}")]
pub struct TimestampError {
    text: Box<str>,
    problem: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_survives() {
        for text in [
            "2017-04-23T01:14:37.507Z",
            "2017-05-19T00:00:00Z",
            "2017-05-19T00:00:00.000Z",
            "2024-02-29T23:59:59.123456789Z",
            "2024-02-29T23:59:59.10+05:30",
            "2024-02-29T00:59:59-00:00",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-23:59",
            "2017-05-19t00:00:00z",
            "2017-05-19t00:00:00.50+02:00",
            "2016-12-31T23:59:60Z",
            "2016-12-31t23:59:60.25z",
            "2017-01-01T05:29:60+05:30",
            "9999-12-31T23:59:60Z",
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn years_of_more_digits_are_those_of_chrono() {
        for days in [-1_000_000, 3_000_000] {
            let instant = DateTime::UNIX_EPOCH + TimeDelta::days(days);
            let text = instant.to_rfc3339_opts(SecondsFormat::Secs, true);
            assert_eq!(Timestamp::from(instant).to_string(), text);
        }
    }

    #[test]
    fn offsets_shift_the_instant() {
        let east: Timestamp = "2024-03-01T00:30:00+05:30".parse().unwrap();
        assert_eq!(east.instant().to_rfc3339(), "2024-02-29T19:00:00+00:00");
        let west: Timestamp = "2024-02-29T23:30:00-01:15".parse().unwrap();
        assert_eq!(west.instant().to_rfc3339(), "2024-03-01T00:45:00+00:00");
    }

    #[test]
    fn a_leap_second_is_the_next_second() {
        for (text, next) in [
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2015-06-30T16:59:60.25-07:00", "2015-07-01T00:00:00.25Z"),
        ] {
            let [text, next] = [text, next].map(|text| text.parse::<Timestamp>().unwrap());
            assert_eq!(text.instant(), next.instant());
            assert_ne!(text, next, "the spelling differs");
        }
    }

    #[test]
    fn refused_texts_name_the_problem() {
        for (text, problem) in [
            ("", "a date, T and a time to the second"),
            ("2017-04-23", "a date, T and a time to the second"),
            ("20170423T011437Z0000", "the form YYYY-MM-DDTHH:MM:SS"),
            ("2017-04-23 01:14:37Z", "the form YYYY-MM-DDTHH:MM:SS"),
            ("2017-04-23T01:14:37", "an offset: Z, +HH:MM or -HH:MM"),
            ("2017-04-23T01:14:37ZZ", "Z, +HH:MM or -HH:MM at the end"),
            ("2017-04-23T01:14:37+0100", "Z, +HH:MM or -HH:MM at the end"),
            ("2017-04-23T01:14:37+24:00", "an offset within 23:59"),
            ("2017-04-23T01:14:37+00:60", "an offset within 23:59"),
            ("2017-04-23T01:14:37.Z", "digits after the point"),
            (
                "2017-04-23T01:14:37.1234567890Z",
                "at most nine fractional digits",
            ),
            ("2017-04-23T24:00:00Z", "a time from 00:00:00 to 23:59:59"),
            ("2017-04-23T23:59:61Z", "a time from 00:00:00 to 23:59:59"),
            ("2017-04-23T23:59:60Z", LEAP_SECOND),
            ("2017-04-30T23:58:60Z", LEAP_SECOND),
            ("2017-04-30T23:59:60+01:00", LEAP_SECOND),
            ("2017-02-29T00:00:00Z", "a day of the calendar"),
            ("2017-13-01T00:00:00Z", "a day of the calendar"),
            ("2O17-01-01T00:00:00Z", "digits"),
            ("2017-01-01T00:00:00+0a:00", "digits"),
        ] {
            assert_eq!(
                text.parse::<Timestamp>().unwrap_err().problem,
                problem,
                "{text}"
            );
        }
    }

    #[test]
    fn an_instant_is_written_with_the_digits_it_needs() {
        for (nanos, text) in [
            (0, "2024-01-02T03:04:05Z"),
            (500_000_000, "2024-01-02T03:04:05.5Z"),
            (1, "2024-01-02T03:04:05.000000001Z"),
        ] {
            let instant = NaiveDate::from_ymd_opt(2024, 1, 2)
                .and_then(|day| day.and_hms_nano_opt(3, 4, 5, nanos))
                .unwrap()
                .and_utc();
            assert_eq!(Timestamp::from(instant).to_string(), text);
        }
    }
}
