//! A fetch on its way: its pages, and what interrupts it.

use std::pin::{Pin, pin};

use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt};
use usage_client::{Client, ErrorKind, MissingWindow, SimQuery, WindowPage};
use usage_model::{SimRecord, SimSid, Window};

use crate::failure::Failure;

use super::{consumer::Consumer, missing::Missing, progress::Progress, sims::sid, stop::Stop};

/// How one query went.
pub(super) enum Through {
    Ended,
    /// Nobody wants the rest.
    Unwanted,
    /// The rest of the query is known to be missing, and the other queries would fail too.
    Failed(Stop),
    Stopped(Stop),
}

/// A fetch on its way.
pub(super) struct Drive<'a, C, S> {
    pub(super) consumer: &'a mut C,
    pub(super) progress: Progress,
    pub(super) missing: Missing,
    pub(super) stop: Pin<&'a mut S>,
    /// The present, by the server's clock where it is known.
    pub(super) now: DateTime<Utc>,
}

impl<C: Consumer, S: Future<Output = Stop>> Drive<'_, C, S> {
    /// Takes the pages of one query.
    pub(super) async fn through(
        &mut self,
        items: &mut (impl Stream<Item = Result<WindowPage, MissingWindow>> + Unpin),
    ) -> Result<Through, Failure> {
        let mut fatal = false;
        let counts_windows = self.progress.counts("window");
        loop {
            let item = tokio::select! {
                biased;
                stop = &mut self.stop => return Ok(Through::Stopped(stop)),
                item = items.next() => item,
            };
            match item {
                None if fatal => return Ok(Through::Failed(Stop::Failure)),
                None => return Ok(Through::Ended),
                Some(Ok(page)) => {
                    if let Some(date) = page.server_date {
                        self.now = date;
                    }
                    self.progress.page(page.records.len(), page.waited);
                    self.consumer.page(&page, self.now)?;
                    if !self.consumer.wants_more() {
                        return Ok(Through::Unwanted);
                    }
                    if counts_windows && page.cursor.is_none() {
                        self.progress.done();
                    }
                }
                Some(Err(failed)) => {
                    fatal |= is_fatal(&failed);
                    self.consumer
                        .missing(failed.window, &failed.error.reason())?;
                    self.missing.add(failed);
                }
            }
        }
    }

    /// Lists the SIMs of the account. What cannot be read of the list is missing.
    pub(super) async fn list(&mut self, client: &Client) -> Result<Vec<(SimSid, SimRecord)>, Stop> {
        let mut listed = Vec::new();
        let mut sims = pin!(client.sims(SimQuery::new()));
        loop {
            let item = tokio::select! {
                biased;
                stop = &mut self.stop => return Err(stop),
                item = sims.next() => item,
            };
            match item {
                None => return Ok(listed),
                Some(Err(error)) => {
                    self.missing.failed(|| error.into());
                    return Err(Stop::Failure);
                }
                Some(Ok(Err(malformed))) => self.unlisted(&malformed.to_string()),
                Some(Ok(Ok(sim))) => match sid(&sim) {
                    Some(sid) => listed.push((sid, sim)),
                    None => self.unlisted("a SIM of the list has no SID of the documented form"),
                },
            }
            self.progress.listed(listed.len());
        }
    }

    /// Notes that the records of a SIM are missing, because the list does not say which it is.
    fn unlisted(&mut self, why: &str) {
        self.missing
            .failed(|| Failure::incomplete("not every SIM of the list can be read"));
        self.missing.remark(format!("missing: a SIM ({why})"));
    }

    /// Notes what is missing where the drive was stopped.
    pub(super) fn stop(&mut self, stop: Stop, rest: Option<Window>) -> Result<(), Failure> {
        const ALL: &str = "all records were fetched";

        if let Some(rest) = rest {
            self.consumer.missing(rest, stop.why())?;
            self.missing.extend(rest, stop.why().to_owned());
        }
        match stop {
            Stop::Signal(signal) => self.missing.ended(Failure::ended(signal, ALL)),
            Stop::Deadline => self.missing.failed(|| {
                Failure::incomplete(format!("the time of --timeout was over before {ALL}"))
                    .help("give it a longer --timeout, or ask for less")
            }),
            Stop::Failure => {}
        }
        Ok(())
    }
}

/// Whether every further request would fail for the same reason.
fn is_fatal(failed: &MissingWindow) -> bool {
    matches!(
        failed.error.kind(),
        ErrorKind::Config
            | ErrorKind::Tls
            | ErrorKind::Authentication
            | ErrorKind::Deadline
            | ErrorKind::Abandoned
    )
}
