//! Fetches one window, in a task of its own.

use std::{num::NonZeroU32, sync::Arc};

use tokio::sync::mpsc::{Sender, error::SendError};
use usage_model::{Granularity, Window, WindowPart};

use super::{reorder::Reorder, server_limits::ServerLimits};
use crate::{
    Cursor, Error, ErrorKind, Page, UsageQuery,
    paging::{fetch::Fetch, identity::bounds, walk::Walk},
};

/// The longest window of hours that a sibling of the API answers, in days; from the documentation of
/// another product of the vendor.
const HOURLY_CAP: NonZeroU32 = NonZeroU32::MIN.saturating_add(30);

/// The longest window of days that a sibling of the API answers: three months, the shortest of which have
/// 89 days.
const DAILY_CAP: NonZeroU32 = NonZeroU32::MIN.saturating_add(88);

/// What a task says of its window.
#[derive(Debug)]
pub(super) enum Message {
    /// A page.
    Page(Box<Sent>),
    /// A request failed that is neither a page nor what the window failed of.
    Spent(Box<Error>),
    /// A page failed. What was sent before it stands.
    Failed(Box<Failed>),
}

/// A page of a window.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) page: Page,
    /// The query that it answers: that of the window, or of a piece of it.
    pub(super) query: UsageQuery,
    /// Whether another page of the window follows.
    pub(super) more: bool,
}

/// How a window failed.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) part: Part,
}

/// The query that failed, and where; of the window itself, or of a piece of it.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) query: UsageQuery,
    pub(super) cursor: Cursor,
}

/// How far a walk came.
enum Walked {
    Complete,
    /// The pages before the one that failed were so many.
    Failed(u64, Failed),
}

/// Fetches a window; in shorter pieces, where the server refuses it for its length. Ends early where nobody
/// listens any more.
pub(super) async fn run(
    fetch: Arc<Fetch>,
    query: UsageQuery,
    limits: Arc<ServerLimits>,
    out: Sender<Message>,
) {
    let task = Task {
        fetch,
        window: query.window(),
        limits,
        out,
    };
    // An error says that the reader is gone.
    let _: Result<(), SendError<Message>> = task.run(&query).await;
}

struct Task {
    fetch: Arc<Fetch>,
    window: Window,
    limits: Arc<ServerLimits>,
    out: Sender<Message>,
}

impl Task {
    async fn run(&self, query: &UsageQuery) -> Result<(), SendError<Message>> {
        let failed = match self.walk(query, false).await? {
            Walked::Complete => return Ok(()),
            Walked::Failed(0, failed) => {
                match shorter(&failed.error, query, self.limits.facts().cap) {
                    Some(days) => match self.in_pieces(query, days, failed).await? {
                        Some(failed) => failed,
                        None => return Ok(()),
                    },
                    None => failed,
                }
            }
            Walked::Failed(_, failed) => failed,
        };
        self.out.send(Message::Failed(Box::new(failed))).await
    }

    /// Fetches a window that was refused in pieces of so many days; gives the failure, if there is one.
    async fn in_pieces(
        &self,
        query: &UsageQuery,
        days: NonZeroU32,
        refused: Failed,
    ) -> Result<Option<Failed>, SendError<Message>> {
        let mut pieces = self.window.split(WindowPart::Day, days).peekable();
        let mut refused = Some(refused);
        while let Some(piece) = pieces.next() {
            let more = pieces.peek().is_some();
            let walked = self.walk(&query.within(piece), more).await?;
            match (walked, refused.take()) {
                // The length was not what the server refused; what it said first says why.
                (Walked::Failed(0, again), Some(refused)) if is_refusal(&again.error) => {
                    self.spent(again.error).await?;
                    return Ok(Some(refused));
                }
                (walked, refused) => {
                    if let Some(refused) = refused {
                        self.spent(refused.error).await?;
                    }
                    match walked {
                        Walked::Complete => self.limits.cap(days),
                        Walked::Failed(_, failed) => return Ok(Some(failed)),
                    }
                }
            }
        }
        Ok(None)
    }

    /// Has a failure counted that is not delivered.
    async fn spent(&self, error: Error) -> Result<(), SendError<Message>> {
        self.out.send(Message::Spent(Box::new(error))).await
    }

    /// Sends the pages of a query; `more` is set where another piece of the window follows.
    async fn walk(&self, query: &UsageQuery, more: bool) -> Result<Walked, SendError<Message>> {
        let part = |cursor| Part {
            query: query.clone(),
            cursor,
        };
        let start = || Cursor::first(query);
        let fetch = Arc::clone(&self.fetch);
        let mut walk = match Walk::new(fetch, query.clone(), Some(query.window()), None) {
            Ok(walk) => walk,
            Err(error) => {
                let part = part(start());
                return Ok(Walked::Failed(0, Failed { error, part }));
            }
        };
        let mut reorder = Reorder::new(query);
        let mut pages = 0_u64;
        while let Some(page) = walk.next().await {
            match page {
                Ok(page) => {
                    self.learn(query, &page);
                    self.send(query, reorder.take(page), more).await?;
                    pages = pages.saturating_add(1);
                }
                Err(error) => {
                    self.send(query, reorder.rest(), true).await?;
                    let part = part(walk.cursor().cloned().unwrap_or_else(start));
                    return Ok(Walked::Failed(pages, Failed { error, part }));
                }
            }
        }
        Ok(Walked::Complete)
    }

    /// Sends pages of a list; `more` is set where other pages of the window follow after its last one.
    async fn send(
        &self,
        query: &UsageQuery,
        pages: Vec<Page>,
        more: bool,
    ) -> Result<(), SendError<Message>> {
        for page in pages {
            let sent = Sent {
                query: query.clone(),
                more: more || page.cursor.is_some(),
                page,
            };
            self.out.send(Message::Page(Box::new(sent))).await?;
        }
        Ok(())
    }

    fn learn(&self, query: &UsageQuery, page: &Page) {
        if let Some(cursor) = &page.cursor {
            self.limits.page_size(cursor.page_size());
        }
        let end = query.window().end();
        // An end within a day is widened to its midnight, which is not what is looked for here.
        if end.time() == chrono::NaiveTime::MIN {
            let beyond = page.records.iter().filter(|record| {
                let record = record.as_ref().ok();
                record
                    .and_then(bounds)
                    .is_some_and(|(start, _)| start >= end)
            });
            self.limits.beyond(beyond.count());
        }
    }
}

/// How many days a window may have where the server refused a longer one; `None` where its length cannot be
/// the reason.
fn shorter(error: &Error, query: &UsageQuery, cap: Option<NonZeroU32>) -> Option<NonZeroU32> {
    let usual = match query.granularity() {
        Granularity::Hourly => HOURLY_CAP,
        Granularity::Daily => DAILY_CAP,
        Granularity::All => return None,
    };
    let days = cap.unwrap_or(usual);
    let pieces = query.window().split(WindowPart::Day, days);
    (is_refusal(error) && pieces.take(2).count() == 2).then_some(days)
}

/// Whether the server does not accept the query as such.
fn is_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::Refused && matches!(error.status(), Some(400 | 422))
}
