//! What is wrong with a client or a query before anything is sent.

use crate::error::failure::Reason;

/// A setting that the client refuses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("no credentials")]
    NoCredentials,
    #[error("the {0} is empty")]
    EmptyCredential(&'static str),
    #[error("the {0} contains a line break or another control character")]
    ControlCharacter(&'static str),
    #[error("the access token contains characters that no access token has")]
    TokenCharacters,
    #[error("the user name contains a colon")]
    ColonInUser,
    #[error("the {url} has the scheme {scheme:?}, not https")]
    Scheme { url: &'static str, scheme: String },
    #[error("the {url} is plain http to {host}, which is not this machine")]
    PlainHttp { url: &'static str, host: String },
    #[error("the {0} contains a user name or password")]
    UserInfo(&'static str),
    #[error("the {0} contains a query or fragment")]
    Query(&'static str),
    #[error("the number of attempts is 0")]
    NoAttempts,
    #[error("the {0} is 0")]
    Zero(&'static str),
    #[error("the user agent contains characters that a header cannot have")]
    UserAgent,
    #[error("the HTTP transport cannot be set up")]
    Transport(#[source] Option<Reason>),
    #[error("{0} is not the address of a proxy")]
    Proxy(&'static str),
    #[error("{variable} names {path:?}, which cannot be read: {reason}")]
    CertificatePath {
        variable: &'static str,
        path: String,
        reason: Reason,
    },
    #[error("{variable} names {path:?}, which has no certificate that can be used")]
    NoCertificates {
        variable: &'static str,
        path: String,
    },
    #[error("the certificates are not in the PEM format, or there are none")]
    Certificates,
    #[error("the cursor belongs to another query")]
    ForeignCursor,
    #[error("no Tokio runtime")]
    NoRuntime,
    #[cfg(feature = "blocking")]
    #[error("the blocking client was called within an asynchronous runtime")]
    WithinRuntime,
}

impl ConfigError {
    /// What to do about it.
    pub(crate) const fn help(&self) -> &'static str {
        match self {
            Self::NoCredentials => {
                "give a client id and secret, an access token, or a user name and password"
            }
            Self::EmptyCredential(_) => "check where the credentials are read from",
            Self::ControlCharacter(_) | Self::TokenCharacters => {
                "check for a line break at the end, or a quotation mark copied along"
            }
            Self::ColonInUser => "HTTP Basic cannot carry a colon in the user name",
            Self::Scheme { .. } => "use an https address",
            Self::PlainHttp { .. } => {
                "use https; plain http would send the credentials in the clear, and has to be allowed expressly"
            }
            Self::UserInfo(_) => "give the credentials apart from the address",
            Self::Query(_) => "leave away everything from the question mark or hash on",
            Self::NoAttempts => "1 means no retries",
            Self::Zero(_) => "give a limit greater than 0",
            Self::UserAgent => "use printable ASCII characters",
            Self::Transport(_) => {
                "check that the system's certificate store is installed, for instance the package ca-certificates"
            }
            Self::Proxy(_) => {
                "write it as http://host:port; other kinds of proxies are not supported"
            }
            Self::Certificates => {
                "give certificates as text that starts with -----BEGIN CERTIFICATE-----"
            }
            Self::CertificatePath { .. } | Self::NoCertificates { .. } => {
                "correct the variable, or unset it"
            }
            Self::ForeignCursor => {
                "resume with the same resource, window, granularity and page size as before"
            }
            #[cfg(feature = "blocking")]
            Self::WithinRuntime => "use the asynchronous client there, or a thread of its own",
            Self::NoRuntime => "poll the stream within a Tokio runtime",
        }
    }
}
