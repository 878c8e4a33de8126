//! Carries requests to servers. No other file names the HTTP library.

use std::{error::Error as StdError, io, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use reqwest::{Certificate, NoProxy, header, redirect, retry};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::{
    error::{ConfigError, failure::Reason},
    http::{certificates, proxy::Proxies},
};

/// Bytes that the head of a response may have over HTTP/2, where each header counts 32 more. Several times
/// what is accepted, as over HTTP/1: it is for the exchange to refuse a long head, and to say so.
const HTTP2_HEAD_LIMIT: u32 = 256 * 1024;

/// The longest and the shortest time without a frame after which a server has to answer a ping over HTTP/2.
/// Servers take pings more often than once a second for an attack.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);
const SHORTEST_SILENCE: Duration = Duration::from_secs(1);

/// Carries one request to its server, without redirects, retries or decompression of its own.
pub(crate) trait Transport: Send + Sync {
    /// Sends the request; returns the head of the response as soon as it is complete.
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Incoming, TransportError>>;
}

/// What is sent: a `GET`, or a `POST` where there is a form.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) address: Url,
    /// The header `Authorization`.
    pub(crate) authorization: Option<SecretString>,
    /// The form, encoded.
    pub(crate) form: Option<SecretString>,
}

/// A response whose body has not been read.
pub(crate) struct Incoming {
    pub(crate) status: u16,
    /// Names are in lower case; bytes of values that are not UTF-8 are replaced.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Box<dyn Body>,
}

/// The body of a response, as it comes.
pub(crate) trait Body: Send {
    /// Returns the next part; `None` at the end.
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>>;
}

/// Why there is no response, or no further part of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TransportError {
    pub(crate) kind: TransportErrorKind,
    /// One fragment of a sentence that says more, in our own words or those of the operating system.
    pub(crate) reason: Option<Reason>,
}

#[cfg(any(test, feature = "in-process"))]
impl TransportError {
    /// Returns the error of a connection that broke.
    pub(crate) const fn lost() -> Self {
        Self {
            kind: TransportErrorKind::Lost,
            reason: None,
        }
    }
}

/// What kind of problem the transport has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportErrorKind {
    /// The request could not be formed.
    Request,
    /// TLS failed.
    Tls,
    /// There is no connection.
    Connect,
    /// The head of the response would not end.
    EndlessHead,
    /// The connection broke.
    Lost,
}

/// How connections are made.
pub(crate) struct Connections<'a> {
    pub(crate) user_agent: &'a str,
    /// Whether any address is https.
    pub(crate) tls: bool,
    pub(crate) attempt_timeout: Duration,
    pub(crate) proxies: &'a Proxies,
    /// Certificates of further authorities, in PEM.
    pub(crate) certificates: &'a [Vec<u8>],
}

/// The transport over sockets.
pub(crate) struct Network(reqwest::Client);

impl Network {
    /// Sets up the transport.
    pub(crate) fn new(connections: &Connections<'_>) -> Result<Self, ConfigError> {
        settings(connections, silence(connections.attempt_timeout))?
            .build()
            .map(Self)
            .map_err(|error| ConfigError::Transport(reason(&error)))
    }
}

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Incoming, TransportError>> {
        let Request {
            address,
            authorization,
            form,
        } = request;
        let mut builder = match form {
            None => self.0.get(address),
            Some(form) => self
                .0
                .post(address)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.expose_secret().to_owned()),
        };
        if let Some(authorization) = authorization {
            let value = header::HeaderValue::from_str(authorization.expose_secret());
            // Credentials are checked before they come here; what cannot stand in a header is not sent.
            if let Ok(mut value) = value {
                value.set_sensitive(true);
                builder = builder.header(header::AUTHORIZATION, value);
            }
        }
        Box::pin(async move {
            let response = builder.send().await.map_err(|error| classify(&error))?;
            let headers = response.headers().iter().map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            });
            Ok(Incoming {
                status: response.status().as_u16(),
                headers: headers.collect(),
                body: Box::new(response),
            })
        })
    }
}

impl Body for reqwest::Response {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        Box::pin(async { Self::chunk(self).await.map_err(|error| classify(&error)) })
    }
}

/// How long a server may be silent before it is sent a ping, and how long it may take to answer: both together
/// half of an attempt. All requests to a server share one connection over HTTP/2, so that a dead one would
/// take the next attempt too.
fn silence(attempt_timeout: Duration) -> Duration {
    (attempt_timeout / 4).clamp(SHORTEST_SILENCE, LONGEST_SILENCE)
}

