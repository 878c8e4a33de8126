//! Fetching a query: in windows, with a line that says how far it is, and a list of what is missing.

mod missing;
mod progress;

use std::num::NonZeroU32;

use chrono::{DateTime, Utc};
use usage_client::{FetchReport, Resource, UsageQuery, WindowPlan, WindowState, WindowedFetch};
use usage_model::Window;

use crate::{
    args::{ConnectionArgs, QueryArgs},
    failure::Failure,
    messages::number,
    settings::client,
};

pub(crate) use missing::{Missing, span};
pub(crate) use progress::Progress;

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
pub(crate) fn query(
    args: &QueryArgs,
    now: DateTime<Utc>,
) -> Result<UsageQuery, Failure> {
    let (start, end) = args
        .bounds(now)
        .ok_or_else(|| Failure::usage("--start or --end lies beyond the calendar"))?;
    let window = Window::new(start, end).map_err(|error| {
        Failure::usage(error.to_string()).help("give a --start before the --end")
    })?;
    let resource = args.sim.map_or(Resource::Account, Resource::Sim);
    Ok(UsageQuery::new(resource, window, args.granularity).page_size(args.page_size))
}
