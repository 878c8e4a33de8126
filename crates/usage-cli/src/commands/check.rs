//! `check`: fetch and validate in one stream.

use usage_client::WindowPage;
use usage_model::{Container, Place, Window};

use crate::{
    args::CheckArgs,
    drive::{self, Consumer, drive},
    exit::Exit,
    failure::Failure,
    messages::{number, were},
    report::{Reporter, config},
};

use super::Context;

/// Validates every page as it comes.
pub(super) async fn run(args: &CheckArgs, context: Context) -> Result<Exit, Failure> {
    let query = drive::query(&args.query, context.now)?;
    let mut config = config(&args.rules, context.now)?;
    config.granularity = Some(query.granularity());
    config.window = Some(query.window());
    let fetch = drive::fetch(&args.connection, query, context.now)?;
    let mut checked = Checked {
        reporter: Reporter::new(&config, &args.rules, context.verbose),
        records: 0,
        pages: 0,
    };
    let missing = drive(fetch, &mut checked, context).await?;
    let Checked {
        mut reporter,
        records,
        ..
    } = checked;
    let failure = missing.failure();
    if let Some(failure) = &failure {
        reporter.incomplete(failure.message());
    }
    let exit = reporter.finish()?;
    match failure {
        None => Ok(exit),
        Some(failure) => Err(failure.note(format!(
            "{} {were} complete, and {were} checked",
            number(records, "record"),
            were = were(records)
        ))),
    }
}

/// Where the records of a check go.
struct Checked {
    reporter: Reporter,
    records: u64,
    pages: u64,
}

impl Checked {
    /// The place of the next record, which the report numbers over all pages.
    fn place(&mut self) -> Place {
        let mut place = Place::default();
        place.record = self.records;
        self.records += 1;
        place
    }
}

impl Consumer for Checked {
    fn page(&mut self, page: &WindowPage) -> Result<(), Failure> {
        self.pages += 1;
        self.reporter.source(&format!("page {}", self.pages));
        for (index, record) in (0..).zip(&page.page.records) {
            let mut place = self.place();
            place.container = Container::Page(index);
            match record {
                Ok(record) => self.reporter.record(&place, record)?,
                Err(record) => {
                    let mut record = record.clone();
                    record.place.record = place.record;
                    self.reporter.malformed_record(&record)?;
                }
            }
        }
        // The client delivers a record once; one that came again with other figures is a finding.
        for differing in &page.differing {
            let place = self.place();
            self.reporter.record(&place, &differing.again)?;
        }
        self.reporter.page(&page.page.meta)
    }

    fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure> {
        self.reporter.missing(window, why)
    }
}
