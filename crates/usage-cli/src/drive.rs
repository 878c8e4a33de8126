//! The one loop over a fetch: progress, interruption, and what is missing at the end.

mod missing;
mod progress;

use std::{num::NonZeroU32, pin::pin};

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use usage_client::{
    FetchReport, Resource, UsageQuery, WindowPage, WindowPlan, WindowState, WindowedFetch,
};
use usage_model::Window;

use crate::{
    args::{ConnectionArgs, QueryArgs},
    commands::{Context, interrupted},
    failure::Failure,
    messages::number,
    settings::client,
};

use progress::Progress;

pub(crate) use missing::Missing;
use missing::{INTERRUPTED, span};

/// What a command does with what a fetch brings.
pub(crate) trait Consumer {
    /// Takes the next page.
    fn page(&mut self, page: &WindowPage) -> Result<(), Failure>;

    /// Learns that the records of a window are missing, and why.
    fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure>;
}

/// Hands every page of a fetch to a consumer, until the fetch or the user ends it; gives what is missing then.
pub(crate) async fn drive(
    fetch: WindowedFetch,
    consumer: &mut impl Consumer,
    context: Context,
) -> Result<Missing, Failure> {
    let mut fetch = pin!(fetch);
    let mut interrupt = pin!(interrupted());
    let mut progress = Progress::new(context);
    let mut missing = Missing::default();
    loop {
        let item = tokio::select! {
            biased;
            () = &mut interrupt => {
                progress.finish();
                let rest = fetch.remaining();
                if let Some(rest) = rest {
                    consumer.missing(rest, INTERRUPTED)?;
                }
                missing.interrupt(rest);
                return Ok(missing);
            }
            item = fetch.next() => item,
        };
        match item {
            None => break,
            Some(Ok(page)) => {
                progress.page(page.page.records.len());
                consumer.page(&page)?;
            }
            Some(Err(failed)) => {
                consumer.missing(failed.window, &failed.error.reason())?;
                missing.add(failed);
            }
        }
    }
    progress.finish();
    remark(fetch.report(), context.quiet);
    Ok(missing)
}

/// Starts to fetch a query in windows, as many at a time as the user allows.
pub(crate) fn fetch(
    args: &ConnectionArgs,
    query: UsageQuery,
    now: DateTime<Utc>,
) -> Result<WindowedFetch, Failure> {
    let mut plan = WindowPlan::new(now);
    if let Some(at_a_time) = NonZeroU32::new(args.concurrency) {
        plan = plan.concurrency(at_a_time);
    }
    if let Some(days) = args.max_window_days.and_then(NonZeroU32::new) {
        plan = plan.longest(days);
    }
    Ok(client(args)?.windows(query, &plan))
}

/// Says what the user should know of a fetch though nothing failed.
pub(crate) fn remark(report: &FetchReport, quiet: bool) {
    if !quiet {
        for remark in remarks(report) {
            anstream::eprintln!("note: {remark}");
        }
    }
}

fn remarks(report: &FetchReport) -> Vec<String> {
    let mut remarks = Vec::new();
    let asked = report
        .windows
        .iter()
        .filter(|window| window.records > 0 || window.pages > 0);
    let past = asked
        .filter(|window| window.past_retention)
        .map(|window| window.window);
    if let Some(past) = past.reduce(|one, next| Window::new(one.start(), next.end()).unwrap_or(one))
    {
        remarks.push(format!(
            "{} is past retention, where the server leaves usage out without an error",
            span(past)
        ));
    }
    let future = report
        .windows
        .iter()
        .filter(|window| window.state == WindowState::Future);
    remarks.extend(future.map(|window| {
        format!(
            "{} is in the future, and was not asked for",
            span(window.window)
        )
    }));
    if report.differing > 0 {
        remarks.push(format!(
            "{} came twice with different figures, and kept the first ones",
            number(report.differing, "record")
        ));
    }
    for gap in &report.gaps {
        remarks.push(format!(
            "{} is missing exactly between two pages: the data may have moved meanwhile; fetch it again",
            span(*gap)
        ));
    }
    remarks
}

/// The query as the user typed it, seen from `now`.
pub(crate) fn query(args: &QueryArgs, now: DateTime<Utc>) -> Result<UsageQuery, Failure> {
    let (start, end) = args
        .bounds(now)
        .ok_or_else(|| Failure::usage("--start or --end lies beyond the calendar"))?;
    let window = Window::new(start, end).map_err(|error| {
        Failure::usage(error.to_string()).help("give a --start before the --end")
    })?;
    let resource = args.sim.map_or(Resource::Account, Resource::Sim);
    Ok(UsageQuery::new(resource, window, args.granularity).page_size(args.page_size))
}
