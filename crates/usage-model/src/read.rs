//! Reading records from pages, lists and NDJSON, out of a slice, a reader, or pieces as they come.
//!
//! There is one reading, [`reader::RecordReader`]. It decodes a record straight from the bytes at hand wherever it can;
//! everything else is first followed to its end by a [`frame`], and then decoded once, as a whole.

mod decode;
mod envelope;
mod frame;
mod input;
mod page;
mod reader;
mod records;
mod refusal;

pub use reader::{Entry, RecordReader};
pub use records::{ReadError, Records, read_records};

use crate::{MalformedRecord, PageMeta, Place, UsageRecord};

/// What stands in an input of usage records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every item is of the large variant, and boxing each would cost an allocation"
)]
#[non_exhaustive]
pub enum Item {
    /// A record, and where it stands.
    Record(Place, UsageRecord),
    /// A record that does not decode; those after it are read all the same.
    Malformed(MalformedRecord),
    /// The end of a page, with its envelope if it has one. Comes after the records of the page.
    Page(Option<PageMeta>),
}

/// Largest record or page envelope that is read, in bytes: 1 MiB, some thousand times a real one.
///
/// It bounds the memory that reading takes, whatever the input. A larger record is malformed, and is passed without
/// being kept.
pub const MAX_VALUE_BYTES: usize = 1 << 20;
