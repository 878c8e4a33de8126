//! Options of `validate`.

use std::path::PathBuf;

use clap::Args;
use usage_model::Granularity;
use usage_validate::Profile;

use super::{moment::Moment, rules::RuleArgs};

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Files to read, - for standard input: pages, lists of records, or NDJSON of either [default: -]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Start of the window that was asked for; inclusive
    #[arg(long, value_name = "TIME", requires = "end")]
    pub(crate) start: Option<Moment>,

    /// End of the window that was asked for; exclusive
    #[arg(long, value_name = "TIME", requires = "start")]
    pub(crate) end: Option<Moment>,

    /// The granularity that was asked for
    #[arg(long)]
    pub(crate) granularity: Option<Granularity>,

    /// How strict to be as a whole: default, strict (warnings are errors) or lenient (warnings are infos)
    #[arg(long, default_value_t = Profile::Default)]
    pub(crate) profile: Profile,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}
