//! What a person can do about a failure.

use crate::{
    ErrorKind, ProtocolError,
    error::failure::{Endpoint, Failure, FailureKind},
};

/// One sentence of advice, where there is any.
pub(crate) fn advice(failure: &Failure) -> Option<&'static str> {
    if let FailureKind::Protocol(error) = &failure.kind {
        return Some(protocol(error));
    }
    Some(match (failure.error_kind(), failure.endpoint) {
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
        (ErrorKind::Refused, Endpoint::Api) if failure.kind.status() == Some(404) => {
            "check the base URL, and that the SIM belongs to the account"
        }
        (ErrorKind::Refused, Endpoint::Api) => {
            "the server does not accept the query; check the window, the granularity and the filters"
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
        ProtocolError::OutsideWindow { .. }
        | ProtocolError::OtherQuery { .. }
        | ProtocolError::OtherGranularity { .. }
        | ProtocolError::NoSim => {
            "something before the API, for instance a proxy, drops the query or answers from a cache; check the base URL, and go past it"
        }
        ProtocolError::HoldsCredential => {
            "the page is not shown, to keep the credentials secret; something before the API, for instance a proxy, repeats them: renew them, and check the base URL"
        }
        ProtocolError::EmptyPages { .. } => {
            "the server's paging does not end; try again later, or ask for a shorter window"
        }
        ProtocolError::TooManyPages { .. } => {
            "ask for a shorter window, or raise the limit of pages"
        }
        ProtocolError::RepeatedPage
        | ProtocolError::RepeatedContent
        | ProtocolError::OtherPage { .. } => {
            "what was delivered before may be incomplete; fetch the window again"
        }
        ProtocolError::NoToken { .. } => "check the token URL",
        _ => "the server does not answer as the API does; check the base URL",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn help(endpoint: Endpoint, kind: FailureKind) -> Option<&'static str> {
        advice(&Failure::new(endpoint, kind))
    }

    #[test]
    fn advice_points_at_what_can_be_changed() {
        let second = Duration::from_secs(1);
        let origin = String::new;
        let (api, token) = (Endpoint::Api, Endpoint::Token);
        for (endpoint, kind, about) in [
            (token, FailureKind::Status(401), "client secret"),
            (api, FailureKind::TokenRefused(401), "base URL"),
            (api, FailureKind::Status(403), "permission"),
            (token, FailureKind::Status(404), "token URL"),
            (api, FailureKind::Status(404), "SIM"),
            (api, FailureKind::Status(400), "granularity"),
            (api, FailureKind::Status(429), "fewer requests"),
            (api, FailureKind::Status(503), "later"),
            (token, FailureKind::Status(503), "later"),
            (api, FailureKind::Connect { origin: origin() }, "network"),
            (api, FailureKind::Tls { origin: origin() }, "certificates"),
            (api, FailureKind::Timeout(second), "longer timeout"),
            (api, FailureKind::Deadline(second), "more time"),
            (api, FailureKind::Cut { received: 7 }, "if it repeats"),
            (
                api,
                FailureKind::Redirect {
                    status: 302,
                    target: origin(),
                },
                "never followed",
            ),
            (api, FailureKind::NotAsked, "fetch this window again"),
            (api, FailureKind::TooLarge { limit: 7 }, "raise the limit"),
        ] {
            let help = help(endpoint, kind.clone()).unwrap_or_default();
            assert!(help.contains(about), "{kind:?} {endpoint:?}: {help}");
        }
        // Nobody can do anything about these.
        assert_eq!(help(api, FailureKind::Request), None);
        assert_eq!(help(api, FailureKind::Status(204)), None);
    }

    #[test]
    fn advice_on_the_protocol_tells_a_wrong_address_from_moving_data() {
        let text = String::new;
        for (error, about) in [
            (
                ProtocolError::NotJson {
                    content_type: text(),
                    start: text(),
                },
                "login page",
            ),
            (
                ProtocolError::ForeignLink {
                    origin: text(),
                    expected: text(),
                },
                "another name",
            ),
            (ProtocolError::UserInLink { host: text() }, "not the API's"),
            (ProtocolError::TooManyPages { limit: 7 }, "shorter window"),
            (ProtocolError::RepeatedPage, "window again"),
            (ProtocolError::RepeatedContent, "window again"),
            (ProtocolError::NoToken { reason: "" }, "token URL"),
            (ProtocolError::MissingMeta, "check the base URL"),
        ] {
            let help = protocol(&error);
            assert!(help.contains(about), "{error:?}: {help}");
            let failure = Failure::new(Endpoint::Api, FailureKind::Protocol(error));
            assert_eq!(advice(&failure), Some(help));
        }
    }
}
