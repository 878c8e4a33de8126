//! The one loop over a fetch: progress, signals, time, and what is missing at the end.

mod missing;
mod pages;
mod progress;
mod sims;

use std::{
    collections::BTreeSet,
    num::NonZeroU32,
    pin::{Pin, pin},
    thread,
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt, stream};
use tokio::time::Instant;
use usage_client::{
    Client, ErrorKind, FetchReport, MissingWindow, SimQuery, UsageQuery, WindowPage, WindowPlan,
    WindowState,
};
use usage_model::{Granularity, PageSize, Resource, SimRecord, SimSid, Window};

use crate::{
    args::{ConnectionArgs, QueryArgs},
    commands::Context,
    exit::{Exit, Signal, received},
    failure::Failure,
    messages::{note, number, tell},
    settings::Settings,
};

pub(crate) use missing::Missing;
pub(crate) use pages::Pages;
use progress::Progress;
pub(crate) use sims::Whose;
use sims::{gather, shared, sid};

/// How long after its own end of time the client may take to say what it was waiting for.
const GRACE: Duration = Duration::from_millis(500);

/// How long after the end of time the program may still be stuck, for instance in a pipe that nobody reads.
const STUCK: Duration = Duration::from_secs(3);

/// What a command does with what a fetch brings.
pub(crate) trait Consumer {
    /// Takes the next page. `now` is the present by the server's clock, or by ours where it has not told.
    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure>;

    /// Learns that the records of a window are missing, and why.
    fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure>;

    /// Learns whose records follow, where all SIMs are fetched.
    fn sim(&mut self, _: &SimRecord) -> Result<(), Failure> {
        Ok(())
    }

    /// Whether anybody still wants the next page.
    fn wants_more(&self) -> bool {
        true
    }
}

/// A fetch as the user described it: one query for each resource, one after the other, or that of every SIM, several at a
/// time.
pub(crate) struct Fetch {
    client: Client,
    plan: WindowPlan,
    whose: Whose,
    window: Window,
    granularity: Granularity,
    page_size: PageSize,
    requests_at_a_time: NonZeroU32,
    timeout: Option<Duration>,
}

impl Fetch {
    /// Reads the settings and the query. Nothing is sent.
    pub(crate) fn new(
        connection: &ConnectionArgs,
        query: &QueryArgs,
        context: Context,
    ) -> Result<Self, Failure> {
        let window = query.window(context.now)?;
        let settings = Settings::for_requests(connection, context)?;
        let mut plan = WindowPlan::new(context.now);
        if let Some(at_a_time) = NonZeroU32::new(connection.concurrency) {
            plan = plan.concurrency(at_a_time);
        }
        if let Some(days) = query.max_window_days.and_then(NonZeroU32::new) {
            plan = plan.longest(days);
        }
        Ok(Self {
            client: settings.client(connection, context)?,
            plan,
            whose: query.whose(),
            window,
            granularity: query.granularity,
            page_size: query.page_size,
            requests_at_a_time: NonZeroU32::new(connection.concurrency).unwrap_or(NonZeroU32::MIN),
            timeout: connection.timeout,
        })
    }

    /// Fetches the records of all SIMs, or of these among them.
    pub(crate) fn of_listed_sims(&mut self, sims: &[SimSid]) {
        self.whose = Whose::Listed(sims.to_owned());
    }

    /// The window that is asked for.
    pub(crate) const fn window(&self) -> Window {
        self.window
    }

    /// The granularity that is asked for.
    pub(crate) const fn granularity(&self) -> Granularity {
        self.granularity
    }

