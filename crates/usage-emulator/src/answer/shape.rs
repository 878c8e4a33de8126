//! The shapes of error bodies: those of the API, and those that gateways before APIs of this kind send.

use http::StatusCode;
use serde_json::json;
use usage_model::named;

use super::Answer;

/// The shape of an error body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ErrorShape {
    /// The API's own: `{code,status,message}`.
    #[default]
    Api,
    /// Plain text.
    Text,
    /// An HTML page.
    Html,
    /// An XML document.
    Xml,
    /// `application/problem+json` (RFC 9457).
    Problem,
    /// `{"errors":[…]}`.
    Errors,
    /// `{"error":{…}}`.
    Error,
    /// No body.
    Empty,
}

named!(pub(crate) ErrorShape, "a shape of error bodies", {
    Api: "api",
    Text: "text",
    Html: "html",
    Xml: "xml",
    Problem: "problem",
    Errors: "errors",
    Error: "error",
    Empty: "empty",
});

impl ErrorShape {
    /// An error of a status in this shape.
    pub(crate) fn answer(self, status: StatusCode) -> Answer {
        let (number, message) = (status.as_u16(), reason(status));
        match self {
            Self::Api => {
                let mut body = json!({ "status": number, "message": message });
                if let (Some(code), Some(object)) = (code(status), body.as_object_mut()) {
                    object.insert("code".to_owned(), code.into());
                }
                Answer::json(status, &body)
            }
            Self::Text => Answer::new(
                status,
                "text/plain; charset=utf-8",
                format!("{number} {message}\n"),
            ),
            Self::Html => Answer::new(
                status,
                "text/html; charset=utf-8",
                format!(
                    "<!DOCTYPE html>\n<html><head><title>{number} {message}</title></head>\
                     <body><h1>{message}</h1></body></html>\n"
                ),
            ),
            Self::Xml => Answer::new(
                status,
                "application/xml",
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{number}</Code>\
                     <Message>{message}</Message></Error>\n"
                ),
            ),
            Self::Problem => {
                let body = json!({ "type": "about:blank", "title": message, "status": number });
                let body = body.to_string();
                Answer::new(status, "application/problem+json", body)
            }
            Self::Errors => {
                let body = json!({ "errors": [{ "status": number, "message": message }] });
                Answer::json(status, &body)
            }
            Self::Error => {
                let body = json!({ "error": { "code": number, "message": message } });
                Answer::json(status, &body)
            }
            Self::Empty => Answer::new(status, "text/plain", ""),
        }
    }
}

/// The API's code that belongs to a status, where one is known.
const fn code(status: StatusCode) -> Option<u32> {
    match status.as_u16() {
        400 => Some(20001),
        401 => Some(33201),
        404 => Some(20404),
        429 => Some(20429),
        500 => Some(20500),
        503 => Some(20503),
        _ => None,
    }
}

/// A status in words; 520 to 529 are those of a gateway between the client and the API.
fn reason(status: StatusCode) -> &'static str {
    let known = status.canonical_reason();
    known.unwrap_or(match status.as_u16() {
        520 => "Web server returned an unknown error",
        521 => "Web server is down",
        522 => "Connection timed out",
        523 => "Origin is unreachable",
        524 => "A timeout occurred",
        _ => "Error",
    })
}
