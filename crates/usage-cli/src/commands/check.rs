//! `check`: fetch and validate in one stream.

use std::path::Path;

use chrono::{DateTime, Utc};
use usage_client::WindowPage;
use usage_model::{Container, MalformedRecord, Place, Position, UsageRecord, Window};
use usage_validate::Config;

use crate::{
    args::{CheckArgs, RuleArgs},
    drive::{Consumer, Fetch},
    exit::Exit,
    failure::Failure,
    messages::{number, were},
    output::{self, Output},
    records::{ndjson, raw},
    report::{Reporter, config},
};

use super::Context;

/// Validates every page as it comes.
pub(super) async fn run(args: &CheckArgs, context: Context) -> Result<Exit, Failure> {
    let mut config = config(&args.rules, context.now);
    let fetch = Fetch::new(&args.connection, &args.query, context)?;
    config.granularity = Some(fetch.granularity());
    config.window = Some(fetch.window());
    let saved = match &args.save {
        Some(path) => {
            output::distinct(("--save", path), ("the report", Path::new("-")))?;
            Some(output::open(path).await?)
        }
        None => None,
    };
    let mut checked = Checked {
        config,
        rules: &args.rules,
        context,
        reporter: None,
        saved,
        records: 0,
        pages: 0,
    };
    let failure = fetch.drive(&mut checked, context).await?.failure();
    if let Some(failure) = &failure {
        let why = failure.message().to_owned();
        checked.reporter(context.now).incomplete(why);
    }
    let records = checked.records;
    let kept = match checked.saved.take() {
        None => None,
        Some(saved) if failure.is_some() => saved.incomplete()?,
        Some(saved) => saved.complete().map(|()| None)?,
    };
    checked.reporter(context.now);
    let exit = match checked.reporter {
        Some(reporter) => reporter.finish()?,
        None => Exit::Incomplete,
    };
    let Some(failure) = failure else {
        return Ok(exit);
    };
    let failure = failure.note(format!(
        "{} {were} complete, and {were} checked",
        number(records, "record"),
        were = were(records)
    ));
    Err(match kept {
        Some(kept) => failure.note(kept),
        None => failure,
    })
}

/// Where the records of a check go.
struct Checked<'a> {
    config: Config,
    rules: &'a RuleArgs,
    context: Context,
    /// Starts with the first page, which tells the time by the server's clock.
    reporter: Option<Reporter>,
    /// Where the records are kept, if the user wants it.
    saved: Option<Output>,
    records: u64,
    pages: u64,
}

impl Checked<'_> {
    fn reporter(&mut self, now: DateTime<Utc>) -> &mut Reporter {
        self.reporter.get_or_insert_with(|| {
            self.config.as_of = now;
            Reporter::new(&self.config, self.rules, self.context)
        })
    }
}

impl Checked<'_> {
    /// The place of the next record: its line in the file where the records are kept, else its page.
    fn place(&mut self, index: u64) -> Place {
        let mut place = Place::default();
        place.record = self.records;
        self.records += 1;
        if let Some(saved) = &self.saved {
            place.position = Position::new(saved.written(), self.records, 1);
        } else {
            place.container = Container::Page(index);
        }
        place
    }

    /// Keeps a record, if the user wants it.
    fn save(&mut self, record: Result<&UsageRecord, &MalformedRecord>) -> Result<(), Failure> {
        let Some(saved) = &mut self.saved else {
            return Ok(());
        };
        let written = match record {
            Ok(record) => ndjson(saved, record),
            Err(record) => raw(saved, &record.raw),
        };
        written.map_err(|error| Failure::write(saved.name(), &error))
    }
}

impl Consumer for Checked<'_> {
    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure> {
        self.pages += 1;
        match &self.saved {
            None => {
                let page = format!("page {}", self.pages);
                self.reporter(now).source(&page, None);
            }
            Some(saved) if self.pages == 1 => {
                let name = saved.name().to_owned();
                self.reporter(now).source(&name, Some(Path::new(&name)));
            }
            Some(_) => {}
        }
        for (index, record) in (0..).zip(&page.records) {
            let place = self.place(index);
            self.save(record.as_ref())?;
            match record {
                Ok(record) => self.reporter(now).record(&place, record)?,
                Err(record) => {
                    let mut record = record.clone();
                    record.place = place;
                    self.reporter(now).malformed_record(&record)?;
                }
            }
        }
        // The client delivers a record once; one that came again with other figures is a finding.
        for (index, differing) in (page.records.len()..).zip(&page.differing) {
            let place = self.place(u64::try_from(index).unwrap_or(u64::MAX));
            self.save(Ok(&differing.dropped))?;
            self.reporter(now).record(&place, &differing.dropped)?;
        }
        self.reporter(now).page(&page.meta)
    }

    fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure> {
        let now = self.context.now;
        self.reporter(now).missing(window, why)
    }
}
