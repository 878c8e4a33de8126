//! One sync: plans, asks, stores, and plans anew where the server says another time or takes shorter windows.

use std::{
    collections::VecDeque,
    num::NonZeroU32,
    pin::{Pin, pin},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use futures_util::{
    StreamExt as _,
    future::{Either, select},
    stream,
};
use usage_client::{Client, ErrorKind as FetchErrorKind};
use usage_model::{SimSid, Window};

use super::{
    clock::{self, ServerClock},
    fetch::{Fetched, ServerLimits, fetch},
    options::{SyncOptions, SyncSims},
    report::{FailedRead, FirstLook, NotAsked, Remark, SyncEvent, SyncReport},
    sims::{self, SimList},
    starts::{Judged, RefusedStarts},
    targets::{self, Job},
};
use crate::{Archive, Error, Outcome, RunId, Series, WindowRead, key::is_same_account};

/// How many windows may fail one after the other before the rest is not asked for: a server in distress is not
/// asked for every window of eighteen months.
const FAILURES_IN_A_ROW: u32 = 3;

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// All windows were asked for.
    Through,
    /// The caller stopped it.
    Stopped,
    /// What failed would fail again, or failed too often.
    GaveUp,
}

/// What is still to come of a plan.
struct Pending {
    /// What has not come, in the order in which it comes.
    left: VecDeque<Job>,
    /// Windows that came before it was known whose they are.
    unowned: Vec<Fetched>,
}

impl Pending {
    fn new(jobs: &[Job]) -> Self {
        Self {
            left: jobs.iter().cloned().collect(),
            unowned: Vec::new(),
        }
    }
}

/// One sync.
pub(super) struct Pass<'a> {
    archive: &'a mut Archive,
    options: &'a SyncOptions,
    observe: &'a mut (dyn FnMut(SyncEvent<'_>) + Send),
    clock: ServerClock,
    /// Whose records they are, as soon as it is known.
    account: Option<String>,
    /// The list of SIMs, until it is known whose they are.
    unowned_sims: Option<SimList>,
    run: Option<RunId>,
    /// When the window that was stored last was read.
    stored_at: Option<DateTime<Utc>>,
    /// The longest window in days that the server takes, where it refused longer ones.
    max_days: Option<NonZeroU32>,
    /// Windows that failed one after the other.
    failures: u32,
    starts: RefusedStarts,
    report: SyncReport,
}

