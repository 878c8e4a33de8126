//! Decides whether a failed attempt is followed by another, and when.

use std::time::Duration;

use crate::{
    error::failure::{Class, FailureKind, GiveUp},
    http::jitter::part_of,
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

/// What a decision depends on besides the kind itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    /// Which attempt failed, from 1; attempts that only found a dead token are not counted.
    pub(crate) attempt: u32,
    /// Whether the access token can be renewed and has not been renewed for this page.
    pub(crate) renewable: bool,
    /// Whether the whole fetch may have another failure.
    pub(crate) budget: bool,
    /// How long the server asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// How long the call may still take.
    pub(crate) remaining: Option<Duration>,
    /// A random number, evenly spread over all values.
    pub(crate) random: u32,
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

impl Decision {
    /// How long no request at all may go out, where the server asks for a wait. The page that was told so may
    /// be given up and others follow at once; a wait that is too long ends the fetch instead.
    pub(crate) const fn wait_for_all(self, retry_after: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Retry(_) | Self::GiveUp(GiveUp::Attempts | GiveUp::Budget) => retry_after,
            Self::RenewToken
            | Self::GiveUp(GiveUp::Final | GiveUp::AskedTooLong(_) | GiveUp::NoTime) => None,
        }
    }
}

/// Decides what follows a failed attempt.
pub(crate) fn decide(policy: &RetryPolicy, kind: &FailureKind, now: &Situation) -> Decision {
    match kind.class() {
        Class::DeadToken if now.renewable => Decision::RenewToken,
        Class::DeadToken | Class::Final => Decision::GiveUp(GiveUp::Final),
        Class::Transient => transient(policy, now),
    }
}

/// What says most comes first: a wait that is asked for too long, and a budget that is used up, end the
/// whole fetch, the last attempt only its page.
fn transient(policy: &RetryPolicy, now: &Situation) -> Decision {
    let remaining = now.remaining.unwrap_or(Duration::MAX);
    match now.retry_after {
        Some(asked) if asked > policy.longest_asked || asked >= remaining => {
            Decision::GiveUp(GiveUp::AskedTooLong(asked))
        }
        _ if !now.budget => Decision::GiveUp(GiveUp::Budget),
        _ if now.attempt >= policy.attempts => Decision::GiveUp(GiveUp::Attempts),
        _ => wait(policy, now, remaining),
    }
}

fn wait(policy: &RetryPolicy, now: &Situation, remaining: Duration) -> Decision {
    // Full jitter: anything between no wait and the ceiling.
    let backoff = part_of(ceiling(policy, now.attempt), now.random);
    match now.retry_after {
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
mod tests;