    /// Hands every page to a consumer, until the end, a signal, or the end of time; gives what is missing then.
    pub(crate) async fn drive(
        self,
        consumer: &mut impl Consumer,
        context: Context,
    ) -> Result<Missing, Failure> {
        let deadline = deadline(self.timeout);
        let mut drive = Drive {
            consumer,
            progress: Progress::new(context),
            missing: Missing::default(),
            stop: pin!(stopped(deadline)),
            now: context.now,
        };
        let Driven { reports, unwanted } = match &self.whose {
            Whose::Account => self.one_by_one(&[Resource::Account], &mut drive).await?,
            Whose::Sims(sims) => {
                let sims: Vec<_> = sims.iter().copied().map(Resource::Sim).collect();
                self.one_by_one(&sims, &mut drive).await?
            }
            Whose::Listed(only) => self.side_by_side(only, &mut drive).await?,
        };
        let Drive {
            progress,
            mut missing,
            ..
        } = drive;
        progress.finish();
        if context.quiet || unwanted {
            return Ok(missing);
        }
        // What is true of one SIM is true of all.
        let remarks: BTreeSet<String> = reports
            .iter()
            .flat_map(|report| remarks(report, self.granularity))
            .collect();
        for text in remarks {
            if missing.is_none() {
                note(&text);
            } else {
                // What failed is the first line.
                missing.remark(text);
            }
        }
        if missing.is_none() {
            tell(&progress.closing());
        }
        Ok(missing)
    }

    fn query(&self, resource: Resource) -> UsageQuery {
        UsageQuery::new(resource, self.window, self.granularity).page_size(self.page_size)
    }

    /// Fetches one resource after the other, each in several windows at a time.
    async fn one_by_one<C: Consumer, S: Future<Output = Stop>>(
        &self,
        resources: &[Resource],
        drive: &mut Drive<'_, C, S>,
    ) -> Result<Driven, Failure> {
        let several = resources.len() > 1;
        let mut driven = Driven::default();
        let mut stopped = None;
        for resource in resources {
            drive.missing.resource(several.then_some(*resource));
            if let Some(stop) = stopped {
                drive.stop(stop, Some(self.window))?;
                continue;
            }
            let mut fetch = self.client.windows(self.query(*resource), &self.plan);
            drive.progress.expect(fetch.planned().len(), "window");
            match drive.through(&mut fetch).await? {
                Through::Ended => driven.reports.push(fetch.report().clone()),
                Through::Unwanted => {
                    // Whoever went away wants to hear nothing either.
                    driven.unwanted = true;
                    break;
                }
                Through::Failed(stop) => {
                    driven.reports.push(fetch.report().clone());
                    stopped = Some(stop);
                }
                Through::Stopped(stop) => {
                    drive.stop(stop, fetch.remaining())?;
                    stopped = Some(stop);
                }
            }
        }
        Ok(driven)
    }

    /// Fetches the SIMs of the list, several at a time, and delivers them in the order of the list.
    async fn side_by_side<C: Consumer, S: Future<Output = Stop>>(
        &self,
        only: &[SimSid],
        drive: &mut Drive<'_, C, S>,
    ) -> Result<Driven, Failure> {
        let mut driven = Driven::default();
        let mut sims = match drive.list(&self.client).await? {
            Ok(sims) => sims,
            Err(stop) => {
                drive.stop(stop, None)?;
                return Ok(driven);
            }
        };
        sims.retain(|(sid, _)| only.is_empty() || only.contains(sid));
        drive.progress.expect(sims.len(), "SIM");
        let (at_a_time, plan) = shared(&self.plan, self.requests_at_a_time, sims.len());
        let fetches = sims.iter().map(|(sid, _)| {
            let query = self.query(Resource::Sim(*sid));
            gather(self.client.windows(query, &plan))
        });
        let mut fetches = pin!(stream::iter(fetches).buffered(at_a_time));
        for (number, (sid, sim)) in sims.iter().enumerate() {
            drive.missing.resource(Some(Resource::Sim(*sid)));
            let gathered = tokio::select! {
                biased;
                stop = &mut drive.stop => Err(stop),
                gathered = fetches.next() => Ok(gathered),
            };
            let through = match gathered {
                Err(stop) => Through::Stopped(stop),
                Ok(None) => break,
                Ok(Some(gathered)) => {
                    driven.reports.push(gathered.report);
                    drive.consumer.sim(sim)?;
                    drive.through(&mut stream::iter(gathered.items)).await?
                }
            };
            let (stop, rest) = match through {
                Through::Ended => {
                    drive.progress.done();
                    continue;
                }
                Through::Unwanted => {
                    driven.unwanted = true;
                    break;
                }
                Through::Failed(stop) => (stop, number + 1),
                Through::Stopped(stop) => (stop, number),
            };
            for (sid, sim) in sims.iter().skip(rest) {
                drive.consumer.sim(sim)?;
                drive.missing.resource(Some(Resource::Sim(*sid)));
                drive.stop(stop, Some(self.window))?;
            }
            break;
        }
        Ok(driven)
    }
}

