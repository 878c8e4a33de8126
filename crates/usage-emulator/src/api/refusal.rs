//! The error bodies of the API.

use std::time::SystemTime;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::body::json;

/// A parameter has a value that is not allowed.
const INVALID_VALUE: u32 = 33101;
/// The paging parameters do not belong to a page of this list.
const INVALID_PAGING: u32 = 33103;
/// The parameters contradict each other.
const INVALID_COMBINATION: u32 = 33121;
/// The request has no valid credentials.
const UNAUTHORIZED: u32 = 33201;
/// The resource does not support the method; from the API's ancestor.
const METHOD_NOT_ALLOWED: u32 = 20004;
/// There is no such resource; from the API's ancestor.
const NOT_FOUND: u32 = 20404;

/// The last time that a header can name: its dates have years of four digits.
const LAST_DATE: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(last) => last,
    None => DateTime::UNIX_EPOCH,
};

/// An answer that is an error.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Body,
    retry_after: Option<RetryAfter>,
}

/// The header `Retry-After`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RetryAfter {
    /// In so many seconds.
    Seconds(u64),
    /// At a time, by the clock that the header `Date` tells.
    At(DateTime<Utc>),
}

impl RetryAfter {
    /// A number of seconds after a time, at most up to the last that a header can name.
    pub(crate) fn after(now: DateTime<Utc>, seconds: u64) -> Self {
        let later = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds);
        let time = later.and_then(|later| now.checked_add_signed(later));
        Self::At(time.map_or(LAST_DATE, |time| time.min(LAST_DATE)))
    }

    fn value(self) -> HeaderValue {
        match self {
            Self::Seconds(seconds) => seconds.into(),
            Self::At(time) => {
                let date = httpdate::fmt_http_date(SystemTime::from(time));
                HeaderValue::try_from(date).unwrap_or(HeaderValue::from_static("0"))
            }
        }
    }
}

/// The three shapes of error bodies.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Body {
    /// The API's own; the code is left out where none is known.
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<u32>,
        status: u16,
        message: String,
    },
    /// The gateway's, which knows tokens.
    Gateway {
        message: &'static str,
        error: &'static str,
    },
    /// The token endpoint's, of RFC 6749.
    OAuth {
        error: &'static str,
        error_description: &'static str,
    },
}

impl Refusal {
    fn new(status: StatusCode, code: impl Into<Option<u32>>, message: impl Into<String>) -> Self {
        let body = Body::Error {
            code: code.into(),
            status: status.as_u16(),
            message: message.into(),
        };
        Self {
            status,
            body,
            retry_after: None,
        }
    }

    /// A parameter has a value that is not allowed.
    pub(crate) fn invalid_value(name: &str, expected: &str) -> Self {
        let message = format!("Invalid value for {name}: expected {expected}");
        Self::new(StatusCode::BAD_REQUEST, INVALID_VALUE, message)
    }

    /// The paging parameters do not belong to a page of this list.
    pub(crate) fn invalid_paging(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, INVALID_PAGING, message)
    }

    /// The parameters contradict each other.
    pub(crate) fn invalid_combination(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, INVALID_COMBINATION, message)
    }

    /// The request has no valid credentials.
    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, UNAUTHORIZED, message)
    }

    /// The bearer token is unknown or has expired: not 401, and another body.
    pub(crate) const fn dead_token() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            body: Body::Gateway {
                message: "User is not authorized to access this resource with an explicit deny",
                error: "Invalid or expired token",
            },
            retry_after: None,
        }
    }

    /// The token endpoint does not know the client, or its secret is another one.
    pub(crate) const fn unknown_client() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            body: Body::OAuth {
                error: "unauthorized_client",
                error_description: "Invalid client or Invalid client credentials",
            },
            retry_after: None,
        }
    }

    /// There is no such resource.
    pub(crate) fn not_found(path: &str) -> Self {
        let message = format!("The requested resource {path} was not found");
        Self::new(StatusCode::NOT_FOUND, NOT_FOUND, message)
    }

    /// The resource does not support the method.
    pub(crate) fn method_not_allowed() -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::new(status, METHOD_NOT_ALLOWED, "Method not allowed")
    }

    /// The body is larger than any that the resource reads.
    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            None,
            "The request body is too large",
        )
    }

    /// The body has a form that the resource does not read.
    pub(crate) fn unsupported_media_type() -> Self {
        let message = "Expected a body of the type application/x-www-form-urlencoded";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, message)
    }

    /// A status that was asked for as a fault, with the code that belongs to it.
    pub(crate) fn planted(status: StatusCode, retry_after: Option<RetryAfter>) -> Self {
        let code = match status.as_u16() {
            400 => Some(20001),
            401 => Some(UNAUTHORIZED),
            404 => Some(NOT_FOUND),
            429 => Some(20429),
            500 => Some(20500),
            503 => Some(20503),
            _ => None,
        };
        let message = status.canonical_reason().unwrap_or("Error");
        Self {
            retry_after,
            ..Self::new(status, code, message)
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = json(self.status, &self.body);
        let headers = response.headers_mut();
        if let Some(retry_after) = self.retry_after {
            headers.insert(header::RETRY_AFTER, retry_after.value());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
