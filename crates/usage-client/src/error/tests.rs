//! What an error says of itself.

use super::*;
use crate::{
    error::failure::Reason,
    http::{error_body, redaction::Secrets},
};

fn window(start: &str, end: &str) -> Window {
    Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

fn january() -> Window {
    window("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z")
}

fn place(window: Option<Window>) -> PagePlace {
    PagePlace {
        page: 2,
        path: "/v1/UsageRecords".to_owned(),
        window,
        resume: None,
    }
}

fn error(kind: FailureKind, give_up: GiveUp) -> Error {
    let effort = Effort {
        attempts: 5,
        waited: Duration::from_secs(9),
        asked: Duration::ZERO,
        elapsed: Duration::from_secs(41),
    };
    let failure = CallFailure {
        failure: Failure::new(Endpoint::Api, kind),
        effort,
        give_up,
    };
    Error::of_page(failure, place(None))
}

/// An error of every kind of failure, and two that are none of a page.
fn every_error() -> Vec<Error> {
    let (second, origin) = (Duration::from_secs(1), String::new);
    let kinds = [
        FailureKind::Status(302),
        FailureKind::Status(400),
        FailureKind::Status(403),
        FailureKind::Status(404),
        FailureKind::Status(408),
        FailureKind::Status(429),
        FailureKind::Status(501),
        FailureKind::Status(503),
        FailureKind::TokenRefused(401),
        FailureKind::Redirect {
            status: 302,
            target: origin(),
        },
        FailureKind::Connect { origin: origin() },
        FailureKind::Tls { origin: origin() },
        FailureKind::Lost,
        FailureKind::Cut { received: 7 },
        FailureKind::Timeout(second),
        FailureKind::TooLarge { limit: 7 },
        FailureKind::Protocol(ProtocolError::MissingMeta),
        FailureKind::Deadline(second),
        FailureKind::Request,
        FailureKind::Stopped,
        FailureKind::NotAsked,
    ];
    let errors = kinds.map(|kind| error(kind, GiveUp::Final));
    let config = Error::from(ConfigError::NoCredentials);
    errors.into_iter().chain([config]).collect()
}

/// The reasons of the errors that have a property.
fn reasons(errors: &[Error], has: impl Fn(&Error) -> bool) -> Vec<String> {
    let having = errors.iter().filter(|error| has(error));
    having.map(Error::reason).collect()
}

#[test]
fn an_error_gives_what_is_known_of_the_page() {
    let body = br#"{"code":33101,"message":"no"}"#;
    let failure = Failure {
        server: error_body::read(body, &Secrets::default()).map(Box::new),
        retry_after: Some(Duration::from_secs(7)),
        ..Failure::new(Endpoint::Api, FailureKind::Status(429))
    };
    let effort = Effort {
        attempts: 5,
        waited: Duration::from_secs(9),
        asked: Duration::ZERO,
        elapsed: Duration::from_secs(41),
    };
    let error = Error::of_page(
        CallFailure {
            failure,
            effort,
            give_up: GiveUp::Attempts,
        },
        place(Some(january())),
    );
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.status(), Some(429));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    let said = error.server_error().and_then(|said| said.code.as_deref());
    assert_eq!(said, Some("33101"));
    assert_eq!(error.source().unwrap().to_string(), "code 33101: no");
    assert_eq!(error.attempts(), 5);
    assert_eq!(error.waited(), Duration::from_secs(9));
    assert_eq!(error.elapsed(), Duration::from_secs(41));
    assert_eq!(error.window(), Some(january()));
    assert_eq!(error.page(), Some(2));
    assert_eq!(error.protocol(), None);
    assert!(error.help().is_some());
}

#[test]
fn what_is_not_known_is_not_made_up() {
    let error = Error::from(ConfigError::NoCredentials);
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!((error.status(), error.retry_after()), (None, None));
    assert!(error.server_error().is_none() && error.protocol().is_none());
    assert_eq!(
        (error.attempts(), error.page(), error.window()),
        (0, None, None)
    );
    assert_eq!(error.reason(), "no credentials");
    assert_eq!(error.to_string(), "no credentials");
    assert!(error.help().unwrap().starts_with("give a client id"));
    let cause = Reason("the cause".to_owned());
    let transport = Error::from(ConfigError::Transport(Some(cause)));
    assert_eq!(transport.source().unwrap().to_string(), "the cause");
}

