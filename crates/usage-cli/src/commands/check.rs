//! `check`: fetch and validate in one stream.

use std::{collections::BTreeMap, mem, path::Path};

use chrono::{DateTime, Months, Utc};
use usage_client::WindowPage;
use usage_model::{
    Container, Field, MalformedRecord, Place, PlacedRecord, Position, RETENTION_MONTHS,
    UsageRecord, Window,
};
use usage_table::UsageState;
use usage_validate::{Accounts, Config, Outcome};

use crate::{
    args::{CheckArgs, RuleArgs},
    drive::{Consumer, Fetch, Pages},
    exit::Exit,
    failure::Failure,
    messages::{number, were},
    output::metrics::Metrics,
    output::report::{Reporter, config},
    output::{self, Output},
    records::{ndjson, raw},
};

use super::Context;

/// Validates every page as it comes.
pub(super) async fn run(args: &CheckArgs, context: Context) -> Result<Exit, Failure> {
    let mut metrics = Metrics::new("check");
    let Some(path) = args.metrics.as_ref().filter(|_| !args.query.plan) else {
        return Box::pin(check(args, context, &mut metrics)).await;
    };
    if let Some(saved) = &args.save {
        output::distinct(("--save", saved), ("--metrics", path))?;
    }
    output::writable(path)?;
    // A run that fails before its first request is recorded for the monitor too.
    let ended = Box::pin(check(args, context, &mut metrics)).await;
    metrics.write(path, ended, context.now).await
}

async fn check(args: &CheckArgs, context: Context, metrics: &mut Metrics) -> Result<Exit, Failure> {
    let mut config = config(&args.rules, context.now);
    let fetch = Fetch::new(&args.connection, &args.query, context)?;
    if let Some(exit) = fetch.plan_only(&args.query)? {
        return Ok(exit);
    }
    if args.connection.all_profiles {
        config.accounts = Accounts::Many;
    }
    config.granularity = Some(fetch.granularity());
    config.window = Some(fetch.window());
    let saved = match &args.save {
        Some(path) => {
            output::distinct(("--save", path), ("the report", Path::new("-")))?;
            Some(output::open(path).await?)
        }
        None => None,
    };
    let mut checked = Checked {
        config,
        rules: &args.rules,
        context,
        reporter: None,
        saved,
        records: 0,
        pages: Pages::default(),
        missing: Vec::new(),
        named: None,
        ages: Ages::default(),
    };
    let missing = fetch.drive(&mut checked, context).await?;
    let effort = missing.effort();
    let failure = missing.failure();
    checked.start(context.now)?;
    if let Some(failure) = &failure {
        let why = failure.message().to_owned();
        checked.reporter(context.now).incomplete(why);
    }
    let records = checked.records;
    let kept = match checked.saved.take() {
        None => None,
        Some(saved) if failure.is_some() => saved.incomplete()?,
        Some(saved) => saved.complete().map(|()| None)?,
    };
    checked.ages.tell(metrics);
    metrics.value("requests", "Requests for records.", effort.requests);
    metrics.value("retries", "Requests that were made again.", effort.retries);
    let exit = match checked.reporter {
        Some(reporter) => reporter.finish_and(|outcome| findings(metrics, outcome))?,
        None => Exit::Incomplete,
    };
    let Some(failure) = failure else {
        return Ok(exit);
    };
    let failure = failure.note(format!(
        "{} {were} complete, and {were} checked",
        number(records, "record"),
        were = were(records)
    ));
    Err(match kept {
        Some(kept) => failure.note(kept),
        None => failure,
    })
}

/// Adds what was found to the metrics.
fn findings(metrics: &mut Metrics, outcome: &Outcome) {
    let summary = &outcome.summary;
    metrics.value("records", "Records that were checked.", summary.records);
    metrics.value(
        "malformed_records",
        "Records that do not decode.",
        summary.malformed,
    );
    let failed = summary.rules.iter().filter(|(_, count)| count.failed > 0);
    let failed = failed.map(|(code, count)| (code, count.failed));
    metrics.family("findings", "Findings by rule.", "rule", failed);
}

/// How old the periods are that came.
#[derive(Default)]
struct Ages {
    /// Periods by the state of their figures.
    states: BTreeMap<&'static str, u64>,
    /// When the server deletes the oldest usage that came, and when that was asked.
    deletion: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Ages {
    fn add(&mut self, record: &UsageRecord, now: DateTime<Utc>) {
        let Some((_, end)) = record.period.value().and_then(usage_model::Period::bounds) else {
            return;
        };
        let state = UsageState::of(end, now).as_str();
        *self.states.entry(state).or_default() += 1;
        // It is deleted when the whole period is past retention.
        let Some(deletion) = end.checked_add_months(Months::new(RETENTION_MONTHS)) else {
            return;
        };
        let earliest = self
            .deletion
            .map_or(deletion, |(before, _)| before.min(deletion));
        self.deletion = Some((earliest, now));
    }

    fn tell(&self, metrics: &mut Metrics) {
        let states = UsageState::ALL.map(UsageState::as_str);
        let states = states.map(|state| (state, self.states.get(state).copied().unwrap_or(0)));
        metrics.family(
            "periods",
            "Periods by the state of their figures.",
            "state",
            states,
        );
        if let Some((deletion, now)) = self.deletion {
            metrics.value(
                "oldest_usage_deleted_in_seconds",
                "How long until the server deletes the oldest usage that came; 86400 are a day.",
                deletion.signed_duration_since(now).num_seconds(),
            );
        }
    }
}

/// Where the records of a check go.
struct Checked<'a> {
    config: Config,
    rules: &'a RuleArgs,
    context: Context,
    /// Starts with the first page, which tells the time by the server's clock.
    reporter: Option<Reporter>,
    /// Where the records are kept, if the user wants it.
    saved: Option<Output>,
    records: u64,
    pages: Pages,
    /// Windows that failed before the report began, and why.
    missing: Vec<(Window, String)>,
    /// The input that was named last.
    named: Option<String>,
    ages: Ages,
}

