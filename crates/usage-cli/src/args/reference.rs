//! Options of the commands that tell about the program itself.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Aligned columns
    Human,
    /// One JSON list
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaName {
    /// One usage record
    Record,
    /// One page, a response body of the API
    Page,
    /// The report of check and validate
    Report,
    /// One line of that report as NDJSON
    ReportLine,
}
