//! Text out of bytes that may not be text.

use std::{collections::VecDeque, ops::Range};

use crate::{MAX_VALUE_BYTES, Position, decode::newlines};

/// Stands in the text for a byte that is not UTF-8: JSON allows it nowhere, so the parser stops right there.
const NOT_TEXT: char = '\u{1}';

/// How much text is looked at in one go: enough to see that a value is too large, the last character whole.
const VIEW: usize = MAX_VALUE_BYTES + 4;

/// As many runs of bytes as are remembered to be not UTF-8. Beyond, messages show the stand-in.
const MOST_NOT_TEXT: usize = 1 << 12;

/// The part of the input that is at hand, and where it stands in the whole.
#[derive(Debug, Default)]
pub(crate) struct Input {
    text: String,
    /// How much of `text` is read.
    read: usize,
    /// The last bytes, where they are the start of a character whose rest is still to come.
    partial: Vec<u8>,
    /// Where in the whole input bytes stand that are not UTF-8, runs of them together.
    not_text: VecDeque<Range<u64>>,
    /// Where the part of `text` that is not read yet starts.
    position: Cursor,
}

/// A position in the whole input, cheap to move.
#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    offset: u64,
    /// Lines ended before it.
    lines: u64,
    /// Where its line starts.
    line_start: u64,
}

impl Input {
    /// An input that is complete from the start.
    pub(crate) fn whole(bytes: &[u8]) -> Self {
        let mut input = Self::default();
        input.push(bytes);
        input.end();
        input
    }

    /// An input that goes on from a position in a larger one.
    pub(crate) fn from(position: Position) -> Self {
        Self {
            position: Cursor {
                offset: position.offset,
                lines: position.line.saturating_sub(1),
                line_start: position
                    .offset
                    .saturating_sub(position.column.saturating_sub(1)),
            },
            ..Self::default()
        }
    }

    /// Where in the whole input the text starts.
    pub(crate) fn offset(&self) -> u64 {
        self.position.offset
    }

    /// Whether all that was handed over is read.
    pub(crate) fn is_empty(&self) -> bool {
        self.text().is_empty() && self.partial.is_empty()
    }

    /// Adds bytes at the end.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.text.drain(..self.read);
        self.read = 0;
        if self.partial.is_empty() {
            self.push_text(bytes);
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.extend_from_slice(bytes);
            self.push_text(&joined);
        }
    }

    /// Says that nothing follows: a character that was begun is not text.
    pub(crate) fn end(&mut self) {
        for _ in 0..std::mem::take(&mut self.partial).len() {
            self.push_not_text();
        }
    }

    fn push_text(&mut self, mut bytes: &[u8]) {
        loop {
            match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.text.push_str(text);
                    return;
                }
                Err(error) => {
                    let (valid, rest) = bytes.split_at(error.valid_up_to());
                    self.text
                        .push_str(std::str::from_utf8(valid).unwrap_or_default());
                    let Some(length) = error.error_len() else {
                        self.partial = rest.to_vec();
                        return;
                    };
                    for _ in 0..length {
                        self.push_not_text();
                    }
                    bytes = rest.get(length..).unwrap_or_default();
                }
            }
        }
    }

    /// Keeps offsets right: one byte of text for each byte that is not.
    fn push_not_text(&mut self) {
        let offset = self.offset_of(self.unread());
        let has_room = self.not_text.len() < MOST_NOT_TEXT;
        match self.not_text.back_mut() {
            Some(run) if run.end == offset => run.end = offset.saturating_add(1),
            _ if has_room => self.not_text.push_back(offset..offset.saturating_add(1)),
            _ => {}
        }
        self.text.push(NOT_TEXT);
    }

    /// The text that is not read yet, up to a little more than the largest value.
    pub(crate) fn text(&self) -> &str {
        let rest = self.text.get(self.read..).unwrap_or_default();
        rest.get(..rest.floor_char_boundary(VIEW)).unwrap_or(rest)
    }

    /// Whether [`Input::text`] is all that there is.
    pub(crate) fn is_all_in_text(&self) -> bool {
        self.unread() <= VIEW
    }

    /// How many bytes are not read yet.
    pub(crate) fn unread(&self) -> usize {
        self.text.len() - self.read
    }

    /// Goes past the next `length` bytes of the text.
    pub(crate) fn advance(&mut self, length: usize) {
        let passed = self.text().as_bytes().get(..length).unwrap_or_default();
        let lines = newlines(passed);
        let offset = self.offset_of(length);
        if lines > 0 {
            let line_start = memchr::memrchr(b'\n', passed).map_or(0, |newline| newline + 1);
            self.position.lines = self.position.lines.saturating_add(lines);
            self.position.line_start = self.offset_of(line_start);
        }
        self.position.offset = offset;
        self.read += length;
        while self.not_text.front().is_some_and(|run| run.end <= offset) {
            self.not_text.pop_front();
        }
    }

    /// Whether the byte that stands `ahead` bytes after the start of the text is not UTF-8.
    pub(crate) fn is_not_text(&self, ahead: usize) -> bool {
        let offset = self.offset_of(ahead);
        let next = self.not_text.partition_point(|run| run.end <= offset);
        self.not_text
            .get(next)
            .is_some_and(|run| run.contains(&offset))
    }

    /// The position of the byte that stands `ahead` bytes after the start of the text.
    pub(crate) fn position(&self, ahead: usize) -> Position {
        let passed = self.text().as_bytes().get(..ahead).unwrap_or_default();
        let lines = newlines(passed);
        let offset = self.offset_of(ahead);
        let line_start = match memchr::memrchr(b'\n', passed) {
            Some(newline) => self.offset_of(newline + 1),
            None => self.position.line_start,
        };
        Position {
            offset,
            line: self.position.lines.saturating_add(lines).saturating_add(1),
            column: offset.saturating_sub(line_start).saturating_add(1),
        }
    }

    /// Where in the whole input the byte stands that is `ahead` bytes after the start of the text.
    pub(crate) fn offset_of(&self, ahead: usize) -> u64 {
        self.position
            .offset
            .saturating_add(u64::try_from(ahead).unwrap_or(u64::MAX))
    }
}
