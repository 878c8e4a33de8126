//! A point in time by which something has to be done.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, timeout_at};

/// The end of a span of time, or none; a span too long for the clock has none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

/// The deadline passed before the work was done.
#[derive(Debug)]
pub(crate) struct Passed;

impl Deadline {
    /// The deadline of something that starts now.
    pub(crate) fn after(span: Option<Duration>) -> Self {
        Self(span.and_then(|span| Instant::now().checked_add(span)))
    }

    /// How much time is left, where there is a deadline.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.0
            .map(|end| end.saturating_duration_since(Instant::now()))
    }

    /// Runs the work, and drops it unfinished when the deadline passes.
    pub(crate) async fn limit<F: Future>(self, work: F) -> Result<F::Output, Passed> {
        match self.0 {
            Some(end) => timeout_at(end, work).await.map_err(|_| Passed),
            None => Ok(work.await),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_remains_of_a_deadline_gets_less_and_a_span_too_long_has_none() {
        let hour = Duration::from_hours(1);
        let deadline = Deadline::after(Some(hour));
        let remaining = deadline.remaining().unwrap();
        assert!(remaining <= hour && remaining > Duration::from_mins(59));
        assert!(deadline.remaining().unwrap() <= remaining);
        let passed = Deadline::after(Some(Duration::ZERO));
        assert_eq!(passed.remaining(), Some(Duration::ZERO));
        for none in [None, Some(Duration::MAX)] {
            assert_eq!(Deadline::after(none).remaining(), None);
        }
    }
}
