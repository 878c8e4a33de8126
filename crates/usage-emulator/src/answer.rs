//! Answers before they are sent: a status, headers and a whole body, and how the body is delivered.

mod delivery;
mod refusal;
mod shape;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

pub(crate) use self::{
    delivery::{Break, Delivery},
    refusal::Refusal,
    shape::ErrorShape,
};

/// An answer before it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How the body is compressed for clients that take gzip; `None` where it never is.
    pub(crate) gzip: Option<Gzip>,
    pub(crate) delivery: Delivery,
    /// Whether the answer has the header `Date`.
    pub(crate) is_dated: bool,
}

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gzip {
    /// How many members the body is cut into, each compressed for itself.
    pub(crate) members: usize,
    /// The name of the coding in `Content-Encoding`.
    pub(crate) name: &'static str,
}

impl Default for Gzip {
    fn default() -> Self {
        Self {
            members: 1,
            name: "gzip",
        }
    }
}

impl Answer {
    /// An answer with a body of a media type.
    pub(crate) fn new(
        status: StatusCode,
        media_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        let mut answer = Self {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
            gzip: None,
            delivery: Delivery::default(),
            is_dated: true,
        };
        answer.set(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        answer
    }

    /// An answer with a JSON body.
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::new(status, "application/json", body),
            Err(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", ""),
        }
    }

    /// Sets a header in place of any of its name.
    pub(crate) fn set(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.insert(name, value);
    }
}
