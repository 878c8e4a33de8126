//! Responses for scripts.

use crate::server::Step;

/// A complete response.
pub fn reply(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Step {
    Step::Write(bytes(status, headers, body))
}

/// The bytes of a complete response.
pub fn bytes(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = format!("content-length: {}", body.len());
    let headers: Vec<&str> = headers.iter().copied().chain([length.as_str()]).collect();
    [head(status, &headers), body.to_vec()].concat()
}

/// The head of a response, with no header but the given ones.
pub fn head(status: u16, headers: &[&str]) -> Vec<u8> {
    let headers = headers.join("\r\n");
    let gap = if headers.is_empty() { "" } else { "\r\n" };
    format!("HTTP/1.1 {status} Reason\r\nconnection: close\r\n{headers}{gap}\r\n").into_bytes()
}

/// A JSON response.
pub fn json(status: u16, body: &str) -> Step {
    reply(status, &["content-type: application/json"], body)
}

/// A page with so many records and a link, which is JSON here so that it may be null.
pub fn page(records: usize, next: &str) -> Step {
    json(200, &page_body(records, next))
}

/// The body of a page; its first record is told from those of other pages by the link.
pub fn page_body(records: usize, next: &str) -> String {
    let records: Vec<String> = (0..records)
        .map(|index| format!(r#"{{"period":{{}},"data":{{"total":1}},"mark":[{index},{next}]}}"#))
        .collect();
    let records = records.join(",");
    format!(r#"{{"usage_records":[{records}],"meta":{{"next_page_url":{next}}}}}"#)
}

/// A page with these hours of the first of January 2025, and a link.
pub fn hours_page(hours: &[u32], next: &str) -> Step {
    let hour = |hour: &u32| {
        format!(
            r#"{{"period":{{"start":"2025-01-01T{hour:02}:00:00Z","end":"2025-01-01T{:02}:00:00Z"}}}}"#,
            hour + 1
        )
    };
    let records: Vec<String> = hours.iter().map(hour).collect();
    let records = records.join(",");
    json(
        200,
        &format!(r#"{{"usage_records":[{records}],"meta":{{"next_page_url":{next}}}}}"#),
    )
}

/// The last page, with one record.
pub fn last_page() -> Step {
    page(1, "null")
}

/// The answer of the token endpoint.
pub fn token(token: &str) -> Step {
    let body = format!(r#"{{"access_token":"{token}","expires_in":3600,"token_type":"Bearer"}}"#);
    json(200, &body)
}

/// The API's answer to a dead access token.
pub fn dead_token() -> Step {
    json(
        403,
        r#"{"message":"User is not authorized to access this resource with an explicit deny","error":"Invalid or expired token"}"#,
    )
}
