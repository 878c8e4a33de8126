//! `sync`: keeps an archive current.

mod tally;

use std::{num::NonZeroU32, pin::pin, process, time::Instant};

use chrono::TimeDelta;
use usage_archive::{
    Archive, FirstLook, Outcome, ReadingId, Remark, SyncEvent, SyncOptions, SyncReport, SyncSims,
    sync,
};
use usage_model::{Granularity, UsageRecord};
use usage_validate::{Config, Drift, Finding, Reading, Severity, report_formats::human};

use crate::{
    args::{SyncArgs, WhichSims, has_begun, instant, window},
    commands::{
        Context,
        summary::{MOST_REPORTED, MalformedRecords, fail},
    },
    drive::{Stop, deadline, stopped},
    exit::Exit,
    failure::Failure,
    inputs,
    messages::{grouped, note, number, rfc3339, tell, warn},
    output::{self, metrics::Metrics, report::stderr_style},
    settings::Settings,
};

use super::{days_until, diff::period_of, next_deletion};
use tally::{Tally, tell_of_archive};

/// The program as the archive's list of runs has it.
const PROGRAM: &str = concat!("kore-usage ", env!("CARGO_PKG_VERSION"));

/// How far the server's clock may be from ours before that is told.
const CLOCK_REMARK: TimeDelta = TimeDelta::days(1);

/// Keeps the archive current, with one profile after the other where all are used.
pub(crate) async fn run(args: &SyncArgs, context: Context) -> Result<Exit, Failure> {
    if let Some(metrics) = &args.metrics {
        output::distinct(("--archive", &args.archive.path()?), ("--metrics", metrics))?;
        output::writable(metrics)?;
    }
    let mut exit = Exit::Done;
    let mut failures = Vec::new();
    let mut tally = Tally::default();
    let all = Settings::of_all(&args.connection, context);
    let (all, refused) = match all {
        Ok(all) => (all, None),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    failures.extend(refused);
    for (profile, settings) in all {
        match one(args, settings, context, &mut tally).await {
            Ok(Exit::Done) => {}
            Ok(other) => exit = other,
            Err(failure) => {
                let is_end = matches!(failure.exit(), Exit::Ended(_));
                failures.push(match profile {
                    Some(profile) => failure.note(format!("with the profile {profile:?}")),
                    None => failure,
                });
                if is_end {
                    break;
                }
            }
        }
    }
    let ended = fail(failures, exit);
    let Some(to) = &args.metrics else {
        return ended;
    };
    let mut metrics = Metrics::new("sync");
    let at = tally.at.unwrap_or(context.now);
    let read = tell_of_archive(&mut metrics, &args.archive.path()?, at);
    tally.tell(&mut metrics);
    // A run after which the archive cannot be read has failed, and a monitor is told so.
    let ended = ended.and_then(|exit| read.map(|()| exit));
    metrics.write(to, ended, context.now).await
}

/// Reads what is missing, not final or young, and stores it.
async fn one(
    args: &SyncArgs,
    settings: Settings,
    context: Context,
    tally: &mut Tally,
) -> Result<Exit, Failure> {
    let path = args.archive.path()?;
    let is_local = settings.is_local();
    let options = options(args, &settings, context)?;
    let client = settings
        .builder(&args.connection, context)?
        .keep_bodies(true)
        .build()?;
    let holder = format!(
        "process {} ({PROGRAM}, since {})",
        process::id(),
        rfc3339(context.now)
    );
    let (mut archive, _lock) = Archive::open_for_sync(&path, &holder)?;
    let started = Instant::now();
    let mut stop = None;
    let mut observe = |event: SyncEvent<'_>| {
        if let (SyncEvent::First(look), false) = (event, context.quiet) {
            tell(&first(look));
        }
    };
    let stopping = async {
        let stopped = pin!(stopped(deadline(args.connection.timeout)));
        stop = Some(stopped.await);
    };
    let report = sync(&mut archive, &client, &options, &mut observe, stopping).await?;
    tally.add(&report);
    let found = [
        tell_malformed(&report, &archive, tally),
        tell_conflicts(&report, tally),
        tell_changes(&report, &archive, context, tally),
    ];
    if !context.quiet {
        for remark in remarks(&report, context, is_local) {
            note(&remark);
        }
        tell(&summary(&report, started.elapsed().as_millis()));
        if let Some((reading, hash)) = report.head {
            tell(&format!("chain head {hash} at reading {reading}"));
        }
    }
    let is_finding = found.contains(&true) || report.appended.final_figures_changed();
    match failure(report, stop) {
        Some(failure) => Err(failure),
        None => Ok(Exit::Done.or_findings(is_finding)),
    }
}

