//! `check`: fetch and validate in one stream.

use std::pin::pin;

use futures_util::StreamExt;
use usage_model::{Container, Place};

use crate::{
    args::CheckArgs,
    drive::{self, Missing, Progress},
    exit::Exit,
    failure::Failure,
    report::{Reporter, config},
    messages::{number, were},
};

use super::{Context, interrupted};

/// Validates every page as it comes.
pub(super) async fn run(args: &CheckArgs, context: Context) -> Result<Exit, Failure> {
    let query = drive::query(&args.query, context.now)?;
    let mut config = config(&args.rules, context.now)?;
    config.granularity = Some(query.granularity());
    config.window = Some(query.window());
    let mut fetch = pin!(drive::fetch(&args.connection, query, context.now)?);
    let mut reporter = Reporter::new(&config, &args.rules, context.verbose);
    let mut progress = Progress::new(context);
    let mut interrupt = pin!(interrupted());
    let mut missing = Missing::default();
    let (mut records, mut pages) = (0_u64, 0_u64);
    let rest = loop {
        let item = tokio::select! {
            biased;
            () = &mut interrupt => break Some(fetch.remaining()),
            item = fetch.next() => item,
        };
        match item {
            None => break None,
            Some(Err(failed)) => {
                reporter.missing(failed.window, &failed.error.reason())?;
                missing.add(failed);
            }
            Some(Ok(page)) => {
                pages += 1;
                progress.page(page.page.records.len());
                reporter.source(&format!("page {pages}"));
                for (index, record) in (0..).zip(&page.page.records) {
                    let mut place = Place::default();
                    place.record = records;
                    place.container = Container::Page(index);
                    records += 1;
                    match record {
                        Ok(record) => reporter.record(&place, record)?,
                        Err(record) => {
                            let mut record = record.clone();
                            record.place.record = place.record;
                            reporter.malformed_record(&record)?;
                        }
                    }
                }
                // The client delivers a record once; one that came again with other figures is a finding.
                for differing in &page.differing {
                    let mut place = Place::default();
                    place.record = records;
                    records += 1;
                    reporter.record(&place, &differing.again)?;
                }
                reporter.page(&page.page.meta)?;
            }
        }
    };
    progress.finish();
    drive::remark(fetch.report(), context.quiet);
    let checked = format!(
        "{} {were} complete, and {were} checked",
        number(records, "record"),
        were = were(records)
    );
    if let Some(rest) = rest {
        if let Some(rest) = rest {
            reporter.missing(rest, "interrupted")?;
        }
        reporter.incomplete("interrupted before all records were fetched");
        reporter.finish()?;
        missing.interrupted(&checked, rest, context.quiet);
        return Ok(Exit::Interrupted);
    }
    let failure = missing.failure();
    if let Some(failure) = &failure {
        reporter.incomplete(failure.message());
    }
    let exit = reporter.finish()?;
    match failure {
        None => Ok(exit),
        Some(failure) => Err(failure.note(checked)),
    }
}
