//! The exit codes, which scripts rely on.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done, and nothing found at or above the threshold.
    Done,
    /// Done, and there are findings.
    Findings,
    /// The command line or the configuration is wrong; nothing was done.
    Usage,
    /// The job could not be completed; what was complete was delivered.
    Incomplete,
    /// Interrupted by the user; what was complete was delivered.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
            Exit::Interrupted => 130,
        })
    }
}
