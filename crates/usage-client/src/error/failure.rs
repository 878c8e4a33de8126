//! One failed attempt, as the retry decision and the error message see it.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use crate::{ErrorKind, ProtocolError};

/// Which of the two configured addresses an exchange was with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Api,
    Token,
}

/// What became of an attempt that brought no page.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) endpoint: Endpoint,
    pub(crate) kind: FailureKind,
    pub(crate) server: Option<Box<ServerError>>,
    pub(crate) retry_after: Option<Duration>,
    /// When the server answered, by its own clock.
    pub(crate) server_date: Option<DateTime<Utc>>,
    pub(crate) cause: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What went wrong, with what the message needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    Status(u16),
    /// The server knows the access token no more.
    TokenRefused(u16),
    Redirect {
        status: u16,
        target: String,
    },
    Connect {
        origin: String,
    },
    Tls {
        origin: String,
    },
    /// The connection broke before the head of the response was complete.
    Lost,
    /// The body ended early.
    Cut {
        received: u64,
    },
    Timeout(Duration),
    /// The body stopped coming.
    Idle {
        limit: Duration,
        received: u64,
    },
    TooLarge {
        limit: u64,
    },
    /// The head of the response is longer than any head of the API.
    HeadTooLarge {
        limit: u64,
    },
    Protocol(ProtocolError),
    Deadline(Duration),
    /// The request itself could not be formed.
    Request,
    /// The task that fetched was stopped from outside.
    Stopped,
    /// Nothing was sent, because an earlier failure would have met this request too.
    NotAsked,
}

/// What a kind means for another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Another attempt may succeed.
    Transient,
    /// Another attempt may succeed with a new access token.
    DeadToken,
    /// Another attempt would fail in the same way.
    Final,
}

/// What became of a page after its last attempt.
#[derive(Debug)]
pub(crate) struct CallFailure {
    /// The last attempt.
    pub(crate) failure: Failure,
    pub(crate) effort: Effort,
    pub(crate) give_up: GiveUp,
}

/// What was spent on a page.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Effort {
    pub(crate) attempts: u32,
    pub(crate) waited: Duration,
    /// How long of it the server had asked for.
    pub(crate) asked: Duration,
    pub(crate) elapsed: Duration,
}

/// Why there is no further attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GiveUp {
    /// It would fail in the same way.
    Final,
    /// All attempts are used up.
    Attempts,
    /// The whole fetch has had all the failures that it may have.
    Budget,
    /// The server asks for more patience than the call has.
    AskedTooLong(Duration),
    /// The wait would outlast the deadline.
    NoTime,
}

impl Failure {
    pub(crate) const fn new(endpoint: Endpoint, kind: FailureKind) -> Self {
        Self {
            endpoint,
            kind,
            server: None,
            retry_after: None,
            server_date: None,
            cause: None,
        }
    }

    pub(crate) fn caused_by(self, cause: impl StdError + Send + Sync + 'static) -> Self {
        Self {
            cause: Some(Arc::new(cause)),
            ..self
        }
    }

    pub(crate) fn error_kind(&self) -> ErrorKind {
        self.kind.error_kind(self.endpoint)
    }

    /// What the log says of it: the same as the message, but for what the server wrote. That may name an account
    /// or a SIM, and so is for whoever gets the error alone.
    pub(crate) fn for_log(&self) -> String {
        match &self.kind {
            FailureKind::Protocol(error) if error.quotes() => self.type_name(),
            FailureKind::Redirect { status, .. } => format!("HTTP {status} redirects"),
            _ => self.to_string(),
        }
    }

    /// Whether the same may succeed later without any change.
    pub(crate) fn may_pass(&self) -> bool {
        match self.kind {
            FailureKind::Deadline(_) | FailureKind::Stopped => true,
            FailureKind::NotAsked => {
                let before = self.cause.as_ref().and_then(|cause| cause.downcast_ref());
                before.is_none_or(Self::may_pass)
            }
            _ => self.kind.class() == Class::Transient,
        }
    }

    /// The `error.type` of the attempt: where there was no token for it, the API said nothing, and the
    /// request for the token has a span of its own that says more.
    pub(crate) fn type_name(&self) -> String {
        match self.endpoint {
            Endpoint::Api => self.kind.type_name(),
            Endpoint::Token => "no_access_token".to_owned(),
        }
    }
}

