//! What time it is, by the server's clock.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Error, error::ErrorKind, key::rfc3339, store::CLOCK_TOLERANCE};

/// How far the server's clock may be from the time that was planned for; a plan for another time asks for the wrong
/// windows.
const PLAN_TOLERANCE: TimeDelta = TimeDelta::minutes(10);

/// The time: ours until the server tells its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerClock {
    now: DateTime<Utc>,
    is_servers: bool,
}

impl ServerClock {
    /// Our own time, for the first request.
    pub(super) const fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            is_servers: false,
        }
    }

    /// The time as it was told last.
    pub(super) const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether the server told it.
    pub(super) const fn is_servers(&self) -> bool {
        self.is_servers
    }

    /// Takes over what a response says. Returns whether that is another time than what was planned for.
    pub(super) fn correct(&mut self, date: Option<DateTime<Utc>>) -> bool {
        let Some(date) = date else {
            return false;
        };
        if self.is_servers {
            self.now = self.now.max(date);
            return false;
        }
        let apart = date.signed_duration_since(self.now).abs();
        self.now = date;
        self.is_servers = true;
        apart > PLAN_TOLERANCE
    }
}

/// Fails for a time that is before what the archive has seen already.
pub(super) fn check_not_back(at: DateTime<Utc>, latest: DateTime<Utc>) -> Result<(), Error> {
    if latest.signed_duration_since(at) <= CLOCK_TOLERANCE {
        return Ok(());
    }
    let what = format!(
        "the server's clock says {}, but the account was read at {} already",
        rfc3339(at),
        rfc3339(latest)
    );
    Err(Error::new(ErrorKind::ClockBack, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_date_counts_and_the_clock_does_not_go_back_after_it() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut clock = ServerClock::new(at("2026-11-27T10:00:00Z"));
        assert!(!clock.correct(None) && !clock.is_servers());
        assert!(clock.correct(Some(at("2026-11-27T10:10:01Z"))));
        assert!(!clock.correct(Some(at("2026-11-27T10:10:00Z"))));
        assert_eq!(clock.now(), at("2026-11-27T10:10:01Z"));
        let mut near = ServerClock::new(at("2026-11-27T10:00:00Z"));
        assert!(!near.correct(Some(at("2026-11-27T09:50:00Z"))));
        assert_eq!(near.now(), at("2026-11-27T09:50:00Z"));
    }
}
