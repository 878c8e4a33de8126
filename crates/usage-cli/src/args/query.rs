//! Options that say which records are asked for.

use chrono::{DateTime, Days, SecondsFormat, Utc};
use clap::Args;
use usage_model::{Granularity, PageSize, SimSid, Window};

use crate::{drive::Owner, failure::Failure};

use super::{
    moment::Moment,
    name::{OneOf, at_least},
};

/// How long before its end a window starts where the user does not say.
const DEFAULT_DAYS: Days = Days::new(30);

/// Which records.
#[derive(Debug, Args)]
#[command(next_help_heading = "Query")]
pub(crate) struct QueryArgs {
    /// Start of the window, inclusive: 2026-03-05, 2026-03, 2026-03-05T07:00:00Z, yesterday, or 30d,
    /// 18mo, 1y ago [default: 30 days before the end]
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<Moment>,

    /// End of the window, exclusive, in the same forms [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) end: Option<Moment>,

    /// One record an hour, a day, or for the whole window
    #[arg(long, default_value = "daily", value_parser = granularity())]
    pub(crate) granularity: Granularity,

    /// The records of this SIM instead of the whole account's; may be given several times
    #[arg(long, value_name = "SID")]
    pub(crate) sim: Vec<SimSid>,

    /// The records of every SIM of the account, in the order of their list, in place of the account's own
    #[arg(long, conflicts_with = "sim")]
    pub(crate) all_sims: bool,

    /// Records a page, 1 to 1000
    #[arg(long, default_value_t = PageSize::MAX, value_name = "N")]
    pub(crate) page_size: PageSize,

    /// Ask for at most this many days at a time; without it, a limit of the server is found out
    #[arg(long, value_name = "DAYS", value_parser = at_least(1_u32))]
    pub(crate) max_window_days: Option<u32>,

    /// Say what would be asked (windows, requests at least) without asking
    #[arg(long)]
    pub(crate) plan: bool,
}

/// Reads a granularity.
pub(super) const fn granularity() -> OneOf<Granularity> {
    OneOf::new()
}

impl QueryArgs {
    /// Whose records are asked for.
    pub(crate) fn owner(&self) -> Owner {
        match self.sim.as_slice() {
            _ if self.all_sims => Owner::Listed(Vec::new()),
            [] => Owner::Account,
            sims => Owner::Sims(sims.to_owned()),
        }
    }

    /// The window that is asked for, seen from `now`.
    pub(crate) fn window(&self, now: DateTime<Utc>) -> Result<Window, Failure> {
        let end = instant(self.end.unwrap_or(Moment::Now), "--end", now)?;
        let start = match self.start {
            Some(start) => instant(start, "--start", now)?,
            None => end
                .checked_sub_days(DEFAULT_DAYS)
                .ok_or_else(|| beyond("--end"))?,
        };
        if self.end.is_none() || start < end {
            has_begun(start, now)?;
        }
        window(start, end)
    }
}

impl QueryArgs {
    /// The option that says what to fetch, if one does.
    pub(crate) fn asks(&self) -> Option<&'static str> {
        let options = [
            (self.plan, "--plan"),
            (self.start.is_some(), "--start"),
            (self.end.is_some(), "--end"),
            (!self.sim.is_empty(), "--sim"),
            (self.all_sims, "--all-sims"),
        ];
        let mut given = options.into_iter().filter(|(is_given, _)| *is_given);
        given.next().map(|(_, option)| option)
    }

    /// Refuses options that say what to fetch where nothing is fetched.
    pub(crate) fn refuse_beside_files(&self) -> Result<(), Failure> {
        let Some(option) = self.asks() else {
            return Ok(());
        };
        Err(Failure::usage(format!(
            "{option} says what to fetch, and the records are in files"
        ))
        .help("leave it out, or name no file"))
    }
}

/// The instant that an option names.
pub(crate) fn instant(
    moment: Moment,
    option: &str,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Failure> {
    moment.at(now).ok_or_else(|| beyond(option))
}

fn beyond(option: &str) -> Failure {
    Failure::usage(format!("{option} lies beyond the calendar"))
        .help("the server keeps usage for 18 months: 18mo")
}

/// Fails for a window that starts in the future.
pub(crate) fn has_begun(start: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Failure> {
    if start < now {
        return Ok(());
    }
    let start = start.to_rfc3339_opts(SecondsFormat::Secs, true);
    let now = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let message = format!("the window starts at {start}, which lies in the future: it is {now}");
    Err(Failure::usage(message)
        .help("there is no usage there yet: give an earlier --start, for instance 30d"))
}

/// The window between two instants.
pub(crate) fn window(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Window, Failure> {
    Window::new(start, end)
        .map_err(|error| Failure::usage(error.to_string()).help("give a --start before the --end"))
}
