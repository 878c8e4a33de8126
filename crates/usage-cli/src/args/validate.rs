//! Options of `validate`.

use std::path::PathBuf;

use clap::Args;
use usage_model::Granularity;

use super::{moment::Moment, query::granularity, rules::RuleArgs};

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct ValidateArgs {
    /// Files or folders to read, - for standard input: pages, lists of pages or records, NDJSON, also
    /// compressed. In a folder, files named *.json, *.ndjson, *.jsonl and *.parquet, and these as .gz and .zst
    /// [default: -]
    #[arg(value_name = "PATH")]
    pub(crate) files: Vec<PathBuf>,

    /// Read the paths that a file lists too, one a line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Option<PathBuf>,

    /// When the records were fetched; retention and settling are measured from here [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Moment>,

    /// Start of the window that was asked for, inclusive
    #[arg(long, value_name = "TIME", requires = "end")]
    pub(crate) start: Option<Moment>,

    /// End of the window that was asked for, exclusive
    #[arg(long, value_name = "TIME", requires = "start")]
    pub(crate) end: Option<Moment>,

    /// The granularity that was asked for
    #[arg(long, value_parser = granularity())]
    pub(crate) granularity: Option<Granularity>,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}
