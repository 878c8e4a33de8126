//! The HTTP transport, and what its errors mean.

use std::error::Error as StdError;

use reqwest::{header, redirect, retry};

use crate::{error::ConfigError, failure::Trouble};

/// Sets up the transport: no redirects, no retries of its own, no proxy from the environment.
pub(crate) fn new(user_agent: &str, tls: bool) -> Result<reqwest::Client, ConfigError> {
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
        .no_proxy();
    let builder = if tls {
        builder
    } else {
        // Reading the system's certificates takes time, and fails where there are none.
        builder.tls_certs_only([])
    };
    builder
        .build()
        .map_err(|error| ConfigError::Transport(Box::new(error)))
}

/// What an error before the head of the response means.
pub(crate) fn classify(
    error: &reqwest::Error,
    head_limit: u64,
    origin: impl FnOnce() -> String,
) -> Trouble {
    if error.is_builder() {
        Trouble::Request
    } else if is_tls(error) {
        Trouble::Tls { origin: origin() }
    } else if is_endless_head(error) {
        Trouble::HeadTooLarge { limit: head_limit }
    } else if error.is_connect() {
        Trouble::Connect { origin: origin() }
    } else {
        Trouble::Lost
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

/// Whether the transport stopped reading a head that would not end. It says so in words alone.
fn is_endless_head(error: &reqwest::Error) -> bool {
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    causes
        .map(ToString::to_string)
        .any(|cause| cause == "message head is too large")
}
