//! `export`: takes records out of an archive, as they were received.

use std::path::Path;

use chrono::{DateTime, Utc};
use usage_archive::{Reading, ReadingId};
use usage_model::{Item, RecordReader, SimSid, Window};
use usage_table::ReadingRow;

use crate::{
    args::{ExportArgs, RecordFormat, instant},
    exit::{Exit, requested},
    failure::Failure,
    messages::{number, tell},
    output::{self, Output, report},
    records::{Destination, TableOptions, raw},
};

use super::{Context, fetch};

/// Writes each selected reading.
pub(super) fn run(args: &ExportArgs, context: Context) -> Result<Exit, Failure> {
    let archive = args.archive.open()?;
    let mut selection = args.selection.selection(context.now)?;
    selection.as_known_on = match args.as_known_on {
        Some(moment) => Some(instant(moment, "--as-known-on", context.now)?),
        None => None,
    };
    selection.since = args.since_reading.map(|id| ReadingId::new(id.into()));
    let mut sink = Sink::open(args, selection.window, context)?;
    archive.visit(&selection, |reading| {
        if let Some(signal) = requested() {
            return Err(Failure::ended(signal, "all was exported"));
        }
        sink.take(&reading)
    })?;
    let last = archive.head()?.map(|(id, _)| id);
    sink.finish(last, context)
}

/// Where the records go.
struct Sink {
    format: RecordFormat,
    records: Destination,
    /// Whether the exact texts are written, as a table.
    readings: bool,
    kept: Option<Output>,
    exported: u64,
    malformed: u64,
}

impl Sink {
    fn open(args: &ExportArgs, window: Option<Window>, context: Context) -> Result<Self, Failure> {
        if let Some(kept) = args.output.malformed.as_deref() {
            let output = args.output.output.as_deref().unwrap_or(Path::new("-"));
            output::distinct(("--output", output), ("--malformed", kept))?;
        }
        let open = |path: &Path| Output::open(path);
        let format = fetch::format(&args.output);
        let everything = Window::new(DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC);
        let everything = everything.map_err(|error| Failure::usage(error.to_string()))?;
        let table = TableOptions {
            bytes: args.output.bytes,
            window: window.unwrap_or(everything),
            granularity: args.selection.granularity,
            now: context.now,
            width: output::terminal_width(),
        };
        let writer = || fetch::writer(&args.output, table).map(Box::new);
        let records = match args.output.output.as_deref() {
            Some(path) if Destination::is_folder(path) => fetch::months(&args.output, path, table)?,
            Some(path) => Destination::One(writer()?, open(path)?),
            None => Destination::One(writer()?, Output::stdout()),
        };
        Ok(Self {
            format,
            records,
            readings: args.output.readings,
            kept: args.output.malformed.as_deref().map(open).transpose()?,
            exported: 0,
            malformed: 0,
        })
    }

    fn take(&mut self, reading: &Reading) -> Result<(), Failure> {
        if self.format == RecordFormat::Ndjson {
            // Exactly as it was received, whether it decodes or not.
            self.exported += 1;
            return self.records.reading(ReadingRow::of_text(&reading.text));
        }
        self.records.as_of(reading.seen.first);
        if self.readings {
            self.exported += 1;
            let series = &reading.series;
            let mut row = ReadingRow::of_text(&reading.text);
            row.reading_id = Some(reading.id.get());
            row.account_sid = Some(series.account.as_str()).filter(|account| !account.is_empty());
            row.sim_sid = series.sim.as_ref().map(SimSid::as_str);
            row.period = reading.period.map(|period| (period.start, period.end));
            return self.records.reading(row);
        }
        let mut reader = RecordReader::new();
        reader.end();
        let entry = reader.next(&mut reading.text.as_bytes());
        match entry.map(|entry| entry.map(usage_model::Entry::into_item)) {
            Ok(Some(Item::Record(_, record))) => {
                self.exported += 1;
                self.records.write(&record)
            }
            other => {
                self.malformed += 1;
                if let Ok(Some(Item::Malformed(record))) = &other {
                    report::malformed_to_stderr(record, &format!("reading {}", reading.id));
                }
                match &mut self.kept {
                    Some(kept) => raw(kept, &reading.text)
                        .map_err(|error| Failure::write(kept.name(), &error)),
                    None => Ok(()),
                }
            }
        }
    }

    fn finish(mut self, last: Option<ReadingId>, context: Context) -> Result<Exit, Failure> {
        self.records.finish()?;
        self.records.complete()?;
        if let Some(kept) = self.kept {
            kept.complete()?;
        }
        if !context.quiet {
            let last = last.map(|id| format!("; --since-reading {id} takes what comes later"));
            tell(&format!(
                "{}{}",
                number(self.exported, "record"),
                last.unwrap_or_default()
            ));
            if self.malformed > 0 {
                tell(&format!(
                    "{} malformed and left out; --format ndjson has them too",
                    self.malformed
                ));
            }
        }
        Ok(if self.malformed > 0 {
            Exit::Findings
        } else {
            Exit::Done
        })
    }
}
