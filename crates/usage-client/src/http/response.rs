//! Reads a response with status 200 as a page of a list.

use chrono::{DateTime, Utc};
use memchr::memmem;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Value;
use url::Url;
use usage_model::{MalformedDocument, PageMeta, PageSize};

use crate::{
    ProtocolError,
    error::failure::{Endpoint, Failure, FailureKind},
    http::{error_body::without_bom, exchange::Response, redaction::Secrets, refusal::refusal},
    paging::list::ListQuery,
};

/// A page that is what was asked for, as far as the page alone can tell.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) records: Vec<T>,
    pub(crate) meta: PageMeta,
    pub(crate) server_date: Option<DateTime<Utc>>,
    pub(crate) bytes: u64,
    /// The body, where it is kept.
    pub(crate) body: Option<Box<[u8]>>,
}

/// Reads the body of a response with status 200 to a request for a page of that size.
pub(crate) fn read<Q: ListQuery>(
    reply: &Response,
    asked: u16,
    address: &Url,
    secrets: &Secrets<'_>,
) -> Result<Answer<Q::Item>, Failure> {
    let fail = |kind| Failure::new(Endpoint::Api, kind);
    let protocol = |error| fail(FailureKind::Protocol(error));
    let body = without_bom(&reply.body);
    let page_size = PageSize::new(asked).unwrap_or(PageSize::MAX);
    let page = Q::read(body, page_size).map_err(|error| {
        if is_cut(reply, body) {
            let received = u64::try_from(reply.body.len()).unwrap_or(u64::MAX);
            fail(FailureKind::Cut { received })
        } else if let Some(status) = reported_status(body) {
            refusal(reply, status, Endpoint::Api, address, secrets)
        } else {
            protocol(no_page::<Q>(reply, &error, secrets))
        }
    })?;
    if let Some(status) = reported_status(body) {
        return Err(refusal(reply, status, Endpoint::Api, address, secrets));
    }
    // Records are passed on as they are: what must not be shown cannot be taken out of them.
    if secrets.occur_in(body) {
        return Err(protocol(ProtocolError::HoldsCredential));
    }
    if page.items.len() > usize::from(asked) {
        return Err(protocol(ProtocolError::TooManyRecords { asked }));
    }
    let meta = page
        .meta
        .ok_or_else(|| protocol(ProtocolError::MissingMeta))?;
    if meta.next_page_url.is_absent() {
        return Err(protocol(ProtocolError::MissingNextPage));
    }
    Ok(Answer {
        records: page.items,
        meta,
        server_date: reply.server_date.map(DateTime::from),
        bytes: u64::try_from(reply.body.len()).unwrap_or(u64::MAX),
        body: None,
    })
}

/// Whether the body is JSON that ends too early. Without a length the transport cannot tell the end of
/// a body from a lost connection. An empty body of another type than JSON was not meant to be a page.
fn is_cut(reply: &Response, body: &[u8]) -> bool {
    let body = body.trim_ascii();
    match serde_json::from_slice::<IgnoredAny>(body) {
        Err(error) => error.is_eof() && (!body.is_empty() || claims_json(reply)),
        Ok(_) => false,
    }
}

/// The status of an error that a gateway or proxy sends with the status 200: as the body repeats it, or by the
/// API's own code. It may stand beside a list: what the list has is not all then.
fn reported_status(body: &[u8]) -> Option<u16> {
    /// The members of an error; the list itself is passed over.
    #[derive(Deserialize, Serialize)]
    struct Reported {
        status: Option<Value>,
        code: Option<Value>,
        error: Option<Value>,
    }

    // Pages of usage have none of these names anywhere, so that nothing is parsed twice.
    let is_named = |name: &str| memmem::find(body, name.as_bytes()).is_some();
    if !["\"status\"", "\"code\"", "\"error\""]
        .into_iter()
        .any(is_named)
    {
        return None;
    }
    let reported: Reported = serde_json::from_slice(body).ok()?;
    status_of(&serde_json::to_value(reported).ok()?)
}

/// The status that an error names, or that its code stands for.
fn status_of(body: &Value) -> Option<u16> {
    let error = body.get("error").filter(|error| error.is_object());
    let error = error.unwrap_or(body);
    let number = |name: &str| match error.get(name)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let status = number("status").filter(|status| (400..600).contains(status));
    let by_code = || match number("code")? {
        33_004 => Some(503),
        33_201 => Some(401),
        code @ (20_400..=20_599 | 400..=599) => Some(code % 20_000),
        _ => None,
    };
    u16::try_from(status.or_else(by_code)?).ok()
}

fn no_page<Q: ListQuery>(
    reply: &Response,
    error: &MalformedDocument,
    secrets: &Secrets<'_>,
) -> ProtocolError {
    let body = without_bom(&reply.body).trim_ascii_start();
    let names = |personal: &&str| memmem::find(body, personal.as_bytes()).is_some();
    let start = if Q::PERSONAL.iter().any(names) {
        "hidden".to_owned()
    } else {
        secrets.shown(body)
    };
    let is_markup = body.first() == Some(&b'<');
    let looks_like_json = matches!(body.first(), Some(b'{' | b'['));
    if looks_like_json || (claims_json(reply) && !is_markup) {
        let reason = secrets.shown(error.to_string());
        return ProtocolError::NotPage { reason, start };
    }
    let content_type = reply.content_type.as_deref().map(media_type);
    ProtocolError::NotJson {
        content_type: match content_type {
            Some(_) if is_markup && claims_json(reply) => "a web page".to_owned(),
            Some(content_type) => secrets.shown(content_type),
            None => "no content type".to_owned(),
        },
        start,
    }
}

