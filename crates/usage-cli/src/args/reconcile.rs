//! Options of `reconcile`.

use std::path::PathBuf;

use clap::Args;

use super::{archive::ArchiveArgs, moment::Moment, rules::RuleArgs};

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct ReconcileArgs {
    /// Files or folders to read, - for standard input, in all the forms that validate reads [default: the
    /// archive]
    #[arg(value_name = "PATH")]
    pub(crate) files: Vec<PathBuf>,

    /// Read the paths that a file lists too, one a line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Option<PathBuf>,

    /// When the records of files were fetched; an archive knows when [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Moment>,

    #[command(flatten)]
    pub(crate) archive: ArchiveArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}
