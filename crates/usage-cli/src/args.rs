//! The command line, one file a group of commands.

#[cfg(feature = "archive")]
mod archive;
mod connection;
mod emulate;
mod fetch;
mod fleet;
mod input;
mod moment;
mod name;
mod query;
mod reference;
mod rules;
mod summary;

use std::{env, ffi::OsString};

use chrono::{DateTime, Utc};
use clap::{
    ArgAction, CommandFactory as _, Parser, Subcommand, ValueEnum,
    error::{ContextKind, ContextValue, ErrorKind},
};
use usage_model::nearest;

pub(crate) use connection::ConnectionArgs;
pub(crate) use emulate::{DemoArgs, EmulateArgs};
pub(crate) use fetch::{CheckArgs, FetchArgs, OutputArgs, RecordFormat};
pub(crate) use fleet::{FleetArgs, Rank, SimsArgs, SimsFormat};
pub(crate) use input::{InputArgs, ReconcileArgs, ValidateArgs};
pub(crate) use query::{QueryArgs, instant, window};
pub(crate) use reference::{ConfigArgs, ConfigCommand, ListFormat, SchemaName};
pub(crate) use rules::{ReportFormat, RuleArgs};
pub(crate) use summary::{
    FigureFormat, FigureOutputArgs, GroupArgs, ReportArgs, ReportForm, SummaryArgs,
};
#[cfg(feature = "archive")]
pub(crate) use {
    archive::{
        ArchiveCommand, ChangeFormat, DiffArgs, ExportArgs, Look, StatusFormat, SyncArgs, WhichSims,
    },
    query::has_begun,
};

use crate::{exit::Exit, messages};

/// The heading of options that every command has.
const GENERAL: &str = "General";

/// Fetch, check and keep the usage records of a KORE Wireless account.
#[derive(Debug, Parser)]
#[command(
    name = "kore-usage",
    version,
    propagate_version = true,
    max_term_width = 100,
    disable_help_flag = true,
    disable_version_flag = true,
    after_help = "Start with `kore-usage demo`: it needs no account and no setup."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Tell only what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = GENERAL)]
    pub(crate) quiet: bool,

    /// How messages on standard error are written
    #[arg(long, value_enum, value_name = "FORMAT", global = true, default_value_t = LogFormat::Text, help_heading = GENERAL)]
    pub(crate) log_format: LogFormat,

    /// Tell more about what is done, and list infos too
    #[arg(short, long, global = true, help_heading = GENERAL)]
    pub(crate) verbose: bool,

    /// Print help (see more with '--help')
    #[arg(short, long, global = true, action = ArgAction::Help, help_heading = GENERAL)]
    help: Option<bool>,

    /// Print the version
    #[arg(short = 'V', long, global = true, action = ArgAction::Version, help_heading = GENERAL)]
    version: Option<bool>,
}

