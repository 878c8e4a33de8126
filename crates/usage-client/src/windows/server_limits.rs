//! What a fetch finds out about its server while it is under way.

use std::{
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
};

use usage_model::PageSize;

/// What the windows of one fetch have found out, for those that come after.
#[derive(Debug)]
pub(super) struct ServerLimits(Mutex<Facts>);

/// What is known of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// The records that a page holds: what was asked for, until the server turns out to serve less.
    pub(super) page_size: u16,
    /// The records beyond the end of a window that the server sends along, because its end is inclusive.
    pub(super) beyond: u16,
    /// The days of a window that were answered where more had been refused. That shorter windows did not
    /// help with one refusal is not kept: what that window was refused for need not be what the next one is.
    pub(super) cap: Option<NonZeroU32>,
}

impl ServerLimits {
    /// Nothing yet.
    pub(super) const fn new(page_size: PageSize) -> Self {
        Self(Mutex::new(Facts {
            page_size: page_size.get(),
            beyond: 0,
            cap: None,
        }))
    }

    pub(super) fn facts(&self) -> Facts {
        *self.lock()
    }

    /// The server serves pages of this size.
    pub(super) fn page_size(&self, page_size: u16) {
        let mut facts = self.lock();
        facts.page_size = facts.page_size.min(page_size);
    }

    /// The server sent so many records from beyond the end of a window.
    pub(super) fn beyond(&self, records: usize) {
        let mut facts = self.lock();
        let records = u16::try_from(records).unwrap_or(u16::MAX);
        facts.beyond = facts.beyond.max(records);
    }

    /// Windows of so many days helped. What helped once stays known.
    pub(super) fn cap(&self, days: NonZeroU32) {
        self.lock().cap.get_or_insert(days);
    }

    /// How many pages of a window may wait for their turn: as many as hold the records of one page of the
    /// largest size, so that narrow pages do not hold their window up.
    pub(super) fn pages_ahead(&self) -> usize {
        let page_size = self.facts().page_size.max(1);
        usize::from(PageSize::MAX.get() / page_size).max(1)
    }

    fn lock(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_only_gets_narrower() {
        let limits = ServerLimits::new(PageSize::MAX);
        assert_eq!(limits.pages_ahead(), 1);
        limits.page_size(50);
        limits.page_size(100);
        limits.beyond(24);
        limits.beyond(1);
        let days = |days| NonZeroU32::new(days).unwrap();
        limits.cap(days(31));
        limits.cap(days(89));
        let facts = Facts {
            page_size: 50,
            beyond: 24,
            cap: Some(days(31)),
        };
        assert_eq!(limits.facts(), facts);
        assert_eq!(limits.pages_ahead(), 20);
        limits.beyond(usize::MAX);
        assert_eq!(limits.facts().beyond, u16::MAX);
    }
}
