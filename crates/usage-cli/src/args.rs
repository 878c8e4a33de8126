//! The command line, one file a group of commands.

mod connection;
mod emulate;
mod fetch;
mod moment;
mod query;
mod reference;
mod rules;
mod validate;

use clap::{Parser, Subcommand};

pub(crate) use connection::ConnectionArgs;
pub(crate) use emulate::{DemoArgs, EmulateArgs};
pub(crate) use fetch::{CheckArgs, FetchArgs, RecordFormat};
pub(crate) use query::QueryArgs;
pub(crate) use reference::{ListFormat, SchemaName};
pub(crate) use rules::{ReportFormat, RuleArgs};
pub(crate) use validate::ValidateArgs;

/// Fetch, check and keep the usage records of a KORE Wireless account.
#[derive(Debug, Parser)]
#[command(
    name = "kore-usage",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Start with `kore-usage demo`: it needs no account and no setup."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Say only what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say more about what is done, and list notices (infos) too
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the main job on an emulated account: fetch 18 months, check them, report
    Demo(DemoArgs),
    /// Fetch usage records to standard output or a file
    Fetch(FetchArgs),
    /// Fetch usage records and validate them, storing nothing
    Check(CheckArgs),
    /// Validate usage records in files or on standard input
    Validate(ValidateArgs),
    /// Serve an emulated account on loopback
    Emulate(EmulateArgs),
    /// Explain a rule of the validator
    Explain {
        /// The code of the rule, or its name: UR201, network-sum
        code: String,
    },
    /// List the rules of the validator
    Rules {
        #[arg(long, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
    /// Print a JSON Schema
    Schema {
        /// Which document the schema describes
        #[arg(value_enum)]
        name: SchemaName,
    },
    /// Print a completion script for a shell
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print a manual page: of the program, or of one of its commands
    Man {
        /// The command
        command: Option<String>,
    },
}
