//! The fetch itself: windows under way, and their pages in order.

use std::{
    collections::VecDeque,
    fmt,
    num::NonZeroU32,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use tokio::{runtime::Handle, sync::mpsc, task::AbortHandle};
use tracing::Instrument as _;
use usage_model::{Window, WindowPart};

use super::{
    FetchReport, Gathered, MissingWindow, WindowPage, WindowPlan, WindowReport, WindowState,
    planner::{Planned, Planner},
    reorder::Held,
    server_limits::ServerLimits,
    worker::{self, Message, Missing, Sent},
};
use crate::{
    Error, UsageQuery,
    error::{ConfigError, failure::Failure},
    paging::{
        ahead::{Ahead, Reader},
        dedup::Dedup,
        fetch::{Fetch, Shared},
    },
};

/// A fetch in windows: a stream of pages in the order of their windows.
///
/// Records come oldest first, whatever the number of windows at a time and whichever of both orders the
/// server lists them in: a list in which no period starts after the one before it is turned round. A list in
/// neither order comes as the server has it, and so does one that goes on after all the records that its
/// window has room for and a page more, or is larger than that number of records.
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
    reader: Reader,
    task: AbortHandle,
}

impl Running {
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<Message>> {
        let message = self.messages.poll_recv(context);
        match message {
            Poll::Pending => self.reader.wait(),
            Poll::Ready(_) => self.reader.receive(),
        }
        message
    }
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

    /// Returns what came of the fetch so far: of all that was delivered, and nothing else.
    pub const fn report(&self) -> &FetchReport {
        &self.report
    }

    /// Returns what has not been delivered yet and is still to come, the window that is being delivered included.
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
            let (ahead, reader) = Ahead::of_window(most);
            let span = || tracing::debug_span!("window", usage.window = %window);
            let span = fetch.span.in_scope(span);
            let work = worker::run(
                Arc::clone(fetch),
                self.query.within(window),
                self.newest,
                Arc::clone(&self.limits),
                (ahead, sender),
            );
            let granularity = self.query.granularity();
            self.running.push_back(Running {
                report: WindowReport::new(window, granularity, past_retention),
                messages,
                reader,
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
            let item = match ready!(front.poll_message(context)) {
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
        repeats.extend(again);
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
            waited_as_asked: page.waited_as_asked,
            elapsed: page.elapsed,
            bytes: page.bytes,
            body: page.body,
            past_retention,
            repeated: repeats.records,
            differing: repeats.differing,
            identical: repeats.identical,
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
