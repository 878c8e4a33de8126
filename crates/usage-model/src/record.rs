//! The usage record, and the types of all that stands in it.

mod amount;
mod code;
mod counts;
mod field;
mod key;
mod lenient;
mod looks_like;
mod malformed;
mod path;
mod period;
mod place;
mod sid;
mod timestamp;
mod tree;
mod unit;
mod unknown;
mod usage_record;

#[cfg(feature = "schema")]
pub(crate) mod schema;

pub use amount::{Amount, AmountError};
pub use code::{Code, CodeError, Country, CountryCode, Currency, CurrencyCode};
pub use counts::{CommandCounts, Count, CountOutOfRange, Counter, Counts, DataCounts, Kind};
pub use field::Field;
pub use key::RecordKey;
pub use lenient::Lenient;
pub use looks_like::LooksLike;
pub use malformed::{MalformedDocument, MalformedRecord};
pub use path::{NodePath, pointer_segment, push_pointer_segment};
pub use period::Period;
pub use place::{Container, Place, Position};
pub use sid::{Account, AccountSid, RatePlan, RatePlanSid, Sid, SidError, SidKind, Sim, SimSid};
pub use timestamp::{Timestamp, TimestampError, rfc3339};
pub use tree::{CountryUsage, International, Usage, UsageNode};
pub use unit::DataUnit;
pub use unknown::{RawJson, RawJsonError, UnknownMembers};
pub use usage_record::UsageRecord;

pub(crate) use timestamp::parse as parse_timestamp;
