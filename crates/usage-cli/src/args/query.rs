//! Options that say which records are asked for.

use chrono::{DateTime, Utc};
use clap::Args;
use usage_model::{Granularity, PageSize, SimSid};

use super::moment::Moment;

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