/// No redirects, no retries and no decompression of its own, and no proxies but those that are given.
fn settings(
    connections: &Connections<'_>,
    silence: Duration,
) -> Result<reqwest::ClientBuilder, ConfigError> {
    let user_agent = header::HeaderValue::from_str(connections.user_agent)
        .map_err(|_| ConfigError::UserAgent)?;
    let headers = [
        (
            header::ACCEPT,
            header::HeaderValue::from_static("application/json"),
        ),
        (
            header::ACCEPT_ENCODING,
            header::HeaderValue::from_static("gzip"),
        ),
    ];
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error says that another thread was faster, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let mut builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .default_headers(headers.into_iter().collect())
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_gzip()
        .no_proxy()
        .http2_max_header_list_size(HTTP2_HEAD_LIMIT)
        .http2_keep_alive_interval(silence)
        .http2_keep_alive_timeout(silence)
        .http2_keep_alive_while_idle(true);
    for (url, scheme) in connections.proxies.all() {
        let except = NoProxy::from_string(connections.proxies.except());
        let proxy = match scheme {
            "https" => reqwest::Proxy::https(url.clone()),
            _ => reqwest::Proxy::http(url.clone()),
        };
        let proxy = proxy.map_err(|error| ConfigError::Transport(reason(&error)))?;
        builder = builder.proxy(proxy.no_proxy(except));
    }
    if !connections.tls {
        // Reading the system's certificates takes time, and fails where there are none.
        return Ok(builder.tls_certs_only([]));
    }
    let mut further = Vec::new();
    for pem in connections.certificates {
        further.extend(certificates::in_pem(pem)?);
    }
    let named = certificates::of_environment(|name| std::env::var_os(name))?;
    let is_instead = named.is_some();
    let trusted = named.into_iter().flatten().chain(further);
    let trusted: Result<Vec<_>, _> = trusted.map(|der| Certificate::from_der(&der)).collect();
    let trusted = trusted.map_err(|_| ConfigError::Certificates)?;
    builder = if is_instead {
        builder.tls_certs_only(trusted)
    } else {
        builder.tls_certs_merge(trusted)
    };
    Ok(builder)
}

/// What an error of the library means. Its text is not passed on: it is written for programmers.
fn classify(error: &reqwest::Error) -> TransportError {
    let kind = if error.is_builder() {
        TransportErrorKind::Request
    } else if find::<rustls::Error>(error).is_some() {
        TransportErrorKind::Tls
    } else if is_endless_head(error) {
        TransportErrorKind::EndlessHead
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else {
        TransportErrorKind::Lost
    };
    TransportError {
        kind,
        reason: reason(error),
    }
}

/// An error and those below it.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

/// The error below an error. I/O errors hide theirs from `source()`.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match inner {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref::<E>())
}

/// Says why in a fragment of a sentence, where that can be told.
fn reason(error: &(dyn StdError + 'static)) -> Option<Reason> {
    if let Some(error) = find::<rustls::Error>(error) {
        return Some(Reason(tls_reason(error)));
    }
    let texts: Vec<String> = causes(error).map(ToString::to_string).collect();
    let says = |words: &str| texts.iter().any(|text| text.contains(words));
    let words = if says("tunnel error") || says("proxy") {
        if says("authorization required") {
            "the proxy asks for a user name and a password"
        } else {
            "the proxy does not connect to the server"
        }
    } else if says("dns error") || says("failed to lookup address") {
        "the name of the host cannot be resolved"
    } else if let Some(error) = find::<io::Error>(error) {
        return io_reason(error);
    } else if says("connection closed before message completed") {
        "the server closed the connection"
    } else {
        return None;
    };
    Some(Reason(words.to_owned()))
}

fn io_reason(error: &io::Error) -> Option<Reason> {
    let words = match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            "the connection was reset by the other side"
        }
        io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof => {
            "the other side closed the connection"
        }
        io::ErrorKind::TimedOut => "the connection timed out",
        io::ErrorKind::HostUnreachable => "the host cannot be reached",
        io::ErrorKind::NetworkUnreachable => "the network cannot be reached",
        // What the operating system says is written for people.
        _ if error.raw_os_error().is_some() => return Some(Reason(error.to_string())),
        _ => return None,
    };
    Some(Reason(words.to_owned()))
}

fn tls_reason(error: &rustls::Error) -> String {
    use rustls::{CertificateError, Error};
    let words = match error {
        Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::UnknownIssuer => {
                "the server's certificate is signed by an authority that is not trusted here"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the server's certificate has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet; the clock of this machine may be wrong"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the server's certificate is for another name"
            }
            CertificateError::Revoked => "the server's certificate was revoked",
            CertificateError::BadSignature => {
                "the server's certificate is not signed by the authority that it names"
            }
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                "the server presents the certificate of an authority as its own"
            }
            _ => "the server's certificate is not valid",
        },
        Error::AlertReceived(_) => "the server ended the TLS handshake",
        Error::InvalidMessage(_) => "the other side does not speak TLS",
        Error::PeerIncompatible(_) => {
            "the server supports no version or cipher of TLS that is safe"
        }
        Error::NoCertificatesPresented => "the server has no certificate",
        _ => "the TLS handshake failed",
    };
    words.to_owned()
}

/// What the library calls a head that would not end: over HTTP/1, and over HTTP/2 by its frames and its
/// bytes. A head that is not far beyond the limit of HTTP/2 ends its stream as an error of this side.
const ENDLESS_HEAD: [&str; 4] = [
    "message head is too large",
    "too_many_continuations",
    "header_list_way_too_large",
    "stream error detected: unspecific protocol error",
];

/// Whether the library stopped reading a head that would not end. It says so in words alone.
fn is_endless_head(error: &reqwest::Error) -> bool {
    causes(error)
        .skip(1)
        .map(ToString::to_string)
        .any(|cause| ENDLESS_HEAD.iter().any(|words| cause.contains(words)))
}

#[cfg(test)]
pub(crate) mod simulated;
#[cfg(test)]
mod tests;