/// What every command is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    /// The one reading of the clock: everything below takes time as an argument.
    pub(crate) now: DateTime<Utc>,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line, with time, level and message
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the main job on an emulated account: fetch 18 months, check them, report
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage demo              the whole job on an emulated account, with planted faults\n",
        "  kore-usage demo --seed 7     the same on another account\n",
    ))]
    Demo(DemoArgs),
    /// Fetch usage records to standard output or a file
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage fetch                                          the last 30 days, a record a day\n",
        "  kore-usage fetch --start 2026-06 --end 2026-07 -o june.csv\n",
        "  kore-usage fetch --start 18mo --granularity hourly | kore-usage validate -\n",
        "\n",
        "Proxies are taken from HTTPS_PROXY, ALL_PROXY and NO_PROXY, certificate authorities from\n",
        "SSL_CERT_FILE and SSL_CERT_DIR.\n",
        "Credentials come from KORE_CLIENT_ID and KORE_CLIENT_SECRET, from KORE_ACCESS_TOKEN, or from a\n",
        "profile.\n",
    ))]
    Fetch(FetchArgs),
    /// Fetch usage records and validate them, storing nothing
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage check --start 18mo                             fetch everything and validate it\n",
        "  kore-usage check --start yesterday --save day.ndjson      keep what was fetched\n",
        "  kore-usage check --format sarif --fail-on warning > usage.sarif\n",
        "\n",
        "Proxies are taken from HTTPS_PROXY, ALL_PROXY and NO_PROXY, certificate authorities from\n",
        "SSL_CERT_FILE and SSL_CERT_DIR.\n",
        "Credentials come from KORE_CLIENT_ID and KORE_CLIENT_SECRET, from KORE_ACCESS_TOKEN, or from a\n",
        "profile.\n",
    ))]
    Check(CheckArgs),
    /// Validate usage records in files or on standard input
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage validate june.ndjson --as-of 2026-07-03        records that were fetched on that day\n",
        "  kore-usage validate exports/ --accounts many              every file of a folder\n",
        "  curl … | kore-usage validate - --select UR2               only whether the sums are right\n",
    ))]
    Validate(ValidateArgs),
    /// Add usage up by month, day, account, SIM, network and country
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage summary june.ndjson --by network               what a file adds up to\n",
        "  kore-usage summary --start 18mo --by month,network        straight from the API\n",
        "  kore-usage summary --by month --month-starts 23 --format csv -o billing.csv\n",
        "\n",
        "A period counts once, and of two readings the later one. An account's records and those of its\n",
        "SIMs are never added together, nor are the hours of a day and the day: the longer record counts,\n",
        "and a remark says so.\n",
    ))]
    Summary(SummaryArgs),
    /// List the SIMs of the account
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage sims                                           SID, name, ICCID and status of every SIM\n",
        "  kore-usage sims --status active --format ndjson | jq -r .sid\n",
        "\n",
        "Names and ICCIDs identify devices: treat the list as personal data.\n",
    ))]
    Sims(SimsArgs),
    /// Show what each SIM used, and which are unused, silent or far above their own past
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage fleet                                          the last 30 days, most data first\n",
        "  kore-usage fleet --flagged                                only SIMs that are unusual\n",
        "  kore-usage fleet --start 90d --top 20 --format csv -o top.csv\n",
        "\n",
        "Flags are judged up to 48 hours before now: later usage may still be missing.\n",
    ))]
    Fleet(FleetArgs),
    #[cfg(feature = "archive")]
    #[command(flatten)]
    OfArchive(ArchiveCommand),
    /// Hold hours against days, days against months, and SIMs against their account
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage reconcile --archive usage.db                   all that the archive holds\n",
        "  kore-usage reconcile hours.ndjson days.ndjson             files of two granularities\n",
    ))]
    Reconcile(ReconcileArgs),
    /// Show usage as one HTML file, or in short on the terminal
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage report --start 18mo -o usage.html              18 months as one file that any browser shows\n",
        "  kore-usage report june.ndjson --as-of 2026-07-03 -o june.html\n",
        "  kore-usage report --all-sims --format terminal            in short, with what is unusual\n",
        "\n",
        "The file loads nothing and runs nothing. It names accounts and SIMs: share it as you would share a bill.\n",
    ))]
    Report(ReportArgs),
    /// Show the settings and where they come from, or try the credentials
    #[command(arg_required_else_help = true)]
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Serve an emulated account on loopback
    #[command(after_help = concat!(
        "Examples:\n",
        "  kore-usage emulate --port 8080                            an account on http://127.0.0.1:8080\n",
        "  kore-usage emulate --now 2026-11-01 --fault wrong-sum:2026-10-05:data.total:+7\n",
        "  kore-usage emulate --running --speed 3600                 an hour each second\n",
    ))]
    Emulate(EmulateArgs),
    /// Explain a rule of the validator
    #[command(
        after_help = "Examples:\n  kore-usage explain UR201\n  kore-usage explain network-sum"
    )]
    Explain {
        /// The code of the rule, or its name: UR201, network-sum
        code: String,
    },
    /// List the rules of the validator
    #[command(
        after_help = "Examples:\n  kore-usage rules\n  kore-usage rules --format json | jq -r .[].code"
    )]
    Rules {
        /// How to list them
        #[arg(long, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
    /// Print a JSON Schema
    #[command(
        after_help = "Examples:\n  kore-usage schema record\n  kore-usage schema report > report.schema.json"
    )]
    Schema {
        /// Which document the schema describes
        #[arg(value_enum)]
        name: SchemaName,
    },
    /// Print a completion script for a shell
    #[command(
        after_help = "Examples:\n  kore-usage completions bash > /etc/bash_completion.d/kore-usage\n  kore-usage completions zsh > ~/.zfunc/_kore-usage"
    )]
    Completions {
        /// Which shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print a manual page: of the program, or of one of its commands
    #[command(
        after_help = "Examples:\n  kore-usage man | man -l -\n  kore-usage man config check | man -l -"
    )]
    Man {
        /// The command, for instance fetch, or config check
        command: Vec<String>,
    },
}

