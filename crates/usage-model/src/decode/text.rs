//! JSON values at the start of a text, and places in a text.

use serde::Deserialize;

/// What stands at the start of a text.
#[derive(Debug)]
pub(crate) enum Outcome<T> {
    /// A value, and how many bytes it takes.
    Value(T, usize),
    /// The beginning of a value: all of the text fits, and more is needed.
    Incomplete,
    /// Not a value of that type.
    Wrong(serde_json::Error),
}

/// Reads one JSON value from the start of a text; what follows it is not looked at.
pub(crate) fn value_prefix<'de, T: Deserialize<'de>>(text: &'de str) -> Outcome<T> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter();
    match stream.next() {
        Some(Ok(value)) => Outcome::Value(value, stream.byte_offset()),
        Some(Err(error)) if error.is_eof() || is_cut_number(text, &error) => Outcome::Incomplete,
        Some(Err(error)) => Outcome::Wrong(error),
        None => Outcome::Incomplete,
    }
}

/// Whether the text ends within a number, which the parser takes for a wrong one where it only skips it.
fn is_cut_number(text: &str, error: &serde_json::Error) -> bool {
    text.ends_with(['.', 'e', 'E', '+', '-'])
        && error.is_syntax()
        && error_offset(text, error) + 1 >= text.len()
        && error.to_string().starts_with("invalid number")
}

/// How many lines end within these bytes.
pub(crate) fn newlines(bytes: &[u8]) -> u64 {
    u64::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u64::MAX)
}

/// The offset in `text` of the point that an error of the parser names.
pub(crate) fn error_offset(text: &str, error: &serde_json::Error) -> usize {
    let line_start = match error.line() {
        0 | 1 => 0,
        line => text
            .match_indices('\n')
            .nth(line - 2)
            .map_or(text.len(), |(newline, _)| newline + 1),
    };
    // Where that byte is a line feed, the parser has gone on to the line after it.
    if error.column() == 0 {
        return line_start.saturating_sub(1).min(text.len());
    }
    // The parser counts the byte it stopped at, so its column is one more than the bytes before it. Only
    // for a control character in a string it counts the bytes before that.
    let column = error.column();
    let in_string = error.to_string().starts_with("control character");
    let before = if in_string {
        column
    } else {
        column.saturating_sub(1)
    };
    (line_start + before).min(text.len())
}
