//! Reads a response with status 200 as a page of usage records.

use chrono::{DateTime, Utc};
use serde::de::IgnoredAny;
use usage_model::{MalformedDocument, MalformedRecord, PageMeta, UsagePage, UsageRecord};

use crate::{
    ProtocolError,
    error::failure::{Endpoint, Failure, FailureKind},
    http::{exchange::Reply, redaction::Secrets, text::start_of},
};

/// Bytes of a body that are looked through for what a message shows of it.
const LOOKED_THROUGH: usize = 16 * 1024;

/// A page that is what was asked for, as far as the page alone can tell.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) records: Vec<Result<UsageRecord, MalformedRecord>>,
    pub(crate) meta: PageMeta,
    pub(crate) server_date: Option<DateTime<Utc>>,
    pub(crate) bytes: u64,
}

/// Reads the body of a response with status 200.
pub(crate) fn read(reply: &Reply, asked: u16, secrets: &Secrets<'_>) -> Result<Answer, Failure> {
    let fail = |kind| Failure::new(Endpoint::Api, kind);
    let protocol = |error| fail(FailureKind::Protocol(error));
    let page = UsagePage::from_slice(&reply.body).map_err(|error| {
        if is_cut(reply) {
            let received = u64::try_from(reply.body.len()).unwrap_or(u64::MAX);
            fail(FailureKind::Cut { received }).caused_by(error)
        } else {
            protocol(no_page(reply, &error, secrets))
        }
    })?;
    let meta = page
        .meta
        .ok_or_else(|| protocol(ProtocolError::MissingMeta))?;
    if meta.next_page_url.is_absent() {
        return Err(protocol(ProtocolError::MissingNextPage));
    }
    if page.records.len() > usize::from(asked) {
        let found = page.records.len();
        return Err(protocol(ProtocolError::TooManyRecords { asked, found }));
    }
    Ok(Answer {
        records: page.records,
        meta,
        server_date: reply.server_date.map(DateTime::from),
        bytes: u64::try_from(reply.body.len()).unwrap_or(u64::MAX),
    })
}

/// Whether the body is JSON that ends too early. Without a length the transport cannot tell the end of
/// a body from a lost connection. An empty body of another type than JSON was not meant to be a page.
fn is_cut(reply: &Reply) -> bool {
    let body = reply.body.trim_ascii();
    match serde_json::from_slice::<IgnoredAny>(body) {
        Err(error) => error.is_eof() && (!body.is_empty() || claims_json(reply)),
        Ok(_) => false,
    }
}

fn no_page(reply: &Reply, error: &MalformedDocument, secrets: &Secrets<'_>) -> ProtocolError {
    let body = reply.body.trim_ascii_start();
    let start = start_of(&secrets.redact_start(body, LOOKED_THROUGH));
    let looks_like_json = matches!(reply.body.trim_ascii_start().first(), Some(b'{' | b'['));
    if looks_like_json || claims_json(reply) {
        let reason = start_of(&secrets.redact(&error.to_string()));
        return ProtocolError::NotPage { reason, start };
    }
    let content_type = reply.content_type.as_deref().map(media_type);
    ProtocolError::NotJson {
        content_type: content_type.map_or_else(
            || "no content type".to_owned(),
            |content_type| start_of(&secrets.redact(content_type)),
        ),
        start,
    }
}

fn claims_json(reply: &Reply) -> bool {
    let content_type = reply
        .content_type
        .as_deref()
        .map(media_type)
        .unwrap_or_default();
    content_type.eq_ignore_ascii_case("application/json") || content_type.ends_with("+json")
}

