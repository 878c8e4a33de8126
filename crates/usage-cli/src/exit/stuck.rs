//! A program that cannot end itself in its time.

use std::{thread, time::Duration};

use super::Exit;
use crate::messages::tell;

/// How long after its own end of time the client may take to say what it was waiting for.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// How long after that the program may still be stuck, for instance in a pipe that nobody reads.
const STUCK: Duration = Duration::from_secs(3);

/// Ends the program where it cannot end itself: it waits for a pipe that nobody opens, writes or reads, or for a disk that
/// hangs.
pub(crate) fn end_if_stuck(timeout: Duration) {
    thread::spawn(move || {
        thread::sleep(timeout.saturating_add(GRACE + STUCK));
        tell("error: the time of --timeout is over, and a file or pipe still lets nothing through");
        std::process::exit(Exit::Incomplete.code().into());
    });
}
