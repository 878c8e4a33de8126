//! How what stands in the input is put into words.

use crate::{LooksLike, MalformedDocument, MalformedRecord, Place, Position};

use super::decode::Problem;

/// The record that has a problem, with its text. `position` is where the problem is.
pub(super) fn malformed(
    place: Place,
    position: Position,
    problem: Problem,
    raw: &[u8],
) -> MalformedRecord {
    MalformedRecord {
        place,
        pointer: problem.pointer,
        found: problem.found,
        expected: problem.expected,
        position,
        raw: String::from_utf8_lossy(raw).into(),
    }
}

/// An input of which this is the first that could not be read, and no other part could.
pub(super) fn document(first: &MalformedRecord) -> MalformedDocument {
    let at = match first.pointer.as_str() {
        "" => String::new(),
        pointer => format!("{pointer}: "),
    };
    MalformedDocument {
        position: first.position,
        reason: format!("{at}found {}, expected {}", first.found, first.expected),
        looks_like: LooksLike::by_line(first.raw.lines().next().unwrap_or_default()),
    }
}

/// An input of another kind.
pub(super) fn of_kind(kind: LooksLike) -> MalformedDocument {
    MalformedDocument {
        position: Position::START,
        reason: "expected a page, a list of records or a record".to_owned(),
        looks_like: Some(kind),
    }
}
