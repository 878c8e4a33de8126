//! The error of a fetch: one line that says what failed and where.

mod config;
pub(crate) mod failure;
mod help;
mod kind;
mod protocol;

use std::{error::Error as StdError, fmt, time::Duration};

use chrono::{DateTime, NaiveTime, Utc};
use usage_model::Window;

pub(crate) use config::ConfigError;
pub use failure::ServerError;
pub use kind::ErrorKind;
pub use protocol::ProtocolError;

use crate::paging::cursor::Resume;

use failure::{CallFailure, Effort, Endpoint, Failure, FailureKind, GiveUp, Seconds};

/// Why a page could not be delivered, or a client not be built.
///
/// `Display` is one line for a person, for instance
/// `page 3 of /v1/UsageRecords: HTTP 429 after 5 attempts in 41 s; the server asks to wait 30 s`, where pages
/// are counted from 1.
/// What the server itself says is the [`source`](StdError::source) where there is any, and
/// [`Error::server_error`]; otherwise the source is the failure below. No text holds a credential.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "it is boxed as a whole, and the larger one is the usual one"
)]
enum Inner {
    /// Nothing was sent, because of how the client or the query is set up.
    Config(ConfigError),
    Call {
        failure: CallFailure,
        place: Option<PagePlace>,
    },
}

/// Which page of which resource.
#[derive(Clone, Debug)]
pub(crate) struct PagePlace {
    /// Counted from 0.
    pub(crate) page: u64,
    pub(crate) path: String,
    /// The window, where it is one of several.
    pub(crate) window: Option<Window>,
    /// Where to go on.
    pub(crate) resume: Option<Resume>,
}

impl Error {
    /// A page that could not be had.
    pub(crate) fn of_page(failure: CallFailure, place: PagePlace) -> Self {
        let place = Some(place);
        Self(Box::new(Inner::Call { failure, place }))
    }

    /// The fetch was stopped from outside.
    pub(crate) fn stopped() -> Self {
        Self::nothing_spent(Failure::new(Endpoint::Api, FailureKind::Stopped))
    }

    fn nothing_spent(failure: Failure) -> Self {
        let failure = CallFailure {
            failure,
            effort: Effort::default(),
            give_up: GiveUp::Final,
        };
        Self(Box::new(Inner::Call {
            failure,
            place: None,
        }))
    }

    /// Returns what kind of problem it is.
    pub fn kind(&self) -> ErrorKind {
        self.failure()
            .map_or(ErrorKind::Config, Failure::error_kind)
    }

    /// Returns the HTTP status of the last response, where the status is the problem.
    pub fn status(&self) -> Option<u16> {
        self.failure()?.kind.status()
    }

    /// Returns what the server says of it.
    pub fn server_error(&self) -> Option<&ServerError> {
        self.failure()?.server.as_deref()
    }

    /// Returns how the response breaks the protocol, where it does.
    pub fn protocol(&self) -> Option<&ProtocolError> {
        match &self.failure()?.kind {
            FailureKind::Protocol(error) => Some(error),
            _ => None,
        }
    }