fn options(args: &SyncArgs, settings: &Settings, context: Context) -> Result<SyncOptions, Failure> {
    let mut options = SyncOptions::new(context.now, PROGRAM, settings.source());
    if !args.granularity.is_empty() {
        options.granularities.clone_from(&args.granularity);
        options.granularities.sort_unstable();
        options.granularities.dedup();
    }
    options.sims = match &args.sims {
        WhichSims::None => SyncSims::None,
        WhichSims::All => SyncSims::All,
        WhichSims::Only(sims) => SyncSims::Only(sims.clone()),
    };
    let time = |moment, option| instant(moment, option, context.now);
    options.start = args.start.map(|start| time(start, "--start")).transpose()?;
    options.end = args.end.map(|end| time(end, "--end")).transpose()?;
    if let Some(start) = options.start {
        if let Some(end) = options.end {
            window(start, end)?;
        }
        has_begun(start, context.now)?;
    }
    options.look_back = TimeDelta::from_std(args.look_back)
        .map_err(|_| Failure::usage("--look-back lies beyond the calendar"))?;
    options.all = args.all;
    options.max_days = args.max_window_days.and_then(NonZeroU32::new);
    options.page_size = args.page_size;
    if let Some(at_a_time) = NonZeroU32::new(args.connection.concurrency) {
        options.concurrency = at_a_time;
    }
    Ok(options)
}

/// What a first sync is about to read.
fn first(look: &FirstLook) -> String {
    let noun = |granularity| match granularity {
        Granularity::Hourly => "hour",
        Granularity::Daily => "day",
        Granularity::All => "month",
    };
    let periods = look.periods.iter();
    let periods: Vec<String> = periods
        .map(|(granularity, count)| number(*count, noun(*granularity)))
        .collect();
    let oldest = match look.next_deletion.map(|at| days_until(at, look.at)) {
        None => String::new(),
        Some(0) => "; the server deletes the oldest within a day".to_owned(),
        Some(days) => format!("; the server deletes the oldest in {}", number(days, "day")),
    };
    format!(
        "first sync: {} to read in {}{oldest}",
        periods.join(" and "),
        number(look.windows, "window")
    )
}

/// What the user should know though nothing failed.
fn remarks(report: &SyncReport, context: Context, is_local: bool) -> Vec<String> {
    let remark = |remark: &Remark| match remark {
        Remark::NoAccount => Some(
            "no record says which account it is of, so that there is nothing to keep yet"
                .to_owned(),
        ),
        Remark::SimGone(sim) => Some(format!(
            "SIM {sim} has left the account and is found no longer; what the archive has of it stays"
        )),
        // What is missing fails the run, and is said there.
        Remark::StartRefused { .. } => None,
        remark => Some(format!("{remark:?}")),
    };
    let mut remarks: Vec<String> = report.remarks.iter().filter_map(remark).collect();
    let apart = report.at.signed_duration_since(context.now).abs();
    if report.is_servers_clock && !is_local && apart >= CLOCK_REMARK {
        remarks.push(format!(
            "the server's clock says {}, ours {}; the server's counts",
            rfc3339(report.at),
            rfc3339(context.now)
        ));
    }
    let malformed = u64::try_from(report.appended.malformed.len()).unwrap_or(u64::MAX);
    remarks.extend(kept(malformed, ["does not decode", "do not decode"]));
    let when = ["does not say when it is", "do not say when they are"];
    remarks.extend(kept(report.appended.unplaced, when));
    remarks
}