/// How a fetch went, besides what is missing.
#[derive(Default)]
struct Driven {
    reports: Vec<FetchReport>,
    /// Whether whoever read the output went away.
    unwanted: bool,
}

/// Why a fetch is not driven to its end.
#[derive(Clone, Copy)]
pub(crate) enum Stop {
    Signal(Signal),
    Deadline,
    /// What failed would fail again for every resource.
    Failure,
}

impl Stop {
    const fn why(self) -> &'static str {
        match self {
            Self::Signal(_) => "interrupted",
            Self::Deadline => "the time was over",
            Self::Failure => "not asked for after the failure",
        }
    }
}

/// How one query went.
enum Through {
    Ended,
    /// Nobody wants the rest.
    Unwanted,
    /// The rest of the query is known to be missing, and the other queries would fail too.
    Failed(Stop),
    Stopped(Stop),
}

/// A fetch on its way.
struct Drive<'a, C, S> {
    consumer: &'a mut C,
    progress: Progress,
    missing: Missing,
    stop: Pin<&'a mut S>,
    /// The present, by the server's clock where it is known.
    now: DateTime<Utc>,
}

impl<C: Consumer, S: Future<Output = Stop>> Drive<'_, C, S> {
    /// Takes the pages of one query.
    async fn through(
        &mut self,
        items: &mut (impl Stream<Item = Result<WindowPage, MissingWindow>> + Unpin),
    ) -> Result<Through, Failure> {
        let mut fatal = false;
        let counts_windows = self.progress.counts("window");
        loop {
            let item = tokio::select! {
                biased;
                stop = &mut self.stop => return Ok(Through::Stopped(stop)),
                item = items.next() => item,
            };
            match item {
                None if fatal => return Ok(Through::Failed(Stop::Failure)),
                None => return Ok(Through::Ended),
                Some(Ok(page)) => {
                    if let Some(date) = page.server_date {
                        self.now = date;
                    }
                    self.progress.page(page.records.len(), page.waited);
                    self.consumer.page(&page, self.now)?;
                    if !self.consumer.wants_more() {
                        return Ok(Through::Unwanted);
                    }
                    if counts_windows && page.cursor.is_none() {
                        self.progress.done();
                    }
                }
                Some(Err(failed)) => {
                    fatal |= is_fatal(&failed);
                    self.consumer
                        .missing(failed.window, &failed.error.reason())?;
                    self.missing.add(failed);
                }
            }
        }
    }

    /// Lists the SIMs of the account. What cannot be read of the list is missing.
    async fn list(
        &mut self,
        client: &Client,
    ) -> Result<Result<Vec<(SimSid, SimRecord)>, Stop>, Failure> {
        let mut listed = Vec::new();
        let mut sims = pin!(client.sims(SimQuery::new()));
        loop {
            let item = tokio::select! {
                biased;
                stop = &mut self.stop => return Ok(Err(stop)),
                item = sims.next() => item,
            };
            match item {
                None => return Ok(Ok(listed)),
                Some(Err(error)) => return Err(error.into()),
                Some(Ok(Err(malformed))) => self.unlisted(&malformed.to_string()),
                Some(Ok(Ok(sim))) => match sid(&sim) {
                    Some(sid) => listed.push((sid, sim)),
                    None => self.unlisted("a SIM of the list has no SID of the documented form"),
                },
            }
            self.progress.listed(listed.len());
        }
    }

    /// Notes that the records of a SIM are missing, because the list does not say which it is.
    fn unlisted(&mut self, why: &str) {
        self.missing
            .failed(|| Failure::incomplete("not every SIM of the list can be read"));
        self.missing.remark(format!("missing: a SIM ({why})"));
    }

    /// Notes what is missing where the drive was stopped.
    fn stop(&mut self, stop: Stop, rest: Option<Window>) -> Result<(), Failure> {
        const ALL: &str = "all records were fetched";

        if let Some(rest) = rest {
            self.consumer.missing(rest, stop.why())?;
            self.missing.extend(rest, stop.why().to_owned());
        }
        match stop {
            Stop::Signal(signal) => self.missing.ended(Failure::ended(signal, ALL)),
            Stop::Deadline => self.missing.failed(|| {
                Failure::incomplete(format!("the time of --timeout was over before {ALL}"))
                    .help("give it a longer --timeout, or ask for less")
            }),
            Stop::Failure => {}
        }
        Ok(())
    }
}

