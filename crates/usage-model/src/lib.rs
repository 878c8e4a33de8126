//! The KORE Wireless usage record as exact Rust types.
//!
//! KORE Wireless sells SIMs for machines, and tells how much data and how many Commands (messages to and from
//! SIMs, much like SMS) they used: for a whole account under `/v1/UsageRecords`, for one SIM under
//! `/v1/Sims/{Sid}/UsageRecords`. This crate is the answer of both as types. It reads whatever has been seen or
//! documented, loses nothing, guesses nothing, and says exactly what it refuses. It does no input or output of
//! its own and never looks at the clock.
//!
//! ```
//! use usage_model::{Counter, Item, read_records};
//!
//! let input = r#"{"period":{"start":"2026-03-05T00:00:00Z","end":"2026-03-06T00:00:00Z"},
//!     "data":{"total":7,"download":5,"upload":2,"units":"bytes","home":null,
//!             "international_roaming":[{"country_code":"DEU","total":7,"download":5,"upload":2}]}}"#;
//! for item in read_records(input.as_bytes()) {
//!     match item? {
//!         Item::Record(_, record) => {
//!             let data = record.data.value().unwrap();
//!             assert_eq!(data.top.count(Counter::Total).get(), 7);
//!             assert_eq!(data.children_sums(), data.top.sums());
//!             assert!(data.home.is_null() && data.national_roaming.is_absent());
//!         }
//!         Item::Malformed(record) => eprintln!("{record}"),
//!         _ => {}
//!     }
//! }
//! # Ok::<(), usage_model::ReadError>(())
//! ```
//!
//! # The record
//!
//! A [`UsageRecord`] says what was used in one [`Period`]. It has two trees of the same shape: [`Usage`] of
//! Commands ([`CommandCounts`]: `total`, `to_sim`, `from_sim`) and of data ([`DataCounts`]: `total`, `download`,
//! `upload`, in the [`DataUnit`] that `units` names, so far always bytes). The top of a tree is split by network:
//!
//! - `home`, the network of the SIM's own operator;
//! - `national_roaming`, other networks of the home country;
//! - `international_roaming`, networks abroad, one [`CountryUsage`] a country.
//!
//! In every node `total` is the sum of the two directions, and each counter of the top is the sum of that
//! counter over home, national and all international nodes. Real responses keep to that; the vendor's page
//! leaves international roaming out of the sum for data, and is wrong. `billed` is an exact decimal and does
//! *not* add up. Whether sums hold is not this crate's to judge (that is `usage-validate`), but adding is:
//! [`Sums`] are exact, checked, and convert units.
//!
//! # Absent, null and zero
//!
//! The API writes "nothing" in several ways: older responses have `null` for a network without traffic, newer ones
//! an object of zeros, counters may be `null` one by one, whole objects may be `{}`, and the international share
//! may be a list, `null`, missing, or a single object. All of them are read, and stay what they were:
//! every member is a [`Field`], every list an [`International`]. In sums, null and absent are 0.
//!
//! Texts with a documented form are [`Lenient`]: an [`AccountSid`], a [`CountryCode`] or a unit where they keep to
//! it, and the text itself where they do not. Members that are not known are kept as [`RawJson`] and listed by
//! [`UsageRecord::unknown_members`].
//!
//! # Reading and writing
//!
//! There is one reading, for pages of the API, lists of records or pages, and NDJSON of either:
//!
//! | you have | use |
//! |---|---|
//! | one response body | [`UsagePage::from_slice`] |
//! | a file, a pipe, any `Read` | [`read_records`] |
//! | pieces as they come, async or not | [`RecordReader`] |
//! | a single record within other JSON | `serde_json::from_str::<UsageRecord>` |
//!
//! A record that does not decode is a [`MalformedRecord`] with its JSON pointer, what was found, what was expected
//! and where, and costs only itself; so does a line that is no JSON, or one that is too large. Input without any
//! record, list or page is a [`MalformedDocument`], which names what it looks like: a web page, a table, UTF-16.
//! Memory is bounded by the largest record ([`MAX_VALUE_BYTES`]), not by the input. A byte order mark before a
//! document, blank lines and CRLF are passed over; a member of a record that stands twice is refused, and so is an
//! object without a value in any member of a record.
//!
//! Counters are whole numbers from 0 to 2⁶³−1 ([`Count`]); an [`Amount`] is an exact decimal to 28 digits and its text
//! beyond; a [`Timestamp`] keeps up to nine fractional digits and its spelling. Nothing is rounded.
//!
//! `serde_json` writes a record with the same members in the same state as it was read. The order of members, white
//! space, and how a string is escaped are not kept.
//!
//! # Time
//!
//! All instants are UTC and all intervals half-open. The API widens windows to whole UTC days, so that a period may
//! be wider than what was asked for and end in the future. Usage is kept for 18 calendar months
//! ([`retention_cutoff`]), then silently missing; it shows after 24 hours ([`REFLECTED_AFTER`]) and is nearly always
//! complete after 48 ([`SETTLED_AFTER`]). What a query asks for is a [`Window`], a [`Granularity`] and a [`PageSize`].
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | brings |
//! |---|---|
//! | `schema` | `JsonSchema` (schemars) for the types, and `schema_documents` |
//! | `proptest` | `strategies` for every public type: valid by construction, or anything the type can hold |
//! | `arbitrary` | `Arbitrary` for fuzzers |
//!
//! The JSON Schemas themselves are always there, as text, in [`schemas`].
#![forbid(unsafe_code)]

mod addition;
#[cfg(feature = "arbitrary")]
mod arbitrary;
mod page;
mod query;
mod read;
mod record;
mod retention;
pub mod schemas;
mod sim;
#[cfg(feature = "proptest")]
pub mod strategies;
mod text;
mod write;

pub use addition::Sums;
pub use page::{
    MetaNumber, PageAddress, PageMeta, PlacedRecord, UsagePage, address_instant, is_other_list,
};
pub use query::{
    Granularity, PageSize, PageSizeError, Resource, Window, WindowError, WindowPart, WindowParts,
};
pub use read::{Entry, Item, MAX_VALUE_BYTES, ReadError, RecordReader, Records, read_records};
pub use record::{
    Account, AccountSid, Amount, AmountError, Code, CodeError, CommandCounts, Container, Count,
    CountOutOfRange, Counter, Country, CountryCode, CountryUsage, Counts, Currency, CurrencyCode,
    DataCounts, DataUnit, Field, International, Kind, Lenient, LooksLike, MalformedDocument,
    MalformedRecord, NodePath, Period, Place, Position, RatePlan, RatePlanSid, RawJson,
    RawJsonError, RecordKey, Sid, SidError, SidKind, Sim, SimSid, Timestamp, TimestampError,
    UnknownMembers, Usage, UsageNode, UsageRecord, pointer_segment, push_pointer_segment, rfc3339,
};
pub use retention::{
    REFLECTED_AFTER, RETENTION_MONTHS, SETTLED_AFTER, is_settled, retention_cutoff,
};
#[cfg(feature = "schema")]
pub use schemas::documents::schema_documents;
pub use sim::{MalformedSim, SimLinks, SimPage, SimRecord, SimStatus};
pub use text::{NameError, Named, Visible, is_visible, nearest, visible, visible_name};

/// What the macros of this crate need wherever they are used.
#[doc(hidden)]
pub mod __private {
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub use crate::text::serde::deserialize_text;
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
