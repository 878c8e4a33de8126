//! The bytes at hand: a block as it was handed over, or the end of one joined with the start of the next.

use std::ops::Range;

use crate::Position;

use super::frame::is_space;

/// How many bytes of a block are joined at a time with what was left of the one before.
const PIECE: usize = 4 << 10;

/// What is kept between blocks, and where in the whole input the next byte stands.
///
/// Everything is read straight from the block that was handed over. Only a value that goes on in the next block is
/// copied, and so is as much of that block as completes it.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// The start of a value, and what was joined to it.
    carry: Vec<u8>,
    /// How much of `carry` is passed.
    read: usize,
    /// How many bytes at the end of `carry` are also at the start of the block.
    joined: usize,
    offset: u64,
    /// Lines ended before the next byte.
    lines: u64,
    /// Where its line starts.
    line_start: u64,
}

/// Where a piece of text is held.
#[derive(Debug)]
pub(super) enum Held<'b> {
    Block(&'b [u8]),
    Carry(Range<usize>),
}

impl Input {
    /// An input that goes on from a position in a larger one.
    pub(super) fn from(position: Position) -> Self {
        Self {
            offset: position.offset,
            lines: position.line.saturating_sub(1),
            line_start: position
                .offset
                .saturating_sub(position.column.saturating_sub(1)),
            ..Self::default()
        }
    }

    /// The offset of the next byte.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the text is what was handed over, and not a copy.
    #[inline]
    pub(super) fn is_block(&self) -> bool {
        self.read == self.carry.len()
    }

    /// The text that is not passed yet.
    #[inline]
    pub(super) fn text<'a>(&'a self, block: &'a [u8]) -> &'a [u8] {
        if self.is_block() {
            block
        } else {
            self.carry.get(self.read..).unwrap_or_default()
        }
    }

    /// Whether no byte is left.
    pub(super) fn is_empty(&self, block: &[u8]) -> bool {
        self.text(block).is_empty()
    }

    /// Whether the text is all that was handed over.
    pub(super) fn is_all(&self, block: &[u8]) -> bool {
        self.is_block() || self.joined == block.len()
    }

    /// Adds to the text what follows it in the block; `false` where nothing does, and the block is kept.
    pub(super) fn extend(&mut self, block: &mut &[u8]) -> bool {
        if self.is_block() {
            self.carry.clear();
            self.carry.extend_from_slice(block);
            (self.read, self.joined) = (0, 0);
            *block = &[];
            return false;
        }
        let rest = block.get(self.joined..).unwrap_or_default();
        if rest.is_empty() {
            self.joined = 0;
            *block = &[];
            return false;
        }
        let piece = rest.get(..PIECE).unwrap_or(rest);
        if self.joined == 0 {
            self.carry.drain(..self.read);
            self.read = 0;
        }
        self.carry.extend_from_slice(piece);
        self.joined += piece.len();
        true
    }

    /// Goes past the next bytes, which have no line feed among them.
    #[inline]
    pub(super) fn pass<'b>(&mut self, length: usize, block: &mut &'b [u8]) -> Held<'b> {
        self.offset = self.offset_of(length);
        if self.is_block() {
            let (passed, rest) = block.split_at_checked(length).unwrap_or((block, &[]));
            *block = rest;
            return Held::Block(passed);
        }
        let passed = self.read..self.read + length;
        self.read += length;
        let kept = self.carry.len() - self.joined;
        if let Some(beyond) = self.read.checked_sub(kept) {
            *block = block.get(beyond..).unwrap_or_default();
            (self.read, self.joined) = (self.carry.len(), 0);
        }
        Held::Carry(passed)
    }

    /// Goes past white space.
    #[inline]
    pub(super) fn skip_space(&mut self, block: &mut &[u8]) {
        while let Some(&byte) = self.text(block).first()
            && is_space(byte)
        {
            self.pass(1, block);
            if byte == b'\n' {
                self.lines = self.lines.saturating_add(1);
                self.line_start = self.offset;
            }
        }
    }

    /// Goes past the next bytes, and counts the lines that end in them.
    pub(super) fn pass_lines<'b>(&mut self, length: usize, block: &mut &'b [u8]) -> Held<'b> {
        let text = self.text(block).get(..length).unwrap_or_default();
        if let Some(last) = memchr::memrchr(b'\n', text) {
            let lines = memchr::memchr_iter(b'\n', text).count();
            self.lines = self.lines.saturating_add(wide(lines));
            self.line_start = self.offset_of(last + 1);
        }
        self.pass(length, block)
    }

    /// The bytes of the carry.
    pub(super) fn carried(&self, range: Range<usize>) -> &[u8] {
        self.carry.get(range).unwrap_or_default()
    }

    /// The position of the next byte.
    #[inline]
    pub(super) fn position(&self) -> Position {
        Position {
            offset: self.offset,
            line: self.lines.saturating_add(1),
            column: self
                .offset
                .saturating_sub(self.line_start)
                .saturating_add(1),
        }
    }

    /// The position of the byte that stands `ahead` bytes after the next one.
    pub(super) fn position_of(&self, ahead: usize, block: &[u8]) -> Position {
        let text = self.text(block).get(..ahead).unwrap_or_default();
        let offset = self.offset_of(ahead);
        let line_start = match memchr::memrchr(b'\n', text) {
            Some(newline) => self.offset_of(newline + 1),
            None => self.line_start,
        };
        let lines = wide(memchr::memchr_iter(b'\n', text).count());
        Position {
            offset,
            line: self.lines.saturating_add(lines).saturating_add(1),
            column: offset.saturating_sub(line_start).saturating_add(1),
        }
    }

    /// The offset of the byte that stands `ahead` bytes after the next one.
    #[inline]
    pub(super) fn offset_of(&self, ahead: usize) -> u64 {
        self.offset.saturating_add(wide(ahead))
    }
}

fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
