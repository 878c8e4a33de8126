//! Refusals: the errors of the API itself.

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::Answer;
use crate::account::QueryError;

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

/// Why the API refuses a request.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Body,
}

/// The three shapes of the API's error bodies.
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
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Option<u32>>,
        message: impl Into<String>,
    ) -> Self {
        let body = Body::Error {
            code: code.into(),
            status: status.as_u16(),
            message: message.into(),
        };
        Self { status, body }
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

    /// The body is larger than any that the resource reads, or comes too slowly.
    pub(crate) fn too_large() -> Self {
        let message = "The request body is too large";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, None, message)
    }

    /// The body has a form that the resource does not read.
    pub(crate) fn unsupported_media_type() -> Self {
        let message = "Expected a body of the type application/x-www-form-urlencoded";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, message)
    }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Value { name, expected } => Self::invalid_value(name, expected),
            QueryError::Reversed => Self::new(
                StatusCode::BAD_REQUEST,
                INVALID_COMBINATION,
                "Start must not be after End",
            ),
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let mut answer = Self::json(refusal.status, &refusal.body);
        if refusal.status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            answer.set(header::WWW_AUTHENTICATE, bearer);
        }
        answer
    }
}
