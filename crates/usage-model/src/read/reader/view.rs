//! The text at hand, and the lines in it.

use crate::{MAX_VALUE_BYTES, read::input::Input};

/// The text at hand, as far as one value may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) text: &'a [u8],
    /// Nothing follows the text.
    pub(super) is_last: bool,
    /// The text is larger than a value may be.
    pub(super) is_full: bool,
}

impl<'a> View<'a> {
    pub(super) fn new(input: &'a Input, block: &'a [u8], ended: bool) -> Self {
        let text = input.text(block);
        match text.get(..=MAX_VALUE_BYTES) {
            Some(text) => Self {
                text,
                is_last: false,
                is_full: true,
            },
            None => Self {
                text,
                is_last: ended && input.is_all(block),
                is_full: false,
            },
        }
    }

    /// The text up to the end of the line.
    pub(super) fn first_line(self) -> Self {
        match memchr::memchr(b'\n', self.text) {
            Some(length) => Self {
                text: self.text.get(..length).unwrap_or_default(),
                is_last: true,
                is_full: false,
            },
            None => self,
        }
    }

    /// The first line, if it is all there.
    pub(super) fn line(self) -> Option<&'a [u8]> {
        let line = self.first_line();
        line.is_last.then_some(line.text)
    }

    /// The end of the line before the first one that starts as a document does, up to the byte at `at`.
    pub(super) fn document_line(self, at: usize) -> Option<usize> {
        let lines = memchr::memchr_iter(b'\n', self.text.get(..at).unwrap_or_default());
        lines.into_iter().find(|newline| {
            let first = self.text.get(newline + 1);
            first.is_some_and(|&byte| starts_document(byte))
        })
    }
}

/// Whether a line that starts with this byte may start a document.
pub(super) fn starts_document(byte: u8) -> bool {
    matches!(byte, b'{' | b'[' | 0xef)
}