impl FailureKind {
    /// Whether another attempt makes sense.
    pub(crate) const fn class(&self) -> Class {
        match self {
            Self::Status(408 | 425 | 429 | 500 | 502..=504 | 520..=529)
            | Self::Connect { .. }
            | Self::Lost
            | Self::Cut { .. }
            | Self::Timeout(_)
            | Self::Idle { .. } => Class::Transient,
            Self::TokenRefused(_) => Class::DeadToken,
            Self::Status(_)
            | Self::Redirect { .. }
            | Self::Tls { .. }
            | Self::TooLarge { .. }
            | Self::HeadTooLarge { .. }
            | Self::Protocol(_)
            | Self::Deadline(_)
            | Self::Request
            | Self::Stopped
            | Self::NotAsked => Class::Final,
        }
    }

    pub(crate) const fn error_kind(&self, endpoint: Endpoint) -> ErrorKind {
        match (self, endpoint) {
            (Self::TokenRefused(_), _) | (Self::Status(400 | 401 | 403), Endpoint::Token) => {
                ErrorKind::Authentication
            }
            (Self::Status(401), Endpoint::Api) => ErrorKind::Authentication,
            (Self::Status(403), Endpoint::Api) => ErrorKind::Permission,
            (Self::Status(429), _) => ErrorKind::RateLimited,
            (Self::Status(400..=499), _) => ErrorKind::Refused,
            (Self::Status(500..=599), _) => ErrorKind::Server,
            (Self::Status(_) | Self::Protocol(_), _) => ErrorKind::Protocol,
            (Self::Redirect { .. }, _) => ErrorKind::Redirect,
            (Self::Connect { .. } | Self::Lost, _) => ErrorKind::Connect,
            (Self::Tls { .. }, _) => ErrorKind::Tls,
            (Self::Cut { .. }, _) => ErrorKind::Body,
            (Self::Timeout(_) | Self::Idle { .. }, _) => ErrorKind::Timeout,
            (Self::TooLarge { .. } | Self::HeadTooLarge { .. }, _) => ErrorKind::TooLarge,
            (Self::Deadline(_), _) => ErrorKind::Deadline,
            (Self::Request, _) => ErrorKind::Config,
            (Self::Stopped | Self::NotAsked, _) => ErrorKind::Abandoned,
        }
    }

    /// What the semantic conventions call `error.type`: the status, or one of a few names.
    pub(crate) fn type_name(&self) -> String {
        if let Some(status) = self.status() {
            return status.to_string();
        }
        let name = match self {
            Self::Connect { .. } => "connect",
            Self::Tls { .. } => "tls",
            Self::Lost => "connection_lost",
            Self::Cut { .. } => "body_cut",
            Self::Timeout(_) | Self::Idle { .. } => "timeout",
            Self::TooLarge { .. } | Self::HeadTooLarge { .. } => "too_large",
            Self::Protocol(_) => "protocol",
            Self::Deadline(_) => "deadline",
            _ => "_OTHER",
        };
        name.to_owned()
    }

    /// The HTTP status, where there was one that says something.
    pub(crate) const fn status(&self) -> Option<u16> {
        match self {
            Self::Status(status) | Self::TokenRefused(status) | Self::Redirect { status, .. } => {
                Some(*status)
            }
            _ => None,
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "HTTP {status}"),
            Self::TokenRefused(status) => write!(f, "HTTP {status}, credentials not accepted"),
            Self::Redirect { status, target } => write!(f, "HTTP {status} redirects to {target}"),
            Self::Connect { origin } => write!(f, "cannot connect to {origin}"),
            Self::Tls { origin } => write!(f, "no trusted TLS connection to {origin}"),
            Self::Lost => f.write_str("connection lost before the response"),
            Self::Cut { received } => write!(f, "response cut off after {received} bytes"),
            Self::Timeout(limit) => write!(f, "no complete response within {}", Seconds(*limit)),
            Self::Idle { limit, received } => {
                write!(f, "no data for {} after {received} bytes", Seconds(*limit))
            }
            Self::TooLarge { limit } => write!(f, "response of more than {limit} bytes"),
            Self::HeadTooLarge { limit } => write!(f, "headers of more than {limit} bytes"),
            Self::Protocol(error) => error.fmt(f),
            Self::Deadline(limit) => write!(f, "deadline of {} reached", Seconds(*limit)),
            Self::Request => f.write_str("the request could not be formed"),
            Self::Stopped => f.write_str("the fetch was stopped"),
            Self::NotAsked => f.write_str("not asked for after the failure before"),
        }
    }
}

