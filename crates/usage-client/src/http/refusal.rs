//! The failure that an unsuccessful response stands for.

use std::time::SystemTime;

use chrono::DateTime;
use serde_json::Value;
use url::Url;

use crate::{
    error::failure::{Endpoint, Failure, FailureKind},
    http::{error_body, exchange::Response, origin::origin, redaction::Secrets, retry_after},
};

/// Returns the failure that a response is: one with a status other than success, or one that reports the
/// given status in its body.
pub(crate) fn refusal(
    reply: &Response,
    status: u16,
    endpoint: Endpoint,
    address: &Url,
    secrets: &Secrets<'_>,
) -> Failure {
    let kind = match (status, endpoint) {
        (status @ (301 | 302 | 303 | 307 | 308), _) => FailureKind::Redirect {
            status,
            target: redirect_target(reply, address, secrets),
        },
        (status @ (401 | 403), Endpoint::Api) if is_dead_token(status, &reply.body) => {
            FailureKind::TokenRefused(status)
        }
        (status, _) => FailureKind::Status(status),
    };
    Failure {
        server: error_body::read(&reply.body, secrets).map(Box::new),
        retry_after: reply
            .retry_after
            .as_deref()
            .and_then(|value| retry_after::parse(value, reply.server_date, SystemTime::now())),
        server_date: reply.server_date.map(DateTime::from),
        ..Failure::new(endpoint, kind)
    }
}

/// Where a redirect leads: the origin alone, because the rest may carry anything.
fn redirect_target(reply: &Response, address: &Url, secrets: &Secrets<'_>) -> String {
    match reply
        .location
        .as_deref()
        .map(|location| address.join(location))
    {
        Some(Ok(target)) => secrets.shown(origin(&target)),
        Some(Err(_)) => "something that is not an address".to_owned(),
        None => "no address".to_owned(),
    }
}

/// Whether the server does not know the access token any more.
///
/// A dead token answers 401, and 403 as well. What tells that 403 from a missing permission is the
/// member `error`, `Invalid or expired token`; the message speaks of permission in both.
fn is_dead_token(status: u16, body: &[u8]) -> bool {
    if status == 401 {
        return true;
    }
    let body: Value = match serde_json::from_slice(error_body::without_bom(body).trim_ascii()) {
        Ok(body) => body,
        // What was cut off may have said so. A new token costs little, and the next answer says which it is.
        Err(error) => return error.is_eof() && !body.is_empty(),
    };
    let error = body.get("error").and_then(Value::as_str);
    error.is_some_and(|error| {
        let error = error.to_ascii_lowercase();
        error.contains("token") && (error.contains("invalid") || error.contains("expired"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn failure(status: u16, endpoint: Endpoint, body: &str, headers: [Option<&str>; 2]) -> Failure {
        let [location, retry_after] = headers.map(|text| text.map(str::to_owned));
        let reply = Response {
            status,
            content_type: None,
            location,
            retry_after,
            server_date: None,
            body: body.as_bytes().to_vec(),
        };
        let address = Url::parse("https://h/v1/UsageRecords").unwrap();
        refusal(&reply, status, endpoint, &address, &Secrets::default())
    }

    #[test]
    fn a_dead_token_differs_from_a_missing_permission() {
        const DEAD: &str = r#"{"message":"User is not authorized to access this resource with an explicit deny","error":"Invalid or expired token"}"#;
        const DENIED: &str =
            r#"{"message":"User is not authorized to access this resource with an explicit deny"}"#;
        for (status, body, expected) in [
            (403, DEAD, FailureKind::TokenRefused(403)),
            (403, DENIED, FailureKind::Status(403)),
            (
                403,
                r#"{"code":33201,"message":"invalid token"}"#,
                FailureKind::Status(403),
            ),
            (
                403,
                r#"{"error":"access_denied"}"#,
                FailureKind::Status(403),
            ),
            (403, r#"{"error":"Invalid SIM"}"#, FailureKind::Status(403)),
            (
                403,
                r#"{"error":"token of another account"}"#,
                FailureKind::Status(403),
            ),
            (
                403,
                r#"{"error":"invalid_token"}"#,
                FailureKind::TokenRefused(403),
            ),
            (403, "<html>", FailureKind::Status(403)),
            (403, "", FailureKind::Status(403)),
            (
                403,
                r#"{"message":"User is not auth"#,
                FailureKind::TokenRefused(403),
            ),
            (401, DENIED, FailureKind::TokenRefused(401)),
            (401, "", FailureKind::TokenRefused(401)),
            (400, DEAD, FailureKind::Status(400)),
        ] {
            let failure = failure(status, Endpoint::Api, body, [None; 2]);
            assert_eq!(failure.kind, expected, "{status} {body}");
        }
        let failure = failure(401, Endpoint::Token, DEAD, [None; 2]);
        assert_eq!(failure.kind, FailureKind::Status(401));
    }

    #[test]
    fn a_redirect_shows_the_origin_alone() {
        for (location, target) in [
            (
                Some("https://user:pass@evil/path?token=secret"),
                "https://evil",
            ),
            (Some("/login?next=secret"), "https://h"),
            (Some("https://[bad"), "something that is not an address"),
            (Some("data:text/html,secret"), "data:"),
            (None, "no address"),
        ] {
            let failure = failure(302, Endpoint::Api, "", [location, None]);
            let expected = FailureKind::Redirect {
                status: 302,
                target: target.to_owned(),
            };
            assert_eq!(failure.kind, expected);
        }
    }

    #[test]
    fn the_wait_that_the_server_asks_for_and_its_words_are_kept() {
        let body = r#"{"message":"busy"}"#;
        let failure = failure(503, Endpoint::Api, body, [None, Some("7")]);
        assert_eq!(failure.retry_after, Some(Duration::from_secs(7)));
        assert_eq!(failure.server.unwrap().message.as_deref(), Some("busy"));
    }
}
