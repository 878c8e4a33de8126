//! Fetches one window, in a task of its own.

use std::{num::NonZeroU32, sync::Arc};

use tokio::sync::mpsc::{Sender, error::SendError};
use usage_model::{PageSize, Window, WindowPart};

use super::{
    reorder::{Held, Reorder},
    server_limits::ServerLimits,
};
use crate::{
    Error, ErrorKind, Page, UsageQuery,
    error::failure::{Effort, Endpoint},
    paging::{ahead::Ahead, fetch::Fetch, identity::bounds, walk::Walk},
};

/// The page size that every version of the API serves: its default.
const SMALLEST_PAGE: PageSize = match PageSize::new(50) {
    Ok(size) => size,
    Err(_) => PageSize::MIN,
};

/// What a worker says of its window.
#[derive(Debug)]
pub(super) enum Message {
    /// A page.
    Page(Box<Sent>),
    /// Requests were made for which there is neither a page nor a missing part.
    Spent(Effort),
    /// A part of the window could not be fetched. What was sent before it stands.
    Missing(Box<Missing>),
}

/// A page of a window.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) held: Held,
    /// The query that it answers: that of the window, or of a piece of it.
    pub(super) query: UsageQuery,
    /// Whether the window goes on after the page.
    pub(super) more: bool,
}

/// A part of a window that could not be fetched.
#[derive(Debug)]
pub(super) struct Missing {
    pub(super) window: Window,
    pub(super) error: Error,
    /// Whether every further request of the fetch would meet the same.
    pub(super) everywhere: bool,
    /// Whether the window goes on after the part.
    pub(super) more: bool,
}

/// How far a walk came.
enum Walked {
    Complete,
    /// The page that failed was not the first.
    Begun(Error),
    /// The first page failed.
    Refused(Error),
}

/// What can be done about a window whose first page failed.
enum Remedy {
    /// Ask for shorter pieces.
    Halve,
    /// Ask for smaller pages.
    SmallerPages,
    /// Nothing. Set where the whole fetch is refused.
    None { everywhere: bool },
}

/// The reader is gone.
type Gone = SendError<Message>;

/// Fetches a window, in shorter pieces or smaller pages where the server takes no others. Ends early where the
/// reader is gone. `newest` is the last day of the whole range.
pub(super) async fn run(
    fetch: Arc<Fetch>,
    query: UsageQuery,
    newest: Window,
    limits: Arc<ServerLimits>,
    (ahead, out): (Ahead, Sender<Message>),
) {
    let worker = Worker {
        fetch,
        query,
        newest,
        limits,
        ahead: Arc::new(ahead),
        out,
    };
    // An error says that the reader is gone.
    let _: Result<(), Gone> = worker.run().await;
}

struct Worker {
    fetch: Arc<Fetch>,
    query: UsageQuery,
    newest: Window,
    limits: Arc<ServerLimits>,
    ahead: Arc<Ahead>,
    out: Sender<Message>,
}

/// A part of a window that is to be fetched.
#[derive(Clone, Copy)]
struct Piece {
    window: Window,
    /// Whether a longer piece with the same start was refused.
    is_half: bool,
}

impl Worker {
    async fn run(&self) -> Result<(), Gone> {
        // The next piece is the last of the list.
        let mut pieces = vec![Piece {
            window: self.query.window(),
            is_half: false,
        }];
        let mut missing: Option<Missing> = None;
        while let Some(piece) = pieces.pop() {
            if let Some((first, rest)) = self.beyond_cap(piece.window) {
                pieces.extend([rest, first].map(|window| Piece { window, ..piece }));
                continue;
            }
            let query = self
                .query
                .within(piece.window)
                .page_size(self.limits.page_size());
            let more = !pieces.is_empty();
            let (window, error, everywhere) = match self.walk(&query, &mut missing, more).await? {
                Walked::Complete => {
                    if piece.is_half {
                        self.limits.cap(days(piece.window));
                    }
                    continue;
                }
                Walked::Begun(error) => (piece.window, error, false),
                Walked::Refused(error) => match self.remedy(&query, &error).await? {
                    Remedy::SmallerPages => {
                        self.spent(error.effort()).await?;
                        pieces.push(piece);
                        continue;
                    }
                    Remedy::Halve => {
                        self.spent(error.effort()).await?;
                        if let Some((first, rest)) = halves(piece.window) {
                            pieces.push(Piece {
                                window: rest,
                                is_half: false,
                            });
                            pieces.push(Piece {
                                window: first,
                                is_half: true,
                            });
                        }
                        continue;
                    }
                    Remedy::None { everywhere } => (piece.window, error, everywhere),
                },
            };
            let everywhere = everywhere || error.is_general();
            let end = if everywhere {
                pieces.clear();
                self.query.window().end()
            } else {
                window.end()
            };
            let part = Missing {
                window: Window::new(window.start(), end).unwrap_or(window),
                error,
                everywhere,
                more: !pieces.is_empty(),
            };
            missing = match missing.take() {
                Some(before) if is_one_part(&before, &part) => {
                    self.spent(part.error.effort()).await?;
                    Some(Missing {
                        window: Window::new(before.window.start(), part.window.end())
                            .unwrap_or(before.window),
                        more: part.more,
                        everywhere: part.everywhere,
                        ..before
                    })
                }
                Some(before) => {
                    self.tell(Message::Missing(Box::new(before))).await?;
                    Some(part)
                }
                None => Some(part),
            };
        }
        match missing {
            Some(missing) => self.tell(Message::Missing(Box::new(missing))).await,
            None => Ok(()),
        }
    }

