//! The JSON Schemas of this crate's documents, as text, ready to ship.
//!
//! They describe what is read. What is written is what was read, so there is no second contract.

/// The schema of one usage record, of an account or of a SIM; JSON Schema 2020-12.
pub const RECORD: &str = include_str!("../schemas/record.schema.json");

/// The schema of one page, a response body of the API; JSON Schema 2020-12.
pub const PAGE: &str = include_str!("../schemas/page.schema.json");
