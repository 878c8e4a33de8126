//! What ends a fetch before its end: a signal, or the end of time.

use std::time::Duration;

use tokio::time::Instant;

use crate::exit::{GRACE, Signal, received};

/// Why a fetch is not driven to its end.
#[derive(Clone, Copy)]
pub(crate) enum Stop {
    Signal(Signal),
    Deadline,
    /// What failed would fail again for every resource.
    Failure,
}

impl Stop {
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Signal(_) => "interrupted",
            Self::Deadline => "the time was over",
            Self::Failure => "not asked for after the failure",
        }
    }
}

/// When a command has to end that may take so long.
pub(crate) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    Some(Instant::now() + timeout? + GRACE)
}

/// Completes when a signal comes or the time is over.
pub(crate) async fn stopped(deadline: Option<Instant>) -> Stop {
    let over = async {
        match deadline {
            Some(deadline) => tokio::time::sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        signal = received() => Stop::Signal(signal),
        () = over => Stop::Deadline,
    }
}
