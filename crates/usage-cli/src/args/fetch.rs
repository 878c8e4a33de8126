//! Options of `fetch` and `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{connection::ConnectionArgs, query::QueryArgs, rules::RuleArgs};

#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    #[command(flatten)]
    pub(crate) query: QueryArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) query: QueryArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    /// Keep the records that are fetched in a file, one a line as the API has them
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) save: Option<PathBuf>,

    /// Write how the run went for a monitor, in OpenMetrics; the file is renamed into its place
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) metrics: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Where records go, and in which form.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// How to write the records [default: by the ending of --output; else table on a terminal, ndjson in a
    /// pipe]
    #[arg(long, value_enum)]
    pub(crate) format: Option<RecordFormat>,

    /// Write to a file, which is replaced when all is complete; - is standard output. With Parquet a folder with a
    /// slash at its end takes a file for each month
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Keep the text of records that do not decode in a file, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) malformed: Option<PathBuf>,

    /// In CSV, one row a service, network and country, in place of one a record
    #[arg(long)]
    pub(crate) long: bool,

    /// In Parquet, one row a record with its exact text, which validate and summary read back, in place of one a
    /// service, network and country
    #[arg(long)]
    pub(crate) readings: bool,

    /// Show exact bytes in a table, in place of one unit
    #[arg(long)]
    pub(crate) bytes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordFormat {
    /// Aligned columns for reading
    Table,
    /// One record a line, exactly as the API has it
    Ndjson,
    /// One list of records, exactly as the API has them
    Json,
    /// One row a record, figures in bytes, international figures summed over countries
    Csv,
    /// Columns for engines, one row a service, network and country
    Parquet,
}
