//! What time it is in the emulated world.

use chrono::{DateTime, Utc};

/// The source of `now`; nothing else in the crate knows the time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// Time stands still.
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The time in the emulated world.
    pub(crate) const fn now(&self) -> DateTime<Utc> {
        match self {
            Self::Fixed(now) => *now,
        }
    }
}
