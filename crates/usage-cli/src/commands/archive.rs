//! `archive`: looks into an archive, verifies it, and copies it.

pub(super) mod diff;
pub(super) mod export;
pub(super) mod sync;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use usage_archive::{Archive, CONFIRMED_AFTER, ErrorKind, Selection, Sims, State, Status, Subset};
use usage_model::{Granularity, SimSid, Window};

use crate::{
    args::{Look, StatusFormat, instant},
    exit::Exit,
    failure::Failure,
    messages::{grouped, number, rfc3339, tell, visible, warn},
    output::Output,
};

use super::Context;
use diff::Changed;

/// When the server deletes the first figures of each account that are not final here.
type Deletions = BTreeMap<String, Option<DateTime<Utc>>>;

/// How many runs `history` lists.
const RUNS: u32 = 20;

pub(super) fn run(look: &Look, context: Context) -> Result<Exit, Failure> {
    match look {
        Look::Status {
            archive,
            fail_under,
            as_of,
            format,
        } => {
            let now = match as_of {
                Some(moment) => instant(*moment, "--as-of", context.now)?,
                None => context.now,
            };
            status(&archive.open()?, now, *fail_under, *format)
        }
        Look::History {
            period: None,
            archive,
            ..
        } => runs(&archive.open()?),
        Look::History {
            period: Some(period),
            archive,
            granularity,
            sim,
        } => {
            let start = instant(*period, "the time", context.now)?;
            readings(&archive.open()?, start, *granularity, *sim)
        }
        Look::Verify { archive, subset } => {
            verify(&archive.open()?, subset.unwrap_or(Subset::ALL), context)
        }
        Look::Backup { to, archive } => {
            archive.open()?.back_up(to)?;
            if !context.quiet {
                tell(&format!("{} is a copy of the archive", to.display()));
            }
            Ok(Exit::Done)
        }
    }
}

fn print(lines: &[String]) -> Result<(), Failure> {
    let mut out = Output::stdout();
    let written = lines.iter().try_for_each(|line| writeln!(out, "{line}"));
    written
        .and_then(|()| out.flush())
        .map_err(|error| Failure::write(out.name(), &error))
}

/// When the server deletes the first figures of each account that are not final here.
fn deletions(archive: &Archive, status: &Status, now: DateTime<Utc>) -> Result<Deletions, Failure> {
    let accounts: BTreeSet<&String> = status
        .series
        .iter()
        .map(|one| &one.series.account)
        .collect();
    let deletions = accounts.into_iter().map(|account| {
        let deletion = archive.next_deletion(account, now)?;
        Ok((account.clone(), deletion))
    });
    deletions.collect()
}

fn status(
    archive: &Archive,
    now: DateTime<Utc>,
    fail_under: Option<Duration>,
    format: StatusFormat,
) -> Result<Exit, Failure> {
    let status = archive.status(now)?;
    let deletions = deletions(archive, &status, now)?;
    match format {
        StatusFormat::Human => print(&described(archive, &status, &deletions, now))?,
        StatusFormat::Json => print(&[as_json(&status, &deletions, now).to_string()])?,
    }
    let Some(least) = fail_under else {
        return Ok(Exit::Done);
    };
    let least = TimeDelta::from_std(least)
        .map_err(|_| Failure::usage("--fail-under lies beyond the calendar"))?;
    let short = deletions.iter().find(|(_, deletion)| {
        deletion.is_some_and(|deletion| deletion.signed_duration_since(now) < least)
    });
    let least = number(least.num_days().unsigned_abs(), "day");
    let confirmed = CONFIRMED_AFTER.num_hours();
    match short {
        // An archive without a window protects nothing.
        None if deletions.is_empty() => warn(&format!(
            "the archive holds nothing yet, and --fail-under asks for {least}"
        )),
        None => return Ok(Exit::Done),
        Some((account, deletion)) => warn(&format!(
            "account {}: {}, and --fail-under asks for {least}; run `kore-usage sync`, \
             and once more {confirmed} hours later: a figure is final when it was read twice",
            visible(account),
            next_deletion(*deletion, now)
        )),
    }
    Ok(Exit::Findings)
}

