//! `fetch`: records from the API to standard output or a file.

use std::path::Path;

use chrono::{DateTime, Utc};
use usage_client::{UsageQuery, WindowPage};
use usage_model::{Lenient, MalformedRecord, Resource, UsageRecord, Window};
use usage_table::ReadingRow;

use crate::{
    args::{FetchArgs, OutputArgs, RecordFormat},
    drive::{Consumer, Fetch, Pages},
    exit::Exit,
    failure::Failure,
    messages::{note, number, rfc3339, tell, visible, warn, were},
    output::{self, Output, report},
    records::{Destination, RecordWriter, TableOptions, raw},
};

use super::Context;

/// Fetches window by window, several at a time, and writes each page in its turn.
pub(super) async fn run(args: &FetchArgs, context: Context) -> Result<Exit, Failure> {
    let fetch = Fetch::new(&args.connection, &args.query, context)?;
    if let Some(exit) = fetch.plan_only(&args.query)? {
        return Ok(exit);
    }
    let mut sink = Sink::open(&args.output, &fetch, context).await?;
    let missing = fetch.drive(&mut sink, context).await?;
    let mixed = missing.warn_of_accounts();
    match missing.failure() {
        None => sink.complete().map(|exit| exit.or_findings(mixed)),
        Some(failure) => Err(failure.note(sink.stop()?)),
    }
}

/// Where the records of a fetch go.
struct Sink {
    records: Destination,
    /// Whether the exact texts are written, those too that are no records.
    readings: bool,
    /// Where the text of malformed records is kept, if the user wants it.
    kept: Option<Output>,
    delivered: u64,
    malformed: u64,
    /// Records that were read twice, with different figures.
    differing: u64,
    pages: Pages,
    quiet: bool,
}

impl Sink {
    async fn open(args: &OutputArgs, fetch: &Fetch, context: Context) -> Result<Self, Failure> {
        if let Some(kept) = args.malformed.as_deref() {
            let output = args.output.as_deref().unwrap_or(Path::new("-"));
            output::distinct(("--output", output), ("--malformed", kept))?;
        }
        let kept = match &args.malformed {
            Some(path) => Some(output::open(path).await?),
            None => None,
        };
        let table = TableOptions {
            bytes: args.bytes,
            window: fetch.window(),
            granularity: fetch.granularity(),
            now: context.now,
            width: output::terminal_width(),
        };
        let records = match &args.output {
            Some(path) if Destination::is_folder(path) => months(args, path, table)?,
            Some(path) => {
                let writer = Box::new(writer(args, table)?);
                Destination::One(writer, output::open(path).await?)
            }
            None => Destination::One(Box::new(writer(args, table)?), Output::stdout()),
        };
        Ok(Self {
            records,
            readings: args.readings,
            kept,
            delivered: 0,
            malformed: 0,
            differing: 0,
            pages: Pages::default(),
            quiet: context.quiet,
        })
    }

    fn malformed(&mut self, record: &MalformedRecord, query: &UsageQuery) -> Result<(), Failure> {
        self.malformed += 1;
        let (page, place) = self.pages.locate(record.place);
        let mut located = record.clone();
        located.place = place;
        report::malformed_to_stderr(&located, &page);
        if let Some(kept) = &mut self.kept {
            raw(kept, &record.raw).map_err(|error| Failure::write(kept.name(), &error))?;
        }
        if self.readings {
            let mut key = record.key();
            if let (None, Resource::Sim(sim)) = (&key.sim_sid, query.resource()) {
                key.sim_sid = Some(Lenient::Known(sim));
            }
            self.records
                .reading(ReadingRow::of_key(&key, &record.raw))?;
        }
        Ok(())
    }

    /// Ends a fetch that is not complete; tells what there is, and where, if that is not plain to see.
    fn stop(mut self) -> Result<String, Failure> {
        self.records.finish()?;
        if let Some(kept) = self.kept {
            kept.incomplete()?;
        }
        let place = self.records.incomplete()?;
        let mut delivered = format!(
            "{} {} complete",
            number(self.delivered, "record"),
            were(self.delivered)
        );
        if self.malformed > 0 {
            delivered = format!("{delivered}, and {} malformed", self.malformed);
        }
        Ok(match place {
            Some(place) => format!("{delivered}; {place}"),
            None => delivered,
        })
    }