#[test]
fn only_a_break_of_the_protocol_is_one() {
    let errors = every_error();
    let found: Vec<_> = errors.iter().filter_map(Error::protocol).collect();
    assert_eq!(found, [&ProtocolError::MissingMeta]);
}

#[test]
fn what_passes_may_be_asked_again_later() {
    assert_eq!(
        reasons(&every_error(), Error::is_retryable),
        [
            "HTTP 408",
            "HTTP 429",
            "HTTP 503",
            "cannot connect to ",
            "connection lost before the response",
            "response cut off after 7 bytes",
            "no complete response within 1 s",
            "deadline of 1 s reached",
            "the fetch was stopped",
            "not asked for after the failure before",
        ]
    );
}

#[test]
fn what_would_meet_every_window_ends_the_fetch() {
    assert_eq!(
        reasons(&every_error(), Error::is_general),
        [
            "HTTP 403",
            "HTTP 404",
            "HTTP 401, credentials not accepted",
            "HTTP 302 redirects to ",
            "no trusted TLS connection to ",
            "deadline of 1 s reached",
            "the request could not be formed",
            "the fetch was stopped",
            "not asked for after the failure before",
            "no credentials",
        ]
    );
    for (give_up, general) in [
        (GiveUp::Attempts, false),
        (GiveUp::NoTime, false),
        (GiveUp::Budget, true),
        (GiveUp::AskedTooLong(Duration::from_secs(1)), true),
    ] {
        let error = error(FailureKind::Status(503), give_up);
        assert_eq!(error.is_general(), general, "{give_up:?}");
    }
}

#[test]
fn an_error_is_one_line_that_says_what_failed_and_where() {
    let asked = Duration::from_mins(10);
    for (give_up, end) in [
        (GiveUp::Final, ""),
        (GiveUp::Attempts, ""),
        (GiveUp::NoTime, "; no time left to try again"),
        (
            GiveUp::Budget,
            "; the retries of the whole fetch are used up",
        ),
        (
            GiveUp::AskedTooLong(asked),
            "; the server asks to wait 600 s, longer than allowed",
        ),
    ] {
        assert_eq!(
            error(FailureKind::Status(503), give_up).to_string(),
            format!("page 3 of /v1/UsageRecords: HTTP 503 after 5 attempts in 41 s{end}")
        );
    }
    for (attempts, end) in [(0, ""), (1, ""), (2, " after 2 attempts in 0 ms")] {
        let effort = Effort {
            attempts,
            ..Effort::default()
        };
        let failure = Failure::new(Endpoint::Token, FailureKind::Status(503));
        let error = Error::of_page(
            CallFailure {
                failure,
                effort,
                give_up: GiveUp::Final,
            },
            place(Some(january())),
        );
        assert_eq!(
            error.to_string(),
            format!(
                "page 3 of /v1/UsageRecords from 2025-01-01 to 2025-02-01: \
                 no access token: HTTP 503{end}"
            )
        );
    }
}

#[test]
fn the_wait_that_the_server_asks_for_is_shown_if_there_is_any() {
    for (asked, end) in [
        (None, ""),
        (Some(Duration::ZERO), ""),
        (
            Some(Duration::from_secs(7)),
            "; the server asks to wait 7 s",
        ),
    ] {
        let failure = Failure {
            retry_after: asked,
            ..Failure::new(Endpoint::Api, FailureKind::Status(429))
        };
        let failure = CallFailure {
            failure,
            effort: Effort::default(),
            give_up: GiveUp::Attempts,
        };
        assert_eq!(
            Error::of_page(failure, place(None)).to_string(),
            format!("page 3 of /v1/UsageRecords: HTTP 429{end}")
        );
    }
}

#[test]
fn a_window_is_shown_by_its_dates_where_it_has_whole_days() {
    for (start, end, shown) in [
        (
            "2025-01-01T00:00:00Z",
            "2025-02-01T00:00:00Z",
            "2025-01-01 to 2025-02-01",
        ),
        (
            "2025-01-01T06:00:00Z",
            "2025-02-01T00:00:00Z",
            "2025-01-01T06:00:00Z to 2025-02-01T00:00:00Z",
        ),
        (
            "2025-01-01T00:00:00Z",
            "2025-02-01T06:00:00Z",
            "2025-01-01T00:00:00Z to 2025-02-01T06:00:00Z",
        ),
    ] {
        assert_eq!(Span(window(start, end)).to_string(), shown);
    }
}