fn described(
    archive: &Archive,
    status: &Status,
    deletions: &Deletions,
    now: DateTime<Utc>,
) -> Vec<String> {
    let mut lines = vec![format!(
        "{}: {}, {} MB",
        archive.path().display(),
        number(status.readings, "reading"),
        megabytes(status.bytes)
    )];
    for (account, deletion) in deletions {
        lines.push(format!(
            "account {}: {}",
            visible(account),
            next_deletion(*deletion, now)
        ));
        let of_account = status
            .series
            .iter()
            .filter(|one| one.series.account == *account);
        let (accounts, sims): (Vec<_>, Vec<_>) =
            of_account.partition(|one| one.series.sim.is_none());
        for one in accounts {
            let periods: Vec<String> = one
                .periods
                .iter()
                .map(|(state, count)| format!("{} {state}", grouped(*count)))
                .collect();
            let read_at = one
                .read_at
                .map(|at| format!("; read last at {}", rfc3339(at)));
            let gone = match one.gone {
                0 => String::new(),
                gone => format!(
                    " ({gone} not final and gone from the server, so that no sync can make {} final)",
                    if gone == 1 { "it" } else { "them" }
                ),
            };
            lines.push(format!(
                "  {}: {}{gone}{}",
                one.series.granularity,
                if periods.is_empty() {
                    "no records".to_owned()
                } else {
                    periods.join(", ")
                },
                read_at.unwrap_or_default()
            ));
        }
        if !sims.is_empty() {
            let count: BTreeSet<_> = sims.iter().filter_map(|one| one.series.sim).collect();
            let periods: u64 = sims.iter().flat_map(|one| one.periods.values()).sum();
            let finals: u64 = sims
                .iter()
                .filter_map(|one| one.periods.get(&State::Final))
                .sum();
            lines.push(format!(
                "  {}: {}, {} final",
                number(u64::try_from(count.len()).unwrap_or(u64::MAX), "SIM"),
                number(periods, "period"),
                grouped(finals)
            ));
        }
    }
    if let Some((reading, hash)) = status.head {
        lines.push(format!("chain head {hash} at reading {reading}"));
    }
    lines
}

/// Bytes as MB, for a text.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn as_json(status: &Status, deletions: &Deletions, now: DateTime<Utc>) -> serde_json::Value {
    let series: Vec<_> = status
        .series
        .iter()
        .map(|one| {
            let periods: serde_json::Map<String, serde_json::Value> = one
                .periods
                .iter()
                .map(|(state, count)| (state.to_string(), json!(count)))
                .collect();
            json!({
                "account_sid": one.series.account,
                "sim_sid": one.series.sim.map(|sim| sim.to_string()),
                "granularity": one.series.granularity.as_str(),
                "periods": periods,
                "gone": one.gone,
                "read_at": one.read_at.map(rfc3339),
            })
        })
        .collect();
    let accounts: Vec<_> = deletions
        .iter()
        .map(|(account, deletion)| {
            json!({
                "account_sid": account,
                "next_deletion": deletion.map(rfc3339),
                "days": deletion.map(|deletion| days_until(deletion, now)),
            })
        })
        .collect();
    json!({
        "schema": "usage-archive-status/1",
        "as_of": rfc3339(now),
        "readings": status.readings,
        "bytes": status.bytes,
        "head": status.head.map(|(id, hash)| json!({"reading_id": id.get(), "hash": hash.to_string()})),
        "accounts": accounts,
        "series": series,
    })
}

