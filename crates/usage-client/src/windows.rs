//! Fetches a long range in windows, several at a time, and delivers it in order.

mod dedup;
mod plan;
mod planner;
mod reorder;
mod report;
mod server_limits;
mod worker;

use std::{
    collections::VecDeque,
    error::Error as StdError,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use tokio::{runtime::Handle, sync::mpsc, task::AbortHandle};
use tracing::Instrument as _;
use usage_model::Window;

use crate::{
    Cursor, Error, Page, UsageQuery,
    error::{ConfigError, Span, failure::Failure},
    paging::fetch::{Fetch, Shared},
};

pub use dedup::Differing;
pub use plan::{DEFAULT_CONCURRENCY, WindowPlan};
pub use report::{FetchReport, WindowReport, WindowState};

use dedup::WindowDedup;
use planner::{Planned, Planner};
use server_limits::ServerLimits;
use worker::{Message, Part, Sent};

/// A page of a fetch in windows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WindowPage {
    /// The window that the page belongs to.
    pub window: Window,
    /// The query that the page answers, and that its cursor belongs to: that of the window, or of a piece of
    /// it where the server refuses the window for its length.
    pub query: UsageQuery,
    /// The page; records that were delivered before are taken out of it.
    ///
    /// Where the server lists the newest records first, they are turned round over all pages of the list:
    /// the first page has the records that came with the last one. Envelopes and indices stay as they came.
    /// What was delivered until the last page is then not what the server's list starts with, so that the
    /// cursor of such a page leads back to its start; to take a window up where it failed, go by
    /// [`WindowError::resume`].
    pub page: Page,
    /// Whether the window starts before the retention limit, where the server leaves usage out in silence.
    pub past_retention: bool,
    /// How many records were taken out, because a neighbouring window, piece or page had brought them.
    pub repeated: u64,
    /// Records among those whose figures were not the same both times.
    pub differing: Vec<Differing>,
}

/// A window, or the rest of one, that could not be fetched.
///
/// `Display` is the line of [`WindowError::error`], with the window before it where that line does not name
/// the same. The [`source`](StdError::source) is that of the error, which is not told twice.
#[derive(Debug)]
#[non_exhaustive]
pub struct WindowError {
    /// What is missing. Pages of it may have been delivered, where the failure came between two pages.
    pub window: Window,
    /// Why.
    pub error: Error,
    /// The query that the page which failed belongs to, and where it starts in its list:
    /// [`Client::pages_from`](crate::Client::pages_from) goes on with both. `None` where nothing was asked.
    pub resume: Option<(UsageQuery, Cursor)>,
}

impl fmt::Display for WindowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.error.window() != Some(self.window) {
            write!(f, "{}: ", Span(self.window))?;
        }
        self.error.fmt(f)
    }
}

impl StdError for WindowError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

/// A fetch in windows: a stream of pages in the order of their windows.
///
/// Records come oldest first, whatever the number of windows at a time and whichever of both orders the
/// server lists them in: a list in which no period starts after the one before it is turned round. A list in
/// neither order comes as the server has it, and so does one that goes on after all the records that its
/// window has room for and a page more, or is larger than so many records are.
///
/// An item is a page, or the error of a window in the place where its pages would be. After an error the
/// stream goes on with the next window. Where the failure would meet every further request too, such as
/// credentials that are refused, the rest of the range is not asked for and comes as one last error.
///
/// The windows under way are fetched while the reader is busy with something else. Dropping the stream
/// stops them.
#[must_use = "streams do nothing unless polled"]
pub struct WindowedFetch {
    client: Arc<Shared>,
    query: UsageQuery,
    concurrency: usize,
    planner: Planner,
    limits: Arc<ServerLimits>,
    /// Set at the first poll.
    fetch: Option<Arc<Fetch>>,
    running: VecDeque<Running>,
    dedup: WindowDedup,
    report: FetchReport,
    /// What is not asked for any more.
    abandoned: Option<Abandoned>,
}

/// What is not asked for any more, and the failure that would have met it too.
struct Abandoned {
    rest: Window,
    after: Option<Failure>,
}

