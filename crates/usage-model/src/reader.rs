//! Reading records from pages, lists and NDJSON, out of a slice, a reader, or pieces as they come.
//!
//! There is one reading: [`scan::Scanner`] looks at the text that is there and says what stands next.
//! The types here only bring it its text.

mod classify;
mod input;
mod iter;
mod list;
mod members;
mod page;
mod push;
mod refusal;
mod scan;

pub use iter::{ReadError, Records, read_records};
pub use push::RecordReader;

use input::Input;
use scan::{Scanner, Step};

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
/// It bounds the memory that reading takes, whatever the input: a record takes at most 128 times its text while
/// it is read, which is where it is nothing but empty objects. The benchmark `memory` measures that.
pub const MAX_VALUE_BYTES: usize = 1 << 20;