fn runs(archive: &Archive) -> Result<Exit, Failure> {
    let runs = archive.last_runs(RUNS)?;
    let lines: Vec<String> = runs
        .iter()
        .map(|run| {
            let outcome = run.outcome.map_or("no end", usage_archive::Outcome::as_str);
            format!(
                "run {} at {}: {outcome}, + {}, {} ({})",
                run.id,
                rfc3339(run.started_at),
                number(run.added, "reading"),
                number(run.requests, "request"),
                visible(&run.program)
            )
        })
        .collect();
    print(&lines)?;
    Ok(Exit::Done)
}

/// Every reading of the periods of a day, or of the hour that starts then.
fn readings(
    archive: &Archive,
    start: DateTime<Utc>,
    granularity: Granularity,
    sim: Option<SimSid>,
) -> Result<Exit, Failure> {
    let is_hour = start.time() != chrono::NaiveTime::MIN;
    let length = if is_hour {
        TimeDelta::hours(1)
    } else {
        TimeDelta::days(1)
    };
    let window =
        Window::new(start, start + length).map_err(|error| Failure::usage(error.to_string()))?;
    let mut selection = Selection::default();
    selection.sims = sim.map_or(Sims::None, |sim| Sims::Only(vec![sim]));
    selection.granularity = Some(granularity);
    selection.window = Some(window);
    selection.history = true;
    let mut lines: Vec<String> = Vec::new();
    let mut before: Option<usage_archive::Reading> = None;
    archive.visit::<usage_archive::Error>(&selection, |reading| {
        let same = before
            .take()
            .filter(|before| (&before.series, before.period) == (&reading.series, reading.period));
        if same.is_none() {
            lines.push(diff::period(&reading));
        }
        let state = reading
            .state_by_age()
            .map(|state| format!(", {state} by its age"));
        lines.push(format!(
            "  reading {} fetched {}, last seen {}{}",
            reading.id,
            rfc3339(reading.seen.first),
            rfc3339(reading.seen.last),
            if reading.is_final() {
                ", final".to_owned()
            } else {
                state.unwrap_or_default()
            }
        ));
        if let Some(before) = same {
            let changed = Changed::new(Some(&before.text), &reading.text).lines();
            lines.extend(changed.into_iter().map(|line| format!("  {line}")));
        }
        before = Some(reading);
        Ok(())
    })?;
    if lines.is_empty() {
        return Err(
            Failure::incomplete("the archive has no reading of this period")
                .help("`kore-usage archive status` says what it has; see --granularity and --sim"),
        );
    }
    print(&lines)?;
    Ok(Exit::Done)
}

fn verify(archive: &Archive, subset: Subset, context: Context) -> Result<Exit, Failure> {
    let verified = match archive.verify(subset) {
        Ok(verified) => verified,
        Err(error) if error.kind() == ErrorKind::Corrupt => {
            Failure::from(error).print();
            return Ok(Exit::Findings);
        }
        Err(error) => return Err(error.into()),
    };
    if !context.quiet {
        let part = if subset == Subset::ALL {
            String::new()
        } else {
            format!(" (part {subset})")
        };
        let mut lines = vec![format!(
            "{} verified{part}",
            number(verified.readings, "reading")
        )];
        if let Some((reading, hash)) = verified.head {
            lines.push(format!("chain head {hash} at reading {reading}"));
        }
        print(&lines)?;
    }
    Ok(Exit::Done)
}

/// How many whole days there are until an instant; none where it has passed.
pub(super) fn days_until(instant: DateTime<Utc>, now: DateTime<Utc>) -> u64 {
    let days = instant.signed_duration_since(now).num_days();
    u64::try_from(days).unwrap_or(0)
}

/// When the server deletes the first figures that are not final here, in words.
pub(super) fn next_deletion(instant: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    match instant {
        Some(instant) => match days_until(instant, now) {
            0 => "next deletion within a day".to_owned(),
            days => format!("next deletion in {}", number(days, "day")),
        },
        None => "all of it final".to_owned(),
    }
}
