//! Which forms are read at once, and which are left to the plain reading.

use std::str::FromStr;

use super::*;
use crate::{Amount, read::decode::leaf::Leaf};

/// What stands after a value in a record. Values are read eight bytes at a time, so that text has to follow.
const AFTER: &str = r#","international_roaming":[]}}"#;

/// Reads a text in place of what stood in the slot; says whether it is read here.
fn read<T: Leaf>(slot: &mut Field<T>, text: &str, day: &mut Day) -> bool {
    let all = format!("{text}{AFTER}");
    let after = T::fast(slot, all.as_bytes(), day);
    assert!(
        after.is_none_or(|after| after == AFTER.as_bytes()),
        "{text}"
    );
    after.is_some()
}

/// The value that a text is read as.
fn value<T: Leaf + ToString>(text: &str) -> Option<String> {
    let (mut slot, mut day) = (Field::<T>::Absent, Day::FIRST);
    let is_read = read(&mut slot, text, &mut day);
    is_read.then(|| slot.value().unwrap().to_string())
}

#[test]
fn whole_numbers_of_up_to_15_digits_are_read() {
    for digits in 1..=15 {
        for most in ["987654321098765", "999999999999999", "100000000000000"] {
            let text = &most[..digits];
            assert_eq!(value::<Count>(text).as_deref(), Some(text));
        }
    }
    assert_eq!(value::<Count>("0").as_deref(), Some("0"));
}

#[test]
fn a_number_ends_at_whatever_is_no_digit() {
    for after in [b',', b'}', b']', b' ', b'\n', b'/', b':', 0, 0xff] {
        for text in ["7", "1234567", "12345678", "123456789012345"] {
            let mut bytes = text.as_bytes().to_vec();
            bytes.resize(24, after);
            let mut slot = Field::Absent;
            assert_eq!(count(&mut slot, &bytes), bytes.get(text.len()..), "{text}");
            assert_eq!(
                slot,
                Field::Value(Count::new(text.parse().unwrap()).unwrap())
            );
        }
    }
}

#[test]
fn other_numbers_are_left_to_the_plain_reading() {
    for text in [
        "",
        "-1",
        "00",
        "01",
        "0123456",
        "01234567",
        "012345678",
        "1234567890123456",
        "null",
        "\"1\"",
    ] {
        assert_eq!(value::<Count>(text), None, "{text}");
    }
    // More digits may follow.
    assert_eq!(count(&mut Field::Absent, b"1"), None);
}

#[test]
fn decimals_of_up_to_seven_characters_are_read_with_their_digits() {
    for text in [
        "0", "7", "1234567", "0.5", "0.10", "12.34", "1.00000", "12345.6", "0.00001", "99999.9",
    ] {
        assert_eq!(value::<Amount>(text).as_deref(), Some(text));
    }
}

#[test]
fn other_decimals_are_left_to_the_plain_reading() {
    for text in [
        "", "-1", "00", "01", "01.5", ".5", "1.", "1.5.5", "1.5e1", "1e5", "1E5", "1.5E1",
        "12345678", "12345.67", "1.x", "null",
    ] {
        assert_eq!(value::<Amount>(text), None, "{text}");
    }
}

#[test]
fn times_of_a_day_are_read_whatever_day_was_read_before() {
    let (mut slot, mut day) = (Field::<Timestamp>::Absent, Day::FIRST);
    for text in [
        "2026-03-05T00:00:00Z",
        "2026-03-05T23:59:59Z",
        "2024-02-29T09:08:07Z",
        "2026-03-05T10:20:30Z",
        "2026-03-05T00:00:00.5+01:00",
        "0001-01-01t00:00:00z",
    ] {
        assert!(read(&mut slot, &format!("\"{text}\""), &mut day), "{text}");
        assert_eq!(slot, Field::Value(text.parse().unwrap()));
    }
}

#[test]
fn what_is_no_time_of_a_day_is_left_to_the_plain_reading() {
    for text in [
        "2026-03-05T24:00:00Z",
        "2026-03-05T00:60:00Z",
        "2026-03-05T00:00:61Z",
        "2026-03-05T0:00:00Z",
        "2026-03-05T0::00:00Z",
        "2026-03-05T00:0/:00Z",
        "2026-03-05T/9:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-03-05",
    ] {
        // The day was read before, so that only the time is looked at.
        let (mut slot, mut day) = (Field::<Timestamp>::Absent, Day::FIRST);
        assert!(read(&mut slot, "\"2026-03-05T00:00:00Z\"", &mut day));
        assert!(!read(&mut slot, &format!("\"{text}\""), &mut day), "{text}");
    }
}

/// What a text is read as in place of a value that was read before.
fn known<T: Known + FromStr>(before: &str, text: &str) -> Option<Lenient<T>> {
    let (mut slot, mut day) = (Field::Absent, Day::FIRST);
    read::<Lenient<T>>(&mut slot, before, &mut day);
    let is_read = read(&mut slot, text, &mut day);
    is_read.then(|| slot.into_value().unwrap())
}

#[test]
fn codes_and_units_are_read_whatever_stood_there_before() {
    for before in ["null", "\"DEU\"", "\"CHE\""] {
        let code: Option<Lenient<CountryCode>> = known(before, "\"CHE\"");
        assert_eq!(code.unwrap().as_str(), "CHE");
        for other in ["\"che\"", "\"CH\"", "\"CHEF\"", "CHE"] {
            assert_eq!(known::<CurrencyCode>(before, other), None, "{other}");
        }
    }
    for before in ["null", "\"bytes\""] {
        assert_eq!(
            known(before, "\"bytes\""),
            Some(Lenient::Known(DataUnit::Bytes))
        );
        assert_eq!(known::<DataUnit>(before, "\"KB\""), None);
    }
}

#[test]
fn identifiers_are_read_whatever_stood_there_before() {
    let quoted = |digit: &str| format!("\"DE{}\"", digit.repeat(32));
    for before in ["null", &quoted("a"), &quoted("b")] {
        let sid: Option<Lenient<SimSid>> = known(before, &quoted("b"));
        assert_eq!(sid.unwrap().to_string(), quoted("b").trim_matches('"'));
        assert_eq!(known::<SimSid>(before, &quoted("x")), None);
        assert_eq!(known::<AccountSid>(before, &quoted("b")), None);
        assert_eq!(known::<SimSid>(before, "\"DE\""), None);
    }
}

#[test]
fn the_first_comma_or_brace_is_found_among_16_bytes() {
    for length in 0..16 {
        for mark in [b',', b'}'] {
            for fill in [b'1', b'"', b'-', b'|', b'~', b'+', 0, 0xac, 0xfd, 0xff] {
                let mut text = vec![fill; length];
                text.extend([mark, b',', b'}']);
                text.extend([b'0'; 16]);
                assert_eq!(to_separator(&text), Some(length), "{text:?}");
            }
        }
    }
    assert_eq!(to_separator(b"0123456789012345,}"), None);
    assert_eq!(to_separator(b"1,"), None);
}
