//! An input cut into blocks of whole lines.

use std::io::{self, Read};

/// About how many bytes a block has: some hundred records, which is little memory and many for one look.
const BLOCK: usize = 128 << 10;

/// The blocks of an input, one after the other: whole lines, unless a line is longer than a block, the last one has no
/// end, or no more is there yet.
pub(super) struct Blocks<R> {
    source: R,
    /// Whether a block waits until it is full. Otherwise what one read gives is taken at once, as from a slow pipe.
    filled: bool,
    /// The beginning of a line whose end was not in the last block.
    rest: Vec<u8>,
    /// The room of blocks that are done with.
    spare: Vec<Vec<u8>>,
    /// Why reading stopped, to be told after the block that was read before.
    failed: Option<io::Error>,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(source: R, filled: bool) -> Self {
        Self {
            source,
            filled,
            rest: Vec::new(),
            spare: Vec::new(),
            failed: None,
            ended: false,
        }
    }

    /// The next block; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(error) = self.failed.take() {
            self.ended = true;
            return Err(error);
        }
        if self.ended {
            return Ok(None);
        }
        let mut bytes = self.spare.pop().unwrap_or_default();
        // What stands in the room from before is overwritten, and what is left of it cut off.
        bytes.resize(BLOCK, 0);
        let mut length = self.rest.len();
        if let Some(start) = bytes.get_mut(..length) {
            start.copy_from_slice(&self.rest);
        }
        self.rest.clear();
        while !self.ended && self.failed.is_none() && length < BLOCK {
            match read_some(
                &mut self.source,
                bytes.get_mut(length..).unwrap_or_default(),
            ) {
                Ok(0) => self.ended = true,
                Ok(read) => length += read,
                Err(error) => self.failed = Some(error),
            }
            if !self.filled {
                break;
            }
        }
        bytes.truncate(length);
        if length == BLOCK
            && let Some(newline) = memchr::memrchr(b'\n', &bytes)
        {
            self.rest
                .extend_from_slice(bytes.get(newline + 1..).unwrap_or_default());
            bytes.truncate(newline + 1);
        }
        Ok(Some(bytes))
    }

    /// Takes the room of a block that is done with: new room costs more than what is read into it.
    pub(super) fn recycle(&mut self, block: Vec<u8>) {
        self.spare.push(block);
    }
}

/// Reads what is there, at least one byte unless the input has ended.
fn read_some(source: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_whole_lines_and_together_the_input() {
        let line = format!("{}\n", "x".repeat(1000));
        let input = format!("{}tail", line.repeat(400));
        for filled in [true, false] {
            let mut blocks = Blocks::new(input.as_bytes(), filled);
            let mut joined: Vec<u8> = Vec::new();
            while let Some(block) = blocks.next().unwrap() {
                let is_rest = joined.len() + block.len() == input.len();
                assert!(block.ends_with(b"\n") || is_rest, "{filled}");
                joined.extend(&block);
                blocks.recycle(block);
            }
            assert_eq!(joined, input.as_bytes(), "{filled}");
        }
    }

    #[test]
    fn a_line_longer_than_a_block_is_cut_anywhere() {
        let input = format!("ab\n{}\nend", "x".repeat(3 * BLOCK));
        let mut blocks = Blocks::new(input.as_bytes(), true);
        let mut joined: Vec<u8> = Vec::new();
        while let Some(block) = blocks.next().unwrap() {
            joined.extend(&block);
            blocks.recycle(block);
        }
        assert_eq!(joined, input.as_bytes());
    }

    #[test]
    fn room_that_is_used_again_has_nothing_left_in_it() {
        let long = "x".repeat(1000) + "\n";
        for filled in [true, false] {
            let input = long.as_bytes().chain(&b"short\n"[..]).chain(&b"end"[..]);
            let mut blocks = Blocks::new(input, filled);
            let mut joined = String::new();
            while let Some(block) = blocks.next().unwrap() {
                joined.push_str(std::str::from_utf8(&block).unwrap());
                blocks.recycle(block);
            }
            assert_eq!(joined, format!("{long}short\nend"), "{filled}");
        }
    }

    #[test]
    fn what_was_read_before_an_error_comes_first() {
        struct Failing(bool);
        impl Read for Failing {
            fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Err(io::Error::other("gone"));
                }
                bytes[..3].copy_from_slice(b"one");
                Ok(3)
            }
        }
        for filled in [true, false] {
            let mut blocks = Blocks::new(Failing(false), filled);
            assert_eq!(blocks.next().unwrap().unwrap(), b"one");
            let mut next = blocks.next();
            if !filled {
                // The error comes with an empty block of its own.
                assert_eq!(next.unwrap().unwrap(), b"");
                next = blocks.next();
            }
            assert_eq!(next.unwrap_err().to_string(), "gone");
            assert!(blocks.next().unwrap().is_none());
        }
    }
}
