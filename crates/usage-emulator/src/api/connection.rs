//! The connection that a request came over.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A handle on the connection that a request came over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    reset: Arc<AtomicBool>,
}

impl Connection {
    /// Makes the end of the connection a reset and not an orderly close.
    pub(super) fn reset_on_close(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }

    /// Returns whether the connection ends with a reset.
    pub(crate) fn is_reset_on_close(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }
}
