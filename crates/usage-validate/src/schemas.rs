//! The JSON Schemas of this crate's documents, as text, ready to ship.

#[cfg(feature = "schema")]
pub(crate) mod documents;

/// The schema of a [`Report`](crate::Report); JSON Schema 2020-12.
pub const REPORT: &str = include_str!("../schemas/report.schema.json");

/// The schema of a line of a report as NDJSON: a [`Finding`](crate::Finding), or at the end the
/// [`Outcome`](crate::Outcome); JSON Schema 2020-12.
pub const REPORT_LINE: &str = include_str!("../schemas/report-line.schema.json");
