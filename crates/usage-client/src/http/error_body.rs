//! Reads what an error body says, in whichever shape.

use serde_json::{Map, Value};

use crate::{ServerError, http::redaction::Secrets};

/// Characters of a server's message that are kept.
const MESSAGE_LIMIT: usize = 500;

/// Errors of a list that are told; the rest say little more.
const MOST_ERRORS: usize = 3;

/// Reads an error body; `None` where it says nothing.
///
/// Shapes that are understood: the API's `{code, status, message, more_info}`, OAuth's `{error,
/// error_description}`, problem details (`title`, `detail`; RFC 9457), `{error: {…}}`, `{errors: […]}`, what is wrong
/// with each parameter by its name, XML and HTML by the text within their tags, and plain text.
pub(crate) fn read(body: &[u8], secrets: &Secrets<'_>) -> Option<ServerError> {
    let body = without_bom(body);
    let said = match serde_json::from_slice(body) {
        Ok(value) => of_json(&value, 0)?,
        Err(_) => of_text(&String::from_utf8_lossy(body))?,
    };
    let clean = |text: Option<String>| text.map(|text| secrets.line(text, MESSAGE_LIMIT));
    Some(ServerError {
        code: clean(said.code),
        status: said.status,
        message: clean(said.message),
        more_info: clean(said.more_info),
    })
}

/// A body without the byte order mark that some servers write before it.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// How deep errors stand in each other.
const DEEPEST: u8 = 3;

fn of_json(value: &Value, depth: u8) -> Option<ServerError> {
    if depth > DEEPEST {
        return None;
    }
    match value {
        Value::Object(members) => of_object(members, depth),
        Value::Array(errors) => {
            let mut errors = errors.iter().filter_map(|error| of_json(error, depth + 1));
            let mut first = errors.next()?;
            for other in errors.take(MOST_ERRORS - 1) {
                let message = first.message.get_or_insert_default();
                message.push_str("; ");
                message.push_str(&other.to_string());
            }
            Some(first)
        }
        value => Some(ServerError {
            message: Some(scalar(value)?),
            ..ServerError::default()
        }),
    }
}

fn of_object(members: &Map<String, Value>, depth: u8) -> Option<ServerError> {
    let member = |name: &str| {
        let pair = members
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        pair.map(|(_, value)| value)
    };
    let text = |name: &str| member(name).and_then(scalar);
    let status = text("status").and_then(|status| status.parse().ok());
    let more_info = text("more_info");
    let sentence = match (text("title"), text("detail")) {
        (Some(title), Some(detail)) => Some(format!("{title}: {detail}")),
        (title, detail) => title.or(detail),
    };
    let message = text("message")
        .or_else(|| text("error_description"))
        .or(sentence);
    // OAuth names its code `error`; the gateway puts a sentence there, beside a `message`.
    let (code, message) = match (text("code"), text("error"), message) {
        (None, Some(error), Some(message)) if error.contains(' ') => {
            (None, Some(format!("{error}: {message}")))
        }
        (None, Some(error), Some(message)) => (Some(error), Some(message)),
        (code, error, message) => (code, message.or(error)),
    };
    if code.is_some() || message.is_some() {
        return Some(ServerError {
            code,
            status,
            message,
            more_info,
        });
    }
    let Some(nested) = ["error", "errors", "fault"].into_iter().find_map(member) else {
        // Only within one of these is every member a part of what is said.
        return if depth > 0 {
            of_members(members, depth)
        } else {
            None
        };
    };
    let nested = of_json(nested, depth + 1)?;
    Some(ServerError {
        status: nested.status.or(status),
        more_info: nested.more_info.or(more_info),
        ..nested
    })
}

/// What is wrong with each parameter, by its name.
fn of_members(members: &Map<String, Value>, depth: u8) -> Option<ServerError> {
    let errors = members.iter().filter_map(|(name, value)| {
        let said = of_json(value, depth + 1)?;
        Some(format!("{name}: {said}"))
    });
    let errors: Vec<String> = errors.take(MOST_ERRORS).collect();
    (!errors.is_empty()).then(|| ServerError {
        message: Some(errors.join("; ")),
        ..ServerError::default()
    })
}

