//! Dialects of an answer as a whole.

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{StatusCode, header};

use super::{Dialect, Dialects};
use crate::answer::Answer;

/// How many members a compressed body has if it has several.
const MEMBERS: usize = 3;

/// The byte order mark in UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

impl Dialects {
    /// Changes an answer as the dialects have it.
    pub(crate) fn apply_to_answer(&self, answer: &mut Answer) {
        if self.has(Dialect::ByteOrderMark) && is_json(answer) {
            let mut body = BytesMut::with_capacity(BOM.len() + answer.body.len());
            body.put(BOM);
            body.put(&answer.body[..]);
            answer.body = Bytes::from(body);
        }
        if let Some(gzip) = &mut answer.gzip {
            if self.has(Dialect::GzipMembers) {
                gzip.members = MEMBERS;
            }
            if self.has(Dialect::XGzip) {
                gzip.name = "x-gzip";
            } else if self.has(Dialect::CapitalCoding) {
                gzip.name = "GZIP";
            }
        }
    }

    /// Changes the answer with a token as the dialects have it.
    pub(crate) fn apply_to_token(&self, answer: &mut Answer) {
        if self.has(Dialect::CreatedToken) {
            answer.status = StatusCode::CREATED;
        }
    }
}

fn is_json(answer: &Answer) -> bool {
    let media_type = answer.headers.get(header::CONTENT_TYPE);
    media_type.is_some_and(|value| value == "application/json")
}
