//! How many failed attempts a whole fetch may have.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What one failed attempt costs; counted finer than whole ones, so that a success can give back a part.
const FAILURE: u64 = 5;

/// What a page that came gives back.
const SUCCESS: u64 = 1;

/// The failed attempts that a fetch may still have, over all its pages and windows.
///
/// A page may be tried several times, and a fetch has many pages: without a common limit a server in
/// distress would get several times the requests of one in health, for as long as the fetch lasts. Nearly
/// every failure that might pass is followed by a retry. The last one of a page is not, and counts all the
/// same: the next window's first attempt is the retry then. A fetch starts with all of
/// them and earns one back for every five pages that come.
#[derive(Debug)]
pub(crate) struct Budget {
    /// `None` for no limit.
    left: Option<Mutex<u64>>,
    most: u64,
}

impl Budget {
    /// Returns a budget of `failures` failed attempts; `None` for no limit.
    pub(crate) fn new(failures: Option<u32>) -> Self {
        let most = failures.map_or(0, |failures| u64::from(failures).saturating_mul(FAILURE));
        Self {
            left: failures.map(|_| Mutex::new(most)),
            most,
        }
    }

    /// Whether another failure may be borne.
    pub(crate) fn has_retry(&self) -> bool {
        self.lock().is_none_or(|left| *left >= FAILURE)
    }

    /// Pays for a failed attempt.
    pub(crate) fn spend(&self) {
        if let Some(mut left) = self.lock() {
            *left = left.saturating_sub(FAILURE);
        }
    }

    /// Gives back a part of a failure for a page that came.
    pub(crate) fn earn(&self) {
        if let Some(mut left) = self.lock() {
            *left = left.saturating_add(SUCCESS).min(self.most);
        }
    }

    fn lock(&self) -> Option<MutexGuard<'_, u64>> {
        let left = self.left.as_ref()?;
        Some(left.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_run_out_and_five_pages_earn_one() {
        let budget = Budget::new(Some(2));
        for _ in 0..2 {
            assert!(budget.has_retry());
            budget.spend();
        }
        assert!(!budget.has_retry());
        for _ in 0..4 {
            budget.earn();
            assert!(!budget.has_retry());
        }
        budget.earn();
        assert!(budget.has_retry());
        budget.spend();
        assert!(!budget.has_retry());
    }

    #[test]
    fn no_more_is_earned_than_there_was() {
        let budget = Budget::new(Some(1));
        for _ in 0..100 {
            budget.earn();
        }
        budget.spend();
        assert!(!budget.has_retry());
    }

    #[test]
    fn none_is_no_limit_and_zero_is_no_retry() {
        let budget = Budget::new(None);
        for _ in 0..10_000 {
            budget.spend();
        }
        assert!(budget.has_retry());
        assert!(!Budget::new(Some(0)).has_retry());
    }
}