/// A string or number as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The text of a body that is not JSON, without the tags and the style sheets and scripts of a web page.
fn of_text(body: &str) -> Option<ServerError> {
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let hidden = ["style", "script"].into_iter().find(|name| {
            let start = tag.get(..name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name))
        });
        rest = match hidden {
            Some(name) => {
                let mut ends = tag.match_indices("</").map(|(at, _)| at.saturating_add(2));
                let end = ends.find(|at| {
                    let end = tag.get(*at..at.saturating_add(name.len()));
                    end.is_some_and(|end| end.eq_ignore_ascii_case(name))
                });
                end.and_then(|end| tag.get(end..)).unwrap_or_default()
            }
            None => tag,
        };
        rest = rest.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let message = (!text.trim().is_empty()).then_some(text)?;
    Some(ServerError {
        message: Some(message),
        ..ServerError::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Option<String> {
        let secrets = Secrets::new(["hunter2-hunter2"]);
        read(body.as_bytes(), &secrets).map(|error| error.to_string())
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
            (r#"{"Message":"No"}"#, "No"),
            (r#"{"code":20001}"#, "code 20001"),
            (
                r#"{"errors":{"End":["is too late","is no day"],"Start":"is missing"}}"#,
                "End: is too late; is no day; Start: is missing",
            ),
            (
                r#"{"fault":{"faultstring":"quota exceeded","detail":{"errorcode":"q.Exceeded"}}}"#,
                "detail: errorcode: q.Exceeded; faultstring: quota exceeded",
            ),
            (
                r#"{"error":"unauthorized_client","error_description":"Invalid secret"}"#,
                "code unauthorized_client: Invalid secret",
            ),
            (r#"{"error":"unauthorized_client"}"#, "unauthorized_client"),
            (
                r#"{"message":"explicit deny","error":"Invalid or expired token"}"#,
                "Invalid or expired token: explicit deny",
            ),
            (
                r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"No end"}"#,
                "Bad Request: No end",
            ),
            (r#"{"title":"Bad Request"}"#, "Bad Request"),
            (
                r#"{"error":{"code":"x","message":"No end"}}"#,
                "code x: No end",
            ),
            (
                r#"{"errors":[{"code":1,"message":"No end"}]}"#,
                "code 1: No end",
            ),
            (
                r#"{"errors":["one",{"message":"two"},"three","four"]}"#,
                "one; two; three",
            ),
            ("\u{feff}{\"message\":\"marked\"}", "marked"),
            (r#""busy""#, "busy"),
            ("no healthy upstream\n", "no healthy upstream"),
            (
                "<TwilioResponse><RestException><Message>No end</Message><Code>20001</Code></RestException></TwilioResponse>",
                "No end 20001",
            ),
            (
                "<html><head><title>502 Bad Gateway</title><style>b{}</style></head><body><h1>Bad</h1></body>",
                "502 Bad Gateway Bad",
            ),
        ] {
            assert_eq!(said(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn a_body_that_says_nothing_is_no_server_error() {
        for body in [
            "",
            "<html>",
            "<",
            "[]",
            "{}",
            "null",
            r#"{"message":""}"#,
            r#"{"message":null}"#,
            r#"{"error":{"error":{"error":{"error":{"message":"too deep"}}}}}"#,
        ] {
            assert_eq!(said(body), None, "{body}");
        }
    }

    #[test]
    fn credentials_and_control_characters_are_taken_out_and_long_texts_are_cut() {
        assert_eq!(
            said(r#"{"message":"bad \u001b[31m\nsecret hunter2-hunter2."}"#).as_deref(),
            Some("bad [31m secret [redacted].")
        );
        let long = said(&"x".repeat(MESSAGE_LIMIT + 1)).unwrap();
        assert_eq!(long.chars().count(), MESSAGE_LIMIT + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn the_status_may_be_text() {
        let error = read(br#"{"status":"429","message":"x"}"#, &Secrets::default()).unwrap();
        assert_eq!(error.status, Some(429));
    }
}