    fn complete(mut self) -> Result<Exit, Failure> {
        self.records.finish()?;
        let left_out = self.records.left_out();
        let kept = self.kept.as_ref().map(|kept| kept.name().to_owned());
        if let Some(kept) = self.kept {
            kept.complete()?;
        }
        self.records.complete()?;
        if self.malformed > 0 && !self.quiet {
            let text = match kept {
                Some(kept) => format!("their text is in {kept}"),
                None => "--malformed FILE keeps their text".to_owned(),
            };
            tell(&visible(&format!(
                "{} delivered, {} malformed and left out; {text}",
                number(self.delivered, "record"),
                self.malformed
            )));
        }
        if !self.quiet {
            for remark in left_out.remarks() {
                note(&remark);
            }
        }
        if self.malformed > 0 || self.differing > 0 {
            return Ok(Exit::Findings);
        }
        if self.delivered == 0 && !self.quiet {
            tell("the server has no records in this window");
        }
        Ok(Exit::Done)
    }
}

impl Consumer for Sink {
    /// Writes one page, so that it is out before the next is waited for.
    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure> {
        self.pages.add(page);
        self.records.as_of(now);
        for record in &page.records {
            match record {
                Ok(placed) => {
                    self.delivered += 1;
                    self.records.write(&placed.record)?;
                }
                Err(record) => self.malformed(record, &page.query)?,
            }
        }
        for differing in &page.differing {
            self.differing += 1;
            let which = if differing.is_latest {
                "the later reading was delivered"
            } else {
                "the earlier reading had been written already, and the later one is not delivered"
            };
            warn(&format!(
                "the record of {} was read twice with different figures; {which}",
                period(&differing.delivered.record)
            ));
        }
        self.records.flush()
    }

    fn missing(&mut self, _: Window, _: &str) -> Result<(), Failure> {
        // Nothing can stand in its place; the end of the fetch says what is missing.
        Ok(())
    }

    fn wants_more(&self) -> bool {
        !self.records.is_closed()
    }
}

/// What writes records in the form that was asked for.
pub(super) fn writer(args: &OutputArgs, table: TableOptions) -> Result<RecordWriter, Failure> {
    let format = format(args);
    if args.readings {
        return if format == RecordFormat::Parquet {
            RecordWriter::readings(table.granularity, table.now)
        } else {
            Err(Failure::usage("--readings is a form of Parquet").help("give it --format parquet"))
        };
    }
    if !args.long {
        return RecordWriter::new(format, table);
    }
    match args.format {
        None | Some(RecordFormat::Csv) => Ok(RecordWriter::long(table.granularity, table.now)),
        // It has no other form.
        Some(RecordFormat::Parquet) => RecordWriter::new(format, table),
        Some(_) => Err(Failure::usage("--long is a form of CSV").help("give it --format csv")),
    }
}

/// A folder with a file a month.
pub(super) fn months(
    args: &OutputArgs,
    folder: &Path,
    table: TableOptions,
) -> Result<Destination, Failure> {
    if format(args) != RecordFormat::Parquet {
        return Err(Failure::usage(format!(
            "{} is a folder, which takes a file a month in Parquet",
            folder.display()
        ))
        .help("give it --format parquet, or name a file in it"));
    }
    let readings = args.readings;
    Destination::months(folder, table.now, move || {
        if readings {
            RecordWriter::readings(table.granularity, table.now)
        } else {
            RecordWriter::new(RecordFormat::Parquet, table)
        }
    })
}

/// The format that the user asked for, or the one that fits where the records go.
pub(super) fn format(args: &OutputArgs) -> RecordFormat {
    let ending = args.output.as_deref().and_then(Path::extension);
    args.format
        .unwrap_or(match ending.and_then(|end| end.to_str()) {
            Some("csv") => RecordFormat::Csv,
            Some("json") => RecordFormat::Json,
            Some("txt") => RecordFormat::Table,
            Some("parquet") => RecordFormat::Parquet,
            // The texts of readings have no other form.
            _ if args.readings && args.output.as_deref().is_some_and(Destination::is_folder) => {
                RecordFormat::Parquet
            }
            _ if output::is_shown(args.output.as_deref()) => RecordFormat::Table,
            _ => RecordFormat::Ndjson,
        })
}

/// The period of a record for a message.
fn period(record: &UsageRecord) -> String {
    record
        .period
        .value()
        .and_then(usage_model::Period::bounds)
        .map_or_else(
            || "an unknown period".to_owned(),
            |(start, end)| format!("{} to {}", rfc3339(start), rfc3339(end)),
        )
}
