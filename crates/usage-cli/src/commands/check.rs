//! `check`: fetch and validate in one stream.

use std::pin::pin;

use futures_util::StreamExt;
use usage_model::{Container, Place};

use crate::{
    args::CheckArgs,
    connection,
    exit::Exit,
    failure::Failure,
    progress::Progress,
    report::{Reporter, config},
};

use super::{Context, interrupted};

/// Validates every page as it comes.
pub(super) async fn run(args: &CheckArgs, context: Context) -> Result<Exit, Failure> {
    let query = connection::query(&args.query, context.now)?;
    let mut config = config(&args.rules, context.now)?;
    config.granularity = Some(query.granularity());
    config.window = Some(query.window());
    let client = connection::client(&args.connection)?;
    let mut reporter = Reporter::new(&config, &args.rules, context.verbose);
    let mut progress = Progress::new(context);
    let mut pages = pin!(client.pages(query));
    let mut interrupt = pin!(interrupted());
    let mut records = 0;
    let failure = loop {
        let page = tokio::select! {
            biased;
            () = &mut interrupt => {
                progress.finish();
                reporter.incomplete("interrupted before all records were fetched");
                reporter.finish()?;
                return Ok(Exit::Interrupted);
            }
            page = pages.next() => page,
        };
        match page {
            None => break None,
            Some(Err(error)) => break Some(Failure::from(error)),
            Some(Ok(page)) => {
                progress.page(page.records.len());
                reporter.source(&format!("page {}", page.index + 1));
                for (index, record) in (0..).zip(&page.records) {
                    let mut place = Place::default();
                    place.record = records;
                    place.container = Container::Page(index);
                    records += 1;
                    match record {
                        Ok(record) => reporter.record(&place, record)?,
                        Err(record) => reporter.malformed_record(record)?,
                    }
                }
            }
        }
    };
    progress.finish();
    if let Some(failure) = &failure {
        reporter.incomplete(failure.message());
    }
    let exit = reporter.finish()?;
    match failure {
        None => Ok(exit),
        Some(failure) => Err(failure.note(format!("{records} records were checked before that"))),
    }
}