    /// Returns how long the server asks to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.failure()?.retry_after
    }

    /// Returns when the server refused, by its own clock; `None` where it did not answer in full.
    pub fn server_date(&self) -> Option<DateTime<Utc>> {
        self.failure()?.server_date
    }

    /// Returns how many attempts were made for the page; 0 where nothing was sent.
    pub fn attempts(&self) -> u32 {
        self.effort().attempts
    }

    /// Returns how long the attempts for the page and the waits between them took.
    pub fn elapsed(&self) -> Duration {
        self.effort().elapsed
    }

    /// Returns how long was spent on waits: between the attempts, and for the client's turn.
    pub fn waited(&self) -> Duration {
        self.effort().waited
    }

    /// Returns how long of that the server had asked for, with `Retry-After`.
    pub fn waited_as_asked(&self) -> Duration {
        self.effort().asked
    }

    /// Returns the window that the page belongs to, where it is one of several of a fetch.
    pub fn window(&self) -> Option<Window> {
        self.place()?.window
    }

    /// Returns the page that failed, counted from 0 at the start of the list.
    pub fn page(&self) -> Option<u64> {
        self.place().map(|place| place.page)
    }

    /// Returns where to go on, with [`Client::pages_from`](crate::Client::pages_from): the query and the page that
    /// failed. `None` where nothing was asked.
    pub fn resume(&self) -> Option<&Resume> {
        self.place()?.resume.as_ref()
    }

    /// What was not asked for, because this failure before would have met it too.
    pub(crate) fn not_asked(after: Option<Failure>) -> Self {
        let failure = Failure::new(Endpoint::Api, FailureKind::NotAsked);
        let failure = match after {
            Some(after) => failure.caused_by(after),
            None => failure,
        };
        Self::nothing_spent(failure)
    }

    /// Returns whether the same call may succeed later without any change. What was not asked for after a failure
    /// may as soon as that may.
    pub fn is_retryable(&self) -> bool {
        self.failure().is_some_and(Failure::may_pass)
    }

    /// Whether every further request of the fetch would meet the same: the credentials, the address (a SIM
    /// that the account does not have, too) or the time are what is wrong, the server answers other windows than
    /// those it is asked for, has had all the retries that a fetch makes, or asks for a longer wait than there is
    /// time.
    pub(crate) fn is_general(&self) -> bool {
        let everywhere = matches!(
            self.kind(),
            ErrorKind::Config
                | ErrorKind::Tls
                | ErrorKind::Deadline
                | ErrorKind::Authentication
                | ErrorKind::Permission
                | ErrorKind::Redirect
                | ErrorKind::Abandoned
        );
        everywhere
            || self.status() == Some(404)
            || matches!(
                self.protocol(),
                Some(ProtocolError::OutsideWindow { .. } | ProtocolError::OtherQuery { .. })
            )
            || matches!(
                self.call().map(|call| call.give_up),
                Some(GiveUp::Budget | GiveUp::AskedTooLong(_))
            )
    }

    /// Returns what went wrong, without the place and what was spent on it: the same text for the same problem.
    pub fn reason(&self) -> String {
        match &*self.0 {
            Inner::Config(error) => error.to_string(),
            Inner::Call { failure, .. } => failure.failure.to_string(),
        }
    }

    /// Returns one sentence on what a person can do about it.
    pub fn help(&self) -> Option<String> {
        match &*self.0 {
            Inner::Config(error) => Some(error.help().to_owned()),
            Inner::Call { failure, .. } => help::advice(&failure.failure).map(str::to_owned),
        }
    }

    /// Says how long the server asks to wait, where it does.
    fn write_asked(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.retry_after() {
            Some(asked) if !asked.is_zero() => {
                write!(f, "; the server asks to wait {}", Seconds(asked))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.call().map(|call| &call.failure)
    }

    fn call(&self) -> Option<&CallFailure> {
        match &*self.0 {
            Inner::Config(_) => None,
            Inner::Call { failure, .. } => Some(failure),
        }
    }

    fn place(&self) -> Option<&PagePlace> {
        match &*self.0 {
            Inner::Config(_) => None,
            Inner::Call { place, .. } => place.as_ref(),
        }
    }

    pub(crate) fn effort(&self) -> Effort {
        self.call().map_or_else(Effort::default, |call| call.effort)
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self(Box::new(Inner::Config(error)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place() {
            write!(f, "page {} of {}", place.page.saturating_add(1), place.path)?;
            match place.window {
                Some(window) => write!(f, " from {}: ", Span(window))?,
                None => f.write_str(": ")?,
            }
        }
        let CallFailure {
            failure,
            effort,
            give_up,
        } = match &*self.0 {
            Inner::Config(error) => return error.fmt(f),
            Inner::Call { failure, .. } => failure,
        };
        failure.fmt(f)?;
        let Effort {
            attempts, elapsed, ..
        } = *effort;
        if attempts > 1 {
            write!(f, " after {attempts} attempts in {}", Seconds(elapsed))?;
        }
        match give_up {
            GiveUp::AskedTooLong(asked) => {
                write!(
                    f,
                    "; the server asks to wait {}, longer than allowed",
                    Seconds(*asked)
                )
            }
            GiveUp::Budget => {
                self.write_asked(f)?;
                f.write_str("; the retries of the whole fetch are used up")
            }
            GiveUp::Attempts => self.write_asked(f),
            GiveUp::NoTime => f.write_str("; no time left to try again"),
            GiveUp::Final => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.0 {
            Inner::Config(error) => error.source(),
            Inner::Call { failure, .. } => failure.failure.source(),
        }
    }
}

/// A window as people read it: dates where it is of whole days.
pub(crate) struct Span(pub(crate) Window);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = (self.0.start(), self.0.end());
        if start.time() == NaiveTime::MIN && end.time() == NaiveTime::MIN {
            write!(f, "{} to {}", start.date_naive(), end.date_naive())
        } else {
            self.0.fmt(f)
        }
    }
}

#[cfg(test)]
mod tests;