fn claims_json(reply: &Response) -> bool {
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
    use crate::{ErrorKind, SimQuery, UsageQuery, paging::identity::Delivered};

    fn answer(content_type: &str, body: &str) -> Result<Answer<Delivered>, Failure> {
        answer_of::<UsageQuery>(content_type, body)
    }

    fn answer_of<Q: ListQuery>(content_type: &str, body: &str) -> Result<Answer<Q::Item>, Failure> {
        let reply = Response {
            status: 200,
            content_type: (!content_type.is_empty()).then(|| content_type.to_owned()),
            location: None,
            retry_after: None,
            server_date: None,
            body: body.as_bytes().to_vec(),
        };
        let address = Url::parse("https://h/v1/UsageRecords").unwrap();
        read::<Q>(&reply, 1, &address, &Secrets::new(["hunter2-hunter2"]))
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
    fn personal_data_in_what_is_no_page_is_not_quoted() {
        for (body, start) in [
            (r#"{"list":[{"iccid":"8988303000000000017"}]}"#, "hidden"),
            (r#"[{"unique_name":"meter-17"}]"#, "hidden"),
            (r#"{"list":[]}"#, r#"{"list":[]}"#),
        ] {
            let failure = answer_of::<SimQuery>("application/json", body).unwrap_err();
            let expected = format!(
                "not a page of the list: expected one page, an object with sims and meta at {}; \
                 the body starts {start:?}",
                usage_model::Position::new(
                    u64::try_from(body.len()).unwrap() - 1,
                    1,
                    u64::try_from(body.len()).unwrap()
                ),
            );
            if body.starts_with('{') {
                assert_eq!(failure.to_string(), expected);
            } else {
                assert!(
                    failure.to_string().ends_with("starts \"hidden\""),
                    "{failure}"
                );
            }
        }
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
                r#"text/html instead of a page of the list, starting "<html> <title>Sign in</title>""#,
            ),
            (
                "",
                "Bearer hunter2-hunter2",
                r#"no content type instead of a page of the list, starting "Bearer [redacted]""#,
            ),
            (
                "text/plain",
                "",
                r#"text/plain instead of a page of the list, starting """#,
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
                "more records on a page than the 1 that were asked for",
            ),
        ] {
            let failure = answer(content_type, body).unwrap_err();
            assert_eq!(failure.to_string(), message);
            assert_eq!(failure.error_kind(), ErrorKind::Protocol);
        }
    }

    #[test]
    fn an_error_with_the_status_200_is_an_error() {
        for (body, expected) in [
            (
                r#"{"code":20503,"status":503,"message":"busy"}"#,
                FailureKind::Status(503),
            ),
            (r#"{"status":"429"}"#, FailureKind::Status(429)),
            (
                r#"{"code":33004,"message":"Overloaded"}"#,
                FailureKind::Status(503),
            ),
            (r#"{"code":20429}"#, FailureKind::Status(429)),
            (
                r#"{"error":{"code":503,"message":"busy"}}"#,
                FailureKind::Status(503),
            ),
            (
                r#"{"status":401,"message":"no"}"#,
                FailureKind::TokenRefused(401),
            ),
        ] {
            let failure = answer("application/json", body).unwrap_err();
            assert_eq!(failure.kind, expected, "{body}");
        }
        for (error, expected) in [
            (r#""code":20503,"status":503"#, FailureKind::Status(503)),
            (r#""error":{"code":503}"#, FailureKind::Status(503)),
        ] {
            let body = format!(r#"{{"usage_records":[],{error},"meta":{{"next_page_url":null}}}}"#);
            let failure = answer("application/json", &body).unwrap_err();
            assert_eq!(failure.kind, expected, "{body}");
        }
        let page = r#"{"usage_records":[],"status":200,"code":null,"meta":{"next_page_url":null}}"#;
        assert!(answer("application/json", page).is_ok());
        for body in [
            r#"{"status":200}"#,
            r#"{"code":1}"#,
            r#"{"status":"active"}"#,
        ] {
            let failure = answer("application/json", body).unwrap_err();
            assert_eq!(failure.error_kind(), ErrorKind::Protocol, "{body}");
        }
    }

    #[test]
    fn a_web_page_is_one_whatever_it_claims() {
        let failure = answer("application/json", "<html><title>Sign in").unwrap_err();
        assert_eq!(
            failure.to_string(),
            r#"a web page instead of a page of the list, starting "<html><title>Sign in""#
        );
    }

    #[test]
    fn a_byte_order_mark_before_a_page_is_passed_over() {
        let body = "\u{feff}{\"usage_records\":[{}],\"meta\":{\"next_page_url\":null}}";
        assert_eq!(answer("application/json", body).unwrap().records.len(), 1);
    }

    #[test]
    fn records_beyond_the_page_size_are_not_decoded() {
        let records = vec!["{}"; 2_000_000].join(",");
        let body = format!(r#"{{"usage_records":[{records}],"meta":{{"next_page_url":null}}}}"#);
        let peak = allocation_counter::measure(|| {
            let failure = answer("application/json", &body).unwrap_err();
            assert_eq!(
                failure.kind,
                FailureKind::Protocol(ProtocolError::TooManyRecords { asked: 1 })
            );
        });
        // The copy of the body that the test makes, and that of the reader; a record is 400 times as large as `{},`.
        assert!(
            peak.bytes_max < 3 * u64::try_from(body.len()).unwrap(),
            "{peak:?}"
        );
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
