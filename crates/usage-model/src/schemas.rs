//! The JSON Schemas of this crate's documents, as text, ready to ship; JSON Schema 2020-12.
//!
//! [`RECORD`], [`SIM_RECORD`] and [`PAGE`] describe what is *accepted*. What is *written* is what was read, member
//! by member, so that one contract serves both. [`MALFORMED_RECORD`] is only ever written.
//!
//! Where a schema cannot say what the reading asks for, reading is the stricter one: a counter has neither
//! fraction nor exponent (`1.0` is an integer to JSON Schema), a day exists in the calendar, second 60 is at
//! the end of a month, and no member stands twice.

#[cfg(feature = "schema")]
pub(crate) mod documents;
#[cfg(feature = "schema")]
mod example;

/// The schema of one usage record, of an account or of a SIM: what is accepted, and what is written.
pub const RECORD: &str = include_str!("../schemas/record.schema.json");

/// The schema of one usage record of the SIM resource, which names its SIM: what is accepted, and what is written.
pub const SIM_RECORD: &str = include_str!("../schemas/sim-record.schema.json");

/// The schema of one page, a response body of the API: what is accepted, and what is written.
pub const PAGE: &str = include_str!("../schemas/page.schema.json");

/// The schema of what is written of a record that cannot be read, a [`MalformedRecord`](crate::MalformedRecord).
pub const MALFORMED_RECORD: &str = include_str!("../schemas/malformed-record.schema.json");