impl Checked<'_> {
    fn reporter(&mut self, now: DateTime<Utc>) -> &mut Reporter {
        self.reporter.get_or_insert_with(|| {
            self.config.as_of = now;
            Reporter::new(&self.config, self.rules, self.context)
        })
    }
}

impl Checked<'_> {
    /// Names the input that follows, and the file that holds it, if one does.
    fn name(&mut self, name: String, file: Option<&Path>, now: DateTime<Utc>) {
        if self.named.as_deref() != Some(name.as_str()) {
            self.reporter(now).source(&name, file);
            self.named = Some(name);
        }
    }

    /// Starts the report, with what was missing before anybody had told the time.
    fn start(&mut self, now: DateTime<Utc>) -> Result<(), Failure> {
        self.reporter(now);
        for (window, why) in mem::take(&mut self.missing) {
            self.report_missing(window, &why)?;
        }
        Ok(())
    }

    fn report_missing(&mut self, window: Window, why: &str) -> Result<(), Failure> {
        let now = self.context.now;
        self.name(format!("window {window}"), None, now);
        self.reporter(now).missing(window, why)
    }

    /// Names what holds a record, the page that it came with or the file where it is kept, and keeps it there. Returns
    /// its place in that.
    fn locate(
        &mut self,
        place: Place,
        text: Result<&UsageRecord, &MalformedRecord>,
        now: DateTime<Utc>,
    ) -> Result<Place, Failure> {
        self.records += 1;
        let line = self.records;
        let Some(saved) = &mut self.saved else {
            let (page, place) = self.pages.locate(place);
            self.name(page, None, now);
            return Ok(place);
        };
        let mut place = place;
        place.record = line - 1;
        place.position = Position::new(saved.written(), line, 1);
        place.container = Container::Document;
        let written = match text {
            Ok(record) => ndjson(saved, record),
            Err(record) => raw(saved, &record.raw),
        };
        written.map_err(|error| Failure::write(saved.name(), &error))?;
        let file = saved.name().to_owned();
        self.name(file.clone(), Some(Path::new(&file)), now);
        Ok(place)
    }

    fn record(&mut self, placed: &PlacedRecord, now: DateTime<Utc>) -> Result<(), Failure> {
        let place = self.locate(placed.place, Ok(&placed.record), now)?;
        self.reporter(now).record(&place, &placed.record)
    }

    fn malformed(&mut self, record: &MalformedRecord, now: DateTime<Utc>) -> Result<(), Failure> {
        let place = self.locate(record.place, Err(record), now)?;
        let mut record = record.clone();
        // The text of a record stands in the file as it stood in the body, but for line breaks.
        let within = record
            .position
            .offset
            .saturating_sub(record.place.position.offset);
        let Position { offset, line, .. } = place.position;
        record.position = if line > 0 {
            Position::new(offset + within, line, 1 + within)
        } else {
            place.position
        };
        record.place = place;
        self.reporter(now).malformed_record(&record)
    }
}

impl Consumer for Checked<'_> {
    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure> {
        self.start(now)?;
        self.pages.add(page);
        for placed in page.records.iter().flatten() {
            self.ages.add(&placed.record, now);
        }
        // The client delivers a period once, but the rules see all that the server sent for it, as it came.
        for reading in page.readings() {
            match reading {
                Ok(placed) => self.record(placed, now)?,
                Err(malformed) => self.malformed(malformed, now)?,
            }
        }
        match &self.saved {
            None => self.name(self.pages.last(), None, now),
            Some(saved) => {
                let file = saved.name().to_owned();
                self.name(file.clone(), Some(Path::new(&file)), now);
            }
        }
        // The client knows the list of a page. Envelopes need not tell those of several windows or profiles apart.
        let mut meta = page.meta.clone();
        meta.url = Field::Absent;
        let reporter = self.reporter(now);
        if page.index == 0 {
            reporter.next_list();
        }
        reporter.page(&meta)
    }

    fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure> {
        if self.reporter.is_none() {
            // No server has told the time so far, and another profile's may.
            self.missing.push((window, why.to_owned()));
            return Ok(());
        }
        self.report_missing(window, why)
    }
}
