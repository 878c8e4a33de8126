//! Whose records are read, and in which order.

use std::fmt;

use chrono::{DateTime, Utc};
use usage_model::{Granularity, SimSid};

use super::options::{SyncOptions, SyncSims};
use crate::{Archive, Error, Held, PlanOptions, Planned, Series, plan};

/// The records of the account or of a SIM at one granularity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) sim: Option<SimSid>,
    pub(super) granularity: Granularity,
    /// Nothing is read after, for a SIM that has left the account.
    pub(super) left_at: Option<DateTime<Utc>>,
}

/// A window to read.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) target: Target,
    pub(super) planned: Planned,
}

impl Target {
    /// What its plan is made for.
    fn plan(&self, sync: &SyncOptions, at: DateTime<Utc>) -> PlanOptions {
        let mut options = PlanOptions::new(at);
        options.start = sync.start;
        options.end = match (sync.end, self.left_at) {
            (Some(end), Some(left)) => Some(end.min(left)),
            (end, left) => end.or(left),
        };
        options.look_back = sync.look_back;
        options.all = sync.all;
        options.max_days = sync.max_days;
        options
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sim {
            Some(sim) => write!(f, "{} of SIM {sim}", self.granularity),
            None => write!(f, "{} of the account", self.granularity),
        }
    }
}

/// All targets of a sync: the account's at each granularity, then each SIM's.
pub(super) fn targets(
    archive: &Archive,
    account: Option<&str>,
    options: &SyncOptions,
) -> Result<Vec<Target>, Error> {
    let mut of = vec![(None, None)];
    match (&options.sims, account) {
        (SyncSims::Only(sims), _) => of.extend(sims.iter().map(|sim| (Some(*sim), None))),
        (SyncSims::All, Some(account)) => {
            let known = archive.known_sims(account)?.into_iter();
            let answering = known.filter(|sim| !sim.is_gone);
            of.extend(answering.map(|sim| (Some(sim.sid), sim.left_at)));
        }
        (SyncSims::None, _) | (SyncSims::All, None) => {}
    }
    let targets = of.into_iter().flat_map(|(sim, left_at)| {
        options.granularities.iter().map(move |granularity| Target {
            sim,
            granularity: *granularity,
            left_at,
        })
    });
    Ok(targets.collect())
}

/// What to read of all targets: what is missing first, oldest first, then what is not final, and so on.
pub(super) fn jobs(
    archive: &Archive,
    account: Option<&str>,
    options: &SyncOptions,
    at: DateTime<Utc>,
) -> Result<Vec<Job>, Error> {
    let mut jobs = Vec::new();
    for target in targets(archive, account, options)? {
        let mut wanted = target.plan(options, at);
        let held = match account {
            Some(account) => {
                let series = Series::new(account, target.sim, target.granularity);
                if !options.all {
                    wanted.start = wanted.start.max(archive.served_from(&series, at)?);
                }
                archive.held(&series, wanted.from())?
            }
            None => Held::default(),
        };
        let planned = plan(&held, target.granularity, &wanted).into_iter();
        jobs.extend(planned.map(|planned| Job {
            target: target.clone(),
            planned,
        }));
    }
    jobs.sort_by_key(|job| (job.planned.reason, job.planned.window.start()));
    Ok(jobs)
}