    /// Cuts a window that is longer than the server takes.
    fn beyond_cap(&self, window: Window) -> Option<(Window, Window)> {
        let cap = self.limits.facts().cap?;
        let first = window.split(WindowPart::Day, cap).next()?;
        let rest = Window::new(first.end(), window.end()).ok()?;
        Some((first, rest))
    }

    /// Sends the pages of a query; `more` is set where another piece of the window follows. What was missing
    /// before its first page is sent before that.
    async fn walk(
        &self,
        query: &UsageQuery,
        missing: &mut Option<Missing>,
        more: bool,
    ) -> Result<Walked, Gone> {
        let mut walk = match self.start(query) {
            Ok(walk) => walk,
            Err(error) => return Ok(Walked::Refused(error)),
        };
        let mut reorder = Reorder::new(query);
        let mut has_begun = false;
        while let Some(page) = walk.next().await {
            let (pages, more) = match page {
                Ok(page) => {
                    has_begun = true;
                    self.learn(query, &page);
                    (reorder.take(page), more)
                }
                Err(error) => {
                    self.send(query, reorder.rest(), missing, true).await?;
                    return Ok(if has_begun {
                        Walked::Begun(error)
                    } else {
                        Walked::Refused(error)
                    });
                }
            };
            self.send(query, pages, missing, more).await?;
        }
        Ok(Walked::Complete)
    }

    /// Sends pages of a list; `more` is set where other pages of the window follow after its last one.
    async fn send(
        &self,
        query: &UsageQuery,
        pages: Vec<Held>,
        missing: &mut Option<Missing>,
        more: bool,
    ) -> Result<(), Gone> {
        if !pages.is_empty()
            && let Some(mut missing) = missing.take()
        {
            missing.more = true;
            self.tell(Message::Missing(Box::new(missing))).await?;
        }
        for held in pages {
            let sent = Sent {
                query: query.clone(),
                more: more || held.page.cursor.is_some(),
                held,
            };
            self.tell(Message::Page(Box::new(sent))).await?;
        }
        Ok(())
    }

    /// Finds what can be done about a window whose first page failed, with one or two requests for the last day of
    /// it: one that is taken says that the window is too long, or starts too early.
    async fn remedy(&self, query: &UsageQuery, error: &Error) -> Result<Remedy, Gone> {
        let nothing = Remedy::None { everywhere: false };
        let page_size = query.records_per_page();
        let smaller = smaller_pages(page_size, error);
        let may_be_pages = self.limits.facts().taken < Some(page_size);
        if !is_refusal(error) {
            return Ok(match smaller {
                Some(size) if chokes_on_page(error) && may_be_pages => {
                    self.limits.shrink_pages(size);
                    Remedy::SmallerPages
                }
                _ => nothing,
            });
        }
        let is_of_page = is_about_pages(error);
        let last = last_day(query.window());
        if !is_of_page && days(query.window()) > NonZeroU32::MIN && self.takes(query, last).await? {
            return Ok(Remedy::Halve);
        }
        if let Some(size) = smaller
            && (is_of_page || may_be_pages)
        {
            let smallest = query.clone().page_size(SMALLEST_PAGE);
            if is_of_page || self.takes(&smallest, last).await? {
                self.limits.shrink_pages(size);
                return Ok(Remedy::SmallerPages);
            }
        }
        if self.limits.facts().taken.is_some() {
            return Ok(nothing);
        }
        // Nothing at all was taken so far: where the newest day is not either, nothing will be.
        let mut guard = self.limits.newest().await;
        let taken = if let Some(taken) = *guard {
            taken
        } else {
            let taken = last != self.newest && self.takes(query, self.newest).await?;
            *guard.insert(taken)
        };
        Ok(Remedy::None { everywhere: !taken })
    }

