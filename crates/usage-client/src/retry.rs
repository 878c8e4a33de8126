//! Decides whether a failed attempt is followed by another, and when.

use std::time::Duration;

use crate::{
    dice::part_of,
    failure::{Class, Trouble},
};

/// How often and how patiently the client tries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    /// Attempts for one page, the first one included.
    pub(crate) attempts: u32,
    /// The longest wait before the second attempt; doubles with each further one.
    pub(crate) base: Duration,
    /// The longest wait that the doubling leads to.
    pub(crate) cap: Duration,
    /// The longest wait that a server may ask for.
    pub(crate) longest_asked: Duration,
}

/// What a decision depends on besides the trouble itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    /// Which attempt failed, from 1; attempts that only found a dead token are not counted.
    pub(crate) attempt: u32,
    /// Whether the access token can be renewed and has not been renewed for this page.
    pub(crate) renewable: bool,
    /// Whether the whole fetch has retries left.
    pub(crate) budget: bool,
    /// How long the server asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// How long the call may still take.
    pub(crate) remaining: Option<Duration>,
    /// A random number, evenly spread over all values.
    pub(crate) dice: u32,
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Try again after this long.
    Retry(Duration),
    /// Get a new access token and try again at once.
    RenewToken,
    /// Report the failure.
    GiveUp(GiveUp),
}

/// Why there is no further attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GiveUp {
    /// It would fail in the same way.
    Final,
    /// All attempts are used up.
    Attempts,
    /// All retries of the whole fetch are used up.
    Budget,
    /// The server asks for more patience than the call has.
    AskedTooLong(Duration),
    /// The wait would outlast the deadline.
    NoTime,
}

/// Decides what follows a failed attempt.
pub(crate) fn decide(policy: &RetryPolicy, trouble: &Trouble, now: &Situation) -> Decision {
    match trouble.class() {
        Class::DeadToken if now.renewable => Decision::RenewToken,
        Class::DeadToken | Class::Final => Decision::GiveUp(GiveUp::Final),
        Class::Transient if now.attempt >= policy.attempts => Decision::GiveUp(GiveUp::Attempts),
        Class::Transient if !now.budget => Decision::GiveUp(GiveUp::Budget),
        Class::Transient => wait(policy, now),
    }
}

fn wait(policy: &RetryPolicy, now: &Situation) -> Decision {
    let remaining = now.remaining.unwrap_or(Duration::MAX);
    // Full jitter: anything between no wait and the ceiling.
    let backoff = part_of(ceiling(policy, now.attempt), now.dice);
    match now.retry_after {
        Some(asked) if asked > policy.longest_asked || asked >= remaining => {
            Decision::GiveUp(GiveUp::AskedTooLong(asked))
        }
        // The jitter comes on top, so that clients told the same time do not return as one.
        Some(asked) => Decision::Retry(match asked.saturating_add(backoff) {
            wait if wait < remaining => wait,
            _ => asked,
        }),
        None if backoff >= remaining => Decision::GiveUp(GiveUp::NoTime),
        None => Decision::Retry(backoff),
    }
}

