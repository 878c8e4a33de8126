//! The members of a page: the list of records, the envelope, and others that are passed over.

use serde_json::value::RawValue;

use crate::{
    Field, MAX_VALUE_BYTES, MalformedDocument, PageMeta,
    decode::{Outcome, decode_tracked, error_offset, value_prefix},
};

use super::{
    Input, Step,
    classify::JSON_SPACE,
    list::{List, Next},
    refusal::{malformed, next_token, next_token_at},
    scan::TOO_LARGE,
};

type Result<T> = std::result::Result<T, MalformedDocument>;

/// How far a page has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) next: Next,
    /// The list `usage_records`, while inside it.
    pub(super) records: Option<List>,
    pub(super) has_records: bool,
    pub(super) meta: Field<PageMeta>,
}

impl Page {
    /// Reads one member of a page, up to the start of the list where it is `usage_records`.
    pub(super) fn member(&mut self, input: &mut Input, ended: bool) -> Result<Option<Step>> {
        let text = input.text();
        let wait = |reason: &str| {
            if ended {
                Err(malformed(input, text.len(), reason))
            } else {
                Ok(Some(Step::NeedsMore))
            }
        };
        let (name, name_length) = match value_prefix::<String>(text) {
            Outcome::Value(name, length) => (name, length),
            Outcome::Incomplete => return wait("the input ends within a page"),
            Outcome::Wrong(_) => {
                let reason = format!("expected the name of a member, found {}", next_token(input));
                return Err(malformed(input, 0, &reason));
            }
        };
        let after = text.get(name_length..).unwrap_or_default();
        let colon = after.trim_start_matches(JSON_SPACE);
        let value = match colon.strip_prefix(':') {
            Some(value) => value.trim_start_matches(JSON_SPACE),
            None if colon.is_empty() => return wait("the input ends within a page"),
            None => {
                return Err(malformed(
                    input,
                    text.len() - colon.len(),
                    "expected a colon",
                ));
            }
        };
        let start = text.len() - value.len();
        match name.as_str() {
            "usage_records" if self.has_records => {
                Err(malformed(input, 0, "a second member usage_records"))
            }
            "usage_records" if value.is_empty() => wait("the input ends within a page"),
            "usage_records" if value.starts_with('[') => {
                self.has_records = true;
                self.records = Some(List::default());
                input.advance(start + 1);
                Ok(None)
            }
            "usage_records" => Err(malformed(
                input,
                start,
                &format!(
                    "expected a list of records in usage_records, found {}",
                    next_token_at(text, start)
                ),
            )),
            name => {
                let (raw, length) = match value_prefix::<&RawValue>(value) {
                    Outcome::Value(raw, length) => (raw, length),
                    Outcome::Incomplete => return wait("the input ends within a page"),
                    Outcome::Wrong(error) => {
                        let at = start + error_offset(value, &error);
                        let reason = format!("not valid JSON: found {}", next_token_at(text, at));
                        return Err(malformed(input, at, &reason));
                    }
                };
                // A number may go on in what is still to come; every other value shows its end.
                if length == value.len() && !ended {
                    return Ok(Some(Step::NeedsMore));
                }
                if start + length > MAX_VALUE_BYTES {
                    return Err(malformed(input, 0, TOO_LARGE));
                }
                if name == "meta" {
                    self.meta = read_meta(&self.meta, raw, input, start)?;
                }
                self.next = Next::SeparatorOrEnd;
                input.advance(start + length);
                Ok(None)
            }
        }
    }
}

fn read_meta(
    before: &Field<PageMeta>,
    raw: &RawValue,
    input: &Input,
    start: usize,
) -> Result<Field<PageMeta>> {
    if !before.is_absent() {
        return Err(malformed(input, start, "a second member meta"));
    }
    if raw.get() == "null" {
        return Ok(Field::Null);
    }
    decode_tracked(raw).map(Field::Value).map_err(|problem| {
        let reason = format!(
            "/meta{}: found {}, expected {}",
            problem.pointer, problem.found, problem.expected
        );
        malformed(input, start + problem.offset, &reason)
    })
}
