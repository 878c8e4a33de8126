//! Options of `summary` and `report`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use usage_table::{By, MonthStart};

use super::{connection::ConnectionArgs, input::InputArgs, name::OneOf, query::QueryArgs};

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct SummaryArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) groups: GroupArgs,

    #[command(flatten)]
    pub(crate) output: FigureOutputArgs,

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

/// How and where figures that were added up are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct FigureOutputArgs {
    /// How to write the figures [default: by the ending of --output; else table]
    #[arg(long, value_enum)]
    format: Option<FigureFormat>,

    /// Write to a file, which is replaced when all is complete; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Show exact bytes in a table, in place of one unit
    #[arg(long)]
    pub(crate) bytes: bool,
}

impl FigureOutputArgs {
    /// Returns the format that the user asked for, or the one of the file's ending.
    pub(crate) fn format(&self) -> FigureFormat {
        let ending = self.output.as_deref().and_then(Path::extension);
        self.format
            .unwrap_or(match ending.and_then(|end| end.to_str()) {
                Some("csv") => FigureFormat::Csv,
                Some("json") => FigureFormat::Json,
                _ => FigureFormat::Table,
            })
    }
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

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// How to show it [default: html where it goes to a file or a pipe, else terminal]
    #[arg(long, value_enum, help_heading = "Output")]
    pub(crate) format: Option<ReportForm>,

    /// Write to a file, which is replaced when all is complete; - is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) query: QueryArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    /// One self-contained file for a browser
    Html,
    /// In short, for a terminal
    Terminal,
}
