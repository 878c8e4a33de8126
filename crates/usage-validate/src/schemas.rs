//! The JSON Schemas of this crate's documents, as text, ready to ship.

/// The schema of a [`Report`](crate::Report); JSON Schema 2020-12.
pub const REPORT: &str = include_str!("../schemas/report.schema.json");
