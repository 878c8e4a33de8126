//! The command line.

use std::{path::PathBuf, time::Duration};

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;
use usage_emulator::{DEFAULT_SEED, DEFAULT_SIMS, Dialect, EmptyBuckets, Fault, Order};
use usage_model::{Granularity, Kind, PageSize, SimSid};
use usage_validate::{
    Accounts, Config, FailOn, Policy, Profile, Severity, Tolerance, output::Format,
};

use crate::moment::Moment;

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

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Which emulated account: the same seed gives the same run
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,

    #[command(flatten)]
    pub(crate) query: QueryArgs,

    /// How to write the records [default: table on a terminal, ndjson elsewhere]
    #[arg(long, value_enum)]
    pub(crate) format: Option<RecordFormat>,

    /// Write to a file instead of standard output; it appears when it is complete
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Keep the text of records that do not decode in a file, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) malformed: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,

    #[command(flatten)]
    pub(crate) query: QueryArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

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

/// Where the API is and how to be let in.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// The origin of the API [default: KORE's]
    #[arg(long, env = "KORE_BASE_URL", value_name = "URL")]
    pub(crate) base_url: Option<Url>,

    /// Where client credentials are exchanged for a token [default: KORE's, or that of a loopback base URL]
    #[arg(long, env = "KORE_TOKEN_URL", value_name = "URL")]
    pub(crate) token_url: Option<Url>,

    /// A profile of the configuration file
    #[arg(long, env = "KORE_PROFILE", value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Allow plain http to other hosts than this one
    #[arg(long)]
    pub(crate) allow_http: bool,

    /// Give up after this long, for instance 90s or 10m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,

    /// Try each request this many times at most
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) attempts: u32,

    /// Make this many requests at a time at most
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) concurrency: u32,

    /// Make this many requests a second at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) requests_per_second: Option<u32>,

    /// Ask for this many days at a time at most; a limit of the server is found out without it
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_window_days: Option<u32>,
}

/// Which records.
#[derive(Debug, Args)]
#[command(next_help_heading = "Query")]
pub(crate) struct QueryArgs {
    /// Start of the window; inclusive: 2026-03-05T07:00:00Z, 2026-03-05, or 30d, 18mo ago
    #[arg(long, value_name = "TIME", default_value = "30d")]
    pub(crate) start: Moment,

    /// End of the window; exclusive [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) end: Option<Moment>,

    /// One record an hour, a day, or for the whole window: hourly, daily or all
    #[arg(long, default_value_t = Granularity::Daily)]
    pub(crate) granularity: Granularity,

    /// Records a page, 1 to 1000
    #[arg(long, default_value_t = PageSize::MAX, value_name = "N")]
    pub(crate) page_size: PageSize,

    /// The records of one SIM instead of the whole account
    #[arg(long, value_name = "SID")]
    pub(crate) sim: Option<SimSid>,
}

/// What is checked and how it is reported.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules and report")]
pub(crate) struct RuleArgs {
    /// When the records were fetched; retention and settling are measured from here [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Moment>,

    /// Whether totals include international traffic: auto, include or exclude
    #[arg(long, default_value_t = Policy::Auto)]
    pub(crate) policy: Policy,

    /// Check only rules whose code starts so; several with commas
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,

    /// Leave out rules whose code starts so; several with commas
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,

    /// The least severity that fails the run: error, warning, info or never
    #[arg(long, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,

    /// How bad findings of a rule are, whatever the profile; several with commas, the last one counts
    #[arg(long, value_name = "CODE=SEVERITY", value_delimiter = ',', value_parser = severity)]
    pub(crate) severity: Vec<(String, Severity)>,

    /// By how much sums may be off: a number for both trees, or commands=N or data=N; several with commas
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = tolerance)]
    pub(crate) tolerance: Vec<(Option<Kind>, u64)>,

    /// Of how many accounts the records may be: one or many
    #[arg(long, default_value_t = Accounts::One)]
    pub(crate) accounts: Accounts,

    /// Announce the end of retention this many days before
    #[arg(long, default_value_t = 30, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub(crate) expiry_horizon: u32,

    /// List this many findings at most, half of them infos, three quarters infos and warnings; counts stay exact
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) max_findings: usize,

    /// Use this many threads at most
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) jobs: u32,

    /// How to report
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
}

#[derive(Debug, Args)]
pub(crate) struct EmulateArgs {
    /// The port on 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,

    /// Which account: the same seed and time give the same answers
    #[arg(long, default_value_t = DEFAULT_SEED)]
    pub(crate) seed: u64,

    /// The time that the emulated server believes it is; it stands still there [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Moment>,

    /// Let the emulated time run from there
    #[arg(long)]
    pub(crate) running: bool,

    /// How many times as fast as real time it runs
    #[arg(
        long,
        default_value_t = 1,
        value_name = "TIMES",
        requires = "running",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub(crate) speed: u32,

