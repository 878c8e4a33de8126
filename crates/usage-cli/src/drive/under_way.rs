//! A fetch on its way: its pages as the user counts them, and what ends it before its end.

use std::{
    pin::{Pin, pin},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt};
use tokio::time::Instant;
use usage_client::{Client, ErrorKind, MissingWindow, SimQuery, WindowPage};
use usage_model::{Container, Place, Position, SimRecord, SimSid, Window};

use crate::{
    exit::{GRACE, Signal, received},
    failure::Failure,
};

use super::{coverage::Coverage, missing::Missing, progress::Progress, sims::sid};

/// What a command does with what a fetch brings.
pub(crate) trait Consumer {
    /// Takes the next page. `now` is the present by the server's clock, or by ours where it has not told.
    fn page(&mut self, page: &WindowPage, now: DateTime<Utc>) -> Result<(), Failure>;

    /// Learns that the records of a window are missing, and why.
    fn missing(&mut self, window: Window, why: &str) -> Result<(), Failure>;

    /// Learns whose records follow, where all SIMs are fetched.
    fn sim(&mut self, _: &SimRecord) -> Result<(), Failure> {
        Ok(())
    }

    /// Whether anybody still wants the next page.
    fn wants_more(&self) -> bool {
        true
    }
}

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
    pub(super) coverage: Coverage,
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
                    for placed in page.records.iter().flatten() {
                        self.missing.account(&placed.record);
                    }
                    self.coverage.add(&page, self.now);
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
        self.missing.failed(|| {
            Failure::incomplete("not every SIM of the list can be read").help(
                "`kore-usage sims` shows the others; ask the operator of the server about these",
            )
        });
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
            Stop::Deadline => self.missing.failed(|| Failure::out_of_time(ALL)),
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

/// Why a fetch is not driven to its end.
#[derive(Clone, Copy)]
pub(crate) enum Stop {
    Signal(Signal),
    Deadline,
    /// What failed would fail again for every resource.
    Failure,
}

impl Stop {
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Signal(_) => "interrupted",
            Self::Deadline => "the time was over",
            Self::Failure => "not asked for after the failure",
        }
    }
}

/// When a command has to end that may take so long.
pub(crate) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    Some(Instant::now() + timeout? + GRACE)
}

/// Completes when a signal comes or the time is over.
pub(crate) async fn stopped(deadline: Option<Instant>) -> Stop {
    let over = async {
        match deadline {
            Some(deadline) => tokio::time::sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        signal = received() => Stop::Signal(signal),
        () = over => Stop::Deadline,
    }
}

/// Numbers the pages of a fetch.
#[derive(Default)]
pub(crate) struct Pages {
    /// Pages so far.
    count: u64,
    /// Pages before the list of the last one.
    before_list: u64,
}

impl Pages {
    /// Counts a page.
    pub(crate) fn add(&mut self, page: &WindowPage) {
        if page.index == 0 {
            self.before_list = self.count;
        }
        self.count += 1;
    }

    /// The name of the page that was counted last.
    pub(crate) fn last(&self) -> String {
        name(self.count)
    }

    /// The name of the page that a record came with, and the record's place in its body.
    ///
    /// Not always the page that delivers it: of two readings the later stands where the first stood, and a list that
    /// has the newest records first is turned round. Nobody has the body to look a line up in, so that the place
    /// has none.
    pub(crate) fn locate(&self, mut place: Place) -> (String, Place) {
        place.position = Position::default();
        let Container::PageInList { page, record } = place.container else {
            return (self.last(), place);
        };
        place.container = Container::Page(record);
        (name(self.before_list + page + 1), place)
    }
}

fn name(number: u64) -> String {
    format!("page {number}")
}