/// A window under way.
struct Running {
    report: WindowReport,
    messages: mpsc::Receiver<Message>,
    task: AbortHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl WindowedFetch {
    pub(crate) fn new(client: Arc<Shared>, query: UsageQuery, plan: &WindowPlan) -> Self {
        let (planner, unasked) = Planner::new(&query, plan);
        Self {
            client,
            limits: Arc::new(ServerLimits::new(query.records_per_page())),
            query,
            concurrency: plan.at_a_time(),
            planner,
            fetch: None,
            running: VecDeque::new(),
            dedup: WindowDedup::default(),
            report: FetchReport {
                windows: unasked,
                ..FetchReport::default()
            },
            abandoned: None,
        }
    }

    /// What came of the fetch so far: of all that was delivered, and nothing else.
    pub const fn report(&self) -> &FetchReport {
        &self.report
    }

    /// What has not been delivered yet and is still to come, the window that is being delivered included.
    /// `None` at the end of the stream.
    pub fn remaining(&self) -> Option<Window> {
        let start = self
            .running
            .front()
            .map(|front| front.report.window.start());
        let abandoned = self.abandoned.as_ref().map(|abandoned| abandoned.rest);
        let rest = abandoned.or_else(|| self.planner.rest());
        let end = rest
            .map(Window::end)
            .or_else(|| self.running.back().map(|back| back.report.window.end()));
        Window::new(start.or_else(|| rest.map(Window::start))?, end?).ok()
    }

    /// Fetches everything and keeps it: for ranges that fit into memory.
    pub async fn gather(mut self) -> Gathered {
        let mut gathered = Gathered::default();
        while let Some(item) = std::future::poll_fn(|context| self.poll_item(context)).await {
            gathered.add(item);
        }
        gathered.report = self.report;
        gathered
    }

    /// Ends the fetch where it stands; gives what is missing by that, if anything is.
    #[cfg(feature = "blocking")]
    pub(crate) fn stop(&mut self, error: Error) -> Option<WindowError> {
        let window = self.remaining()?;
        while self.finish(WindowState::Failed).is_some() {}
        self.give_up(None);
        self.not_asked();
        Some(WindowError {
            window,
            error,
            resume: None,
        })
    }

    /// Starts windows until as many are under way as may be.
    fn fill(&mut self) -> Result<(), ConfigError> {
        let most = self.under_way();
        if self.running.len() >= most || self.planner.rest().is_none() {
            return Ok(());
        }
        let runtime = Handle::try_current().map_err(|_| ConfigError::NoRuntime)?;
        let client = &self.client;
        let (query, at_a_time) = (&self.query, self.concurrency);
        let fetch = self
            .fetch
            .get_or_insert_with(|| Arc::new(Fetch::start(Arc::clone(client), query, at_a_time)));
        while self.running.len() < most {
            let Some(Planned {
                window,
                past_retention,
            }) = self.planner.next(&self.limits)
            else {
                break;
            };
            let (sender, messages) = mpsc::channel(self.limits.pages_ahead());
            let span = || tracing::debug_span!("window", usage.window = %window);
            let span = fetch.span.in_scope(span);
            let work = worker::run(
                Arc::clone(fetch),
                self.query.within(window),
                Arc::clone(&self.limits),
                sender,
            );
            let granularity = self.query.granularity();
            self.running.push_back(Running {
                report: WindowReport::new(window, granularity, past_retention),
                messages,
                task: runtime.spawn(work.instrument(span)).abort_handle(),
            });
        }
        Ok(())
    }

    /// How many windows are under way. One more than requests at a time: the next request goes out while a
    /// page is decoded or waits to be read. Requests one at a time are in the order of their windows, for
    /// which there must not be two to choose from.
    const fn under_way(&self) -> usize {
        match self.concurrency {
            1 => 1,
            several => several.saturating_add(1),
        }
    }

    fn poll_item(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<WindowPage, WindowError>>> {
        loop {
            if let Err(error) = self.fill() {
                self.give_up(None);
                return Poll::Ready(self.abandon(Some(error.into())).map(Err));
            }
            let Some(front) = self.running.front_mut() else {
                return Poll::Ready(self.abandon(None).map(Err));
            };
            let item = match ready!(front.messages.poll_recv(context)) {
                Some(Message::Page(sent)) => self.deliver(*sent).map(Ok),
                Some(Message::Spent(error)) => {
                    self.report.spent(&error);
                    None
                }
                Some(Message::Failed(failed)) => {
                    self.fail(failed.error, Some(failed.part)).map(Err)
                }
                // The task ended without a word: the runtime is shutting down.
                None => self.fail(Error::stopped(), None).map(Err),
            };
            if item.is_some() {
                return Poll::Ready(item);
            }
        }
    }

    /// Hands out a page of the window at the front, and ends the window with its last one.
    fn deliver(&mut self, sent: Sent) -> Option<WindowPage> {
        let Sent {
            mut page,
            query,
            more,
        } = sent;
        let neighbour = self.running.len() > 1 || self.planner.rest().is_some();
        let front = self.running.front_mut()?;
        let (window, past_retention) = (front.report.window, front.report.past_retention);
        // A window that was refused for its length comes in pieces, each with a list of its own.
        let end = query.window().end();
        let edge = (neighbour || end < window.end()).then_some(end);
        let list_goes_on = page.cursor.is_some();
        let (repeated, differing) = self.dedup.admit(&mut page, edge, list_goes_on);
        front.report.add(&page);
        self.report.add(&page, repeated, &differing);
        if !more {
            self.finish(WindowState::Complete);
        } else if !list_goes_on {
            self.dedup.next_list();
        }
        Some(WindowPage {
            window,
            query,
            page,
            past_retention,
            repeated,
            differing,
        })
    }

    /// Ends the window at the front, which failed.
    fn fail(&mut self, error: Error, part: Option<Part>) -> Option<WindowError> {
        if error.is_general() {
            self.give_up(error.failure());
        }
        let front = self.finish(WindowState::Failed)?;
        let (start, resume) = match part {
            Some(part) => (part.query.window().start(), Some((part.query, part.cursor))),
            None => (front.start(), None),
        };
        self.report.spent(&error);
        Some(WindowError {
            window: Window::new(start, front.end()).unwrap_or(front),
            error,
            resume,
        })
    }

    /// Asks for nothing more; the first failure to end the asking is the one that counts.
    fn give_up(&mut self, after: Option<&Failure>) {
        if let Some(rest) = self.planner.stop() {
            let after = after.cloned();
            self.abandoned = Some(Abandoned { rest, after });
        }
    }

    /// What has not been asked for, as missing: for an error of its own, or after the failure before.
    fn abandon(&mut self, error: Option<Error>) -> Option<WindowError> {
        let Abandoned { rest, after } = self.not_asked()?;
        Some(WindowError {
            window: rest,
            error: error.unwrap_or_else(|| Error::not_asked(after)),
            resume: None,
        })
    }

    /// Reports what has not been asked for and will not be.
    fn not_asked(&mut self) -> Option<Abandoned> {
        let abandoned = self.abandoned.take()?;
        let window = abandoned.rest;
        let granularity = self.query.granularity();
        let mut report = WindowReport::new(window, granularity, false);
        report.state = WindowState::NotAsked;
        self.report.file(report);
        Some(abandoned)
    }

    /// Takes the window at the front off the list.
    fn finish(&mut self, state: WindowState) -> Option<Window> {
        let mut front = self.running.pop_front()?;
        self.dedup.next_list();
        let mut report = front.report.clone();
        report.state = state;
        front.messages.close();
        let window = report.window;
        self.report.file(report);
        Some(window)
    }
}

impl Stream for WindowedFetch {
    type Item = Result<WindowPage, WindowError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }
}

impl fmt::Debug for WindowedFetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowedFetch")
            .field("query", &self.query)
            .field("concurrency", &self.concurrency)
            .field("under_way", &self.running.len())
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

/// Everything that a fetch in windows brought.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Gathered {
    /// The pages, in the order of their windows.
    pub pages: Vec<WindowPage>,
    /// The windows that are missing, in order.
    pub missing: Vec<WindowError>,
    /// What came of it.
    pub report: FetchReport,
}

impl Gathered {
    pub(crate) fn add(&mut self, item: Result<WindowPage, WindowError>) {
        match item {
            Ok(page) => self.pages.push(page),
            Err(missing) => self.missing.push(missing),
        }
    }
}
