//! The bearer tokens that the token endpoint issues.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

use crate::world::Key;

/// Issues tokens and knows which are alive.
///
/// Nothing is kept of a token: it states its own number and time of issue, and a check over both.
/// Lifetimes run in real time, because clients count them so, whatever the time in the emulated world.
#[derive(Debug)]
pub(super) struct Tokens {
    key: Key,
    lifetime: Duration,
    started: Instant,
    issued: AtomicU64,
    dead: AtomicU64,
}

impl Tokens {
    /// Tokens that live for a time, of which those with another key are no part.
    pub(super) fn new(key: Key, lifetime: Duration) -> Self {
        Self {
            key,
            lifetime,
            started: Instant::now(),
            issued: AtomicU64::new(0),
            dead: AtomicU64::new(0),
        }
    }

    /// How long a token lives.
    pub(super) const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// A new token.
    pub(super) fn issue(&self) -> String {
        let number = self.issued.fetch_add(1, Ordering::Relaxed) + 1;
        self.token(number, self.age())
    }

    /// Ends the life of every token issued so far.
    pub(super) fn expire_all(&self) {
        self.dead
            .fetch_max(self.issued.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Whether a token was issued here and has not expired.
    pub(super) fn is_alive(&self, token: &str) -> bool {
        self.read(token).is_some_and(|(number, issued_at)| {
            let age = Duration::from_millis(self.age().saturating_sub(issued_at));
            number > self.dead.load(Ordering::Relaxed) && age < self.lifetime
        })
    }

    /// Milliseconds since the start.
    fn age(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn token(&self, number: u64, issued_at: u64) -> String {
        let check = self.key.at(number).at(issued_at).number();
        format!("{number:016x}{issued_at:016x}{check:016x}")
    }

    fn read(&self, token: &str) -> Option<(u64, u64)> {
        let part = |range| u64::from_str_radix(token.get(range)?, 16).ok();
        let (number, issued_at) = (part(0..16)?, part(16..32)?);
        (self.token(number, issued_at) == token).then_some((number, issued_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn only_tokens_issued_here_are_alive() {
        let tokens = Tokens::new(Key::of_seed(1), HOUR);
        let token = tokens.issue();
        assert!(tokens.is_alive(&token));
        assert!(!tokens.is_alive(""));
        assert!(!tokens.is_alive(&token.replacen('0', "1", 1)));
        assert!(!Tokens::new(Key::of_seed(2), HOUR).is_alive(&token));
    }

    #[test]
    fn revoked_tokens_die_and_later_ones_live() {
        let tokens = Tokens::new(Key::of_seed(1), HOUR);
        let old = tokens.issue();
        tokens.expire_all();
        let new = tokens.issue();
        assert!(!tokens.is_alive(&old));
        assert!(tokens.is_alive(&new));
    }

    #[test]
    fn a_lifetime_of_nothing_is_over_at_once() {
        let tokens = Tokens::new(Key::of_seed(1), Duration::ZERO);
        assert!(!tokens.is_alive(&tokens.issue()));
    }
}
