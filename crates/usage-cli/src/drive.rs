//! The one loop over a fetch: progress, signals, time, and what is missing at the end.

mod coverage;
mod missing;
mod progress;
mod sims;
mod under_way;

use std::{collections::BTreeSet, fmt::Write as _, num::NonZeroU32, pin::pin, time::Duration};

use chrono::SecondsFormat;
use futures_util::{StreamExt, stream};
use usage_client::{Client, FetchReport, UsageQuery, WindowPlan, WindowState};
use usage_model::{Granularity, PageSize, Resource, SimSid, Window};

use crate::{
    args::{ConnectionArgs, QueryArgs},
    commands::Context,
    exit::Exit,
    failure::Failure,
    messages::{note, number, tell},
    output::print,
    settings::Settings,
};

use coverage::Coverage;
pub(crate) use missing::Missing;
use progress::Progress;
pub(crate) use sims::Owner;
use sims::{gather, shared};
pub(crate) use under_way::{Consumer, Pages, Stop, deadline, stopped};
use under_way::{Drive, Through};

/// A fetch as the user described it: one query for each resource, one after the other, or that of every SIM, several
/// at a time.
pub(crate) struct Fetch {
    /// One for each profile, with its name where there are several.
    clients: Vec<(Option<String>, Client)>,
    plan: WindowPlan,
    owner: Owner,
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
        let mut clients = Vec::new();
        for (profile, settings) in Settings::of_all(connection, context)? {
            clients.push((profile, settings.client(connection, context)?));
        }
        let mut plan = WindowPlan::new(context.now);
        if let Some(at_a_time) = NonZeroU32::new(connection.concurrency) {
            plan = plan.concurrency(at_a_time);
        }
        if let Some(days) = query.max_window_days.and_then(NonZeroU32::new) {
            plan = plan.longest(days);
        }
        Ok(Self {
            clients,
            plan,
            owner: query.owner(),
            window,
            granularity: query.granularity,
            page_size: query.page_size,
            requests_at_a_time: NonZeroU32::new(connection.concurrency).unwrap_or(NonZeroU32::MIN),
            timeout: connection.timeout,
        })
    }

    /// Fetches the records of all SIMs, or of these among them.
    pub(crate) fn of_listed_sims(&mut self, sims: &[SimSid]) {
        self.owner = Owner::Listed(sims.to_owned());
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
            coverage: Coverage::default(),
            stop: pin!(stopped(deadline)),
            now: context.now,
        };
        let mut reports = Vec::new();
        let mut unwanted = false;
        let mut ended = None;
        for (profile, client) in &self.clients {
            drive.missing.profile(profile.clone());
            if let Some(stop) = ended {
                drive.stop(stop, Some(self.window))?;
                continue;
            }
            let driven = match &self.owner {
                Owner::Account => {
                    let account = [Resource::Account];
                    self.one_by_one(client, &account, &mut drive).await?
                }
                Owner::Sims(sims) => {
                    let sims: Vec<_> = sims.iter().copied().map(Resource::Sim).collect();
                    self.one_by_one(client, &sims, &mut drive).await?
                }
                Owner::Listed(only) => self.side_by_side(client, only, &mut drive).await?,
            };
            reports.extend(driven.reports);
            unwanted |= driven.unwanted;
            // What fails for one profile need not fail for the next.
            ended = driven.stopped.filter(|stop| !matches!(stop, Stop::Failure));
            if unwanted {
                break;
            }
        }
        let Drive {
            progress,
            mut missing,
            coverage,
            now,
            ..
        } = drive;
        progress.finish();
        if self.window.start() >= now && missing.is_none() {
            let [start, now] = [self.window.start(), now]
                .map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true));
            let message = format!(
                "the window starts at {start}, which lies in the future of the server: its clock says {now}"
            );
            missing.failed(|| {
                Failure::incomplete(message).help("give an earlier --start, and check both clocks")
            });
        }
        for report in &reports {
            missing.asked(report);
        }
        if context.quiet || unwanted {
            return Ok(missing);
        }
        // What is true of one SIM is true of all.
        let mut remarks: BTreeSet<String> = reports
            .iter()
            .flat_map(|report| remarks(report, self.granularity))
            .collect();
        let without_period = reports.iter().map(|report| report.without_period).sum();
        if without_period > 0 {
            remarks.insert(format!(
                "{} without a period: nothing says whether it is of this window",
                number(without_period, "record")
            ));
        }
        remarks.extend(coverage.remark(&reports, self.granularity));
        for text in remarks {
            if missing.is_none() {
                note(&text);
            } else {
                // What failed is the first line.
                missing.remark(text);
            }
        }
        if missing.is_none() {
            tell(&progress.summary());
        }
        Ok(missing)
    }

    /// Prints what would be asked, if that is all that is wanted.
    pub(crate) fn plan_only(&self, query: &QueryArgs) -> Result<Option<Exit>, Failure> {
        if query.plan {
            print(&self.planned()).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Says what would be asked, as far as it is known without asking.
    fn planned(&self) -> String {
        let mut text = String::new();
        for (profile, client) in &self.clients {
            let windows = client
                .windows(self.query(Resource::Account), &self.plan)
                .planned();
            let (of, lists) = match &self.owner {
                Owner::Account => ("the account".to_owned(), 0),
                Owner::Sims(sims) => (number(length(sims), "SIM"), 0),
                Owner::Listed(only) if only.is_empty() => ("every SIM of the list".to_owned(), 1),
                Owner::Listed(only) => (number(length(only), "SIM"), 1),
            };
            let each = length(&windows);
            let requests = match &self.owner {
                Owner::Account => Some(each),
                Owner::Sims(sims) => Some(each * length(sims)),
                Owner::Listed(_) => None,
            };
            let requests = match requests {
                Some(requests) => format!("{} at least", number(requests, "request")),
                None => format!(
                    "{} for each SIM at least, and {} for each page of the list of SIMs",
                    number(each, "request"),
                    number(lists, "request")
                ),
            };
            let profile = profile.as_ref().map(|name| format!("profile {name:?}: "));
            // Writing to a string cannot fail.
            let _: std::fmt::Result = writeln!(
                text,
                "{}{} records of {of}, {}, in {}: {requests}, besides one for a token",
                profile.unwrap_or_default(),
                self.granularity,
                self.window,
                number(each, "window"),
            );
            for window in windows {
                let _: std::fmt::Result = writeln!(text, "  {window}");
            }
        }
        text
    }

    fn query(&self, resource: Resource) -> UsageQuery {
        UsageQuery::new(resource, self.window, self.granularity).page_size(self.page_size)
    }

    /// Fetches one resource after the other, each in several windows at a time.
    async fn one_by_one<C: Consumer, S: Future<Output = Stop>>(
        &self,
        client: &Client,
        resources: &[Resource],
        drive: &mut Drive<'_, C, S>,
    ) -> Result<Driven, Failure> {
        let several = resources.len() > 1;
        let mut driven = Driven::default();
        for resource in resources {
            drive.missing.resource(several.then_some(*resource));
            if let Some(stop) = driven.stopped {
                drive.stop(stop, Some(self.window))?;
                continue;
            }
            let mut fetch = client.windows(self.query(*resource), &self.plan);
            drive.progress.planned(fetch.planned().len(), "window");
            match drive.through(&mut fetch).await? {
                Through::Ended => driven.reports.push(fetch.report().clone()),
                Through::Unwanted => {
                    // Whoever went away wants to hear nothing either.
                    driven.unwanted = true;
                    break;
                }
                Through::Failed(stop) => {
                    driven.reports.push(fetch.report().clone());
                    driven.stopped = Some(stop);
                }
                Through::Stopped(stop) => {
                    drive.stop(stop, fetch.remaining())?;
                    driven.stopped = Some(stop);
                }
            }
        }
        Ok(driven)
    }

    /// Fetches the SIMs of the list, several at a time, and delivers them in the order of the list.
    async fn side_by_side<C: Consumer, S: Future<Output = Stop>>(
        &self,
        client: &Client,
        only: &[SimSid],
        drive: &mut Drive<'_, C, S>,
    ) -> Result<Driven, Failure> {
        let mut driven = Driven::default();
        let mut sims = match drive.list(client).await {
            Ok(sims) => sims,
            Err(stop) => {
                drive.stop(stop, Some(self.window))?;
                driven.stopped = Some(stop);
                return Ok(driven);
            }
        };
        sims.retain(|(sid, _)| only.is_empty() || only.contains(sid));
        drive.progress.planned(sims.len(), "SIM");
        let (at_a_time, plan) = shared(&self.plan, self.requests_at_a_time, sims.len());
        let fetches = sims.iter().map(|(sid, _)| {
            let query = self.query(Resource::Sim(*sid));
            gather(client.windows(query, &plan))
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
            driven.stopped = Some(stop);
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

fn length<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

/// How a fetch went, besides what is missing.
#[derive(Default)]
struct Driven {
    reports: Vec<FetchReport>,
    /// Whether whoever read the output went away.
    unwanted: bool,
    stopped: Option<Stop>,
}

/// What the user should know of a fetch though nothing failed.
fn remarks(report: &FetchReport, granularity: Granularity) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(days) = report.longest_window {
        let days = number(days.get().into(), "day");
        let in_pieces = match granularity {
            Granularity::All => "; each record is the total of a piece, not of the whole window",
            _ => "",
        };
        remarks.push(format!(
            "the server refused windows as too long: pieces of {days} were asked for instead{in_pieces}"
        ));
    }
    if let Some(size) = report.smaller_pages {
        let size = number(size.get().into(), "record");
        remarks.push(format!(
            "larger pages were refused or failed: pages of {size} were asked for instead"
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
