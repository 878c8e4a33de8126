//! The KORE Wireless usage record as exact Rust types.
#![forbid(unsafe_code)]

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod code;
mod count;
mod counts;
mod decode;
mod encode;
mod field;
mod granularity;
mod lenient;
mod malformed;
mod meta;
mod page;
mod page_size;
mod path;
mod period;
mod place;
mod reader;
mod record;
mod retention;
#[cfg(feature = "schema")]
mod schema;
pub mod schemas;
mod sid;
#[cfg(feature = "proptest")]
pub mod strategies;
mod sums;
mod timestamp;
mod tree;
mod unit;
mod unknown;
mod window;

pub use code::{Code, CodeError, Country, CountryCode, Currency, CurrencyCode};
pub use count::{Count, CountOutOfRange};
pub use counts::{CommandCounts, Counter, Counts, DataCounts, Kind};
pub use field::Field;
pub use granularity::{Granularity, GranularityError};
pub use lenient::Lenient;
pub use malformed::{MalformedDocument, MalformedRecord};
pub use meta::{MetaNumber, PageMeta};
pub use page::UsagePage;
pub use page_size::{PageSize, PageSizeError};
pub use path::NodePath;
pub use period::Period;
pub use place::{Container, Place, Position};
pub use reader::{Item, MAX_VALUE_BYTES, ReadError, RecordReader, Records, read_records};
pub use record::UsageRecord;
pub use retention::{REFLECTED_AFTER, RETENTION_MONTHS, SETTLED_AFTER, retention_cutoff};
#[cfg(feature = "schema")]
pub use schema::schema_documents;
pub use sid::{Account, AccountSid, Sid, SidError, SidKind, Sim, SimSid};
pub use sums::Sums;
pub use timestamp::{Timestamp, TimestampError};
pub use tree::{CountryUsage, International, Usage, UsageNode};
pub use unit::{DataUnit, UnitError};
pub use unknown::{RawJson, RawJsonError, UnknownMembers};
pub use window::{Window, WindowError, WindowPart, WindowParts};
