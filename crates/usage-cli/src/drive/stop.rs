//! What ends a fetch before its end: a signal, or the end of time.

use std::{thread, time::Duration};

use tokio::time::Instant;

use crate::{
    exit::{Exit, Signal, received},
    messages::tell,
};

/// How long after its own end of time the client may take to say what it was waiting for.
const GRACE: Duration = Duration::from_millis(500);

/// How long after the end of time the program may still be stuck, for instance in a pipe that nobody reads.
const STUCK: Duration = Duration::from_secs(3);

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

/// When a command has to end that may take so long; it is ended where it cannot end itself.
pub(crate) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    let timeout = timeout?;
    end_if_stuck(timeout);
    Some(Instant::now() + timeout + GRACE)
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

/// Ends the program where it cannot end itself: its output is a pipe that nobody reads, or a disk that hangs.
fn end_if_stuck(timeout: Duration) {
    thread::spawn(move || {
        thread::sleep(timeout.saturating_add(GRACE + STUCK));
        tell("error: the time of --timeout is over, and the output still takes no more");
        std::process::exit(Exit::Incomplete.code().into());
    });
}
