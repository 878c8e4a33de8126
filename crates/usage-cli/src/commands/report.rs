//! `report`: usage for people, as one HTML file or in short on the terminal.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use chrono::{DateTime, Utc};
use usage_client::WindowPage;
use usage_model::{
    Item, Lenient, MalformedRecord, Place, PlacedRecord, SimRecord, SimSid, UsageRecord, Window,
};
use usage_report::{
    ReportBuilder, html,
    terminal::{Layout, report},
};
use usage_table::{FleetOptions, FleetSim, SimUsage};
use usage_validate::{Accounts, Config, FailOn, Finding, Findings, Outcome, Severity, Validator};

use crate::{
    args::{ReportArgs, ReportForm, instant},
    drive::{Consumer, Pages},
    exit::Exit,
    failure::Failure,
    inputs,
    messages::{note, number, tell},
    output::{self, terminal_width},
};

use super::{
    Context,
    fleet::named,
    source::Source,
    summary::{MalformedRecords, fail, verdict, without_records},
};

/// The most findings that are kept to be listed.
const MOST_FINDINGS: usize = 300;

/// Shows what files hold, or where none is given what the API sends.
pub(super) async fn run(args: &ReportArgs, context: Context) -> Result<Exit, Failure> {
    let source = Source::of(&args.input, &args.query, &args.connection, context)?;
    if let Some(exit) = source.plan_only(&args.query)? {
        return Ok(exit);
    }
    let of_files = matches!(source, Source::Files(_));
    let mut mixed = false;
    let mut output = source
        .open_output(args.output.as_deref(), &args.input)
        .await?;
    let mut config = Config::new(context.now);
    config.accounts = Accounts::Many;
    let mut reporting = Reporting::new(config);
    let failures: Vec<Failure> = match source {
        Source::Api(fetch) => {
            reporting.config.window = Some(fetch.window());
            reporting.config.granularity = Some(fetch.granularity());
            let missing = fetch.drive(&mut reporting, context).await?;
            mixed = missing.warn_of_accounts();
            missing.failure().into_iter().collect()
        }
        Source::Files(inputs) => {
            if let Some(as_of) = args.input.as_of {
                reporting.config.as_of = instant(as_of, "--as-of", context.now)?;
            }
            reporting.listed = inputs::listed_sims(&inputs.paths);
            tokio::task::block_in_place(|| {
                inputs::each(inputs, |name, item| {
                    reporting.item(name, &item);
                    Ok(())
                })
            })?
        }
    };
    let records = reporting.records;
    if records == 0 {
        reporting.malformed.finish();
        return fail(without_records(failures, of_files), Exit::Incomplete);
    }
    let contents = reporting.finish(&failures);
    let text = match form(args) {
        ReportForm::Html => html(&contents),
        ReportForm::Terminal => report(&contents, Layout::new(terminal_width(), false)),
    };
    let written = output.write_all(text.as_bytes());
    output::close(output, written, failures.is_empty())?;
    if !context.quiet {
        let tables = [&contents.months, &contents.countries];
        let remarks: BTreeSet<&String> = tables.iter().flat_map(|table| &table.remarks).collect();
        for remark in remarks {
            note(remark);
        }
        let size = u64::try_from(text.len() / 1000).unwrap_or(u64::MAX);
        tell(&format!(
            "a report of {}, {size} kB",
            number(records, "record")
        ));
    }
    fail(
        failures,
        verdict(contents.months.excluded).or_findings(mixed),
    )
}

/// Records on their way into a report.
struct Reporting {
    config: Config,
    builder: ReportBuilder,
    /// Starts with the first record, when the time is known.
    validator: Option<Validator>,
    findings: Vec<Finding>,
    records: u64,
    malformed: MalformedRecords,
    pages: Pages,
    /// The input that was named last.
    named: Option<String>,
    /// The SIM whose records come now, where all SIMs are fetched; without its usage where some of it is missing.
    current: Option<(SimRecord, Option<SimUsage>)>,
    sims: Vec<FleetSim>,
    /// The SIMs of records of which there is no list.
    unlisted: BTreeMap<Lenient<SimSid>, SimUsage>,
    /// What archives know of them.
    listed: BTreeMap<Lenient<SimSid>, SimRecord>,
}

impl Reporting {
    fn new(config: Config) -> Self {
        Self {
            config,
            builder: ReportBuilder::new(),
            validator: None,
            findings: Vec::new(),
            records: 0,
            malformed: MalformedRecords::default(),
            pages: Pages::default(),
            named: None,
            current: None,
            sims: Vec::new(),
            unlisted: BTreeMap::new(),
            listed: BTreeMap::new(),
        }
    }

