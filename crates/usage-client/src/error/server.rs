//! What the server itself says of a failure.

use std::fmt;

use serde_json::Value;

use crate::http::{redaction::Secrets, text};

/// Characters of a server's message that are kept.
const MESSAGE_LIMIT: usize = 500;

/// The error body of the API, or of its token endpoint.
///
/// All texts come from the server, with control characters taken out, shortened, and with the
/// client's own credentials replaced where the server repeats them.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl ServerError {
    /// Reads an error body; `None` where it is no JSON object that says anything.
    pub(crate) fn from_body(body: &[u8], secrets: &Secrets<'_>) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let text = |name: &str| scalar(body.get(name)?).map(|text| clean(&text, secrets));
        // OAuth names its code `error`; the gateway puts a sentence there, beside a `message`.
        let (error, description) = (text("error"), text("error_description"));
        let message = text("message").or(description);
        let (code, message) = match (text("code"), error, message) {
            (None, Some(error), Some(message)) if error.contains(' ') => {
                (None, Some(format!("{error}: {message}")))
            }
            (None, Some(error), Some(message)) => (Some(error), Some(message)),
            (None, None, None) => return None,
            (code, error, message) => (code, message.or(error)),
        };
        Some(Self {
            code,
            status: text("status").and_then(|status| status.parse().ok()),
            message,
            more_info: text("more_info"),
        })
    }
}

/// A string or number as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn clean(from_server: &str, secrets: &Secrets<'_>) -> String {
    text::shorten(&secrets.redact(from_server), MESSAGE_LIMIT)
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

    fn read(body: &str) -> Option<String> {
        let secrets = Secrets::new(["hunter2-hunter2"]);
        ServerError::from_body(body.as_bytes(), &secrets).map(|error| error.to_string())
    }

    #[test]
    fn every_shape_of_error_body_is_read() {
        for (body, expected) in [
            (
                r#"{"code":33101,"status":400,"message":"Invalid value","more_info":"https://e/33101"}"#,
                "code 33101: Invalid value (https://e/33101)",
            ),
            (
                r#"{"code":"33004","message":"Overloaded"}"#,
                "code 33004: Overloaded",
            ),
            (r#"{"status":403,"message":"No"}"#, "No"),
            (r#"{"code":20001}"#, "code 20001"),
            (
                r#"{"error":"unauthorized_client","error_description":"Invalid secret"}"#,
                "code unauthorized_client: Invalid secret",
            ),
            (r#"{"error":"unauthorized_client"}"#, "unauthorized_client"),
            (
                r#"{"message":"explicit deny","error":"Invalid or expired token"}"#,
                "Invalid or expired token: explicit deny",
            ),
        ] {
            assert_eq!(read(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn a_body_that_says_nothing_is_no_server_error() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            "null",
            r#"{"message":""}"#,
            r#"{"message":null}"#,
        ] {
            assert_eq!(read(body), None, "{body}");
        }
    }

    #[test]
    fn credentials_and_control_characters_are_taken_out() {
        assert_eq!(
            read(r#"{"message":"bad \u001b[31m\nsecret hunter2-hunter2."}"#).as_deref(),
            Some("bad [31m secret [redacted].")
        );
    }

    #[test]
    fn the_status_may_be_text() {
        let secrets = Secrets::new([]);
        let error = ServerError::from_body(br#"{"status":"429","message":"x"}"#, &secrets).unwrap();
        assert_eq!(error.status, Some(429));
    }
}
