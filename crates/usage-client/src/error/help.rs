//! What a person can do about a failure.

use crate::{
    ErrorKind, ProtocolError,
    failure::{Endpoint, Failure, Trouble},
};

/// One sentence of advice, where there is any.
pub(crate) fn advice(failure: &Failure) -> Option<&'static str> {
    if let Trouble::Protocol(error) = &failure.trouble {
        return Some(protocol(error));
    }
    Some(match (failure.kind(), failure.endpoint) {
        (ErrorKind::Authentication, Endpoint::Token) => {
            "check the client id and the client secret, and that the token URL belongs to the same environment"
        }
        (ErrorKind::Authentication, Endpoint::Api) => {
            "the credentials are wrong or expired; check that they belong to the base URL"
        }
        (ErrorKind::Permission, _) => {
            "the credentials are valid but may not read this resource; ask for the permission to read usage records"
        }
        (ErrorKind::Refused, Endpoint::Token) => "check the token URL",
        (ErrorKind::Refused, Endpoint::Api) if failure.trouble.status() == Some(404) => {
            "check the base URL, and that the SIM belongs to the account"
        }
        (ErrorKind::Refused, Endpoint::Api) => {
            "the server does not accept the query; check the window and the granularity"
        }
        (ErrorKind::RateLimited, _) => "wait before the next try, or send fewer requests at a time",
        (ErrorKind::Server, _) => "the server has a problem of its own; try again later",
        (ErrorKind::Connect, _) => "check the network, the address, and that the server is running",
        (ErrorKind::Tls, _) => {
            "check the address and the system's certificates; a proxy that opens TLS needs its own there"
        }
        (ErrorKind::Timeout, _) => "try again, with a longer timeout or smaller pages",
        (ErrorKind::Deadline, _) => "allow more time, or ask for a shorter window",
        (ErrorKind::Body, _) => "try again, with smaller pages if it repeats",
        (ErrorKind::Redirect, _) => {
            "redirects are never followed, to keep the credentials where they belong; set the address that the server means"
        }
        (ErrorKind::Abandoned, _) => "fetch this window again when the failure before it is mended",
        (ErrorKind::TooLarge, _) => "use smaller pages, or raise the limit",
        _ => return None,
    })
}

const fn protocol(error: &ProtocolError) -> &'static str {
    match error {
        ProtocolError::NotJson { .. } => {
            "something other than the API answered, for instance a proxy or a login page; check the base URL"
        }
        ProtocolError::ForeignLink { .. } => {
            "credentials go to the base URL alone; if this is the same API under another name, use that as the base URL"
        }
        ProtocolError::UserInLink { .. } => {
            "credentials go to the base URL alone; a link like this is not the API's"
        }
        ProtocolError::TooManyPages { .. } => {
            "ask for a shorter window, or raise the limit of pages"
        }
        ProtocolError::RepeatedPage | ProtocolError::RepeatedContent => {
            "what was delivered before may be incomplete; fetch the window again"
        }
        ProtocolError::NoToken { .. } => "check the token URL",
        _ => "the server does not answer as the API does; check the base URL",
    }
}
