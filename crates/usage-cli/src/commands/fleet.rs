//! `fleet`: what each SIM used, and which are unusual.

use std::{cmp::Reverse, collections::BTreeMap, io};

use chrono::{DateTime, TimeDelta, Utc};
use usage_client::WindowPage;
use usage_model::{
    Counter, Field, Item, Lenient, MalformedRecord, Period, SimRecord, SimSid, UsageRecord, Window,
};
use usage_report::terminal::{Layout, fleet_table};
use usage_table::{Excluded, Fleet, FleetOptions, FleetSim, SimUsage};

use crate::{
    args::{FleetArgs, Rank, instant},
    drive::{Consumer, Fetch, Pages},
    exit::Exit,
    failure::Failure,
    inputs::{self, Inputs},
    messages::{note, number, tell},
    output::{Output, report},
};

use super::{
    Context,
    source::Source,
    summary::{Figures, fail, verdict},
};

/// Judges every SIM, from the API or from files.
pub(super) async fn run(args: &FleetArgs, context: Context) -> Result<Exit, Failure> {
    let mut source = Source::of(&args.input, &args.query, &args.connection, context)?;
    if let Source::Api(fetch) = &mut source {
        fetch.of_listed_sims(&args.query.sim);
    }
    if let Some(exit) = source.plan_only(&args.query)? {
        return Ok(exit);
    }
    let output = source
        .open_output(args.output.output.as_deref(), &args.input)
        .await?;
    let mut mixed = false;
    let (fleet, failures, malformed) = match source {
        Source::Api(fetch) => from_api(fetch, args, &mut mixed, context).await?,
        Source::Files(inputs) => tokio::task::block_in_place(|| from_files(inputs, args, context))?,
    };
    if fleet.sims.is_empty() && !failures.is_empty() {
        return fail(failures, Exit::Incomplete);
    }
    let all = fleet.sims.len();
    let flagged = flagged(&fleet);
    let remark = fleet.remark();
    let mut excluded = Excluded::default();
    excluded.malformed = malformed;
    excluded.conflicting = fleet.sims.iter().map(|sim| sim.excluded.conflicting).sum();
    ranked(fleet, args).write(&args.output, output, failures.is_empty())?;
    if !context.quiet {
        let sims = number(u64::try_from(all).unwrap_or(u64::MAX), "SIM");
        tell(&format!("{sims}: {flagged}"));
        if let Some(remark) = remark {
            note(&remark);
        }
    }
    fail(failures, verdict(excluded).or_findings(mixed))
}

/// The SIMs that could be judged, why others could not, and how many records do not decode.
type Judged = (Fleet, Vec<Failure>, u64);

/// What counts as unusual.
fn options(args: &FleetArgs, window: Window, as_of: DateTime<Utc>) -> FleetOptions {
    let mut options = FleetOptions::new(window, as_of);
    options.silent_after = TimeDelta::from_std(args.silent_after).unwrap_or(TimeDelta::MAX);
    options.runaway = args.runaway;
    options.runaway_floor = u64::from(args.runaway_floor) * 1_000_000;
    options
}

async fn from_api(
    fetch: Fetch,
    args: &FleetArgs,
    mixed: &mut bool,
    context: Context,
) -> Result<Judged, Failure> {
    let mut judging = Judging {
        args,
        window: fetch.window(),
        now: context.now,
        current: None,
        sims: Vec::new(),
        malformed: 0,
        pages: Pages::default(),
    };
    let missing = fetch.drive(&mut judging, context).await?;
    *mixed = missing.warn_of_accounts();
    judging.finish();
    let fleet = Fleet::new(judging.now, judging.sims);
    let failures = missing.failure().into_iter().collect();
    Ok((fleet, failures, judging.malformed))
}

/// The SIMs of a fetch on their way into a fleet.
struct Judging<'a> {
    args: &'a FleetArgs,
    window: Window,
    /// The present, by the server's clock where it is known.
    now: DateTime<Utc>,
    /// The SIM whose records come now; without its usage where some of it is missing.
    current: Option<(SimRecord, Option<SimUsage>)>,
    sims: Vec<FleetSim>,
    malformed: u64,
    pages: Pages,
}

impl Judging<'_> {
    /// Judges the SIM whose records came last. One of which records are missing is not judged.
    fn finish(&mut self) {
        if let Some((sim, Some(usage))) = self.current.take() {
            let options = options(self.args, self.window, self.now);
            self.sims.push(usage.finish(&sim, &options));
        }
    }

    fn record(&mut self, record: &UsageRecord) {
        if let Some((_, Some(usage))) = &mut self.current {
            usage.record(record);
        }
    }

    fn malformed(&mut self, record: &MalformedRecord) {
        self.malformed += 1;
        let (page, place) = self.pages.locate(record.place);
        let mut located = record.clone();
        located.place = place;
        report::malformed_to_stderr(&located, &page);
    }
}