/// The media type without its parameters.
fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn answer(content_type: &str, body: &str) -> Result<Answer, Failure> {
        let reply = Reply {
            status: 200,
            content_type: (!content_type.is_empty()).then(|| content_type.to_owned()),
            location: None,
            retry_after: None,
            server_date: None,
            body: body.as_bytes().to_vec(),
        };
        read(&reply, 1, &Secrets::new(["hunter2-hunter2"]))
    }

    #[test]
    fn white_space_without_end_does_not_hide_what_a_page_says() {
        let gap = "\n".repeat(8 * 1024);
        let failure = answer("text/html", &format!("{gap}<p>{gap}Sign in")).unwrap_err();
        assert!(
            failure.to_string().contains(r#""<p> Sign in""#),
            "{failure}"
        );
    }

    #[test]
    fn pages_are_read() {
        for (body, records) in [
            (r#"{"usage_records":[],"meta":{"next_page_url":null}}"#, 0),
            (r#"{"usage_records":[{}],"meta":{"next_page_url":""}}"#, 1),
            (
                r#"{"usage_records":[7],"meta":{"next_page_url":"x","page":"1"}}"#,
                1,
            ),
        ] {
            let answer = answer("text/plain", body).unwrap();
            assert_eq!(answer.records.len(), records);
            assert_eq!(answer.bytes, u64::try_from(body.len()).unwrap());
        }
    }

    #[test]
    fn what_is_no_page_says_what_it_is() {
        for (content_type, body, message) in [
            (
                "text/html; charset=utf-8",
                "<html>\n<title>Sign in</title>",
                r#"text/html instead of a page of usage records, starting "<html> <title>Sign in</title>""#,
            ),
            (
                "",
                "Bearer hunter2-hunter2",
                r#"no content type instead of a page of usage records, starting "Bearer [redacted]""#,
            ),
            (
                "text/plain",
                "",
                r#"text/plain instead of a page of usage records, starting """#,
            ),
            (
                "application/json",
                r#"{"usage_records":[]}"#,
                "the page has no meta, so the end of the list cannot be told",
            ),
            (
                "application/json",
                r#"{"usage_records":[],"meta":null}"#,
                "the page has no meta, so the end of the list cannot be told",
            ),
            (
                "application/json",
                r#"{"usage_records":[],"meta":{"page":0}}"#,
                "the meta has no next_page_url, so the end of the list cannot be told",
            ),
            (
                "application/json",
                r#"{"usage_records":[{},{}],"meta":{"next_page_url":null}}"#,
                "2 records on a page of 1",
            ),
        ] {
            let failure = answer(content_type, body).unwrap_err();
            assert_eq!(failure.to_string(), message);
            assert_eq!(failure.error_kind(), ErrorKind::Protocol);
        }
    }

    /// Wherever the text is cut, and whatever its white space becomes.
    #[test]
    fn no_part_of_a_credential_is_left_where_a_long_body_is_cut() {
        let plain = "hunter2-hunter2";
        let escaped = plain.bytes().map(|byte| format!("\\u{byte:04x}"));
        for secret in [plain, &escaped.collect::<Vec<_>>().concat()] {
            for shown in (0..=secret.len()).step_by(5) {
                let gap = " ".repeat(LOOKED_THROUGH - 1 - shown);
                let body = format!("x{gap}{secret} and more");
                for (content_type, shown) in [
                    ("text/html", r#"starting "x""#),
                    ("application/json", r#"the body starts "x""#),
                ] {
                    let failure = answer(content_type, &body).unwrap_err();
                    let text = failure.to_string();
                    assert!(text.ends_with(shown), "{text}");
                }
            }
        }
    }

    #[test]
    fn json_that_is_no_page_is_refused() {
        for body in [
            "[]",
            "{}",
            "7",
            r#"{"usage_records":7,"meta":{}}"#,
            "{]",
            "{}{}",
            "null",
        ] {
            let failure = answer("application/json", body).unwrap_err();
            assert!(
                matches!(
                    failure.kind,
                    FailureKind::Protocol(ProtocolError::NotPage { .. })
                ),
                "{body}: {failure:?}"
            );
        }
    }

    #[test]
    fn json_that_ends_early_is_cut() {
        for body in [
            "",
            "{",
            r#"{"usage_records":[{"account_sid":"A"#,
            r#"{"usage_records":[]"#,
        ] {
            let failure = answer("application/json", body).unwrap_err();
            let received = u64::try_from(body.len()).unwrap();
            assert_eq!(failure.kind, FailureKind::Cut { received }, "{body}");
        }
    }
}
