//! Options of commands that validate: what is checked and how it is reported.

use std::{str::FromStr, thread};

use clap::{Args, ValueEnum};
use usage_model::{Kind, nearest};
use usage_validate::{
    Accounts, CodePrefix, Config, FailOn, Policy, Severity, Strictness, Tolerance,
    report_formats::Format,
};

use super::name::{OneOf, at_least, within};

/// What is checked and how it is reported.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules and report")]
pub(crate) struct RuleArgs {
    /// Whether totals include international traffic; auto takes what the records themselves say
    #[arg(long, default_value = "auto", value_parser = OneOf::<Policy>::new())]
    pub(crate) policy: Policy,

    /// Check only rules whose code starts with this, for instance UR2; several with commas. Whether the
    /// input can be read (UR001, UR002) is always checked, and a run is incomplete where a page is missing
    /// or no selected rule had anything to check
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) select: Vec<CodePrefix>,

    /// Leave out rules whose code starts with this; several with commas. UR002 accepts records that cannot
    /// be read, and the last line says how many; what is missing leaves a run incomplete all the same
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) ignore: Vec<CodePrefix>,

    /// The least severity that fails the run
    #[arg(long, default_value = "error", value_parser = OneOf::<FailOn>::new())]
    pub(crate) fail_on: FailOn,

    /// How severe findings are as a whole: in strict, warnings are errors; in lenient, they are infos
    #[arg(long, default_value = "default", value_parser = OneOf::<Strictness>::new())]
    pub(crate) strictness: Strictness,

    /// How severe findings of a rule are, whatever the strictness, for instance UR404=error; several with
    /// commas, the last one counts
    #[arg(long, value_name = "CODE=SEVERITY", value_delimiter = ',', value_parser = severity)]
    pub(crate) severity: Vec<(CodePrefix, Severity)>,

    /// By how much sums may be off, in bytes and in Commands: a number for both, or data=N or commands=N;
    /// several with commas
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = tolerance)]
    pub(crate) tolerance: Vec<(Option<Kind>, u64)>,

    /// Whether the records may be of several accounts
    #[arg(long, default_value = "one", value_parser = OneOf::<Accounts>::new())]
    pub(crate) accounts: Accounts,

    /// Report records that the server will delete within this many days
    #[arg(long, default_value_t = 30, value_name = "DAYS", value_parser = within(0..=36_500_u32))]
    pub(crate) expiry_horizon: u32,

    /// List at most this many findings, half of them infos, three quarters infos and warnings; counts stay
    /// exact
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = at_least(0_usize))]
    pub(crate) max_findings: usize,

    /// Accept an empty page or list: without one record a run is incomplete otherwise
    #[arg(long)]
    pub(crate) allow_empty: bool,

    /// Use at most this many threads [default: one a core]
    #[arg(long, value_name = "N", value_parser = at_least(1_u32))]
    pub(crate) jobs: Option<u32>,

    /// How to report
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
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

impl RuleArgs {
    /// The number of threads to use.
    pub(crate) fn threads(&self) -> u32 {
        let cores = || u32::try_from(thread::available_parallelism().ok()?.get()).ok();
        self.jobs.or_else(cores).unwrap_or(1)
    }

    /// Sets what is taken over as it was typed.
    pub(crate) fn apply(&self, config: &mut Config) {
        config.strictness = self.strictness;
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

/// Reads a prefix of codes and a severity.
fn severity(text: &str) -> Result<(CodePrefix, Severity), String> {
    let (prefix, severity) = text
        .split_once('=')
        .ok_or("expected a code and a severity, for instance UR404=error")?;
    let severity = severity
        .parse()
        .map_err(|error: <Severity as FromStr>::Err| error.to_string())?;
    let prefix = prefix
        .parse()
        .map_err(|error: usage_validate::UnknownCode| error.to_string())?;
    Ok((prefix, severity))
}

/// Reads a tolerance, of one tree or of both.
fn tolerance(text: &str) -> Result<(Option<Kind>, u64), String> {
    let (kind, figure) = match text.split_once('=') {
        None => (None, text),
        Some(("commands", figure)) => (Some(Kind::Commands), figure),
        Some(("data", figure)) => (Some(Kind::Data), figure),
        Some((name, _)) => {
            let meant =
                nearest(name, ["commands", "data"]).map(|name| format!("; did you mean {name}?"));
            let meant = meant.unwrap_or_default();
            return Err(format!("{name:?} is neither commands nor data{meant}"));
        }
    };
    at_least(0)(figure).map(|figure| (kind, figure))
}
