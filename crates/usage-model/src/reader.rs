//! Reads records from pages, lists and NDJSON, piece by piece.
use crate::{MalformedDocument, MalformedRecord, PageMeta, Place, UsageRecord};

/// What a [`RecordReader`] finds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly every item is the large one")]
#[non_exhaustive]
pub enum Item {
    /// A record, and where it stands.
    Record(Place, UsageRecord),
    /// A record that does not decode.
    Malformed(MalformedRecord),
    /// The envelope of a page, when the page is complete.
    Page(PageMeta),
}

/// Reads records.
#[derive(Debug, Default)]
pub struct RecordReader {}
impl RecordReader {
    /// A reader.
    pub fn new() -> Self { Self::default() }
    /// Hands over the next bytes of the input, in pieces of any size.
    pub fn feed(&mut self, _bytes: &[u8]) {}
    /// Says that the input is complete.
    pub fn end(&mut self) {}
    /// The next item.
    /// # Errors
    /// Where input is not a list of records.
    pub fn next_item(&mut self) -> Result<Option<Item>, MalformedDocument> { Ok(None) }
}
