//! `demo`: the main job with nothing to set up.

mod faults;
mod used;

use std::{fmt::Write as _, pin::pin};

use chrono::{DateTime, Days, TimeDelta, Utc};
use futures_util::StreamExt;
use usage_client::{Client, Credentials, Page, UsageQuery};
use usage_emulator::{Emulator, RunningEmulator};
use usage_model::{Granularity, Place, Position, Resource, Window, retention_cutoff};
use usage_validate::{
    Config, FailOn, Finding, Outcome, Severity, Validator,
    report_formats::human::{self, ReportOptions},
};

use crate::{
    args::DemoArgs,
    exit::{Exit, received},
    failure::Failure,
    messages::number,
    output::{print, report},
};

use faults::{Comparison, Planned};
use used::Used;

/// The day of the demonstration: always the same, so that every run shows the same figures.
const NOW: &str = "2026-11-01T06:00:00Z";

/// How many SIMs the demonstration's account has.
const SIMS: u32 = 25;

/// How much of the hourly records is fetched.
const HOURLY_DAYS: u64 = 30;

/// Starts an emulated account, fetches it through the real client, validates and reports.
pub(super) async fn run(args: &DemoArgs) -> Result<Exit, Failure> {
    tokio::select! {
        exit = show(args) => exit,
        signal = received() => Ok(Exit::Ended(signal)),
    }
}

async fn show(args: &DemoArgs) -> Result<Exit, Failure> {
    let now: DateTime<Utc> = NOW
        .parse()
        .map_err(|error| Failure::incomplete(format!("{NOW}: {error}")))?;
    let emulator = start(args.seed, now).await?;
    let text = account(&emulator, now);
    print_line(&text)?;
    let client = client(&emulator)?;
    let mut used = Used::new();
    let mut comparison = Comparison::default();

    let daily_start = retention_cutoff(now);
    let hourly_start = midnight(now) - Days::new(HOURLY_DAYS);
    for (step, granularity, start) in [
        (2, Granularity::Daily, daily_start),
        (3, Granularity::Hourly, hourly_start),
    ] {
        let window =
            Window::new(start, now).map_err(|error| Failure::incomplete(error.to_string()))?;
        let fetched = fetch(&client, window, granularity).await?;
        print_line(&format!(
            "\n{step}. {}",
            fetched.description(window, granularity)
        ))?;
        if granularity == Granularity::Daily {
            let records = fetched.pages.iter().flat_map(|page| &page.records);
            records.for_each(|record| used.add(record));
        }
        let shown = check(
            &fetched,
            window,
            granularity,
            now,
            &emulator,
            &mut comparison,
        );
        print_line(&shown)?;
    }
    print_line(&format!(
        "\n4. What the account used, from the daily records\n\n{}",
        used.tables(now)
    ))?;
    print_line(&format!("\n5. {}", comparison.verdict()))?;
    emulator.shutdown().await;
    Ok(if comparison.exact() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

async fn start(seed: u64, now: DateTime<Utc>) -> Result<RunningEmulator, Failure> {
    let mut builder = Emulator::builder().seed(seed).now(now).sims(SIMS);
    for fault in Planned::faults().map_err(Failure::incomplete)? {
        builder = builder.fault(fault);
    }
    builder
        .start()
        .await
        .map_err(|error| Failure::incomplete(format!("cannot start the emulator: {error}")))
}

fn account(emulator: &RunningEmulator, now: DateTime<Utc>) -> String {
    let planted = emulator.injected();
    let mut text = format!(
        "1. An emulated KORE account on this machine (nothing leaves it)\n\n   \
         account {} with {SIMS} SIMs, at {}\n   \
         listening on http://{}\n   \
         {} faults are planted in its records:\n",
        emulator.account_sid(),
        now.format("%Y-%m-%d %H:%M UTC"),
        emulator.addr(),
        planted.len(),
    );
    for planted in &planted {
        // Writing to a string cannot fail.
        let _: std::fmt::Result = writeln!(text, "     - {}", faults::description(planted));
    }
    text
}

fn client(emulator: &RunningEmulator) -> Result<Client, Failure> {
    Ok(Client::builder()
        .base_url(emulator.base_url())
        .token_url(emulator.token_url())
        .credentials(Credentials::client("demo", "demo"))
        .build()?)
}

/// What one query brought.
struct Fetched {
    pages: Vec<Page>,
}

async fn fetch(
    client: &Client,
    window: Window,
    granularity: Granularity,
) -> Result<Fetched, Failure> {
    let query = UsageQuery::new(Resource::Account, window, granularity);
    let mut pages = pin!(client.pages(query));
    let mut fetched = Vec::new();
    while let Some(page) = pages.next().await {
        fetched.push(page?);
    }
    Ok(Fetched { pages: fetched })
}

impl Fetched {
    fn description(&self, window: Window, granularity: Granularity) -> String {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let records = self.pages.iter().map(|page| count(page.records.len()));
        let bytes = self.pages.iter().map(|page| page.bytes);
        format!(
            "Fetched the {granularity} records from {} to {}: {} on {}, {} kB",
            window.start().format("%Y-%m-%d"),
            window.end().format("%Y-%m-%d"),
            number(records.sum(), "record"),
            number(count(self.pages.len()), "page"),
            bytes.sum::<u64>() / 1000,
        )
    }
}

/// Validates what was fetched; gives the errors and warnings as text, and compares them with what was planted.
fn check(
    fetched: &Fetched,
    window: Window,
    granularity: Granularity,
    as_of: DateTime<Utc>,
    emulator: &RunningEmulator,
    comparison: &mut Comparison,
) -> String {
    let mut config = Config::new(as_of);
    config.window = Some(window);
    config.granularity = Some(granularity);
    let mut validator = Validator::new(&config);
    let mut findings: Vec<Finding> = Vec::new();
    // Nobody has the bodies to look a line up in.
    let without_line = |mut place: Place| {
        place.position = Position::default();
        place
    };
    for page in &fetched.pages {
        validator.source(&format!("{granularity}, page {}", page.index + 1));
        for record in &page.records {
            match record {
                Ok(placed) => {
                    let place = without_line(placed.place);
                    findings.extend(validator.record(&place, &placed.record));
                }
                Err(malformed) => {
                    let mut malformed = malformed.clone();
                    malformed.place = without_line(malformed.place);
                    malformed.position = Position::default();
                    findings.extend(validator.malformed_record(&malformed));
                }
            }
        }
    }
    let (last, summary) = validator.finish();
    findings.extend(last);
    comparison.add(window, granularity, &emulator.injected(), &findings);

    let style = report::stdout_style();
    let listed: String = findings
        .iter()
        .filter(|finding| finding.severity > Severity::Info)
        .map(|finding| human::finding(finding, style).to_string())
        .collect();
    let mut options = ReportOptions::default();
    options.style = style;
    options.least_listed = Severity::Warning;
    let outcome = Outcome::new(summary, FailOn::Error, Vec::new());
    let conclusion = human::conclusion(&outcome, &options);
    format!("\n{listed}{conclusion}")
}

fn midnight(instant: DateTime<Utc>) -> DateTime<Utc> {
    let since_midnight = instant.time() - chrono::NaiveTime::MIN;
    instant
        .checked_sub_signed(since_midnight.max(TimeDelta::zero()))
        .unwrap_or(instant)
}

fn print_line(text: &str) -> Result<(), Failure> {
    print(&format!("{text}\n")).map(|_| ())
}
