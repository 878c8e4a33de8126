//! An archive held against itself: its granularities, and its SIMs against their account.

use std::path::Path;

use chrono::DateTime;
use usage_archive::{Archive, Selection, Sims};
use usage_model::{Item, RecordReader};
use usage_validate::{Accounts, Config, Reading, Reconciler};

use crate::{
    args::{ReconcileArgs, instant},
    commands::Context,
    exit::{Exit, requested},
    failure::Failure,
    inputs,
    output::report::{Report, config},
};

/// Reads the archive that the user or the environment names.
pub(super) fn run(args: &ReconcileArgs, context: Context) -> Result<Exit, Failure> {
    let archive = args.input.archive.open()?;
    let as_of = match args.input.as_of {
        Some(as_of) => instant(as_of, "--as-of", context.now)?,
        // By the server's clock; nothing was fetched into an archive without an account.
        None => archive.last_read()?.unwrap_or(context.now),
    };
    let mut config = config(&args.rules, as_of);
    // An archive keeps its accounts apart.
    config.accounts = Accounts::Many;
    let mut report = Report::new(&args.rules, context);
    let path = archive.path().to_owned();
    report.source(&inputs::name(&path), Some(&path));
    let (findings, summary) = of_archive(&archive, &path, &config)?.finish();
    report.finish(findings, summary, |_| {})
}

/// Takes every current reading, and what is known to have been read in full.
fn of_archive(archive: &Archive, path: &Path, config: &Config) -> Result<Reconciler, Failure> {
    let mut reconciler = Reconciler::new(config);
    reconciler.source(&inputs::name(path));
    for series in archive.series()? {
        let held = archive.held(&series, DateTime::UNIX_EPOCH)?;
        for (window, _) in held.windows {
            let account = Some(series.account.as_str());
            reconciler.read_in_full(account, series.sim, series.granularity, window);
        }
        for sim in archive.known_sims(&series.account)? {
            // Whose records are not kept is not missed.
            if series.sim == Some(sim.sid) {
                reconciler.known_sim(Some(&series.account), sim.sid);
            }
        }
    }
    let mut selection = Selection::default();
    selection.sims = Sims::AccountAndAll;
    let mut reader = RecordReader::new();
    let mut line = String::new();
    archive.visit(&selection, |reading| {
        if let Some(signal) = requested() {
            return Err(Failure::ended(signal, "all was read"));
        }
        line.clear();
        line.push_str(&reading.text);
        line.push('\n');
        match reader.next(&mut line.as_bytes()) {
            Ok(Some(entry)) => match entry.into_item() {
                Item::Record(_, record) => {
                    let mut one = Reading::new(&record, reading.seen.last);
                    one.granularity = Some(reading.series.granularity);
                    reconciler.reading(&one);
                }
                item => reconciler.item(&item),
            },
            Ok(None) => reader = RecordReader::new(),
            Err(document) => {
                reconciler.malformed_document(&document);
                reader = RecordReader::new();
            }
        }
        Ok(())
    })?;
    Ok(reconciler)
}
