//! Words and figures of messages.

use chrono::TimeDelta;
pub(crate) use usage_model::rfc3339 as instant;
use usage_model::{CountryUsage, Counts, Kind, NodePath, Usage};

/// Characters of a foreign text that a message repeats; a SID has 34.
const LONGEST: usize = 64;

/// A foreign text, cut where it is long: a message must stay readable whatever the input holds.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A number and its noun, which takes an `s` where the number is not 1.
pub(crate) fn number(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// Returns the first `most` of some texts in a row, and how many more there are.
pub(crate) fn listed(texts: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let more = texts.len().saturating_sub(most);
    let shown = texts.take(most).collect::<Vec<_>>().join(", ");
    match more {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A figure with its digits in groups of three.
pub(crate) fn grouped(figure: impl Into<u128>) -> String {
    let digits = figure.into().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Returns an amount of data in the largest unit that it reaches, rounded to one decimal place.
pub(crate) fn bytes(bytes: u128) -> String {
    if bytes < 1_000 {
        return match bytes {
            1 => "1 byte".to_owned(),
            bytes => format!("{bytes} bytes"),
        };
    }
    let mut tenth = 100;
    let mut units = ["kB", "MB", "GB", "TB", "PB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    let rounded = |tenth: u128| bytes.saturating_add(tenth / 2) / tenth;
    for larger in units {
        if rounded(tenth) < 10_000 {
            break;
        }
        tenth *= 1_000;
        unit = larger;
    }
    let tenths = rounded(tenth);
    format!("{}.{} {unit}", grouped(tenths / 10), tenths % 10)
}

/// An amount of data in a readable unit, and its exact bytes where the unit hides some.
pub(crate) fn exact_bytes(exact: u128) -> String {
    if exact < 1_000 {
        bytes(exact)
    } else {
        format!("{} ({} bytes)", bytes(exact), grouped(exact))
    }
}

/// `more` or `less`, and by how much. A large difference of bytes is told in a readable unit too.
pub(crate) fn difference(expected: u128, actual: u128, is_bytes: bool) -> String {
    let difference = actual.abs_diff(expected);
    let amount = if is_bytes && difference >= 1_000 {
        exact_bytes(difference)
    } else {
        difference.to_string()
    };
    let side = if actual < expected { "less" } else { "more" };
    format!("{amount} {side} than")
}

/// Returns a length of time in the largest unit of which it has no fraction.
pub(crate) fn duration(length: TimeDelta) -> String {
    let nanos = length.subsec_nanos();
    if nanos != 0 {
        let milliseconds = length.num_milliseconds();
        let units = [
            (1_000_000, Some(milliseconds), "ms"),
            (1_000, length.num_microseconds(), "µs"),
            (1, length.num_nanoseconds(), "ns"),
        ];
        let exact = units.into_iter().find(|(unit, ..)| nanos % unit == 0);
        // A length of centuries does not fit the smaller units, and needs none of them.
        let (count, unit) = exact
            .and_then(|(_, count, unit)| Some((count?, unit)))
            .unwrap_or((milliseconds, "ms"));
        return format!("{count} {unit}");
    }
    let seconds = length.num_seconds().unsigned_abs();
    for (unit, noun) in [(86_400, "day"), (3_600, "hour"), (60, "minute")] {
        if seconds.is_multiple_of(unit) {
            return number(seconds / unit, noun);
        }
    }
    number(seconds, "second")
}

/// A number of periods of one length: days, hours, or periods of some other length.
pub(crate) fn periods(count: i64, length: TimeDelta) -> String {
    let count = count.unsigned_abs();
    match length.num_seconds() {
        86_400 => number(count, "day"),
        3_600 => number(count, "hour"),
        _ => format!("{} of {}", number(count, "period"), duration(length)),
    }
}

/// The name of a node in a sentence: its path with dots, and its country.
pub(crate) fn node<C: Counts>(tree: &Usage<C>, path: NodePath) -> String {
    let kind = C::KIND;
    let entries = tree.international_roaming.entries();
    match path {
        NodePath::Top => kind.to_string(),
        NodePath::Home => format!("{kind}.home"),
        NodePath::National => format!("{kind}.national_roaming"),
        NodePath::International(index) => entry(kind, &format!("[{index}]"), entries.get(index)),
        NodePath::InternationalSingle => entry(kind, "", entries.first()),
    }
}

fn entry<C: Counts>(kind: Kind, index: &str, entry: Option<&CountryUsage<C>>) -> String {
    let code = entry
        .and_then(|entry| entry.country_code.value())
        .and_then(|code| code.known());
    match code {
        Some(code) => format!("{kind}.international_roaming{index} ({code})"),
        None => format!("{kind}.international_roaming{index}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"ä".repeat(64)), "ä".repeat(64));
        assert_eq!(shortened(&"ä".repeat(65)), format!("{}…", "ä".repeat(64)));
    }

    #[test]
    fn numbers_take_their_noun_and_are_grouped() {
        let numbers = [0, 1, 2, 999, 1_000, 1_234_567].map(|count| number(count, "page"));
        assert_eq!(
            numbers,
            [
                "0 pages",
                "1 page",
                "2 pages",
                "999 pages",
                "1 000 pages",
                "1 234 567 pages"
            ]
        );
    }

    #[test]
    fn only_the_first_texts_are_listed() {
        let texts = |number: u32| (0..number).map(|text| text.to_string()).collect::<Vec<_>>();
        let listed = |number| listed(texts(number).into_iter(), 2);
        assert_eq!(
            [0, 1, 2, 3].map(listed),
            ["", "0", "0, 1", "0, 1 and 1 more"]
        );
    }

    #[test]
    fn bytes_are_rounded_to_a_tenth_of_their_unit() {
        for (exact, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (1_049, "1.0 kB"),
            (1_050, "1.1 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (1_500_000, "1.5 MB"),
            (1_234_567_890_123_456_789, "1 234.6 PB"),
        ] {
            assert_eq!(bytes(exact), text, "{exact}");
        }
        assert_eq!(exact_bytes(999), "999 bytes");
        assert_eq!(exact_bytes(1_500_000), "1.5 MB (1 500 000 bytes)");
        assert!(bytes(u128::MAX).ends_with(" PB"));
    }
    #[test]
    fn differences_of_bytes_are_readable_and_exact() {
        assert_eq!(difference(15, 20, true), "5 more than");
        assert_eq!(difference(20, 15, false), "5 less than");
        assert_eq!(difference(0, 1_500_000, false), "1500000 more than");
        assert_eq!(
            difference(1_500_000, 0, true),
            "1.5 MB (1 500 000 bytes) less than"
        );
    }

    #[test]
    fn durations_are_in_whole_units() {
        for (seconds, text) in [
            (86_400, "1 day"),
            (90_000, "25 hours"),
            (5_400, "90 minutes"),
            (61, "61 seconds"),
        ] {
            assert_eq!(duration(TimeDelta::seconds(seconds)), text);
        }
        assert_eq!(duration(TimeDelta::milliseconds(1_500)), "1500 ms");
        assert_eq!(duration(TimeDelta::microseconds(250)), "250 µs");
        assert_eq!(duration(TimeDelta::nanoseconds(1_000_001)), "1000001 ns");
    }

    #[test]
    fn periods_are_days_hours_or_of_their_length() {
        assert_eq!(periods(1, TimeDelta::days(1)), "1 day");
        assert_eq!(periods(24, TimeDelta::hours(1)), "24 hours");
        assert_eq!(periods(2, TimeDelta::days(91)), "2 periods of 91 days");
    }
}
