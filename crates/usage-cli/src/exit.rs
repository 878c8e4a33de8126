//! How a run ends: the exit codes, which scripts rely on, and the signals that end it.

mod signal;
mod stuck;

use std::process::ExitCode;

pub(crate) use signal::{Signal, beforehand, listen, received, requested};
pub(crate) use stuck::{GRACE, end_if_stuck};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and nothing found at or above the threshold.
    Done,
    /// Done, and there are findings.
    Findings,
    /// The command line or the configuration is wrong; nothing was done.
    Usage,
    /// The job could not be completed; what was complete was delivered.
    Incomplete,
    /// Ended by a signal; what was complete was delivered.
    Ended(Signal),
}

impl Exit {
    /// The exit code of the process.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
            Self::Ended(signal) => signal.code(),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