/// The longest wait after the given attempt: the base, doubled for each attempt before it, capped.
fn ceiling(policy: &RetryPolicy, attempt: u32) -> Duration {
    let factor = 2_u32.saturating_pow(attempt.saturating_sub(1));
    policy.base.saturating_mul(factor).min(policy.cap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProtocolError;

    const POLICY: RetryPolicy = RetryPolicy {
        attempts: 5,
        base: Duration::from_secs(1),
        cap: Duration::from_secs(20),
        longest_asked: Duration::from_mins(2),
    };

    const FIRST: Situation = Situation {
        attempt: 1,
        renewable: false,
        budget: true,
        retry_after: None,
        remaining: None,
        dice: u32::MAX,
    };

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn every_status_has_its_decision() {
        for status in 100..=599 {
            let decision = decide(&POLICY, &Trouble::Status(status), &FIRST);
            let expected = match status {
                408 | 425 | 429 | 500 | 502 | 503 | 504 => Decision::Retry(secs(1)),
                _ => Decision::GiveUp(GiveUp::Final),
            };
            assert_eq!(decision, expected, "{status}");
        }
    }

    #[test]
    fn every_fault_has_its_decision() {
        let origin = String::new;
        let retry = Decision::Retry(secs(1));
        let give_up = Decision::GiveUp(GiveUp::Final);
        for (trouble, expected) in [
            (Trouble::Connect { origin: origin() }, retry),
            (Trouble::Lost, retry),
            (Trouble::Cut { received: 7 }, retry),
            (Trouble::Timeout(secs(30)), retry),
            (Trouble::Tls { origin: origin() }, give_up),
            (Trouble::TooLarge { limit: 1 }, give_up),
            (Trouble::Protocol(ProtocolError::MissingMeta), give_up),
            (
                Trouble::Redirect {
                    status: 302,
                    target: origin(),
                },
                give_up,
            ),
            (Trouble::Deadline(secs(1)), give_up),
            (Trouble::Request, give_up),
            (Trouble::TokenRefused(401), give_up),
        ] {
            assert_eq!(decide(&POLICY, &trouble, &FIRST), expected, "{trouble:?}");
        }
    }

    #[test]
    fn a_dead_token_is_renewed_where_it_can_be_even_after_the_last_attempt() {
        let now = Situation {
            renewable: true,
            attempt: 5,
            ..FIRST
        };
        let refused = Trouble::TokenRefused(403);
        assert_eq!(decide(&POLICY, &refused, &now), Decision::RenewToken);
        assert_eq!(
            decide(&POLICY, &Trouble::Status(403), &now),
            Decision::GiveUp(GiveUp::Final)
        );
    }

    #[test]
    fn the_wait_doubles_up_to_the_cap_and_the_attempts_end() {
        for (attempt, seconds) in [
            (1, 1),
            (2, 2),
            (3, 4),
            (4, 8),
            (5, 16),
            (6, 20),
            (u32::MAX, 20),
        ] {
            let policy = RetryPolicy {
                attempts: u32::MAX,
                ..POLICY
            };
            assert_eq!(ceiling(&policy, attempt), secs(seconds), "{attempt}");
        }
        for (attempt, retried) in [(4, true), (5, false), (6, false)] {
            let now = Situation { attempt, ..FIRST };
            let decision = decide(&POLICY, &Trouble::Lost, &now);
            assert_eq!(
                decision != Decision::GiveUp(GiveUp::Attempts),
                retried,
                "{attempt}"
            );
        }
    }

    #[test]
    fn a_wait_that_the_server_asks_for_is_the_least() {
        let asked = |retry_after, remaining, dice| {
            let now = Situation {
                retry_after: Some(secs(retry_after)),
                remaining: Some(secs(remaining)),
                dice,
                ..FIRST
            };
            decide(&POLICY, &Trouble::Status(429), &now)
        };
        assert_eq!(asked(10, 60, 0), Decision::Retry(secs(10)));
        assert_eq!(asked(10, 60, u32::MAX), Decision::Retry(secs(11)));
        assert_eq!(asked(10, 11, u32::MAX), Decision::Retry(secs(10)));
        assert_eq!(
            asked(60, 60, 0),
            Decision::GiveUp(GiveUp::AskedTooLong(secs(60)))
        );
        assert_eq!(asked(120, 600, 0), Decision::Retry(secs(120)));
        assert_eq!(
            asked(121, 600, 0),
            Decision::GiveUp(GiveUp::AskedTooLong(secs(121)))
        );
    }

    #[test]
    fn no_wait_outlasts_the_deadline() {
        let now = Situation {
            remaining: Some(secs(1)),
            ..FIRST
        };
        let decision = decide(&POLICY, &Trouble::Lost, &now);
        assert_eq!(decision, Decision::GiveUp(GiveUp::NoTime));
        let now = Situation {
            remaining: Some(secs(2)),
            ..FIRST
        };
        assert_eq!(
            decide(&POLICY, &Trouble::Lost, &now),
            Decision::Retry(secs(1))
        );
    }
}