/// The kind, and which exchange it was where that is not the one for the page.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.endpoint {
            Endpoint::Api => self.kind.fmt(f),
            Endpoint::Token => write!(f, "no access token: {}", self.kind),
        }
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match (&self.server, &self.cause) {
            (Some(server), _) => Some(&**server),
            (None, Some(cause)) => Some(&**cause),
            (None, None) => None,
        }
    }
}

/// The reason of a failure, as a fragment of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Reason(pub(crate) String);

/// A duration as people read it: tenths of a second below ten seconds, whole seconds above.
pub(crate) struct Seconds(pub(crate) Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.as_secs(), self.0.subsec_millis()) {
            (0, millis @ 0..100) => write!(f, "{millis} ms"),
            (seconds @ 0..10, millis @ 1..) => write!(f, "{seconds}.{} s", millis / 100),
            (seconds, _) => write!(f, "{seconds} s"),
        }
    }
}

/// The error body of the API, of its token endpoint, or of a gateway before them.
///
/// All texts come from the server, with control characters taken out, shortened, and with the
/// client's own credentials replaced where the server repeats them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// The API's own error code, for instance `33101`; for the token endpoint OAuth's, for instance
    /// `unauthorized_client`.
    pub code: Option<String>,
    /// The HTTP status as the body repeats it.
    pub status: Option<u16>,
    /// What is wrong, in the server's words.
    pub message: Option<String>,
    /// Where to read more.
    pub more_info: Option<String>,
}

/// `code 33101: message (more_info)`, without the parts that are not there.
impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => write!(f, "code {code}: {message}")?,
            (Some(code), None) => write!(f, "code {code}")?,
            (None, message) => f.write_str(message.as_deref().unwrap_or_default())?,
        }
        match &self.more_info {
            Some(more_info) => write!(f, " ({more_info})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ServerError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{error_body, redaction::Secrets};

    #[test]
    fn what_the_server_says_counts_for_more_than_the_cause() {
        let failure = Failure::new(Endpoint::Api, FailureKind::Lost);
        assert!(failure.source().is_none());
        let failure = failure.caused_by(Failure::new(Endpoint::Api, FailureKind::Status(503)));
        assert_eq!(failure.source().unwrap().to_string(), "HTTP 503");
        let said = error_body::read(br#"{"message":"no"}"#, &Secrets::default());
        let failure = Failure {
            server: said.map(Box::new),
            ..failure
        };
        assert_eq!(failure.source().unwrap().to_string(), "no");
    }

    #[test]
    fn the_log_has_the_message_unless_it_quotes_the_server() {
        let for_log = |error| Failure::new(Endpoint::Api, FailureKind::Protocol(error)).for_log();
        assert_eq!(
            for_log(ProtocolError::MissingMeta),
            ProtocolError::MissingMeta.to_string()
        );
        let quoting = ProtocolError::NotPage {
            reason: "a text".to_owned(),
            start: "DE01".to_owned(),
        };
        assert_eq!(for_log(quoting), "protocol");
    }

    #[test]
    fn an_attempt_without_a_token_is_not_put_down_to_the_api() {
        for (endpoint, name) in [(Endpoint::Api, "503"), (Endpoint::Token, "no_access_token")] {
            let failure = Failure::new(endpoint, FailureKind::Status(503));
            assert_eq!(failure.type_name(), name);
        }
    }

    #[test]
    fn durations_read_well() {
        for (millis, text) in [
            (0, "0 ms"),
            (99, "99 ms"),
            (100, "0.1 s"),
            (1_000, "1 s"),
            (1_250, "1.2 s"),
            (9_999, "9.9 s"),
            (10_500, "10 s"),
            (3_600_000, "3600 s"),
        ] {
            assert_eq!(Seconds(Duration::from_millis(millis)).to_string(), text);
        }
    }
}
