//! Reading from pieces as they come.

use crate::{Item, MAX_VALUE_BYTES, MalformedDocument, Position};

use super::{Input, Scanner, Step};

/// Reads records from bytes that come in pieces: a response body, a pipe.
///
/// Hand over bytes with [`feed`](Self::feed), take items with [`next_item`](Self::next_item) until it gives
/// `None`, and say with [`end`](Self::end) that nothing follows. Memory is bounded by the largest piece and the
/// largest record, whatever the length of the input.
///
/// ```
/// use usage_model::{Item, RecordReader};
///
/// let mut reader = RecordReader::new();
/// let mut records = 0;
/// for piece in ["{\"usage_records\":[{\"peri", "od\":{}}],\"meta\":{}}"] {
///     reader.feed(piece.as_bytes());
///     while let Some(item) = reader.next_item()? {
///         records += usize::from(matches!(item, Item::Record(..)));
///     }
/// }
/// reader.end();
/// while let Some(item) = reader.next_item()? {
///     records += usize::from(matches!(item, Item::Record(..)));
/// }
/// assert_eq!(records, 1);
/// # Ok::<(), usage_model::MalformedDocument>(())
/// ```
#[derive(Debug, Default)]
pub struct RecordReader {
    input: Input,
    scanner: Scanner,
    ended: bool,
    /// Whether what came since the last look could complete a value.
    could_complete: bool,
    /// How much text there has to be before another look is worth its time.
    look_at: usize,
}

/// Text of up to this many bytes is looked at whenever a value could be complete.
const SHORT: usize = 64 << 10;

impl RecordReader {
    /// A reader at the start of an input.
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader that goes on in the middle of an input, where a document starts and others went before.
    ///
    /// Positions count on from `position`; records are numbered from 0.
    ///
    /// ```
    /// use usage_model::{Item, Position, RecordReader};
    ///
    /// let mut reader = RecordReader::resume(Position::new(1000, 8, 1));
    /// reader.feed(b"{\"data\":{}}\n");
    /// let Some(Item::Record(place, _)) = reader.next_item()? else { panic!() };
    /// assert_eq!((place.position.line, place.record), (8, 0));
    /// assert_eq!(reader.next_item()?, None);
    /// assert!(reader.is_between_documents());
    /// # Ok::<(), usage_model::MalformedDocument>(())
    /// ```
    pub fn resume(position: Position) -> Self {
        Self {
            input: Input::from(position),
            scanner: Scanner::after_document(),
            ..Self::default()
        }
    }

    /// Whether all bytes that were handed over are read, and the next document may start here.
    ///
    /// Only once [`next_item`](Self::next_item) has given `None`.
    pub fn is_between_documents(&self) -> bool {
        self.scanner.is_between_documents() && self.input.is_empty()
    }

    /// Hands over the next bytes of the input, in pieces of any size.
    pub fn feed(&mut self, bytes: &[u8]) {
        // Nothing is read any more, so nothing is gathered either.
        if self.scanner.is_refused() {
            return;
        }
        // Records and pages end with a brace, lists with a bracket. Without one, looking again would only
        // decode the same beginning once more, which tiny pieces would make quadratic.
        self.could_complete |= memchr::memchr3(b'}', b']', b'\n', bytes).is_some();
        self.input.push(bytes);
    }

    /// Says that the input is complete.
    pub fn end(&mut self) {
        self.input.end();
        self.ended = true;
    }

    /// Whether looking at the text could give anything that the last look did not.
    fn is_worth_a_look(&self) -> bool {
        let unread = self.input.unread();
        self.ended || unread > MAX_VALUE_BYTES || (self.could_complete && unread >= self.look_at)
    }

    /// The next item, or `None` where more input is needed or all is read.
    ///
    /// # Errors
    ///
    /// Where the input stops being a list of usage records. It is not read on from there: further calls
    /// give `None`.
    pub fn next_item(&mut self) -> Result<Option<Item>, MalformedDocument> {
        if !self.is_worth_a_look() {
            return Ok(None);
        }
        match self.scanner.next(&mut self.input, self.ended)? {
            Step::Item(item) => {
                self.look_at = 0;
                Ok(Some(item))
            }
            Step::NeedsMore => {
                self.could_complete = false;
                let unread = self.input.unread();
                // Each look decodes a long beginning once more, so the next one waits until it has grown by half.
                self.look_at = if unread > SHORT {
                    unread + unread / 2
                } else {
                    0
                };
                Ok(None)
            }
            Step::End => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that was handed the beginning of a record of this many bytes and looked at it.
    fn looked_at(bytes: usize) -> RecordReader {
        let mut reader = RecordReader::new();
        let before = "{\"data\":{},\"x\":\"";
        reader.feed(before.as_bytes());
        reader.feed("}".repeat(bytes - before.len()).as_bytes());
        assert_eq!(reader.next_item(), Ok(None));
        reader
    }

    #[test]
    fn a_short_beginning_is_looked_at_again_with_every_bracket() {
        for bytes in [100, SHORT] {
            let mut reader = looked_at(bytes);
            assert!(!reader.is_worth_a_look());
            reader.feed(b"xx");
            assert!(!reader.is_worth_a_look());
            reader.feed(b"]");
            assert!(reader.is_worth_a_look());
        }
    }

    #[test]
    fn a_long_beginning_is_looked_at_again_when_it_has_grown_by_half() {
        let bytes = SHORT + 2;
        let mut reader = looked_at(bytes);
        reader.feed("}".repeat(bytes / 2 - 1).as_bytes());
        assert!(!reader.is_worth_a_look());
        reader.feed(b"}");
        assert!(reader.is_worth_a_look());
    }

    #[test]
    fn a_beginning_that_is_too_long_is_looked_at_whatever_it_is() {
        let mut reader = RecordReader::new();
        reader.feed("x".repeat(MAX_VALUE_BYTES).as_bytes());
        assert!(!reader.is_worth_a_look());
        reader.feed(b"x");
        assert!(reader.is_worth_a_look());
    }
}
