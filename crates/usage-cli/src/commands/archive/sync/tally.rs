//! What a monitor is told of syncs, and of the archive after them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use chrono::{DateTime, Utc};
use usage_archive::{Archive, State, SyncReport};

use crate::{failure::Failure, output::metrics::Metrics};

/// What came of all syncs of a run, for a monitor.
#[derive(Default)]
pub(super) struct Tally {
    requests: u64,
    retries: u64,
    readings: u64,
    /// Findings by rule.
    pub(super) findings: BTreeMap<&'static str, u64>,
    /// The time of the last sync, by the server's clock.
    pub(super) at: Option<DateTime<Utc>>,
}

impl Tally {
    pub(super) fn add(&mut self, report: &SyncReport) {
        self.requests += report.requests;
        self.retries += report.retries;
        self.readings += report.appended.added;
        self.at = self.at.max(Some(report.at));
    }

    /// Adds what was read and found.
    pub(super) fn tell(self, metrics: &mut Metrics) {
        metrics.value(
            "readings_added",
            "Readings that were stored.",
            self.readings,
        );
        metrics.family("findings", "Findings by rule.", "rule", self.findings);
        metrics.value("requests", "Requests for records.", self.requests);
        metrics.value("retries", "Requests that were made again.", self.retries);
    }
}

/// Adds how the archive stands at a time.
pub(super) fn tell_of_archive(
    metrics: &mut Metrics,
    path: &Path,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    let archive = Archive::open_read_only(path)?;
    let status = archive.status(at)?;
    let periods = State::ALL.map(|state| {
        let series = status.series.iter();
        let count = series.filter_map(|one| one.periods.get(&state)).sum();
        (state.as_str(), count)
    });
    let help = "Periods in the archive by the state of their figures.";
    metrics.family("periods", help, "state", periods);
    let accounts = status.series.iter().map(|one| &one.series.account);
    let mut deletion: Option<DateTime<Utc>> = None;
    for account in accounts.collect::<BTreeSet<_>>() {
        let next = archive.next_deletion(account, at)?;
        deletion = [deletion, next].into_iter().flatten().min();
    }
    if let Some(deletion) = deletion {
        metrics.value(
            "unarchived_usage_deleted_in_seconds",
            "How long until the server deletes the first usage that is not final here; 86400 are a day.",
            deletion.signed_duration_since(at).num_seconds(),
        );
    }
    Ok(())
}
