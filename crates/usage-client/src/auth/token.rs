//! An access token and how long it is good for.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::http::jitter::part_of;

/// Which token of a client it is: each new one has the next number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation(u64);

impl Generation {
    pub(super) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What the token endpoint granted.
pub(super) struct Granted {
    /// When it was asked for.
    pub(super) asked: Instant,
    /// `Bearer` and the token.
    pub(super) header: SecretString,
    /// How long it is good for since the server made it, where the server says so.
    pub(super) life: Option<Duration>,
}

/// An access token in use.
pub(super) struct Token {
    pub(super) header: SecretString,
    pub(super) generation: Generation,
    /// From when on a new one is fetched while this one still serves.
    pub(super) renew_at: Option<Instant>,
    pub(super) expires_at: Option<Instant>,
}

/// Where a token stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Fresh,
    /// Still good, and time to fetch the next one.
    Due,
    Expired,
}

/// A token is renewed at the earliest this long before it expires.
const LONGEST_MARGIN: Duration = Duration::from_mins(5);

/// A token is renewed at the earliest when this part of its life is left.
const MARGIN_PART: u32 = 10;

impl Token {
    /// A token that has been granted. Its life began at some time after it was asked for, and is counted from
    /// there: rather too short than too long. It falls due in the last tenth of its life, at most 5 minutes before
    /// the end, and at a random time within the first half of that margin, so that many clients that
    /// started together do not renew together.
    pub(super) fn new(granted: Granted, generation: Generation, random: u32) -> Self {
        let expires_at = granted
            .life
            .and_then(|life| granted.asked.checked_add(life));
        let margin = granted
            .life
            .map(|life| (life / MARGIN_PART).min(LONGEST_MARGIN));
        let renew_at = expires_at.zip(margin).and_then(|(end, margin)| {
            end.checked_sub(margin)?
                .checked_add(part_of(margin / 2, random))
        });
        Self {
            header: granted.header,
            generation,
            renew_at,
            expires_at,
        }
    }

    /// The same token, due again when half of what is left of its life is over, and no sooner than after the
    /// wait that the server asks for.
    pub(super) fn put_off(&self, now: Instant, asked: Duration) -> Self {
        let left = self
            .expires_at
            .map(|end| end.saturating_duration_since(now));
        Self {
            header: self.header.clone(),
            generation: self.generation,
            renew_at: left.and_then(|left| now.checked_add((left / 2).max(asked))),
            expires_at: self.expires_at,
        }
    }

    pub(super) fn stage(&self, now: Instant) -> Stage {
        let reached = |point: Option<Instant>| point.is_some_and(|point| point <= now);
        if reached(self.expires_at) {
            Stage::Expired
        } else if reached(self.renew_at) {
            Stage::Due
        } else {
            Stage::Fresh
        }
    }
}

/// The header for an access token.
pub(super) fn bearer(token: &SecretString) -> SecretString {
    SecretString::from(format!("Bearer {}", token.expose_secret()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(life: Option<u64>, now: Instant, random: u32) -> Token {
        let granted = Granted {
            asked: now,
            header: SecretString::from("Bearer x"),
            life: life.map(Duration::from_secs),
        };
        Token::new(granted, Generation::default(), random)
    }

    #[test]
    fn a_token_falls_due_in_the_last_tenth_of_its_life() {
        let now = Instant::now();
        let at = |token: &Token, seconds| token.stage(now + Duration::from_secs(seconds));
        for (life, random, due) in [
            (1_000, 0, 900),
            (1_000, u32::MAX, 950),
            (3_600, 0, 3_300),
            (86_400, 0, 86_100),
            (86_400, u32::MAX, 86_250),
            (63_072_000, 0, 63_071_700),
        ] {
            let token = token(Some(life), now, random);
            assert_eq!(at(&token, due - 1), Stage::Fresh, "{life}");
            assert_eq!(at(&token, due), Stage::Due, "{life}");
            assert_eq!(at(&token, life - 1), Stage::Due, "{life}");
            assert_eq!(at(&token, life), Stage::Expired, "{life}");
        }
        assert_eq!(token(Some(0), now, 0).stage(now), Stage::Expired);
    }

    #[test]
    fn a_token_without_a_stated_life_stays_fresh() {
        let now = Instant::now();
        for life in [None, Some(u64::MAX)] {
            let stage = token(life, now, 0).stage(now + Duration::from_hours(24_000));
            assert_eq!(stage, Stage::Fresh, "{life:?}");
        }
    }

    #[test]
    fn a_renewal_put_off_comes_again() {
        let now = Instant::now();
        let later = now + Duration::from_mins(15);
        let token = token(Some(1_000), now, 0);
        let asked = token.put_off(later, Duration::from_secs(70));
        assert_eq!(asked.stage(later + Duration::from_secs(69)), Stage::Fresh);
        assert_eq!(asked.stage(later + Duration::from_secs(70)), Stage::Due);
        let token = token.put_off(later, Duration::from_secs(30));
        assert_eq!(token.stage(later), Stage::Fresh);
        assert_eq!(token.stage(later + Duration::from_secs(50)), Stage::Due);
        assert_eq!(
            token.stage(later + Duration::from_secs(100)),
            Stage::Expired
        );
    }
}