/// That records are kept though they are of no use yet: one, or several.
fn kept(count: u64, [one, several]: [&str; 2]) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 record {one}, and is kept as it came")),
        count => Some(format!(
            "{} {several}, and are kept as they came",
            number(count, "record")
        )),
    }
}

/// Tells which records do not decode (UR002), and says whether there are any.
fn tell_malformed(report: &SyncReport, archive: &Archive, tally: &mut Tally) -> bool {
    let name = inputs::name(archive.path());
    let mut records = MalformedRecords::default();
    for malformed in &report.appended.malformed {
        let of = malformed.series.granularity;
        let place = format!("{name}: {of} reading {}", malformed.id);
        records.tell(&malformed.record, &place);
        *tally.findings.entry("UR002").or_default() += 1;
    }
    records.finish();
    !report.appended.malformed.is_empty()
}

/// Tells which periods were sent twice with different figures (UR402), and says whether there are any.
fn tell_conflicts(report: &SyncReport, tally: &mut Tally) -> bool {
    let mut count = 0;
    for conflict in &report.appended.conflicts {
        count += 1;
        if count <= MOST_REPORTED {
            warn(&format!(
                "the record of {} was read twice with different figures; both readings are kept, and the later one counts",
                period_of(&conflict.series, Some(conflict.period))
            ));
        }
    }
    if count > MOST_REPORTED {
        tell(&format!(
            "{} more were read twice with different figures",
            number(count - MOST_REPORTED, "period")
        ));
    }
    if count > 0 {
        *tally.findings.entry("UR402").or_default() += count;
    }
    count > 0
}

/// Tells what the rules say of the figures that changed (UR701 to UR706), and how many of them were final. Returns
/// whether something was found that fails a run.
fn tell_changes(
    report: &SyncReport,
    archive: &Archive,
    context: Context,
    tally: &mut Tally,
) -> bool {
    let mut drift = Drift::new(&Config::new(report.at));
    let name = inputs::name(archive.path());
    let place = |of: &usage_archive::Reading, id: ReadingId| {
        format!("{name}: {} reading {id}", of.series.granularity)
    };
    let mut findings: Vec<Finding> = Vec::new();
    for change in &report.appended.changes {
        if let (Some(earlier), Some(later)) = (record(&change.before.text), record(&change.text)) {
            let earlier = reading(&earlier, &change.before);
            let mut later = Reading::new(&later, change.read_at);
            later.granularity = earlier.granularity;
            drift.source(&place(&change.before, change.id));
            findings.extend(drift.compare(&earlier, &later));
        }
    }
    for vanished in &report.appended.vanished {
        if let Some(earlier) = record(&vanished.text) {
            drift.source(&place(vanished, vanished.id));
            findings.extend(drift.vanished(&reading(&earlier, vanished), report.at));
        }
    }
    for finding in &findings {
        *tally.findings.entry(finding.code).or_default() += 1;
    }
    let least = match context {
        // What fails the run is what went wrong.
        Context { quiet: true, .. } => Severity::Error,
        Context { verbose: true, .. } => Severity::Info,
        _ => Severity::Warning,
    };
    let style = stderr_style();
    for finding in findings.iter().filter(|one| one.severity >= least) {
        tell(human::finding(finding, style).to_string().trim_end());
    }
    let finals = report
        .appended
        .changes
        .iter()
        .filter(|change| change.before.is_final());
    let gone = report
        .appended
        .vanished
        .iter()
        .filter(|reading| reading.is_final());
    let finals = u64::try_from(finals.count() + gone.count()).unwrap_or(u64::MAX);
    if finals > 0 {
        warn(&format!(
            "{} changed after {} figures were final; `kore-usage diff` shows them",
            number(finals, "period"),
            if finals == 1 { "its" } else { "their" }
        ));
    }
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}

