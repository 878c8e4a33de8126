//! How fast requests may follow each other.

use std::{
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// Spaces the requests of a client out, over all its clones.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    interval: Duration,
    state: Mutex<State>,
}

/// How long a caller waited for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) waited: Duration,
    /// How long of that the server had asked for.
    pub(crate) asked: Duration,
}

#[derive(Debug, Default)]
struct State {
    /// When the next request may go out; `None` for at once.
    next: Option<Instant>,
    /// Until when a server asked to be left alone.
    held: Option<Instant>,
}

impl RateLimiter {
    /// Returns a limiter to `per_second` requests a second, evenly spread; `None` for no limit.
    pub(crate) fn new(per_second: Option<NonZeroU32>) -> Self {
        let interval = per_second.map_or(Duration::ZERO, |n| Duration::from_secs(1) / n.get());
        Self {
            interval,
            state: Mutex::default(),
        }
    }

    /// Waits until it is the caller's turn.
    pub(crate) async fn turn(&self) -> Turn {
        let started = Instant::now();
        let mut turn = self.take(started);
        while turn > Instant::now() {
            sleep_until(turn).await;
            // The server may have asked for a wait meanwhile.
            if self.is_held(turn) {
                turn = self.take(turn);
            }
        }
        let waited = turn.saturating_duration_since(started);
        let held = self.lock().held;
        let asked = held.map_or(Duration::ZERO, |held| {
            held.saturating_duration_since(started)
        });
        Turn {
            waited,
            asked: asked.min(waited),
        }
    }

    /// Lets no request out for a while, because the server asked for it: what one request is told holds
    /// for all.
    pub(crate) fn hold(&self, wait: Duration) {
        self.hold_until(Instant::now().checked_add(wait));
    }

    fn hold_until(&self, until: Option<Instant>) {
        let mut state = self.lock();
        // `None` is before every instant.
        state.next = state.next.max(until);
        state.held = state.held.max(until);
    }

    /// Whether no request may go out yet at that instant.
    fn is_held(&self, at: Instant) -> bool {
        self.lock().held.is_some_and(|held| at < held)
    }

    /// The next free turn at or after `now`, which is then taken.
    fn take(&self, now: Instant) -> Instant {
        let mut state = self.lock();
        let turn = state.next.map_or(now, |next| next.max(now));
        if !self.interval.is_zero() {
            state.next = turn.checked_add(self.interval);
        }
        turn
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        let rate_limiter = RateLimiter::new(NonZeroU32::new(10));
        let now = Instant::now();
        let turns = [now, now, now, now + ms(250), now + ms(900), now + ms(900)];
        let turns = turns.map(|at| rate_limiter.take(at) - now);
        assert_eq!(turns, [ms(0), ms(100), ms(200), ms(300), ms(900), ms(1000)]);
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let rate_limiter = RateLimiter::new(None);
        let now = Instant::now();
        assert_eq!([rate_limiter.take(now), rate_limiter.take(now)], [now, now]);
    }

    #[test]
    fn a_hold_lasts_as_long_as_the_server_asked() {
        let rate_limiter = RateLimiter::new(None);
        let (before, wait) = (Instant::now(), Duration::from_hours(1));
        rate_limiter.hold(wait);
        let (turn, after) = (rate_limiter.take(before), Instant::now());
        assert!(before + wait <= turn && turn <= after + wait);
    }

    #[test]
    fn a_hold_is_for_all_and_never_shortened() {
        let rate_limiter = RateLimiter::new(None);
        let now = Instant::now();
        rate_limiter.hold_until(Some(now + ms(500)));
        rate_limiter.hold_until(Some(now + ms(300)));
        rate_limiter.hold_until(None);
        assert_eq!(
            [rate_limiter.take(now), rate_limiter.take(now)],
            [now + ms(500), now + ms(500)]
        );
        assert_eq!(rate_limiter.take(now + ms(700)), now + ms(700));
    }

    #[tokio::test]
    async fn a_hold_is_for_those_who_wait_for_their_turn_too() {
        let rate_limiter = RateLimiter::new(NonZeroU32::new(100));
        let now = Instant::now();
        rate_limiter.take(now);
        let (turn, ()) = tokio::join!(rate_limiter.turn(), async {
            rate_limiter.hold_until(Some(now + ms(50)));
        });
        assert!(now.elapsed() >= ms(50), "{turn:?}");
        assert!(turn.waited >= ms(40), "{turn:?}");
        // The server asked for all of it, the limit of the client's own for none.
        assert_eq!(turn.asked, turn.waited);
        let turn = rate_limiter.turn().await;
        assert!(turn.waited > ms(0) && turn.asked == ms(0), "{turn:?}");
    }
}