    fn check(&mut self, step: impl FnOnce(&mut Validator) -> Findings<'_>) {
        let config = &self.config;
        let validator = self.validator.get_or_insert_with(|| Validator::new(config));
        let findings = step(validator).filter(|finding| finding.severity > Severity::Info);
        let room = MOST_FINDINGS.saturating_sub(self.findings.len());
        self.findings.extend(findings.take(room));
    }

    fn source(&mut self, name: &str) {
        if self.named.as_deref() != Some(name) {
            self.named = Some(name.to_owned());
            let config = &self.config;
            let validator = self.validator.get_or_insert_with(|| Validator::new(config));
            validator.source(name);
        }
    }

    /// Adds what a reader gives.
    fn item(&mut self, source: &str, item: &Item) {
        self.source(source);
        self.check(|validator| validator.item(item));
        match item {
            Item::Record(_, record) => self.add(record),
            Item::Malformed(record) => {
                self.malformed.tell(record, source);
                self.builder.malformed();
            }
            _ => {}
        }
    }

    /// Adds a record of a page.
    fn placed(&mut self, placed: &PlacedRecord) {
        let (name, place) = self.pages.locate(placed.place);
        self.source(&name);
        self.check(|validator| validator.record(&place, &placed.record));
        self.add(&placed.record);
    }

    fn add(&mut self, record: &UsageRecord) {
        self.records += 1;
        self.builder.record(record);
        if let Some((_, usage)) = &mut self.current {
            if let Some(usage) = usage {
                usage.record(record);
            }
        } else if let Some(sim) = record.sim_sid.value() {
            let sim = self.unlisted.entry(sim.clone()).or_default();
            sim.record(record);
        }
    }

    fn malformed(&mut self, record: &MalformedRecord) {
        self.builder.malformed();
        let (name, place): (String, Place) = self.pages.locate(record.place);
        self.source(&name);
        let mut located = record.clone();
        located.place = place;
        self.malformed.tell(&located, &name);
        self.check(|validator| validator.malformed_record(&located));
    }

    /// Judges the SIM whose records came last. One of which records are missing is not judged.
    fn finish_sim(&mut self) {
        if let (Some((sim, Some(usage))), Some(options)) = (self.current.take(), self.options()) {
            self.sims.push(usage.finish(&sim, &options));
        }
    }

    fn options(&self) -> Option<FleetOptions> {
        let window = self.config.window?;
        Some(FleetOptions::new(window, self.config.as_of))
    }

    fn finish(mut self, failures: &[Failure]) -> usage_report::Report {
        self.finish_sim();
        self.malformed.finish();
        let config = &self.config;
        let validator = self.validator.unwrap_or_else(|| Validator::new(config));
        let (last, summary) = validator.finish();
        self.findings.extend(last);
        let why = failures.iter().map(|failure| failure.message().to_owned());
        let outcome = Outcome::new(summary, FailOn::Error, why.collect());
        let mut report = self.builder.finish(self.findings, outcome);
        report.window = config.window;
        report.sims = self.sims;
        // Where there is no list, nothing is known of the SIMs but their figures.
        let window = config.window.or_else(|| report.window_of_days());
        if let Some(window) = window {
            let options = FleetOptions::new(window, config.as_of);
            for sid in self.listed.keys() {
                self.unlisted.entry(sid.clone()).or_default();
            }
            report
                .sims
                .extend(self.unlisted.into_iter().map(|(sid, usage)| {
                    let sim = self.listed.remove(&sid).unwrap_or_else(|| named(sid));
                    usage.finish(&sim, &options)
                }));
        }
        report.rank_sims();
        report
    }
}

impl Consumer for Reporting {
    fn sim(&mut self, sim: &SimRecord) -> Result<(), Failure> {
        self.finish_sim();
        self.current = Some((sim.clone(), Some(SimUsage::new())));
        Ok(())
    }

    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure> {
        if self.validator.is_none() {
            self.config.as_of = now;
        }
        self.pages.add(page);
        for differing in page.differing.iter().filter(|one| one.is_latest) {
            self.placed(&differing.dropped);
        }
        for record in &page.records {
            match record {
                Ok(placed) => self.placed(placed),
                Err(record) => self.malformed(record),
            }
        }
        for differing in page.differing.iter().filter(|one| !one.is_latest) {
            self.placed(&differing.dropped);
        }
        self.check(|validator| validator.page(&page.meta));
        Ok(())
    }

    fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure> {
        if let Some((_, usage)) = &mut self.current {
            *usage = None;
        }
        self.check(|validator| validator.missing(window, why));
        Ok(())
    }
}

/// The form that the user asked for, or the one that fits where it goes.
fn form(args: &ReportArgs) -> ReportForm {
    args.format
        .unwrap_or(if output::is_shown(args.output.as_deref()) {
            ReportForm::Terminal
        } else {
            ReportForm::Html
        })
}
