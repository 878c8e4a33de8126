//! Options of `sims` and `fleet`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use usage_model::SimStatus;

use super::{
    connection::{ConnectionArgs, duration},
    input::InputArgs,
    name::{OneOf, at_least},
    query::QueryArgs,
    summary::FigureOutputArgs,
};

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct SimsArgs {
    /// Only SIMs of this status
    #[arg(long, value_parser = OneOf::<SimStatus>::new(), help_heading = "Query")]
    pub(crate) status: Option<SimStatus>,

    /// How to write the SIMs [default: by the ending of --output; else table on a terminal, ndjson in a pipe]
    #[arg(long, value_enum)]
    pub(crate) format: Option<SimsFormat>,

    /// Write to a file, which is replaced when all is complete; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimsFormat {
    /// Aligned columns for reading
    Table,
    /// A row a SIM
    Csv,
    /// One list of objects with the columns of the table
    Json,
    /// One SIM a line, exactly as the API has it
    Ndjson,
}

#[derive(Debug, Args)]
#[command(
    next_help_heading = "Input",
    mut_arg("format", |arg| arg.help(
        "How to write the SIMs [default: by the ending of --output; else table]"
    )),
    mut_arg("files", |arg| arg.help(
        "Files or folders of records of SIMs, - for standard input; only archives tell names and status too, \
         so that of others only far too much usage is flagged [default: all SIMs of the API]"
    )),
    mut_arg("bytes", |arg| arg.help("Show exact bytes in a table, in place of one unit"))
)]
pub(crate) struct FleetArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// What to rank by, the most first
    #[arg(long, value_enum, default_value_t = Rank::Data, help_heading = "Rank and flags")]
    pub(crate) by: Rank,

    /// Only the first SIMs
    #[arg(long, value_name = "N", value_parser = at_least(0_usize), help_heading = "Rank and flags")]
    pub(crate) top: Option<usize>,

    /// Only SIMs that are unusual
    #[arg(long, help_heading = "Rank and flags")]
    pub(crate) flagged: bool,

    /// How long an active SIM is without usage until it is flagged as silent
    #[arg(long, default_value = "7d", value_name = "DURATION", value_parser = duration, help_heading = "Rank and flags")]
    pub(crate) silent_after: Duration,

    /// How many times the median of its earlier days a SIM has to use in a day to be flagged as runaway
    #[arg(long, default_value_t = 5, value_name = "TIMES", value_parser = at_least(1_u32), help_heading = "Rank and flags")]
    pub(crate) runaway: u32,

    /// And how many megabytes (1 000 000 bytes) at least
    #[arg(
        long,
        default_value_t = 10,
        value_name = "MB",
        value_parser = at_least(0_u32),
        help_heading = "Rank and flags"
    )]
    pub(crate) runaway_floor: u32,

    #[command(flatten)]
    pub(crate) output: FigureOutputArgs,

    #[command(flatten)]
    pub(crate) query: QueryArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rank {
    Data,
    Download,
    Upload,
    Commands,
}
