//! Whether an object that begins a document is a page or a record, before it is all there.

use serde::de::IgnoredAny;

use crate::decode::{Outcome, value_prefix};

/// What an object turns out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A page: it has `usage_records` or `meta`.
    Page,
    /// A record, or an object so broken that reading it as a record will tell where.
    Record,
    /// An object with no member of either.
    Neither,
    /// More text is needed.
    Unknown,
}

/// Looks through the members of an object for the first that decides.
pub(super) fn classify(text: &str) -> Class {
    let mut rest = text.get(1..).unwrap_or_default();
    loop {
        rest = rest.trim_start_matches(JSON_SPACE);
        if rest.is_empty() {
            return Class::Unknown;
        }
        if rest.starts_with('}') {
            return Class::Neither;
        }
        let (name, after) = match value_prefix::<String>(rest) {
            Outcome::Value(name, length) => (name, rest.get(length..).unwrap_or_default()),
            Outcome::Incomplete => return Class::Unknown,
            Outcome::Wrong(_) => return Class::Record,
        };
        match name.as_str() {
            "usage_records" | "meta" => return Class::Page,
            "account_sid" | "sim_sid" | "period" | "commands" | "data" => return Class::Record,
            _ => {}
        }
        let after = after.trim_start_matches(JSON_SPACE);
        let Some(value) = after.strip_prefix(':') else {
            return if after.is_empty() {
                Class::Unknown
            } else {
                Class::Record
            };
        };
        let after = match value_prefix::<IgnoredAny>(value) {
            Outcome::Value(_, length) => value.get(length..).unwrap_or_default(),
            Outcome::Incomplete => return Class::Unknown,
            Outcome::Wrong(_) => return Class::Record,
        };
        let after = after.trim_start_matches(JSON_SPACE);
        rest = match after.strip_prefix(',') {
            Some(next) => next,
            None if after.is_empty() => return Class::Unknown,
            None if after.starts_with('}') => return Class::Neither,
            None => return Class::Record,
        };
    }
}

/// White space as JSON defines it.
pub(super) const JSON_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];
