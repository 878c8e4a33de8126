//! Options of `report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{connection::ConnectionArgs, moment::Moment, query::QueryArgs};

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct ReportArgs {
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
