//! How fast requests may follow each other.

use std::{
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// Spaces the requests of a client out, over all its clones.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    /// When the next request may go out; `None` for at once.
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// At most so many requests a second, evenly; `None` for no limit.
    pub(crate) fn new(per_second: Option<NonZeroU32>) -> Self {
        let interval = per_second.map_or(Duration::ZERO, |n| Duration::from_secs(1) / n.get());
        Self {
            interval,
            next: Mutex::new(None),
        }
    }

    /// Waits until it is the caller's turn; gives how long that took.
    pub(crate) async fn turn(&self) -> Duration {
        let now = Instant::now();
        let turn = self.take(now);
        if turn > now {
            sleep_until(turn).await;
        }
        turn.saturating_duration_since(now)
    }

    /// Lets no request out for a while, because the server asked for it: what one request is told holds
    /// for all.
    pub(crate) fn hold(&self, wait: Duration) {
        self.hold_until(Instant::now().checked_add(wait));
    }

    fn hold_until(&self, until: Option<Instant>) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        // `None` is before every instant.
        *next = (*next).max(until);
    }

    /// The next free turn at or after `now`, which is then taken.
    fn take(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        if !self.interval.is_zero() {
            *next = turn.checked_add(self.interval);
        }
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn requests_are_spaced_evenly() {
        let pace = Pace::new(NonZeroU32::new(10));
        let now = Instant::now();
        let turns = [now, now, now, now + ms(250), now + ms(900), now + ms(900)];
        let turns = turns.map(|at| pace.take(at) - now);
        assert_eq!(turns, [ms(0), ms(100), ms(200), ms(300), ms(900), ms(1000)]);
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let pace = Pace::new(None);
        let now = Instant::now();
        assert_eq!([pace.take(now), pace.take(now)], [now, now]);
    }

    #[test]
    fn a_hold_is_for_all_and_never_shortened() {
        let pace = Pace::new(None);
        let now = Instant::now();
        pace.hold_until(Some(now + ms(500)));
        pace.hold_until(Some(now + ms(300)));
        pace.hold_until(None);
        assert_eq!(
            [pace.take(now), pace.take(now)],
            [now + ms(500), now + ms(500)]
        );
        assert_eq!(pace.take(now + ms(700)), now + ms(700));
    }
}
