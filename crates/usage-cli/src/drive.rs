//! The one loop over a fetch: progress, signals, time, and what is missing at the end.

mod missing;
mod pages;
mod progress;

use std::{
    num::NonZeroU32,
    pin::{Pin, pin},
    thread,
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use tokio::time::Instant;
use usage_client::{
    Client, ErrorKind, FetchReport, MissingWindow, UsageQuery, WindowPage, WindowPlan, WindowState,
    WindowedFetch,
};
use usage_model::{Granularity, Resource, Window};

use crate::{
    args::{ConnectionArgs, QueryArgs},
    commands::Context,
    exit::{Exit, Signal, received},
    failure::Failure,
    messages::{note, tell, warn},
    settings::Settings,
};

pub(crate) use missing::Missing;
pub(crate) use pages::Pages;
use progress::Progress;

/// How long after its own end of time the client may take to say what it was waiting for.
const GRACE: Duration = Duration::from_millis(500);

/// How long after the end of time the program may still be stuck, for instance in a pipe that nobody reads.
const STUCK: Duration = Duration::from_secs(3);

/// How long a page waits, for the server or between attempts, until that is told.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// What a command does with what a fetch brings.
pub(crate) trait Consumer {
    /// Takes the next page. `now` is the present by the server's clock, or by ours where it has not told.
    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure>;

    /// Learns that the records of a window are missing, and why.
    fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure>;

    /// Whether anybody still wants the next page.
    fn wants_more(&self) -> bool {
        true
    }
}

/// A fetch as the user described it: one query for each resource, one after the other.
pub(crate) struct Fetch {
    client: Client,
    plan: WindowPlan,
    queries: Vec<UsageQuery>,
    window: Window,
    granularity: Granularity,
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
        let settings = Settings::read(connection)?;
        if !context.quiet {
            settings.warnings().iter().for_each(|text| warn(text));
        }
        if context.verbose {
            settings.described().iter().for_each(|line| tell(line));
        }
        let mut plan = WindowPlan::new(context.now);
        if let Some(at_a_time) = NonZeroU32::new(connection.concurrency) {
            plan = plan.concurrency(at_a_time);
        }
        if let Some(days) = query.max_window_days.and_then(NonZeroU32::new) {
            plan = plan.longest(days);
        }
        let resources = match query.sim.as_slice() {
            [] => vec![Resource::Account],
            sims => sims.iter().copied().map(Resource::Sim).collect(),
        };
        let queries = resources
            .into_iter()
            .map(|resource| {
                UsageQuery::new(resource, window, query.granularity).page_size(query.page_size)
            })
            .collect();
        Ok(Self {
            client: settings.client(connection)?,
            plan,
            queries,
            window,
            granularity: query.granularity,
            timeout: connection.timeout,
        })
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
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout + GRACE);
        if let Some(timeout) = self.timeout {
            end_if_stuck(timeout);
        }
        let several = self.queries.len() > 1;
        let mut drive = Drive {
            consumer,
            progress: Progress::new(context),
            missing: Missing::default(),
            stop: pin!(stopped(deadline)),
            now: context.now,
            quiet: context.quiet,
        };
        let mut reports = Vec::new();
        let mut stopped = None;
        let mut unwanted = false;
        for query in self.queries {
            drive.missing.resource(several.then(|| query.resource()));
            if let Some(stop) = &stopped {
                drive.stop(*stop, Some(query.window()))?;
                continue;
            }
            let mut fetch = pin!(self.client.windows(query, &self.plan));
            match drive.through(&mut fetch).await? {
                Through::Ended => reports.push(fetch.report().clone()),
                Through::Unwanted => {
                    // Whoever went away wants to hear nothing either.
                    unwanted = true;
                    break;
                }
                Through::Failed(stop) => {
                    reports.push(fetch.report().clone());
                    stopped = Some(stop);
                }
                Through::Stopped(stop) => {
                    drive.stop(stop, fetch.remaining())?;
                    stopped = Some(stop);
                }
            }
        }
        let Drive {
            progress,
            mut missing,
            ..
        } = drive;
        progress.finish();
        if context.quiet || unwanted {
            return Ok(missing);
        }
        let remarks = reports.iter().flat_map(remarks);
        if missing.is_none() {
            remarks.for_each(|text| note(&text));
            tell(&progress.closing());
        } else {
            // What failed is the first line.
            remarks.for_each(|text| missing.remark(text));
        }
        Ok(missing)
    }
}

/// Why a fetch is not driven to its end.
#[derive(Clone, Copy)]
enum Stop {
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
    quiet: bool,
}

impl<C: Consumer, S: Future<Output = Stop>> Drive<'_, C, S> {
    /// Takes the pages of one query.
    async fn through(&mut self, fetch: &mut Pin<&mut WindowedFetch>) -> Result<Through, Failure> {
        let mut fatal = false;
        loop {
            let item = tokio::select! {
                biased;
                stop = &mut self.stop => return Ok(Through::Stopped(stop)),
                item = fetch.next() => item,
            };
            match item {
                None if fatal => return Ok(Through::Failed(Stop::Failure)),
                None => return Ok(Through::Ended),
                Some(Ok(page)) => {
                    if let Some(date) = fetch.report().server_date {
                        self.now = date;
                    }
                    self.progress.page(page.records.len());
                    self.waited(page.waited);
                    self.consumer.page(&page, self.now)?;
                    if !self.consumer.wants_more() {
                        return Ok(Through::Unwanted);
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

    /// Says how long a page had to wait, if a user would wonder why nothing came.
    fn waited(&self, waited: Duration) {
        if waited >= WORTH_TELLING && !self.quiet {
            let tenths = waited.as_millis() / 100;
            tell(&format!(
                "waited {}.{} s for {}",
                tenths / 10,
                tenths % 10,
                self.progress.last_page()
            ));
        }
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

/// Completes when a signal comes or the time is over.
async fn stopped(deadline: Option<Instant>) -> Stop {
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
fn remarks(report: &FetchReport) -> Vec<String> {
    let mut remarks = Vec::new();
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