/// Whether every further request would fail for the same reason.
fn is_fatal(failed: &MissingWindow) -> bool {
    matches!(
        failed.error.kind(),
        ErrorKind::Config
            | ErrorKind::Tls
            | ErrorKind::Authentication
            | ErrorKind::Deadline
            | ErrorKind::Abandoned
    )
}

/// When a command has to end that may take so long; it is ended where it cannot end itself.
pub(crate) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    let timeout = timeout?;
    end_if_stuck(timeout);
    Some(Instant::now() + timeout + GRACE)
}

/// Completes when a signal comes or the time is over.
pub(crate) async fn stopped(deadline: Option<Instant>) -> Stop {
    let over = async {
        match deadline {
            Some(deadline) => tokio::time::sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        signal = received() => Stop::Signal(signal),
        () = over => Stop::Deadline,
    }
}

/// Ends the program where it cannot end itself: its output is a pipe that nobody reads, or a disk that hangs.
fn end_if_stuck(timeout: Duration) {
    thread::spawn(move || {
        thread::sleep(timeout.saturating_add(GRACE + STUCK));
        tell("error: the time of --timeout is over, and the output still takes no more");
        std::process::exit(Exit::Incomplete.code().into());
    });
}

/// What the user should know of a fetch though nothing failed.
fn remarks(report: &FetchReport, granularity: Granularity) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(days) = report.longest_window {
        let days = number(days.get().into(), "day");
        let in_pieces = match granularity {
            Granularity::All => "each record is the total of a piece, not of the whole window",
            _ => "the window was asked for in pieces",
        };
        remarks.push(format!(
            "the server takes at most {days} at a time: {in_pieces}"
        ));
    }
    if let Some(size) = report.smaller_pages {
        let size = number(size.get().into(), "record");
        remarks.push(format!(
            "the server takes pages of at most {size}: smaller ones were asked for"
        ));
    }
    let asked = report
        .windows
        .iter()
        .filter(|window| window.records > 0 || window.pages > 0);
    let past = asked
        .filter(|window| window.past_retention)
        .map(|window| window.window);
    if let Some(past) = past.reduce(Window::hull) {
        remarks.push(format!(
            "{past} is older than the 18 months that are kept: the server leaves usage out there without an error"
        ));
    }
    let future = report
        .windows
        .iter()
        .filter(|window| window.state == WindowState::Future);
    remarks.extend(
        future.map(|window| format!("{} is in the future, and was not asked for", window.window)),
    );
    for gap in &report.gaps {
        remarks.push(format!(
            "{gap} is missing exactly between two pages: the data may have changed meanwhile; fetch it again"
        ));
    }
    remarks
}
