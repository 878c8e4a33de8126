//! Every decision, written down.

use std::fmt::Write as _;

use super::*;
use crate::{ErrorKind, ProtocolError, error::failure::Endpoint};

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
    random: u32::MAX,
};

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn every_status_has_its_decision() {
    for status in 100..=599 {
        let decision = decide(&POLICY, &FailureKind::Status(status), &FIRST);
        let expected = match status {
            408 | 425 | 429 | 500 | 502..=504 | 520..=529 => Decision::Retry(secs(1)),
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
    for (kind, expected) in [
        (FailureKind::Connect { origin: origin() }, retry),
        (FailureKind::Lost, retry),
        (FailureKind::Cut { received: 7 }, retry),
        (FailureKind::Timeout(secs(30)), retry),
        (FailureKind::Tls { origin: origin() }, give_up),
        (FailureKind::TooLarge { limit: 1 }, give_up),
        (FailureKind::Protocol(ProtocolError::MissingMeta), give_up),
        (
            FailureKind::Redirect {
                status: 302,
                target: origin(),
            },
            give_up,
        ),
        (FailureKind::Deadline(secs(1)), give_up),
        (FailureKind::Request, give_up),
        (FailureKind::TokenRefused(401), give_up),
    ] {
        assert_eq!(decide(&POLICY, &kind, &FIRST), expected, "{kind:?}");
    }
}

#[test]
fn a_dead_token_is_renewed_where_it_can_be_even_after_the_last_attempt() {
    let now = Situation {
        renewable: true,
        attempt: 5,
        ..FIRST
    };
    let refused = FailureKind::TokenRefused(403);
    assert_eq!(decide(&POLICY, &refused, &now), Decision::RenewToken);
    assert_eq!(
        decide(&POLICY, &FailureKind::Status(403), &now),
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
        let decision = decide(&POLICY, &FailureKind::Lost, &now);
        assert_eq!(
            decision != Decision::GiveUp(GiveUp::Attempts),
            retried,
            "{attempt}"
        );
    }
}

#[test]
fn a_wait_that_the_server_asks_for_is_the_least() {
    let asked = |retry_after, remaining, random| {
        let now = Situation {
            retry_after: Some(secs(retry_after)),
            remaining: Some(secs(remaining)),
            random,
            ..FIRST
        };
        decide(&POLICY, &FailureKind::Status(429), &now)
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
    let decision = decide(&POLICY, &FailureKind::Lost, &now);
    assert_eq!(decision, Decision::GiveUp(GiveUp::NoTime));
    let now = Situation {
        remaining: Some(secs(2)),
        ..FIRST
    };
    assert_eq!(
        decide(&POLICY, &FailureKind::Lost, &now),
        Decision::Retry(secs(1))
    );
}

#[test]
fn a_spent_budget_ends_the_retries_but_no_renewal() {
    let spent = Situation {
        budget: false,
        renewable: true,
        ..FIRST
    };
    for (kind, expected) in [
        (FailureKind::Lost, Decision::GiveUp(GiveUp::Budget)),
        (FailureKind::Status(503), Decision::GiveUp(GiveUp::Budget)),
        (FailureKind::Status(404), Decision::GiveUp(GiveUp::Final)),
        (FailureKind::TokenRefused(401), Decision::RenewToken),
    ] {
        assert_eq!(decide(&POLICY, &kind, &spent), expected, "{kind:?}");
    }
    let last = Situation {
        attempt: 5,
        ..spent
    };
    let decision = decide(&POLICY, &FailureKind::Lost, &last);
    assert_eq!(decision, Decision::GiveUp(GiveUp::Budget));
}

#[test]
fn a_wait_asked_for_after_the_last_attempt_is_kept_by_the_others_or_ends_the_fetch() {
    for (seconds, give_up, wait) in [
        (120, GiveUp::Attempts, Some(secs(120))),
        (121, GiveUp::AskedTooLong(secs(121)), None),
    ] {
        let last = Situation {
            attempt: 5,
            retry_after: Some(secs(seconds)),
            ..FIRST
        };
        let decision = decide(&POLICY, &FailureKind::Status(429), &last);
        assert_eq!(decision, Decision::GiveUp(give_up));
        assert_eq!(decision.wait_for_all(last.retry_after), wait);
    }
}

/// What is decided after a first attempt, and what the error is called in the end.
fn verdict(kind: &FailureKind, endpoint: Endpoint) -> (&'static str, ErrorKind) {
    let now = Situation {
        renewable: true,
        ..FIRST
    };
    let decision = match decide(&POLICY, kind, &now) {
        Decision::Retry(_) => "retry",
        Decision::RenewToken => "renew",
        Decision::GiveUp(_) => "final",
    };
    (decision, kind.error_kind(endpoint))
}

#[test]
fn the_decisions_for_all_statuses() {
    let mut table = String::new();
    for (name, endpoint) in [("api", Endpoint::Api), ("token", Endpoint::Token)] {
        let mut from = 100;
        for status in 100..=599 {
            let this = verdict(&FailureKind::Status(status), endpoint);
            if status == 599 || verdict(&FailureKind::Status(status + 1), endpoint) != this {
                let (decision, kind) = this;
                writeln!(table, "{name} {from}-{status} {decision} {kind:?}").unwrap();
                from = status + 1;
            }
        }
    }
    assert_eq!(
        table,
        "\
api 100-399 final Protocol
api 400-400 final Refused
api 401-401 final Authentication
api 402-402 final Refused
api 403-403 final Permission
api 404-407 final Refused
api 408-408 retry Refused
api 409-424 final Refused
api 425-425 retry Refused
api 426-428 final Refused
api 429-429 retry RateLimited
api 430-499 final Refused
api 500-500 retry Server
api 501-501 final Server
api 502-504 retry Server
api 505-519 final Server
api 520-529 retry Server
api 530-599 final Server
token 100-399 final Protocol
token 400-401 final Authentication
token 402-402 final Refused
token 403-403 final Authentication
token 404-407 final Refused
token 408-408 retry Refused
token 409-424 final Refused
token 425-425 retry Refused
token 426-428 final Refused
token 429-429 retry RateLimited
token 430-499 final Refused
token 500-500 retry Server
token 501-501 final Server
token 502-504 retry Server
token 505-519 final Server
token 520-529 retry Server
token 530-599 final Server
"
    );
}

#[test]
fn the_decisions_for_all_faults() {
    let origin = || "https://h".to_owned();
    let protocol = ProtocolError::MissingMeta;
    let faults = [
        FailureKind::TokenRefused(401),
        FailureKind::TokenRefused(403),
        FailureKind::Redirect {
            status: 302,
            target: origin(),
        },
        FailureKind::Connect { origin: origin() },
        FailureKind::Tls { origin: origin() },
        FailureKind::Lost,
        FailureKind::Cut { received: 7 },
        FailureKind::Timeout(secs(60)),
        FailureKind::Idle {
            limit: secs(30),
            received: 7,
        },
        FailureKind::TooLarge { limit: 1 },
        FailureKind::HeadTooLarge { limit: 1 },
        FailureKind::Protocol(protocol),
        FailureKind::Deadline(secs(1)),
        FailureKind::Request,
        FailureKind::Stopped,
        FailureKind::NotAsked,
    ];
    let lines = faults.iter().map(|fault| {
        let (decision, kind) = verdict(fault, Endpoint::Api);
        format!("{decision} {kind:?} {} | {fault}\n", fault.type_name())
    });
    assert_eq!(
        lines.collect::<String>(),
        "\
renew Authentication 401 | HTTP 401, credentials not accepted
renew Authentication 403 | HTTP 403, credentials not accepted
final Redirect 302 | HTTP 302 redirects to https://h
retry Connect connect | cannot connect to https://h
final Tls tls | no trusted TLS connection to https://h
retry Connect connection_lost | connection lost before the response
retry Body body_cut | response cut off after 7 bytes
retry Timeout timeout | no complete response within 60 s
retry Timeout timeout | no data for 30 s after 7 bytes
final TooLarge too_large | response of more than 1 bytes
final TooLarge too_large | headers of more than 1 bytes
final Protocol protocol | the page has no meta, so the end of the list cannot be told
final Deadline deadline | deadline of 1 s reached
final Config _OTHER | the request could not be formed
final Abandoned _OTHER | the fetch was stopped
final Abandoned _OTHER | not asked for after the failure before
"
    );
}
