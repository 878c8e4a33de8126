//! Options of commands that validate: what is checked and how it is reported.

use clap::{Args, ValueEnum};
use usage_model::Kind;
use usage_validate::{Accounts, Config, FailOn, Policy, Severity, Tolerance, output::Format};

use super::moment::Moment;

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
