//! From flags, environment and profile to a client.

mod credentials;
mod missing;
mod profile;

use std::{net::IpAddr, num::NonZeroU32};

use url::{Host, Url};
use usage_client::{
    Client, FetchReport, KORE_BASE_URL, Resource, UsageQuery, WindowPlan, WindowState,
    WindowedFetch,
};
use usage_model::Window;

use crate::{
    args::{ConnectionArgs, QueryArgs},
    failure::Failure,
    text::number,
};

pub(crate) use missing::{Missing, span};
use profile::Profile;

/// The path of the token endpoint, the same on KORE's host and on the emulator.
const TOKEN_PATH: &str = "/api-services/v1/auth/token";

/// A client as the user configured it: flags before environment before profile.
pub(crate) fn client(args: &ConnectionArgs) -> Result<Client, Failure> {
    let profile = Profile::load(args.profile.as_deref())?;
    let default_base =
        || Url::parse(KORE_BASE_URL).map_err(|error| Failure::usage(error.to_string()));
    let base_url = match args.base_url.clone().or_else(|| profile.base_url.clone()) {
        Some(url) => url,
        None => default_base()?,
    };
    let credentials = credentials::find(&profile, &credentials::environment)?;
    let mut builder = Client::builder()
        .credentials(credentials)
        .allow_http(args.allow_http || profile.allow_http)
        .attempts(args.attempts)
        .total_timeout(args.timeout)
        .requests_per_second(args.requests_per_second.and_then(NonZeroU32::new))
        .user_agent(concat!("kore-usage/", env!("CARGO_PKG_VERSION")));
    if let Some(url) = args.token_url.clone().or_else(|| profile.token_url.clone()) {
        builder = builder.token_url(url);
    } else if is_loopback(&base_url) {
        // A secret meant for an emulator on this machine must not go to KORE's token host.
        let mut url = base_url.clone();
        url.set_path(TOKEN_PATH);
        url.set_query(None);
        builder = builder.token_url(url);
    }
    Ok(builder.base_url(base_url).build()?)
}

/// Starts to fetch a query in windows, as many at a time as the user allows.
pub(crate) fn fetch(
    args: &ConnectionArgs,
    query: UsageQuery,
    now: chrono::DateTime<chrono::Utc>,
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

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

/// The query as the user typed it, seen from `now`.
pub(crate) fn query(
    args: &QueryArgs,
    now: chrono::DateTime<chrono::Utc>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for (url, loopback) in [
            ("http://127.0.0.1:8080/", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]:1/", true),
            ("http://[::ffff:127.0.0.1]:1/", true),
            ("http://localhost:80", true),
            ("http://localhost.example/", false),
            ("https://programmable-wireless.api.korewireless.com", false),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
