//! Lengths of time as they are typed.

use std::time::Duration;

/// The units of a length of time and their seconds.
const UNITS: [(&str, u64); 4] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];

/// How lengths of time are typed.
pub(crate) const EXPECTED: &str = "a length of time like 90s, 30m, 48h or 7d";

/// Reads a whole number and its unit.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let (unit, seconds) = UNITS.into_iter().find(|(unit, _)| text.ends_with(unit))?;
    let number = text.strip_suffix(unit)?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// Writes a length of time in the largest unit that it is a whole number of.
pub(crate) fn write(span: Duration) -> String {
    let seconds = span.as_secs();
    let (unit, size) = UNITS
        .into_iter()
        .rev()
        .find(|(_, size)| seconds.is_multiple_of(*size))
        .unwrap_or(("s", 1));
    format!("{}{unit}", seconds / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_written_back() {
        for text in ["1s", "90s", "1m", "61m", "23h", "2d", "7d"] {
            assert_eq!(write(parse(text).unwrap()), text);
        }
        assert_eq!(write(parse("48h").unwrap()), "2d");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "h",
            "1",
            "-1h",
            "+1h",
            "1.5h",
            "1 h",
            "99999999999999999999d",
            "1w",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
