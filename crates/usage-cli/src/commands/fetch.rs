//! `fetch`: records from the API to standard output or a file.

use std::io::{self, Write};

use usage_client::WindowPage;
use usage_model::{MalformedRecord, Window};

use crate::{
    args::{FetchArgs, RecordFormat},
    drive::{self, Consumer, drive},
    exit::Exit,
    failure::Failure,
    messages::{number, were},
    output::{Output, stdout_is_terminal},
    records::RecordWriter,
    report,
};

use super::Context;

/// Fetches window by window, several at a time, and writes each page in its turn.
pub(super) async fn run(args: &FetchArgs, context: Context) -> Result<Exit, Failure> {
    let query = drive::query(&args.query, context.now)?;
    let fetch = drive::fetch(&args.connection, query, context.now)?;
    let mut sink = Sink::open(args, context)?;
    let missing = drive(fetch, &mut sink, context).await?;
    match missing.failure() {
        None => sink.complete(),
        Some(failure) => Err(failure.note(sink.stop()?)),
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
    /// Pages so far: each window counts its own, and the user sees one list.
    pages: u64,
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
            pages: 0,
            quiet: context.quiet,
        })
    }

    fn malformed(&mut self, record: &MalformedRecord) -> Result<(), Failure> {
        self.malformed += 1;
        report::malformed_to_stderr(record, &format!("page {}", self.pages));
        if let Some(kept) = &mut self.kept {
            let name = kept.name();
            write_raw(kept, &record.raw).map_err(|error| Failure::write(&name, &error))?;
        }
        Ok(())
    }

    /// Ends a fetch that is not complete; says what there is, and where, if that is not plain to see.
    fn stop(mut self) -> Result<String, Failure> {
        let name = self.output.name();
        self.records
            .finish(&mut self.output)
            .map_err(|error| Failure::write(&name, &error))?;
        if let Some(kept) = self.kept {
            kept.incomplete()?;
        }
        let place = self.output.incomplete()?;
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
        let name = self.output.name();
        self.records
            .finish(&mut self.output)
            .map_err(|error| Failure::write(&name, &error))?;
        let kept = self.kept.as_ref().map(Output::destination);
        if let Some(kept) = self.kept {
            kept.complete()?;
        }
        self.output.complete()?;
        if self.malformed == 0 {
            return Ok(Exit::Done);
        }
        if !self.quiet {
            let text = match kept {
                Some(kept) => format!("their text is in {kept}"),
                None => "--malformed FILE keeps their text".to_owned(),
            };
            anstream::eprintln!(
                "{} delivered, {} malformed and left out; {text}",
                number(self.delivered, "record"),
                self.malformed
            );
        }
        Ok(Exit::Findings)
    }
}

impl Consumer for Sink {
    /// Writes one page, so that it is out before the next is waited for.
    fn page(&mut self, page: &WindowPage) -> Result<(), Failure> {
        self.pages += 1;
        let name = self.output.name();
        for record in &page.page.records {
            match record {
                Ok(record) => {
                    self.delivered += 1;
                    self.records
                        .write(&mut self.output, record)
                        .map_err(|error| Failure::write(&name, &error))?;
                }
                Err(record) => self.malformed(record)?,
            }
        }
        self.output
            .flush()
            .map_err(|error| Failure::write(&name, &error))
    }

    fn missing(&mut self, _: Window, _: &str) -> Result<(), Failure> {
        // Nothing can stand in its place; the end of the fetch says what is missing.
        Ok(())
    }
}

/// Writes a record as it came, on one line: line breaks can only stand between its tokens.
fn write_raw(out: &mut dyn Write, raw: &str) -> io::Result<()> {
    writeln!(out, "{}", raw.replace(['\r', '\n'], " "))
}
