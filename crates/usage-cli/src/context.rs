//! What every command is told.

use chrono::{DateTime, Utc};

/// What every command is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    /// The one reading of the clock: everything below takes time as an argument.
    pub(crate) now: DateTime<Utc>,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
}
