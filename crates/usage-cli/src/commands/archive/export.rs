//! `export`: takes records out of an archive, as they were received.

use std::path::Path;

use chrono::{DateTime, Utc};
use usage_archive::{Reading, ReadingId};
use usage_model::{Item, RecordReader, SimSid, Window};
use usage_table::ReadingRow;

use crate::{
    args::{ExportArgs, RecordFormat, instant},
    commands::{Context, fetch},
    exit::{Exit, requested},
    failure::Failure,
    messages::{number, tell},
    output::{self, Output, report},
    records::{Destination, TableOptions, raw},
};

/// Writes each selected reading.
pub(crate) fn run(args: &ExportArgs, context: Context) -> Result<Exit, Failure> {
    let archive = args.archive.open()?;
    let mut selection = args.selection.selection(context.now)?;
    selection.as_known_on = match args.as_known_on {
        Some(moment) => Some(instant(moment, "--as-known-on", context.now)?),
        None => None,
    };
    selection.since = args.since_reading.map(|id| ReadingId::new(id.into()));
    let mut sink = Sink::open(args, selection.window, context)?;
    sink.known_on = selection.as_known_on;
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
    /// What came later is not known.
    known_on: Option<DateTime<Utc>>,
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
            known_on: None,
            kept: args.output.malformed.as_deref().map(open).transpose()?,
            exported: 0,
            malformed: 0,
        })
    }

    fn take(&mut self, reading: &Reading) -> Result<(), Failure> {
        let mut reader = RecordReader::new();
        reader.end();
        let entry = reader.next(&mut reading.text.as_bytes());
        let item = entry.map(|entry| entry.map(usage_model::Entry::into_item));
        let is_record = matches!(item, Ok(Some(Item::Record(..))));
        if !is_record {
            self.malformed += 1;
            if let Ok(Some(Item::Malformed(record))) = &item {
                report::malformed_to_stderr(record, &format!("reading {}", reading.id));
            }
        }
        if self.format == RecordFormat::Ndjson {
            // Exactly as it was received, whether it decodes or not.
            self.exported += 1;
            return self.records.reading(ReadingRow::of_text(&reading.text));
        }
        let last_seen = match self.known_on {
            // By then it was read at least this often.
            Some(known_on) if known_on < reading.seen.last => reading.seen.first,
            _ => reading.seen.last,
        };
        if self.readings {
            self.exported += 1;
            self.records.as_of(reading.seen.first);
            let series = &reading.series;
            let mut row = ReadingRow::of_text(&reading.text);
            row.last_seen_at = Some(last_seen);
            row.reading_id = Some(reading.id.get());
            row.account_sid = Some(series.account.as_str()).filter(|account| !account.is_empty());
            row.sim_sid = series.sim.as_ref().map(SimSid::as_str);
            row.period = reading.period.map(|period| (period.start, period.end));
            return self.records.reading(row);
        }
        self.records.as_of(last_seen);
        match (item, &mut self.kept) {
            (Ok(Some(Item::Record(_, record))), _) => {
                self.exported += 1;
                self.records.write(&record)
            }
            (_, Some(kept)) => {
                raw(kept, &reading.text).map_err(|error| Failure::write(kept.name(), &error))
            }
            (_, None) => Ok(()),
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
                let where_to = if self.format == RecordFormat::Ndjson || self.readings {
                    "exported as received"
                } else {
                    "left out; --format ndjson has them too"
                };
                tell(&format!("{} malformed and {where_to}", self.malformed));
            }
        }
        Ok(if self.malformed > 0 {
            Exit::Findings
        } else {
            Exit::Done
        })
    }
}
