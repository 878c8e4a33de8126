//! `export`: takes records out of an archive, as they were received.

use std::{io::Write, path::Path};

use chrono::{DateTime, Utc};
use usage_archive::{Reading, ReadingId};
use usage_model::{Item, RecordReader, Window};

use crate::{
    args::{ExportArgs, RecordFormat, instant},
    exit::{Exit, requested},
    failure::Failure,
    messages::{number, tell},
    output::{self, Output},
    records::{RecordWriter, TableOptions, raw},
    report,
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
    records: RecordWriter,
    output: Output,
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
        let records = if args.output.long {
            RecordWriter::long(args.selection.granularity, context.now)
        } else {
            RecordWriter::new(format, table)
        };
        Ok(Self {
            format,
            records,
            output: args
                .output
                .output
                .as_deref()
                .map_or_else(|| Ok(Output::stdout()), open)?,
            kept: args.output.malformed.as_deref().map(open).transpose()?,
            exported: 0,
            malformed: 0,
        })
    }

    fn take(&mut self, reading: &Reading) -> Result<(), Failure> {
        if self.format == RecordFormat::Ndjson {
            // Exactly as it was received, whether it decodes or not.
            self.exported += 1;
            return raw(&mut self.output, &reading.text)
                .map_err(|error| Failure::write(self.output.name(), &error));
        }
        let mut reader = RecordReader::new();
        reader.end();
        let entry = reader.next(&mut reading.text.as_bytes());
        match entry.map(|entry| entry.map(usage_model::Entry::into_item)) {
            Ok(Some(Item::Record(_, record))) => {
                self.exported += 1;
                self.records.as_of(reading.seen.first);
                self.records
                    .write(&mut self.output, &record)
                    .map_err(|error| Failure::write(self.output.name(), &error))
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
        let name = self.output.name().to_owned();
        self.records
            .finish(&mut self.output)
            .and_then(|()| self.output.flush())
            .map_err(|error| Failure::write(&name, &error))?;
        self.output.complete()?;
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
