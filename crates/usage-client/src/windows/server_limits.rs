//! What a fetch finds out about its server while it is under way.

use std::{
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
};

use usage_model::PageSize;

/// What the windows of one fetch have found out, for those that come after.
#[derive(Debug)]
pub(super) struct ServerLimits {
    facts: Mutex<Facts>,
    /// Whether the newest day of the range is taken, where that was asked.
    newest: tokio::sync::Mutex<Option<bool>>,
}

/// What is known of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// The page size to ask for: what was wanted, until the server turns out not to take it.
    pub(super) page_size: PageSize,
    /// The records that a page holds, which may be fewer than asked for.
    pub(super) page_holds: u16,
    /// The records beyond the end of a window that the server sends along, because its end is inclusive.
    pub(super) beyond: u16,
    /// The days of a window that were taken where more had been refused.
    pub(super) cap: Option<NonZeroU32>,
    /// The largest page size that was taken.
    pub(super) taken: Option<PageSize>,
}

impl ServerLimits {
    /// Nothing yet.
    pub(super) fn new(page_size: PageSize) -> Self {
        Self {
            facts: Mutex::new(Facts {
                page_size,
                page_holds: page_size.get(),
                beyond: 0,
                cap: None,
                taken: None,
            }),
            newest: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn facts(&self) -> Facts {
        *self.lock()
    }

    /// The page size to ask for.
    pub(super) fn page_size(&self) -> PageSize {
        self.lock().page_size
    }

    /// The server does not take larger pages than these.
    pub(super) fn shrink_pages(&self, page_size: PageSize) {
        let mut facts = self.lock();
        facts.page_size = facts.page_size.min(page_size);
        facts.page_holds = facts.page_holds.min(page_size.get());
    }

    /// The server serves pages of this size.
    pub(super) fn page_holds(&self, records: u16) {
        let mut facts = self.lock();
        facts.page_holds = facts.page_holds.min(records);
    }

    /// Notes that the server sent `records` records from beyond the end of a window.
    pub(super) fn beyond(&self, records: usize) {
        let mut facts = self.lock();
        let records = u16::try_from(records).unwrap_or(u16::MAX);
        facts.beyond = facts.beyond.max(records);
    }

    /// Notes that windows of `days` days were taken where longer ones were refused.
    pub(super) fn cap(&self, days: NonZeroU32) {
        let mut facts = self.lock();
        facts.cap = Some(facts.cap.map_or(days, |cap| cap.min(days)));
    }

    /// A page of that size was taken.
    pub(super) fn taken(&self, page_size: PageSize) {
        let mut facts = self.lock();
        facts.taken = facts.taken.max(Some(page_size));
    }

    /// Whether the newest day of the range is taken, for one worker at a time to find out.
    pub(super) async fn newest(&self) -> tokio::sync::MutexGuard<'_, Option<bool>> {
        self.newest.lock().await
    }

    /// How many pages of a window may wait for their turn: as many as hold the records of one page of the
    /// largest size, so that narrow pages do not hold their window up.
    pub(super) fn pages_ahead(&self) -> usize {
        let page_size = self.facts().page_holds.max(1);
        usize::from(PageSize::MAX.get() / page_size).max(1)
    }

    fn lock(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_only_gets_narrower() {
        let limits = ServerLimits::new(PageSize::MAX);
        assert_eq!(limits.pages_ahead(), 1);
        limits.page_holds(50);
        limits.page_holds(100);
        limits.beyond(24);
        limits.beyond(1);
        let days = |days| NonZeroU32::new(days).unwrap();
        limits.cap(days(89));
        limits.cap(days(31));
        limits.cap(days(60));
        let facts = Facts {
            page_size: PageSize::MAX,
            page_holds: 50,
            beyond: 24,
            cap: Some(days(31)),
            taken: None,
        };
        assert_eq!(limits.facts(), facts);
        assert_eq!(limits.pages_ahead(), 20);
        let size = |size| PageSize::new(size).unwrap();
        limits.shrink_pages(size(20));
        limits.shrink_pages(size(500));
        assert_eq!(limits.page_size(), size(20));
        assert_eq!(limits.facts().page_holds, 20);
        limits.beyond(usize::MAX);
        assert_eq!(limits.facts().beyond, u16::MAX);
    }
}