    /// Whether the server takes a query for another window.
    async fn takes(&self, query: &UsageQuery, window: Window) -> Result<bool, Gone> {
        let query = query.within(window);
        let page = match self.start(&query) {
            Ok(mut walk) => walk.next().await,
            Err(_) => None,
        };
        let (effort, taken) = match page {
            Some(Ok(page)) => {
                self.learn(&query, &page);
                let effort = Effort {
                    attempts: page.attempts,
                    waited: page.waited,
                    asked: page.waited_as_asked,
                    elapsed: page.elapsed,
                };
                (effort, true)
            }
            Some(Err(error)) => (error.effort(), false),
            None => (Effort::default(), false),
        };
        self.spent(effort).await?;
        Ok(taken)
    }

    /// Starts a walk through the pages of a query.
    fn start(&self, query: &UsageQuery) -> Result<Walk<UsageQuery>, Error> {
        let walk = Walk::new(Arc::clone(&self.fetch), query.clone(), None)?;
        Ok(walk.of_window(query.window(), Arc::clone(&self.ahead)))
    }

    async fn tell(&self, message: Message) -> Result<(), Gone> {
        self.ahead.send();
        self.out.send(message).await
    }

    /// Has requests counted that brought nothing to deliver.
    async fn spent(&self, effort: Effort) -> Result<(), Gone> {
        self.tell(Message::Spent(effort)).await
    }

    fn learn(&self, query: &UsageQuery, page: &Page) {
        self.limits.taken(query.records_per_page());
        if let Some(cursor) = &page.cursor {
            self.limits.page_holds(cursor.page_size());
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

/// Whether a part goes on where the one before ended, and is missing for the same reason.
fn is_one_part(before: &Missing, part: &Missing) -> bool {
    is_refusal(&before.error)
        && before.window.end() == part.window.start()
        && before.error.reason() == part.error.reason()
}

/// How many UTC days a window has, whole or in part.
fn days(window: Window) -> NonZeroU32 {
    let days = window.split(WindowPart::Day, NonZeroU32::MIN).count();
    u32::try_from(days)
        .ok()
        .and_then(NonZeroU32::new)
        .unwrap_or(NonZeroU32::MAX)
}

/// The last UTC day of a window, whole or in part.
fn last_day(window: Window) -> Window {
    let days = window.split(WindowPart::Day, NonZeroU32::MIN);
    days.last().unwrap_or(window)
}

/// Cuts a window in two at a midnight; `None` where it has but one day.
fn halves(window: Window) -> Option<(Window, Window)> {
    let half = NonZeroU32::new(days(window).get() / 2)?;
    let first = window.split(WindowPart::Day, half).next()?;
    Some((first, Window::new(first.end(), window.end()).ok()?))
}

/// The next smaller page size to try after a failure; `None` where the size is not larger than what every
/// version of the API serves. A refusal costs a request, a page that the server chokes on all its attempts, so
/// that the steps are larger there.
fn smaller_pages(size: PageSize, error: &Error) -> Option<PageSize> {
    let part = if is_refusal(error) { 2 } else { 4 };
    let smaller = PageSize::new((size.get() / part).max(SMALLEST_PAGE.get()));
    smaller.ok().filter(|smaller| *smaller < size)
}

/// Whether the server does not accept the query as such.
///
/// What is too large (413) may be the page as well; a shorter window makes that smaller too.
fn is_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::Refused && matches!(error.status(), Some(400 | 413 | 422))
}

/// Returns whether the server says that it refuses the page size.
fn is_about_pages(error: &Error) -> bool {
    let said = error
        .server_error()
        .map(|said| said.to_string().to_lowercase());
    said.is_some_and(|said| {
        ["pagesize", "page size", "page_size", "33103"]
            .iter()
            .any(|words| said.contains(words))
    })
}

/// Whether a smaller page may succeed where this one failed. The token endpoint serves no pages.
fn chokes_on_page(error: &Error) -> bool {
    let is_of_api = error
        .failure()
        .is_some_and(|failure| failure.endpoint == Endpoint::Api);
    is_of_api && (error.status() == Some(500) || error.kind() == ErrorKind::TooLarge)
}