fn record(text: &str) -> Option<UsageRecord> {
    serde_json::from_str(text).ok()
}

fn reading<'a>(record: &'a UsageRecord, of: &usage_archive::Reading) -> Reading<'a> {
    let mut reading = Reading::new(record, of.seen.first);
    reading.granularity = Some(of.series.granularity);
    reading
}

/// The line that every run ends with.
fn summary(report: &SyncReport, milliseconds: u128) -> String {
    let tenths = milliseconds / 100;
    let outlook = match report.next_deletion {
        None if report.outcome != Outcome::Complete => "not all was read".to_owned(),
        None if report.account.is_none() => "nothing to keep yet".to_owned(),
        deletion => next_deletion(deletion, report.at),
    };
    format!(
        "+ {}, {} now final, {}; {}, {}.{} s",
        number(report.appended.added, "reading"),
        grouped(report.appended.now_final),
        outlook,
        number(report.requests, "request"),
        tenths / 10,
        tenths % 10
    )
}

/// Why the archive is not as current as was asked for.
fn failure(report: SyncReport, stop: Option<Stop>) -> Option<Failure> {
    const ALL: &str = "all was read";

    let mut failed = report.failed.into_iter();
    let mut notes: Vec<String> = Vec::new();
    let refused: Vec<String> = report.remarks.iter().filter_map(refused).collect();
    let mut failure = match stop {
        Some(Stop::Signal(signal)) => Failure::ended(signal, ALL),
        Some(_) => Failure::incomplete(format!("the time of --timeout was over before {ALL}"))
            .help("run it again: it goes on where it stopped"),
        None => match failed.next() {
            Some(first) => {
                notes.push(missing(&first));
                Failure::from(first.error)
            }
            None if report.unreadable_sims > 0 => Failure::incomplete(UNREADABLE).help(
                "`kore-usage sims` shows the others; ask the operator of the server about these",
            ),
            None if !refused.is_empty() => {
                return Some(
                    refused
                        .into_iter()
                        .fold(Failure::incomplete(START_REFUSED), Failure::note)
                        .note("the rest was read; later syncs start there")
                        .help("the server cannot be made to show it; --all asks it again"),
                );
            }
            None => return None,
        },
    };
    notes.extend(failed.map(|failed| missing(&failed)));
    notes.extend(refused);
    if report.unreadable_sims > 0 {
        let sims = number(report.unreadable_sims, "SIM");
        notes.push(format!("missing: {sims} ({UNREADABLE})"));
    }
    let listed = report.not_asked.iter().take(MOST_LISTED);
    notes
        .extend(listed.map(|one| format!("missing: {}, {} (not asked for)", one.what, one.window)));
    let more = report.not_asked.len().saturating_sub(MOST_LISTED);
    if let Ok(more @ 1..) = u64::try_from(more) {
        notes.push(format!("missing: {} more", number(more, "range")));
    }
    if report.outcome != Outcome::Failed {
        notes.push("what was read is kept; the next sync reads the rest".to_owned());
    }
    for text in notes {
        failure = failure.note(text);
    }
    Some(failure)
}

/// Why the first records that were asked for are missing.
const START_REFUSED: &str = "the server takes no window that starts as early as was asked for";

/// What is missing because the server takes no window that starts so early.
fn refused(remark: &Remark) -> Option<String> {
    let Remark::StartRefused {
        what, from, reason, ..
    } = remark
    else {
        return None;
    };
    Some(format!(
        "missing: {what}, what lies before {} ({reason})",
        rfc3339(*from)
    ))
}

/// Why the records of a SIM could not be asked for.
const UNREADABLE: &str = "not every SIM of the list can be read";

/// How many ranges that were not asked for are listed.
const MOST_LISTED: usize = 10;

fn missing(failed: &usage_archive::FailedRead) -> String {
    let window = failed.window.map(|window| format!(", {window}"));
    format!(
        "missing: {}{} ({})",
        failed.what,
        window.unwrap_or_default(),
        failed.error.reason()
    )
}
