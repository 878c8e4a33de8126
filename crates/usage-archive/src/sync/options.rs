//! What is kept current, and how it is asked for.

use std::num::NonZeroU32;

use chrono::{DateTime, TimeDelta, Utc};
use usage_model::{Granularity, PageSize, SimSid};

use crate::DEFAULT_LOOK_BACK;

/// Which SIMs are read besides the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyncSims {
    /// None: the account's own records alone.
    #[default]
    None,
    /// Every SIM that the account lists, and every one that it ever listed until its last periods are final.
    All,
    /// These.
    Only(Vec<SimSid>),
}

/// What is kept current, and how it is asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SyncOptions {
    /// The time by our own clock; what counts is the server's, where it tells one.
    pub now: DateTime<Utc>,
    /// The program's name and version, for the list of runs.
    pub program: String,
    /// What names the API and the credentials, without a secret: another account must not answer there.
    pub source: String,
    /// What is read, each on its own; daily and hourly by default.
    pub granularities: Vec<Granularity>,
    /// Which SIMs are read.
    pub sims: SyncSims,
    /// Nothing before is read; `None` for the retention limit.
    pub start: Option<DateTime<Utc>>,
    /// Nothing after is read; `None` for the present.
    pub end: Option<DateTime<Utc>>,
    /// For how long after its end a period is read by every sync, and once after that.
    pub look_back: TimeDelta,
    /// Whether the whole retention is read, and not only once in 30 days.
    pub all: bool,
    /// The longest window in days; a limit of the server is found out without it.
    pub max_days: Option<NonZeroU32>,
    /// Records a page.
    pub page_size: PageSize,
    /// How many windows are fetched at a time.
    pub concurrency: NonZeroU32,
}

impl SyncOptions {
    /// Reads the account's days and hours, over the whole retention, and no SIMs.
    pub fn new(now: DateTime<Utc>, program: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            now,
            program: program.into(),
            source: source.into(),
            granularities: vec![Granularity::Daily, Granularity::Hourly],
            sims: SyncSims::None,
            start: None,
            end: None,
            look_back: DEFAULT_LOOK_BACK,
            all: false,
            max_days: None,
            page_size: PageSize::MAX,
            concurrency: usage_client::DEFAULT_CONCURRENCY,
        }
    }
}