    /// How many SIMs the account has
    #[arg(long, default_value_t = DEFAULT_SIMS)]
    pub(crate) sims: u32,

    /// How long each answer takes at least, in milliseconds
    #[arg(long, default_value_t = 0, value_name = "MS")]
    pub(crate) latency: u64,

    /// List records oldest-first or newest-first
    #[arg(long, default_value_t, value_name = "ORDER")]
    pub(crate) order: Order,

    /// Include hours and days without usage, or omit them
    #[arg(long, default_value_t, value_name = "include|omit")]
    pub(crate) empty: EmptyBuckets,

    /// Answer in another shape; several may be given, separated by commas
    #[arg(long, value_name = "DIALECT", value_delimiter = ',', long_help = dialect_help())]
    pub(crate) dialect: Vec<Dialect>,

    /// What links on pages start with, for an emulator behind a proxy [default: where it listens]
    #[arg(long, value_name = "URL")]
    pub(crate) public_origin: Option<Url>,

    /// How long tokens live, in real time
    #[arg(long, default_value = "1h", value_name = "DURATION", value_parser = duration)]
    pub(crate) token_lifetime: Duration,

    /// Plant a fault; may be given several times
    #[arg(long, value_name = "FAULT", long_help = fault_help())]
    pub(crate) fault: Vec<Fault>,

    /// Accept only this client ID [default: any]
    #[arg(long, requires = "client_secret", value_name = "ID")]
    pub(crate) client_id: Option<String>,

    /// Accept only this client secret; made up for the emulator, never a real one
    #[arg(long, requires = "client_id", value_name = "SECRET")]
    pub(crate) client_secret: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordFormat {
    /// Aligned columns for reading
    Table,
    /// One record a line, exactly as the API has it
    Ndjson,
    /// One list of records, exactly as the API has them
    Json,
    /// One line a record, international figures summed over countries
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Findings as a compiler prints errors, then a summary
    Human,
    /// One JSON object
    Json,
    /// One JSON object a line: each finding as it is known, then the summary
    Ndjson,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// JUnit XML, one test case a rule
    Junit,
    /// Annotations of GitHub Actions
    Github,
}

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

impl From<ReportFormat> for Format {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Human => Self::Human,
            ReportFormat::Json => Self::Json,
            ReportFormat::Ndjson => Self::Ndjson,
            ReportFormat::Sarif => Self::Sarif,
            ReportFormat::Junit => Self::Junit,
            ReportFormat::Github => Self::Github,
        }
    }
}

fn fault_help() -> String {
    format!(
        "Plant a fault; may be given several times\n\n{}",
        Fault::grammar()
    )
}

fn dialect_help() -> String {
    use std::fmt::Write as _;

    let mut help =
        "Answer in another shape; several may be given, separated by commas\n".to_owned();
    for dialect in Dialect::ALL {
        // Writing to a text does not fail.
        let _infallible = write!(help, "\n  {:<17} {}", dialect.as_str(), dialect.summary());
    }
    help
}

/// Reads a duration; a plain number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    humantime::parse_duration(text).map_err(|error| error.to_string())
}

/// Reads a prefix of codes and a severity.
fn severity(text: &str) -> Result<(String, Severity), String> {
    let (prefix, severity) = text
        .split_once('=')
        .ok_or("expected a code and a severity, for instance UR404=error")?;
    let severity = severity
        .parse()
        .map_err(|error: usage_validate::NameError| error.to_string())?;
    Ok((prefix.to_owned(), severity))
}

/// Reads a tolerance, of one tree or of both.
fn tolerance(text: &str) -> Result<(Option<Kind>, u64), String> {
    let (kind, figure) = match text.split_once('=') {
        None => (None, text),
        Some(("commands", figure)) => (Some(Kind::Commands), figure),
        Some(("data", figure)) => (Some(Kind::Data), figure),
        Some((name, _)) => return Err(format!("{name:?} is neither commands nor data")),
    };
    match figure.parse() {
        Ok(figure) => Ok((kind, figure)),
        Err(error) => Err(format!("{figure:?}: {error}")),
    }
}

impl RuleArgs {
    /// Sets what is taken over as it was typed.
    pub(crate) fn apply(&self, config: &mut Config) {
        config.severities.clone_from(&self.severity);
        config.accounts = self.accounts;
        for (kind, figure) in &self.tolerance {
            match kind {
                None => config.tolerance = Tolerance::both(*figure),
                Some(Kind::Commands) => config.tolerance.commands = *figure,
                Some(Kind::Data) => config.tolerance.data = *figure,
            }
        }
    }
}

impl QueryArgs {
    /// The window that is asked for, seen from `now`.
    pub(crate) fn bounds(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let end = match self.end {
            Some(end) => end.at(now)?,
            None => now,
        };
        Some((self.start.at(now)?, end))
    }
}
