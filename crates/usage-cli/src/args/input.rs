//! Options of the commands that read files: where these are, and those of `validate` and `reconcile`.

use std::path::PathBuf;

use clap::Args;
use usage_model::Granularity;

use crate::{
    failure::Failure,
    inputs::{Inputs, existing_archive},
    messages::note,
};

use super::{moment::Moment, query::granularity, rules::RuleArgs};

/// The variable that names the archive.
const VARIABLE: &str = "KORE_ARCHIVE";

/// Which archive.
#[derive(Debug, Args)]
#[expect(
    clippy::doc_markdown,
    reason = "the texts are help, in which names of variables stand as they are"
)]
pub(crate) struct ArchiveArgs {
    /// The archive, one file [env: KORE_ARCHIVE]
    #[arg(long, value_name = "FILE", help_heading = "Archive")]
    pub(crate) archive: Option<PathBuf>,
}

/// Which files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
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
    pub(crate) archive: ArchiveArgs,
}

impl InputArgs {
    /// Returns whether no file is named, apart from an archive.
    pub(crate) const fn is_empty(&self) -> bool {
        self.files.is_empty() && self.files_from.is_none()
    }

    /// Finds the inputs that are named, an archive among them; `None` where there are none. The archive that the
    /// environment names is taken only `where_nothing_else` says where the records are.
    pub(crate) fn inputs(&self, where_nothing_else: bool) -> Result<Option<Inputs>, Failure> {
        let mut files = self.files.clone();
        if self.archive.archive.is_some() {
            files.push(existing_archive(self.archive.path()?)?);
        } else if self.is_empty() {
            if !where_nothing_else || !ArchiveArgs::is_in_environment() {
                return Ok(None);
            }
            files.push(existing_archive(self.archive.path()?)?);
            note(
                "the records are those of the archive that KORE_ARCHIVE names; --start or --profile asks the API",
            );
        }
        Inputs::find(&files, self.files_from.as_deref()).map(Some)
    }
}

impl ArchiveArgs {
    /// Whether the environment names an archive.
    pub(crate) fn is_in_environment() -> bool {
        std::env::var_os(VARIABLE).is_some_and(|path| !path.is_empty())
    }

    /// The path of the archive: the option, or what the environment says.
    pub(crate) fn path(&self) -> Result<PathBuf, Failure> {
        let named = || std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
        let path = self.archive.clone().or_else(|| named().map(PathBuf::from));
        path.ok_or_else(|| {
            Failure::usage("no archive is named")
                .help("name it with --archive FILE, or set KORE_ARCHIVE")
        })
    }
}

#[derive(Debug, Args)]
#[command(
    next_help_heading = "Input",
    mut_arg("files", |arg| arg.help(
        "Files or folders to read, - for standard input: pages, lists of pages or records, NDJSON, also \
         compressed. In a folder, files named *.json, *.ndjson, *.jsonl and *.parquet, and these as .gz and .zst \
         [default: -]"
    )),
    mut_arg("as_of", |arg| arg.help(
        "When the records were fetched; retention and settling are measured from here [default: now]"
    ))
)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

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

#[derive(Debug, Args)]
#[command(
    next_help_heading = "Input",
    mut_arg("files", |arg| arg.help(
        "Files or folders to read, - for standard input, in all the forms that validate reads [default: the \
         archive]"
    )),
    mut_arg("as_of", |arg| arg.help(
        "When the records of files were fetched; an archive knows when [default: now]"
    ))
)]
pub(crate) struct ReconcileArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}
