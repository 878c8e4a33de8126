//! The HTTP transport, and what its errors mean.

use std::{error::Error as StdError, time::Duration};

use reqwest::{header, redirect, retry};

use crate::error::{ConfigError, failure::FailureKind};

/// Bytes that the head of a response may have over HTTP/2, where each header counts 32 more. Several times
/// what is accepted, as over HTTP/1: it is for the exchange to refuse a long head, and to say so.
const HTTP2_HEAD_LIMIT: u32 = 256 * 1024;

/// The longest and the shortest time without a frame after which a server has to answer a ping over HTTP/2.
/// Servers take pings more often than once a second for an attack.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);
const SHORTEST_SILENCE: Duration = Duration::from_secs(1);

/// Sets up the transport for attempts of that time.
pub(crate) fn new(
    user_agent: &str,
    tls: bool,
    attempt_timeout: Duration,
) -> Result<reqwest::Client, ConfigError> {
    settings(user_agent, tls, silence(attempt_timeout))?
        .build()
        .map_err(|error| ConfigError::Transport(Box::new(error)))
}

/// How long a server may be silent before it is sent a ping, and how long it may take to answer: both together
/// half of an attempt. All requests to a server share one connection over HTTP/2, so that a dead one would
/// take the next attempt too.
fn silence(attempt_timeout: Duration) -> Duration {
    (attempt_timeout / 4).clamp(SHORTEST_SILENCE, LONGEST_SILENCE)
}

/// No redirects, no retries of its own, no proxy from the environment.
fn settings(
    user_agent: &str,
    tls: bool,
    silence: Duration,
) -> Result<reqwest::ClientBuilder, ConfigError> {
    let user_agent =
        header::HeaderValue::from_str(user_agent).map_err(|_| ConfigError::UserAgent)?;
    let accept = header::HeaderValue::from_static("application/json");
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error says that another thread was faster, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .default_headers([(header::ACCEPT, accept)].into_iter().collect())
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .http2_max_header_list_size(HTTP2_HEAD_LIMIT)
        .http2_keep_alive_interval(silence)
        .http2_keep_alive_timeout(silence)
        .http2_keep_alive_while_idle(true);
    Ok(if tls {
        builder
    } else {
        // Reading the system's certificates takes time, and fails where there are none.
        builder.tls_certs_only([])
    })
}

/// What an error before the head of the response means.
pub(crate) fn classify(
    error: &reqwest::Error,
    head_limit: u64,
    origin: impl FnOnce() -> String,
) -> FailureKind {
    if error.is_builder() {
        FailureKind::Request
    } else if is_tls(error) {
        FailureKind::Tls { origin: origin() }
    } else if is_endless_head(error) {
        FailureKind::HeadTooLarge { limit: head_limit }
    } else if error.is_connect() {
        FailureKind::Connect { origin: origin() }
    } else {
        FailureKind::Lost
    }
}

/// Whether TLS itself failed, somewhere among the causes. I/O errors hide theirs from `source()`.
fn is_tls(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}

/// What the transport calls a head that would not end: over HTTP/1, and over HTTP/2 by its frames and its
/// bytes. A head that is not far beyond the limit of HTTP/2 has no name of its own and counts as a lost
/// connection.
const ENDLESS_HEAD: [&str; 3] = [
    "message head is too large",
    "too_many_continuations",
    "header_list_way_too_large",
];

/// Whether the transport stopped reading a head that would not end. It says so in words alone.
fn is_endless_head(error: &reqwest::Error) -> bool {
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    causes
        .map(ToString::to_string)
        .any(|cause| ENDLESS_HEAD.iter().any(|words| cause.contains(words)))
}

#[cfg(test)]
mod tests;
