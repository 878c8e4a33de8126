//! Fetches a long range in windows, several at a time, and delivers it in order.

mod plan;
mod planner;
mod records;
mod reorder;
mod report;
mod server_limits;
mod worker;

use std::{
    collections::VecDeque,
    error::Error as StdError,
    fmt,
    num::NonZeroU32,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_core::Stream;
use tokio::{runtime::Handle, sync::mpsc, task::AbortHandle};
use tracing::Instrument as _;
use usage_model::{MalformedRecord, PageMeta, PlacedRecord, Window, WindowPart};

use crate::{
    Continuity, Cursor, Differing, Error, Resume, UsageQuery,
    error::{ConfigError, Span, failure::Failure},
    paging::{
        dedup::Dedup,
        fetch::{Fetch, Shared},
    },
};

pub use plan::{DEFAULT_CONCURRENCY, WindowPlan};
pub use records::FetchedRecord;
#[cfg(feature = "blocking")]
pub(crate) use records::items;
pub(crate) use records::records;
pub use report::{FetchReport, WindowReport, WindowState};

use planner::{Planned, Planner};
use reorder::Held;
use server_limits::ServerLimits;
use worker::{Message, Missing, Sent};

/// A page of a fetch in windows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WindowPage {
    /// The window that the page belongs to.
    pub window: Window,
    /// The query that the page answers, and that its cursor belongs to: that of the window, or of a piece of
    /// it, or with a smaller page size, where the server takes no other.
    pub query: UsageQuery,
    /// The records, oldest first, without those that another page has too; a malformed one costs only itself.
    ///
    /// The place of a record names the page of its list and its place in the body of that page, also where it is
    /// delivered with another page.
    ///
    /// Where the server lists the newest records first, they are turned round over all pages of the list:
    /// the first page has the records that came with the last one. All else of a page stays as it came.
    pub records: Vec<Result<PlacedRecord, MalformedRecord>>,
    /// The paging envelope as the server sent it.
    pub meta: PageMeta,
    /// Pages before this one in its list.
    pub index: u64,
    /// When the server answered, by its own clock, from the header `Date`.
    pub server_date: Option<DateTime<Utc>>,
    /// Where the next page starts; `None` on the last page of a list. What was delivered of a list that was turned
    /// round is not what the server's list starts with, so that the cursor leads back to its start; to
    /// take a window up where it failed, go by [`MissingWindow::resume`].
    pub cursor: Option<Cursor>,
    /// How the page joins the last one before it in its list that has records.
    pub continuity: Continuity,
    /// Attempts that the page took; 1 where the first succeeded.
    pub attempts: u32,
    /// How long the client waited: between attempts, and for its turn where requests are limited.
    pub waited: Duration,
    /// How long the attempts and the waits between them took.
    pub elapsed: Duration,
    /// Bytes of the body, decompressed.
    pub bytes: u64,
    /// The body, decompressed, as it came; `None` unless the client was told to
    /// [keep it](crate::ClientBuilder::keep_bodies). All records of the page stand in it, those too that were taken
    /// out because another page has them.
    pub body: Option<Box<[u8]>>,
    /// Whether the window starts before the retention limit, where the server leaves usage out in silence.
    pub past_retention: bool,
    /// How many records were taken out, because another page, piece or window has their periods too.
    pub repeated: u64,
    /// Records among those whose figures were not the same both times.
    pub differing: Vec<Differing>,
}

/// A part of a range that could not be fetched: a window, or a part of one.
///
/// `Display` is the line of [`MissingWindow::error`], with the window before it where that line does not name
/// the same. The [`source`](StdError::source) is that of the error, so that no cause is written twice.
#[derive(Debug)]
#[non_exhaustive]
pub struct MissingWindow {
    /// What is missing. Pages of it may have been delivered, where the failure came between two pages.
    pub window: Window,
    /// Why.
    pub error: Error,
}

impl MissingWindow {
    /// The query that the page which failed belongs to, and where it starts in its list, for
    /// [`Client::pages_from`](crate::Client::pages_from). `None` where nothing was asked.
    pub fn resume(&self) -> Option<&Resume> {
        self.error.resume()
    }
}

impl fmt::Display for MissingWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.error.window() != Some(self.window) {
            write!(f, "{}: ", Span(self.window))?;
        }
        self.error.fmt(f)
    }
}

