//! How what stands in the input is put into words.

use serde_json::value::RawValue;

use crate::{Item, MalformedDocument, MalformedRecord, Place, decode::decode_tracked};

use super::Input;

pub(super) fn malformed(input: &Input, ahead: usize, reason: &str) -> MalformedDocument {
    MalformedDocument {
        position: input.position(ahead),
        reason: reason.to_owned(),
    }
}

pub(super) fn next_token(input: &Input) -> String {
    if input.is_not_text(0) {
        return "a byte that is not UTF-8".to_owned();
    }
    next_token_at(input.text(), 0)
}

/// What stands at a point of the text, for a message: one character, escaped where it does not print.
pub(super) fn next_token_at(text: &str, at: usize) -> String {
    let shown = |character: char| format!("{:?}", character.to_string());
    text.get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or_else(|| "the end of the input".to_owned(), shown)
}

/// Reads again a record that is valid JSON and was refused, to learn why.
pub(super) fn reread(raw: &RawValue, place: Place, input: &Input) -> Item {
    match decode_tracked(raw) {
        Ok(record) => Item::Record(place, record),
        Err(problem) => Item::Malformed(MalformedRecord {
            place,
            pointer: problem.pointer,
            found: problem.found,
            expected: problem.expected,
            position: input.position(problem.offset),
            raw: raw.get().into(),
        }),
    }
}

/// A record that is not even JSON, on a line of its own.
pub(super) fn broken(line: &str, at: usize, place: Place, input: &Input) -> Item {
    // Where the line breaks off, the parser may have read on in the next one.
    let at = at.min(line.len());
    let found = if at == line.len() {
        "the end of the line".to_owned()
    } else if input.is_not_text(at) {
        "a byte that is not UTF-8".to_owned()
    } else {
        next_token_at(line, at)
    };
    Item::Malformed(MalformedRecord {
        place,
        pointer: String::new(),
        found,
        expected: "valid JSON".to_owned(),
        position: input.position(at),
        raw: line
            .char_indices()
            .map(|(at, character)| match character {
                _ if input.is_not_text(at) => char::REPLACEMENT_CHARACTER,
                character => character,
            })
            .collect(),
    })
}
