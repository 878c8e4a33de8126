//! What all pages of one fetch share.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::Span;
use url::Url;

use crate::{
    auth::Authorizer,
    http::{
        budget::Budget, deadline::Deadline, exchange::Limits, jitter::Jitter,
        rate_limit::RateLimiter, retry::RetryPolicy, retry_after::OnWait, transport::Transport,
    },
    paging::list::ListQuery,
};

/// What all fetches of a client share: its checked settings, its connections and its access token.
pub(crate) struct Shared {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) base_url: Url,
    pub(crate) authorizer: Authorizer,
    pub(crate) retry: RetryPolicy,
    /// Retries of a whole fetch; `None` for no limit.
    pub(crate) retry_budget: Option<u32>,
    /// Limits of one exchange.
    pub(crate) limits: Limits,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) max_pages: u64,
    /// Whether pages keep their bodies.
    pub(crate) keep_bodies: bool,
    pub(crate) rate_limiter: RateLimiter,
    pub(crate) jitter: Jitter,
    /// Whom to tell that the server asks to wait.
    pub(crate) on_wait: Option<OnWait>,
}

/// One fetch: all the pages of a stream, in however many windows.
pub(crate) struct Fetch {
    pub(crate) shared: Arc<Shared>,
    pub(crate) deadline: Deadline,
    pub(crate) budget: Budget,
    /// Everything that is done for the fetch is done within it, whoever polls.
    pub(crate) span: Span,
    /// How many requests may be under way.
    slots: Semaphore,
}

impl Fetch {
    /// Returns a fetch that starts now, with at most `at_a_time` requests under way: the clock of the total timeout
    /// runs, and the fetch belongs to the span that is entered now.
    pub(crate) fn start(shared: Arc<Shared>, query: &impl ListQuery, at_a_time: usize) -> Self {
        Self {
            span: query.span(),
            deadline: Deadline::after(shared.total_timeout),
            budget: Budget::new(shared.retry_budget),
            slots: Semaphore::new(at_a_time.min(Semaphore::MAX_PERMITS)),
            shared,
        }
    }

    /// Waits until another request may be made; it may as long as what this gives is kept.
    pub(crate) async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed, so that it never fails.
        self.slots.acquire().await.ok()
    }
}