impl Consumer for Judging<'_> {
    fn sim(&mut self, sim: &SimRecord) -> Result<(), Failure> {
        self.finish();
        self.current = Some((sim.clone(), Some(SimUsage::new())));
        Ok(())
    }

    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure> {
        self.now = now;
        self.pages.add(page);
        // An earlier reading goes before the one that was delivered, so that the two are found to differ.
        for differing in page.differing.iter().filter(|one| one.is_latest) {
            self.record(&differing.dropped.record);
        }
        for record in &page.records {
            match record {
                Ok(placed) => self.record(&placed.record),
                Err(record) => self.malformed(record),
            }
        }
        // A later reading that came too late to be delivered counts all the same.
        for differing in page.differing.iter().filter(|one| !one.is_latest) {
            self.record(&differing.dropped.record);
        }
        Ok(())
    }

    fn missing(&mut self, _: Window, _: &str) -> Result<(), Failure> {
        if let Some((_, usage)) = &mut self.current {
            *usage = None;
        }
        Ok(())
    }
}

fn from_files(inputs: Inputs, args: &FleetArgs, context: Context) -> Result<Judged, Failure> {
    let as_of = match args.input.as_of {
        Some(as_of) => instant(as_of, "--as-of", context.now)?,
        None => context.now,
    };
    let mut sims: BTreeMap<Lenient<SimSid>, SimUsage> = BTreeMap::new();
    let mut window: Option<Window> = None;
    let (mut malformed, mut others) = (0, 0);
    let mut listed = inputs::listed_sims(&inputs.paths);
    for sid in listed.keys() {
        // A SIM whose records are kept, and of which there are none, had no usage.
        sims.insert(sid.clone(), SimUsage::new());
    }
    let mut failures = inputs::each(inputs, |name, item| {
        match item {
            Item::Record(_, record) => {
                let Some(sim) = record.sim_sid.value() else {
                    others += 1;
                    return Ok(());
                };
                let bounds = record.period.value().and_then(Period::bounds);
                let own = bounds.and_then(|(start, end)| Window::new(start, end).ok());
                window = match (window, own) {
                    (Some(window), Some(own)) => Some(window.hull(own)),
                    (window, own) => window.or(own),
                };
                sims.entry(sim.clone()).or_default().record(&record);
            }
            Item::Malformed(record) => {
                malformed += 1;
                report::malformed_to_stderr(&record, name);
            }
            _ => {}
        }
        Ok(())
    })?;
    let Some(window) = window else {
        if failures.is_empty() {
            let failure = Failure::incomplete("there is no record of a SIM in the input");
            failures.push(failure.help("`kore-usage fetch --all-sims` fetches them"));
        }
        return Ok((Fleet::new(as_of, Vec::new()), failures, malformed));
    };
    if others > 0 && !context.quiet {
        tell(&format!("{} of no SIM left out", number(others, "record")));
    }
    let options = options(args, window, as_of);
    let judged = sims.into_iter().map(|(sid, usage)| {
        let sim = listed.remove(&sid).unwrap_or_else(|| named(sid));
        usage.finish(&sim, &options)
    });
    Ok((Fleet::new(as_of, judged.collect()), failures, malformed))
}

/// A SIM of which nothing is known but its SID.
pub(super) fn named(sid: Lenient<SimSid>) -> SimRecord {
    let mut sim = SimRecord::default();
    sim.sid = Field::Value(sid);
    sim
}

/// The SIMs that are asked for, the most first.
fn ranked(mut fleet: Fleet, args: &FleetArgs) -> Fleet {
    let figure = |sim: &FleetSim| match args.by {
        Rank::Data => sim.totals.data.get(Counter::Total),
        Rank::Download => sim.totals.data.get(Counter::TowardSim),
        Rank::Upload => sim.totals.data.get(Counter::FromSim),
        Rank::Commands => sim.totals.commands.get(Counter::Total),
    };
    if args.flagged {
        fleet.sims.retain(|sim| !sim.flags.is_empty());
    }
    fleet
        .sims
        .sort_by_cached_key(|sim| (Reverse(figure(sim)), sim.sim_sid.clone()));
    fleet.sims.truncate(args.top.unwrap_or(usize::MAX));
    fleet
}

/// How many SIMs have which flag, in words.
fn flagged(fleet: &Fleet) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for flag in fleet.sims.iter().flat_map(|sim| &sim.flags) {
        *counts.entry(flag.name()).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    if counts.is_empty() {
        "none is unusual".to_owned()
    } else {
        counts.join(", ")
    }
}

impl Figures for Fleet {
    fn table(&self, layout: Layout) -> String {
        if self.sims.is_empty() {
            return "no SIM to list\n".to_owned();
        }
        fleet_table(self, layout)
    }

    fn csv(&self, output: &mut Output) -> io::Result<()> {
        self.write_csv(output)
    }
}
