//! Options of `fetch` and `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{connection::ConnectionArgs, query::QueryArgs, rules::RuleArgs};

#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,

    #[command(flatten)]
    pub(crate) query: QueryArgs,

    /// How to write the records [default: table on a terminal, ndjson elsewhere]
    #[arg(long, value_enum)]
    pub(crate) format: Option<RecordFormat>,

    /// Write to a file instead of standard output; it appears when it is complete
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Keep the text of records that do not decode in a file, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) malformed: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,

    #[command(flatten)]
    pub(crate) query: QueryArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordFormat {
    /// Aligned columns for reading
    Table,
    /// One record a line, exactly as the API has it
    Ndjson,
    /// One list of records, exactly as the API has them
    Json,
    /// One line a record, international figures summed over countries
    Csv,
}
