//! Options of `summary`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use usage_table::{By, MonthStart};

use super::{connection::ConnectionArgs, moment::Moment, name::OneOf, query::QueryArgs};

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct SummaryArgs {
    /// Files or folders to read, - for standard input, in all the forms that validate reads [default: the
    /// records of the API]
    #[arg(value_name = "PATH")]
    pub(crate) files: Vec<PathBuf>,

    /// Read the paths that a file lists too, one a line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Option<PathBuf>,

    /// When the records of files were fetched [default: now]; what the API sends is as of its own clock
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Moment>,

    #[command(flatten)]
    pub(crate) groups: GroupArgs,

    /// How to write the figures [default: by the ending of --output; else table]
    #[arg(long, value_enum, help_heading = "Output")]
    pub(crate) format: Option<FigureFormat>,

    /// Write to a file, which is replaced when all is complete; - is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,

    /// Show exact bytes in a table, in place of one unit a column
    #[arg(long, help_heading = "Output")]
    pub(crate) bytes: bool,

    #[command(flatten)]
    pub(crate) query: QueryArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// What figures are grouped by.
#[derive(Debug, Args)]
#[command(next_help_heading = "Groups")]
pub(crate) struct GroupArgs {
    /// What to group by: any of these in any order, separated by commas
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', default_value = "month", value_parser = OneOf::<By>::new())]
    pub(crate) by: Vec<By>,

    /// The day, 1 to 28, on which months begin, at 00:00 UTC
    #[arg(long, value_name = "DAY", default_value = "1")]
    pub(crate) month_starts: MonthStart,
}

/// How figures that were added up are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FigureFormat {
    /// Aligned columns for reading
    Table,
    /// A row a group or SIM, figures in bytes
    Csv,
    /// One JSON object, figures in bytes
    Json,
}

impl FigureFormat {
    /// Returns the format that the user asked for, or the one of the file's ending.
    pub(crate) fn chosen(asked: Option<Self>, output: Option<&Path>) -> Self {
        let ending = output.and_then(Path::extension);
        asked.unwrap_or(match ending.and_then(|end| end.to_str()) {
            Some("csv") => Self::Csv,
            Some("json") => Self::Json,
            _ => Self::Table,
        })
    }
}
