//! How a run ends: the exit codes, which scripts rely on, and the signals that end it.

mod signal;

use std::{
    panic,
    process::{self, ExitCode},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use crate::messages;

pub(crate) use signal::{Signal, beforehand, listen, received, requested};

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
    /// The same, unless something was found.
    pub(crate) const fn or_findings(self, found: bool) -> Self {
        match self {
            Self::Done if found => Self::Findings,
            exit => exit,
        }
    }

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

/// Lets a panic, which is a fault of the program, end it with the code that Rust has for it. An abort could leave a core
/// dump on the disk, with secrets in it.
pub(crate) fn at_panics() {
    const PANICKED: i32 = 101;
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |fault| {
        tell(fault);
        process::exit(PANICKED);
    }));
}

/// How long after its own end of time the client may take to say what it was waiting for.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// How long after that the program may still be stuck, for instance in a pipe that nobody reads.
const STUCK: Duration = Duration::from_millis(500);

/// When the whole command has to end, where that was asked for.
static END: OnceLock<Instant> = OnceLock::new();

/// Whether the time of the whole command is over.
pub(crate) fn is_over() -> bool {
    END.get().is_some_and(|end| Instant::now() >= *end)
}

/// Ends the command after a time: what reads or fetches sees that it is over. Ends the program soon after that where it
/// cannot end itself: it waits for a pipe that nobody opens, writes or reads, or for a disk that hangs.
pub(crate) fn end_after(timeout: Duration) {
    if let Some(end) = Instant::now().checked_add(timeout) {
        // There is one time for one command.
        let _: Result<(), Instant> = END.set(end);
    }
    thread::spawn(move || {
        thread::sleep(timeout.saturating_add(GRACE + STUCK));
        messages::error(
            "the time of --timeout is over, and a file or pipe still lets nothing through",
            &[
                "what was complete before is written, as far as it was taken; the rest is missing"
                    .to_owned(),
            ],
            Some(
                "give a longer --timeout, or see why nothing reads the output or writes the input",
            ),
        );
        process::exit(Exit::Incomplete.code().into());
    });
}
