//! What all pages of one fetch share.

use std::sync::Arc;

use crate::{budget::Budget, client::Inner, deadline::Deadline};

/// One fetch: all the pages of a stream, in however many windows.
pub(crate) struct Fetch {
    pub(crate) client: Arc<Inner>,
    pub(crate) deadline: Deadline,
    pub(crate) budget: Budget,
}

impl Fetch {
    /// A fetch that starts now: the clock of the total timeout runs.
    pub(crate) fn start(client: Arc<Inner>) -> Self {
        Self {
            deadline: Deadline::after(client.total_timeout),
            budget: Budget::new(client.retry_budget),
            client,
        }
    }
}
