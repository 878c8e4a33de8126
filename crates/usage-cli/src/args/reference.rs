//! Options of the commands that tell about the program itself, its configuration among them.

use clap::{Args, Subcommand, ValueEnum};

use super::connection::ConnectionArgs;

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

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting and where it comes from, without secrets
    #[command(
        after_help = "Examples:\n  kore-usage config show\n  kore-usage config show --profile test --format json"
    )]
    Show(ConfigArgs),
    /// Try the credentials, and say what they may do
    #[command(
        after_help = "Examples:\n  kore-usage config check\n  kore-usage config check --all-profiles"
    )]
    Check(ConfigArgs),
    /// Print where the configuration file is, or would be
    #[command(after_help = "Examples:\n  $EDITOR \"$(kore-usage config path)\"")]
    Path,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct ConfigArgs {
    /// How to show it
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub(crate) format: ListFormat,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