impl<'a> Pass<'a> {
    pub(super) fn new(
        archive: &'a mut Archive,
        options: &'a SyncOptions,
        observe: &'a mut (dyn FnMut(SyncEvent<'_>) + Send),
    ) -> Self {
        Self {
            archive,
            options,
            observe,
            clock: ServerClock::new(options.now),
            account: None,
            unowned_sims: None,
            run: None,
            stored_at: None,
            max_days: options.max_days,
            failures: 0,
            starts: RefusedStarts::default(),
            report: SyncReport::new(options.now),
        }
    }

    pub(super) async fn read<S: Future<Output = ()> + Send>(
        &mut self,
        client: &Client,
        mut stop: Pin<&mut S>,
    ) -> Result<Ended, Error> {
        self.account = self.archive.account_of_source(&self.options.source)?;
        if self.options.sims == SyncSims::All {
            let list = pin!(sims::list(client.clone()));
            let list = match select(stop.as_mut(), list).await {
                Either::Left(((), _)) => {
                    self.note_not_asked()?;
                    return Ok(Ended::Stopped);
                }
                Either::Right((list, _)) => list,
            };
            if self.note_sims(list)? {
                self.note_not_asked()?;
                return Ok(Ended::GaveUp);
            }
        }
        loop {
            // Where the server's clock says another time than was planned for, or the server takes no window as
            // long as those of the plan, all is planned anew.
            if let Some(ended) = self.read_as_planned(client, stop.as_mut()).await? {
                return Ok(ended);
            }
            // What failed is asked for again.
            self.report.failed.retain(|failed| failed.window.is_none());
            self.failures = 0;
            self.starts = RefusedStarts::default();
        }
    }

    /// Reads what is planned for the time of the clock; `None` where another plan is needed.
    async fn read_as_planned<S: Future<Output = ()> + Send>(
        &mut self,
        client: &Client,
        mut stop: Pin<&mut S>,
    ) -> Result<Option<Ended>, Error> {
        let at = self.clock.now();
        let mut jobs = self.jobs(at)?;
        if jobs.is_empty() && !self.clock.is_told() {
            // By our clock there is nothing to read. Whether that is so only the server's can tell.
            let asked = match select(stop.as_mut(), pin!(clock::ask(client, at))).await {
                Either::Left(((), _)) => return Ok(Some(Ended::Stopped)),
                Either::Right((asked, _)) => asked,
            };
            self.report.requests += asked.requests;
            if self.note_time(asked.server_date, asked.failure.is_none())? {
                return Ok(None);
            }
            if let Some(error) = asked.failure {
                self.fail("the time of the server".to_owned(), None, error);
            }
        }
        let look = FirstLook::of(&jobs, at);
        let mut pending = Pending::new(&jobs);
        let limits = Arc::new(ServerLimits::new(self.options));
        let fetch = |job| fetch(client.clone(), job, at, Arc::clone(&limits));
        // The first window tells the server's time, and is asked for alone.
        let alone = usize::from(!self.clock.is_told()).min(jobs.len());
        let rest = jobs.split_off(alone);
        let at_a_time = usize::try_from(self.options.concurrency.get()).unwrap_or(1);
        let rest = stream::iter(rest).map(fetch).buffered(at_a_time);
        let mut reads = pin!(stream::iter(jobs).then(fetch).chain(rest));
        loop {
            let fetched = match select(stop.as_mut(), reads.next()).await {
                Either::Left(((), _)) => {
                    self.report.not_asked = NotAsked::of(&pending.left);
                    return Ok(Some(Ended::Stopped));
                }
                Either::Right((Some(fetched), _)) => fetched,
                Either::Right((None, _)) => break,
            };
            pending.left.pop_front();
            self.report.requests += fetched.requests;
            self.report.retries += fetched.retries;
            if self.note_time(fetched.server_date, fetched.failure.is_none())? {
                return Ok(None);
            }
            if self.account.is_none() {
                self.account = self.held(fetched.account())?;
                if let Some(account) = self.account.clone()
                    && let Some(list) = self.unowned_sims.take()
                {
                    self.store_sims(&account, &list)?;
                }
            }
            if self.account.is_none() && fetched.failure.is_none() {
                // It is empty: what comes later says whose it is.
                pending.unowned.push(fetched);
                continue;
            }
            if self.account.is_some() {
                self.look_first(&look)?;
            }
            let max_days = fetched.longest_window;
            for fetched in pending.unowned.drain(..).chain([fetched]) {
                if self.take(fetched)? {
                    self.report.not_asked = NotAsked::of(&pending.left);
                    return Ok(Some(Ended::GaveUp));
                }
            }
            if self.learn(max_days) {
                return Ok(None);
            }
        }
        if self.account.is_none() && self.report.failed.is_empty() {
            self.report.remarks.push(Remark::NoAccount);
        }
        Ok(Some(Ended::Through))
    }

    /// Notes the list of SIMs; returns whether nothing further is to be asked for.
    fn note_sims(&mut self, list: SimList) -> Result<bool, Error> {
        self.report.requests += list.requests;
        if self.account.is_none() {
            self.account = self.held(list.account.clone())?;
        }
        let _nothing_is_planned_yet: bool =
            self.note_time(list.server_date, list.failure.is_none())?;
        if let Some(error) = list.failure {
            return Ok(self.fail("the list of SIMs".to_owned(), None, error));
        }
        self.report.unreadable_sims = list.unreadable;
        let Some(account) = self.account.clone() else {
            // A record will say whose they are.
            self.unowned_sims = Some(list);
            return Ok(false);
        };
        if let Some(other) = &list.account
            && !is_same_account(other, &account)
        {
            let source = &self.options.source;
            return Err(Error::foreign_account(source, other, &account));
        }
        self.store_sims(&account, &list)?;
        Ok(false)
    }

    /// Stores the SIMs that are listed.
    fn store_sims(&mut self, account: &str, list: &SimList) -> Result<(), Error> {
        let listed = list.sims.iter().map(|sim| (sim.sid, sim.object.as_str()));
        // Any of those that the list does not have may be one that could not be read.
        let is_whole = list.unreadable == 0;
        self.archive
            .note_sims(account, self.clock.now(), listed, is_whole)
    }

    /// An account as the archive has it.
    fn held(&self, account: Option<String>) -> Result<Option<String>, Error> {
        let held = account.map(|account| self.archive.held_account(&account));
        held.transpose()
    }

    /// What there is to read at a time.
    fn jobs(&self, at: DateTime<Utc>) -> Result<Vec<Job>, Error> {
        let mut options = self.options.clone();
        options.max_days = self.max_days;
        if let Some(list) = &self.unowned_sims {
            options.sims = SyncSims::Only(list.sims.iter().map(|sim| sim.sid).collect());
        }
        targets::jobs(self.archive, self.account.as_deref(), &options, at)
    }

    /// Notes that nothing of what there is to read was asked for.
    fn note_not_asked(&mut self) -> Result<(), Error> {
        let jobs = self.jobs(self.clock.now())?;
        self.report.not_asked = NotAsked::of(&jobs);
        Ok(())
    }

    /// Notes a limit of the server; returns whether windows have to be shorter than planned from now on.
    fn learn(&mut self, longest: Option<NonZeroU32>) -> bool {
        let is_shorter = longest.is_some_and(|days| self.max_days.is_none_or(|max| days < max));
        if is_shorter {
            self.max_days = longest;
        }
        is_shorter
    }

    /// Stores what was fetched of a window; returns whether the rest is not to be asked for.
    fn take(&mut self, fetched: Fetched) -> Result<bool, Error> {
        if let Some(account) = self.account.clone() {
            fetched.check_owner(&account, &self.options.source)?;
            self.store(account, &fetched)?;
        }
        if let Some(sim) = fetched.gone_sim() {
            self.note_gone(sim)?;
            return Ok(false);
        }
        let refused = fetched.refused_start();
        if let Some((window, error)) = fetched.failure {
            if refused.is_some() {
                self.starts.refused(fetched.job.target, window, error);
                return Ok(false);
            }
            let what = fetched.job.target.to_string();
            return Ok(self.fail(what, Some(window), error));
        }
        self.failures = 0;
        Ok(false)
    }

    /// Stores the parts of a window that were read in full.
    fn store(&mut self, account: String, fetched: &Fetched) -> Result<(), Error> {
        // What brought nothing was not read at any time: a login page in its place tells none.
        if fetched.parts.is_empty() {
            return Ok(());
        }
        let target = &fetched.job.target;
        let series = Series::new(account, target.sim, target.granularity);
        // Of windows that are fetched at a time a later one may have been answered while an earlier one was tried
        // again. The server's clock did not go back for that.
        let read_at = fetched.server_date.unwrap_or_else(|| self.clock.now());
        let read_at = self.stored_at.map_or(read_at, |last| last.max(read_at));
        self.stored_at = Some(read_at);
        for part in &fetched.parts {
            let run = self.run(&series.account)?;
            let read = WindowRead::new(&series, part.window, read_at, &part.texts);
            let appended = self.archive.append(run, &read)?;
            self.starts.taken(target, part.window);
            self.report.windows += 1;
            (self.observe)(SyncEvent::Read {
                series: &series,
                window: part.window,
                appended: &appended,
            });
            self.report.appended.merge(appended);
        }
        Ok(())
    }

    /// Notes from when on windows are taken. Where none was taken, or an earlier one was, a refusal is a failure.
    fn note_refused_starts(&mut self) -> Result<(), Error> {
        let at = self.clock.now();
        for (target, window, error) in std::mem::take(&mut self.starts).judge() {
            match (window, &self.account) {
                (Judged::TooEarly(from), Some(account)) => {
                    let series = Series::new(account, target.sim, target.granularity);
                    self.archive.note_served_from(&series, from, at)?;
                    self.report.remarks.push(Remark::StartRefused {
                        what: target.to_string(),
                        from,
                        reason: match error.server_error() {
                            Some(said) => format!("{}: {said}", error.reason()),
                            None => error.reason(),
                        },
                    });
                }
                (Judged::TooEarly(_), None) => {}
                (Judged::Failed(window), _) => {
                    self.fail(target.to_string(), Some(window), error);
                }
            }
        }
        Ok(())
    }

    /// Notes that a SIM which has left is found no longer.
    fn note_gone(&mut self, sim: SimSid) -> Result<(), Error> {
        let remark = Remark::SimGone(sim);
        if let Some(account) = &self.account
            && !self.report.remarks.contains(&remark)
        {
            self.archive.note_gone_sim(account, sim)?;
            self.report.remarks.push(remark);
        }
        Ok(())
    }

    /// The run, which begins with the first window that is stored.
    fn run(&mut self, account: &str) -> Result<RunId, Error> {
        if let Some(run) = self.run {
            return Ok(run);
        }
        self.archive.claim_source(&self.options.source, account)?;
        let program = &self.options.program;
        let run = self.archive.begin_run(program, self.clock.now())?;
        self.run = Some(run);
        Ok(run)
    }

    /// Notes a failure; returns whether the rest is not to be asked for.
    fn fail(&mut self, what: String, window: Option<Window>, error: usage_client::Error) -> bool {
        self.failures += 1;
        let gave_up = is_fatal(error.kind()) || self.failures >= FAILURES_IN_A_ROW;
        let failed = FailedRead {
            what,
            window,
            error,
        };
        (self.observe)(SyncEvent::Failed(&failed));
        self.report.failed.push(failed);
        gave_up
    }

    /// Takes over the time that the server told; where it answered without one, ours counts. Returns whether that
    /// is another time than what was planned for.
    ///
    /// Fails where it is before what the archive has seen of the account.
    fn note_time(
        &mut self,
        server_date: Option<DateTime<Utc>>,
        has_answered: bool,
    ) -> Result<bool, Error> {
        if server_date.is_none() && !has_answered {
            return Ok(false);
        }
        let is_another = self.clock.correct(server_date);
        let ours = self.options.now;
        let checked = self.clock.check_plausible(ours, self.options.start);
        checked.map_err(|error| error.at(self.archive.path()))?;
        let latest = match &self.account {
            Some(account) => self.archive.latest_read(account)?,
            None => None,
        };
        if let Some(latest) = latest {
            let checked = self.clock.check_not_before(latest);
            checked.map_err(|error| error.at(self.archive.path()))?;
        }
        Ok(is_another)
    }

    /// Says what a first sync is about to read.
    fn look_first(&mut self, look: &FirstLook) -> Result<(), Error> {
        let Some(account) = &self.account else {
            return Ok(());
        };
        if self.run.is_none() && self.archive.latest_read(account)?.is_none() {
            (self.observe)(SyncEvent::First(look));
            self.report.first = Some(look.clone());
        }
        Ok(())
    }

    /// Notes how the run ended, and how the archive stands.
    pub(super) fn finish(mut self, ended: Result<Ended, Error>) -> Result<SyncReport, Error> {
        if ended.is_ok() {
            self.note_refused_starts()?;
        }
        let outcome = match &ended {
            Ok(Ended::Through)
                if self.report.failed.is_empty() && self.report.unreadable_sims == 0 =>
            {
                Outcome::Complete
            }
            Ok(Ended::Through | Ended::GaveUp) => Outcome::Incomplete,
            Ok(Ended::Stopped) => Outcome::Interrupted,
            Err(_) => Outcome::Failed,
        };
        let at = self.clock.now();
        if let Some(run) = self.run {
            let noted = self
                .archive
                .finish_run(run, outcome, at, self.report.requests);
            // What ended the sync says more than that its end could not be noted.
            if ended.is_ok() {
                noted?;
            }
        }
        ended?;
        self.report.outcome = outcome;
        self.report.at = at;
        self.report.is_servers_clock = self.clock.is_servers();
        self.report.head = self.archive.head()?;
        if let Some(account) = &self.account {
            self.report.account = Some(account.clone());
            self.report.next_deletion = self.archive.next_deletion(account, at)?;
        }
        Ok(self.report)
    }
}

/// Whether every further request would fail for the same reason.
const fn is_fatal(kind: FetchErrorKind) -> bool {
    matches!(
        kind,
        FetchErrorKind::Config
            | FetchErrorKind::Tls
            | FetchErrorKind::Authentication
            | FetchErrorKind::Deadline
            | FetchErrorKind::Abandoned
    )
}
