//! Waits that a server asks for.

use std::{fmt, sync::Arc, time::Duration};

/// A wait that the server asked for with `Retry-After`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AskedWait {
    /// How long.
    pub wait: Duration,
    /// The status of the response that asked for it, or that its body reports.
    pub status: Option<u16>,
}

/// What is called when a server asks to wait.
#[derive(Clone)]
pub(crate) struct OnWait(pub(crate) Arc<dyn Fn(&AskedWait) + Send + Sync>);

impl fmt::Debug for OnWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnWait")
    }
}