/// Says what is wrong with a command line, or prints the help or the version that it asks for.
///
/// What was typed is shown so that it cannot steer a terminal.
pub(crate) fn refuse(mut error: clap::Error) -> Exit {
    const HELP: &str = "--help after a command shows its options, with examples";
    const ARCHIVE: &str =
        "this kore-usage is built without its feature `archive`, which brings that command";

    if !error.use_stderr() {
        error.exit();
    }
    if asks_for_json(env::args_os().skip(1)) {
        messages::write_json();
    }
    suggest(&mut error);
    let text = error.render().to_string();
    let text = text.split("\n\nFor more information").next();
    let text = text.unwrap_or_default().trim_end();
    if let Some(text) = text.strip_prefix("error: ") {
        let (message, more) = text.split_once('\n').unwrap_or((text, ""));
        let lines = more.lines().map(str::trim).filter(|line| !line.is_empty());
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        let help = if is_of_archive(&error) { ARCHIVE } else { HELP };
        messages::error(message, &lines, Some(help));
    } else {
        // Without a command there is the help.
        let help = "name one of those below; `kore-usage demo` needs no setup";
        messages::error("there is no command", &[], Some(help));
        messages::tell(&format!("\n{text}"));
    }
    Exit::Usage
}

/// Whether a command is missing that a build with archives has.
fn is_of_archive(error: &clap::Error) -> bool {
    const COMMANDS: [&str; 4] = ["sync", "export", "diff", "archive"];

    let typed = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(typed)) => typed.as_str(),
        _ => return false,
    };
    !cfg!(feature = "archive") && COMMANDS.contains(&typed)
}

/// Names the near right word by the rule that all messages have for it, in place of what the parser finds near.
fn suggest(error: &mut clap::Error) {
    let text = |error: &clap::Error, kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let (wrong, known, suggested): (_, Vec<String>, _) = match error.kind() {
        ErrorKind::InvalidValue => {
            let Some(ContextValue::Strings(known)) = error.get(ContextKind::ValidValue) else {
                return;
            };
            let known = known.clone();
            (
                ContextKind::InvalidValue,
                known,
                ContextKind::SuggestedValue,
            )
        }
        ErrorKind::InvalidSubcommand => {
            let command = Cli::command();
            let names = command
                .get_subcommands()
                .map(|one| one.get_name().to_owned());
            (
                ContextKind::InvalidSubcommand,
                names.collect(),
                ContextKind::SuggestedSubcommand,
            )
        }
        ErrorKind::UnknownArgument => {
            let found = text(error, ContextKind::SuggestedArg);
            (
                ContextKind::InvalidArg,
                found.into_iter().collect(),
                ContextKind::SuggestedArg,
            )
        }
        _ => return,
    };
    let Some(typed) = text(error, wrong) else {
        return;
    };
    // Both names of the one form are common.
    let typed = if typed.eq_ignore_ascii_case("jsonl") {
        "ndjson"
    } else {
        &typed
    };
    let near = nearest(typed, known.iter().map(String::as_str)).map(str::to_owned);
    match near {
        // The parser has a list of commands, and one word of the others.
        Some(near) if suggested == ContextKind::SuggestedSubcommand => {
            error.insert(suggested, ContextValue::Strings(vec![near]));
        }
        Some(near) => {
            error.insert(suggested, ContextValue::String(near));
        }
        None if error.kind() == ErrorKind::UnknownArgument => {
            error.remove(suggested);
        }
        None => {}
    }
}

/// Whether a command line that cannot be read asks for messages as objects.
fn asks_for_json(words: impl Iterator<Item = OsString>) -> bool {
    let words: Vec<OsString> = words.collect();
    let apart = words
        .windows(2)
        .any(|pair| pair == ["--log-format", "json"]);
    apart || words.iter().any(|word| word == "--log-format=json")
}
