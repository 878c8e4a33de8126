//! Words and figures of messages.

use chrono::{DateTime, SecondsFormat, Utc};
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

/// An instant in UTC, with as many fractional digits as it needs.
pub(crate) fn instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The figure `actual − expected` with its sign.
pub(crate) fn delta(expected: u128, actual: u128) -> String {
    if actual < expected {
        format!("-{}", expected - actual)
    } else {
        (actual - expected).to_string()
    }
}

/// `more` or `less`, and by how much.
pub(crate) fn difference(expected: u128, actual: u128) -> String {
    if actual < expected {
        format!("{} less than", expected - actual)
    } else {
        format!("{} more than", actual - expected)
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
    fn deltas_carry_their_sign() {
        assert_eq!(delta(5, 5), "0");
        assert_eq!(delta(5, 7), "2");
        assert_eq!(delta(u128::MAX, 0), format!("-{}", u128::MAX));
    }
}
