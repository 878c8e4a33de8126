//! `fetch`: records from the API to standard output or a file.

use std::{
    io::{self, Write},
    pin::pin,
};

use futures_util::StreamExt;
use usage_client::Page;
use usage_model::MalformedRecord;

use crate::{
    args::{FetchArgs, RecordFormat},
    connection,
    exit::Exit,
    failure::Failure,
    output::{Output, stdout_is_terminal},
    progress::Progress,
    records::RecordWriter,
    report,
};

use super::{Context, interrupted};

/// Fetches page by page, and writes each as soon as it is there.
pub(super) async fn run(args: &FetchArgs, context: Context) -> Result<Exit, Failure> {
    let query = connection::query(&args.query, context.now)?;
    let client = connection::client(&args.connection)?;
    let mut sink = Sink::open(args, context)?;
    let mut pages = pin!(client.pages(query));
    let mut progress = Progress::new(context);
    let mut interrupt = pin!(interrupted());
    loop {
        let page = tokio::select! {
            biased;
            () = &mut interrupt => {
                progress.finish();
                sink.stop()?;
                return Ok(Exit::Interrupted);
            }
            page = pages.next() => page,
        };
        match page {
            Some(Ok(page)) => {
                progress.page(page.records.len());
                sink.page(&page)?;
            }
            Some(Err(error)) => {
                progress.finish();
                let failure = Failure::from(error);
                let failure = match sink.stop()? {
                    Some(note) => failure.note(note),
                    None => failure,
                };
                return Err(failure);
            }
            None => {
                progress.finish();
                return sink.complete();
            }
        }
    }
}

/// Where the records of a fetch go.
struct Sink {
    records: RecordWriter,
    output: Output,
    /// Where the text of malformed records is kept, if the user wants it.
    kept: Option<Output>,
    delivered: u64,
    malformed: u64,
    quiet: bool,
}

impl Sink {
    fn open(args: &FetchArgs, context: Context) -> Result<Self, Failure> {
        let to_person = args.output.is_none() && stdout_is_terminal();
        let format = args.format.unwrap_or(if to_person {
            RecordFormat::Table
        } else {
            RecordFormat::Ndjson
        });
        Ok(Self {
            records: RecordWriter::new(format),
            output: Output::open(args.output.as_deref())?,
            kept: args
                .malformed
                .as_deref()
                .map(|path| Output::open(Some(path)))
                .transpose()?,
            delivered: 0,
            malformed: 0,
            quiet: context.quiet,
        })
    }

    /// Writes one page, so that it is out before the next is asked for.
    fn page(&mut self, page: &Page) -> Result<(), Failure> {
        let name = self.output.name();
        for record in &page.records {
            match record {
                Ok(record) => {
                    self.delivered += 1;
                    self.records
                        .write(&mut self.output, record)
                        .map_err(|error| Failure::write(&name, &error))?;
                }
                Err(record) => self.malformed(record, page.index)?,
            }
        }
        self.output
            .flush()
            .map_err(|error| Failure::write(&name, &error))
    }

    fn malformed(&mut self, record: &MalformedRecord, page: u64) -> Result<(), Failure> {
        self.malformed += 1;
        report::malformed_to_stderr(record, &format!("page {}", page + 1));
        if let Some(kept) = &mut self.kept {
            let name = kept.name();
            write_raw(kept, &record.raw).map_err(|error| Failure::write(&name, &error))?;
        }
        Ok(())
    }

    /// Ends a fetch that was cut short; gives where to find what was complete.
    fn stop(mut self) -> Result<Option<String>, Failure> {
        let name = self.output.name();
        self.records
            .finish(&mut self.output)
            .map_err(|error| Failure::write(&name, &error))?;
        if let Some(kept) = self.kept {
            kept.incomplete()?;
        }
        let place = self.output.incomplete()?;
        let delivered = format!("{} records were complete before that", self.delivered);
        Ok(Some(match place {
            Some(place) => format!("{delivered}; {place}"),
            None => delivered,
        }))
    }

    fn complete(mut self) -> Result<Exit, Failure> {
        let name = self.output.name();
        self.records
            .finish(&mut self.output)
            .map_err(|error| Failure::write(&name, &error))?;
        if let Some(kept) = self.kept {
            kept.complete()?;
        }
        self.output.complete()?;
        if self.malformed == 0 {
            return Ok(Exit::Done);
        }
        if !self.quiet {
            anstream::eprintln!(
                "{} records delivered, {} malformed and left out; --malformed FILE keeps their text",
                self.delivered,
                self.malformed
            );
        }
        Ok(Exit::Findings)
    }
}

/// Writes a record as it came, on one line: line breaks can only stand between its tokens.
fn write_raw(out: &mut dyn Write, raw: &str) -> io::Result<()> {
    writeln!(out, "{}", raw.replace(['\r', '\n'], " "))
}