impl StdError for MissingWindow {
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
    shared: Arc<Shared>,
    query: UsageQuery,
    concurrency: usize,
    planner: Planner,
    limits: Arc<ServerLimits>,
    /// The last day of the range.
    newest: Window,
    /// Set at the first poll.
    fetch: Option<Arc<Fetch>>,
    running: VecDeque<Running>,
    dedup: Dedup,
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
    pub(crate) fn new(shared: Arc<Shared>, query: UsageQuery, plan: &WindowPlan) -> Self {
        let (planner, unasked) = Planner::new(&query, plan);
        let range = planner.rest().unwrap_or(query.window());
        let newest = range.split(WindowPart::Day, NonZeroU32::MIN).last();
        Self {
            newest: newest.unwrap_or(range),
            shared,
            limits: Arc::new(ServerLimits::new(query.records_per_page())),
            query,
            concurrency: plan.at_a_time(),
            planner,
            fetch: None,
            running: VecDeque::new(),
            dedup: Dedup::default(),
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

    /// Returns the windows that are still to be asked for, in order. There will be more where the server refuses
    /// long ones. Each takes one request at least.
    pub fn planned(&self) -> Vec<Window> {
        self.planner.all(&self.limits)
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
    pub(crate) fn stop(&mut self, error: Error) -> Option<MissingWindow> {
        let window = self.remaining()?;
        while let Some(front) = self.running.front_mut() {
            front.report.missing.push(front.report.window);
            self.finish();
        }
        self.give_up(None);
        self.not_asked();
        Some(MissingWindow { window, error })
    }

    /// Starts windows until as many are under way as may be.
    fn fill(&mut self) -> Result<(), ConfigError> {
        let most = self.under_way();
        if self.running.len() >= most || self.planner.rest().is_none() {
            return Ok(());
        }
        let runtime = Handle::try_current().map_err(|_| ConfigError::NoRuntime)?;
        let shared = &self.shared;
        let (query, at_a_time) = (&self.query, self.concurrency);
        let fetch = self
            .fetch
            .get_or_insert_with(|| Arc::new(Fetch::start(Arc::clone(shared), query, at_a_time)));
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
                self.newest,
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
    ) -> Poll<Option<Result<WindowPage, MissingWindow>>> {
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
                Some(Message::Spent(effort)) => {
                    self.report.spent(effort);
                    None
                }
                Some(Message::Missing(missing)) => self.miss(*missing).map(Err),
                // The task ended without a word: the runtime is shutting down.
                None => {
                    let window = front.report.window;
                    let error = Error::stopped();
                    let missing = Missing {
                        window,
                        error,
                        everywhere: true,
                        more: false,
                    };
                    self.miss(missing).map(Err)
                }
            };
            if item.is_some() {
                return Poll::Ready(item);
            }
        }
    }

    /// Hands out a page of the window at the front, and ends the window with its last one.
    fn deliver(&mut self, sent: Sent) -> Option<WindowPage> {
        let Sent {
            held: Held {
                mut page,
                mut repeats,
            },
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
        let again = self.dedup.admit(&mut page, edge, list_goes_on);
        repeats.records = repeats.records.saturating_add(again.records);
        repeats.differing.extend(again.differing);
        front.report.add(&page);
        self.report.add(&page, &repeats);
        self.report
            .learn(self.limits.facts(), self.query.records_per_page());
        if !more {
            self.finish();
        } else if !list_goes_on {
            self.dedup.next_list();
        }
        Some(WindowPage {
            window,
            query,
            records: page.records,
            meta: page.meta,
            index: page.index,
            server_date: page.server_date,
            cursor: page.cursor,
            continuity: page.continuity,
            attempts: page.attempts,
            waited: page.waited,
            elapsed: page.elapsed,
            bytes: page.bytes,
            body: page.body,
            past_retention,
            repeated: repeats.records,
            differing: repeats.differing,
        })
    }

    /// Notes a part of the window at the front as missing, and ends the window where that is its last.
    fn miss(&mut self, missing: Missing) -> Option<MissingWindow> {
        let Missing {
            window,
            error,
            everywhere,
            more,
        } = missing;
        if everywhere {
            self.give_up(error.failure());
        }
        self.report.spent(error.effort());
        self.report
            .learn(self.limits.facts(), self.query.records_per_page());
        self.running.front_mut()?.report.missing.push(window);
        if more {
            self.dedup.next_list();
        } else {
            self.finish();
        }
        Some(MissingWindow { window, error })
    }

    /// Asks for nothing more; the first failure to end the asking is the one that counts.
    fn give_up(&mut self, after: Option<&Failure>) {
        if let Some(rest) = self.planner.stop() {
            let after = after.cloned();
            self.abandoned = Some(Abandoned { rest, after });
        }
    }

    /// What has not been asked for, as missing: for an error of its own, or after the failure before.
    fn abandon(&mut self, error: Option<Error>) -> Option<MissingWindow> {
        let Abandoned { rest, after } = self.not_asked()?;
        Some(MissingWindow {
            window: rest,
            error: error.unwrap_or_else(|| Error::not_asked(after)),
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
    fn finish(&mut self) {
        let Some(mut front) = self.running.pop_front() else {
            return;
        };
        self.dedup.next_list();
        let mut report = front.report.clone();
        report.state = if report.missing.is_empty() {
            WindowState::Complete
        } else {
            WindowState::Failed
        };
        front.messages.close();
        self.report.file(report);
    }
}

impl Stream for WindowedFetch {
    type Item = Result<WindowPage, MissingWindow>;

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
    pub missing: Vec<MissingWindow>,
    /// What came of it.
    pub report: FetchReport,
}

impl Gathered {
    pub(crate) fn add(&mut self, item: Result<WindowPage, MissingWindow>) {
        match item {
            Ok(page) => self.pages.push(page),
            Err(missing) => self.missing.push(missing),
        }
    }
}

#[cfg(test)]
mod tests;
