//! What came of a sync.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use usage_model::{Granularity, SimSid, Window};

use super::targets::Job;
use crate::{Appended, ChainHash, Outcome, ReadingId, Series, plan::deleted_at};

/// What came of a sync.
#[derive(Debug)]
#[non_exhaustive]
pub struct SyncReport {
    /// The account; `None` where nothing said which it is.
    pub account: Option<String>,
    /// The time of the sync, by the server's clock.
    pub at: DateTime<Utc>,
    /// Whether the server told the time; otherwise it is ours.
    pub is_servers_clock: bool,
    /// What a first sync was about to read; `None` for every other.
    pub first: Option<FirstLook>,
    /// What was stored.
    pub appended: Appended,
    /// Windows that were read, in full or in part.
    pub windows: u64,
    /// Requests, repeated ones and those for the list of SIMs included, without those for access tokens.
    pub requests: u64,
    /// How many of them were made again.
    pub retries: u64,
    /// What could not be read.
    pub failed: Vec<FailedRead>,
    /// SIMs of the list that do not decode or state no SID, so that their records could not be asked for.
    pub unreadable_sims: u64,
    /// What was not asked for, or not answered yet, because the sync was stopped or gave up.
    pub not_asked: Vec<NotAsked>,
    /// What the user should know though nothing failed.
    pub remarks: Vec<Remark>,
    /// How the run ended.
    pub outcome: Outcome,
    /// The last reading and the hash of the chain up to it.
    pub head: Option<(ReadingId, ChainHash)>,
    /// When the server deletes the first figures that are not final in the archive.
    pub next_deletion: Option<DateTime<Utc>>,
}

impl SyncReport {
    pub(super) fn new(at: DateTime<Utc>) -> Self {
        Self {
            account: None,
            at,
            is_servers_clock: false,
            first: None,
            appended: Appended::default(),
            windows: 0,
            requests: 0,
            retries: 0,
            failed: Vec::new(),
            unreadable_sims: 0,
            not_asked: Vec::new(),
            remarks: Vec::new(),
            outcome: Outcome::Failed,
            head: None,
            next_deletion: None,
        }
    }
}

/// What a first sync is about to read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FirstLook {
    /// How many periods of each granularity lie in the range, over the account and all SIMs.
    pub periods: BTreeMap<Granularity, u64>,
    /// How many windows they are read in.
    pub windows: u64,
    /// The time, by the server's clock.
    pub at: DateTime<Utc>,
    /// When the server deletes the oldest of them.
    pub next_deletion: Option<DateTime<Utc>>,
}

impl FirstLook {
    pub(super) fn of(jobs: &[Job], at: DateTime<Utc>) -> Self {
        let mut periods = BTreeMap::new();
        for job in jobs {
            let window = job.planned.window;
            let count = match job.target.granularity.bucket() {
                Some(bucket) => {
                    let length = window.end().signed_duration_since(window.start());
                    u64::try_from(length.num_seconds())
                        .unwrap_or(0)
                        .div_ceil(bucket.num_seconds().unsigned_abs())
                }
                None => 1,
            };
            *periods.entry(job.target.granularity).or_default() += count;
        }
        let oldest = jobs.iter().map(|job| job.planned.window.start()).min();
        Self {
            periods,
            windows: u64::try_from(jobs.len()).unwrap_or(u64::MAX),
            at,
            next_deletion: oldest.and_then(deleted_at),
        }
    }
}

/// Something that could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailedRead {
    /// Whose records, in words.
    pub what: String,
    /// The window; `None` for the list of SIMs.
    pub window: Option<Window>,
    /// Why.
    pub error: usage_client::Error,
}

/// Windows of one series, one after the other, that were not read because the sync ended before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotAsked {
    /// Whose records, in words.
    pub what: String,
    /// From the first to the last of them.
    pub window: Window,
}

impl NotAsked {
    pub(super) fn of<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for job in jobs {
            let (what, window) = (job.target.to_string(), job.planned.window);
            let touches = |one: &Window| one.start() <= window.end() && window.start() <= one.end();
            let same = all
                .iter_mut()
                .find(|one| one.what == what && touches(&one.window));
            match same {
                Some(one) => one.window = one.window.hull(window),
                None => all.push(Self { what, window }),
            }
        }
        all
    }
}

/// What the user should know though nothing failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// No record says which account it is of, so that nothing could be kept.
    NoAccount,
    /// A SIM that has left the account is found no longer under its SID; what is held of it stays.
    SimGone(SimSid),
    /// The server takes no window that starts before a time; what lies before cannot be kept.
    #[non_exhaustive]
    StartRefused {
        /// Whose records, in words.
        what: String,
        /// From when on windows are taken.
        from: DateTime<Utc>,
        /// Why an earlier one was refused.
        reason: String,
    },
}

/// What happens during a sync.
#[derive(Debug)]
#[non_exhaustive]
pub enum SyncEvent<'a> {
    /// A first sync is about to read this.
    First(&'a FirstLook),
    /// A window was read and stored.
    #[non_exhaustive]
    Read {
        /// Whose records.
        series: &'a Series,
        /// The window.
        window: Window,
        /// What it brought.
        appended: &'a Appended,
    },
    /// Something could not be read.
    Failed(&'a FailedRead),
}
