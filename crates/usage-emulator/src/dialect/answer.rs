//! Dialects of an answer: its body, its paging envelope, and the links in that.

use bytes::{BufMut as _, Bytes, BytesMut};
use chrono::{DateTime, Timelike as _, Utc};
use http::{StatusCode, header};
use usage_model::{Field, Granularity, MetaNumber, PageMeta, Timestamp};

use super::{Dialect, Dialects};
use crate::{account::Parameters, answer::Answer};

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

    /// Changes the envelope of a page as the dialects have it.
    pub(crate) fn apply_to_meta(&self, meta: &mut PageMeta) {
        if self.has(Dialect::MetaStrings) {
            for number in [&mut meta.page, &mut meta.page_size] {
                if let Field::Value(MetaNumber::Number(value)) = number {
                    *number = Field::Value(MetaNumber::Text(value.to_string().into()));
                }
            }
        }
        if self.has(Dialect::EmptyEnd) {
            for link in [&mut meta.previous_page_url, &mut meta.next_page_url] {
                if link.is_null() {
                    *link = Field::Value(String::new());
                }
            }
        }
    }

    /// Writes an end of the window in a link; `widened` is the UTC midnight that it was widened to.
    pub(crate) fn write_time(&self, time: DateTime<Utc>, widened: DateTime<Utc>) -> String {
        let time = if self.has(Dialect::WidenedLinks) {
            widened
        } else {
            time
        };
        if self.has(Dialect::MinuteLinks) && time.second() == 0 && time.nanosecond() == 0 {
            return time.format("%Y-%m-%dT%H:%MZ").to_string();
        }
        Timestamp::from(time).to_string()
    }

    /// Writes the granularity in a link.
    pub(crate) fn write_granularity(&self, granularity: Granularity) -> String {
        if self.has(Dialect::CapitalLinks) {
            granularity.as_str().to_ascii_uppercase()
        } else {
            granularity.as_str().to_owned()
        }
    }

    /// Changes parameters that were taken from a link back to what the API reads.
    pub(crate) fn read_parameters(&self, parameters: &mut Parameters) {
        for (name, value) in parameters {
            match name.as_str() {
                "Granularity" if self.has(Dialect::CapitalLinks) => value.make_ascii_lowercase(),
                "Start" | "End" if self.has(Dialect::MinuteLinks) => {
                    let is_short = value.len() == "2026-03-05T00:00Z".len();
                    if let Some(minute) = value.strip_suffix('Z').filter(|_| is_short) {
                        *value = format!("{minute}:00Z");
                    }
                }
                _ => {}
            }
        }
    }
}

fn is_json(answer: &Answer) -> bool {
    let media_type = answer.headers.get(header::CONTENT_TYPE);
    media_type.is_some_and(|value| value == "application/json")
}
