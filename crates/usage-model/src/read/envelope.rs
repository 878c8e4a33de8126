//! How far a list or a page has been read: its separators, and the members of a page.

use std::borrow::Cow;

use serde_json::Value;

use crate::{Container, Field, PageMeta};

use super::{
    decode::{Problem, decode_tracked, token},
    frame::{Frame, is_space},
};

/// How far a list has been read.
#[derive(Debug, Default)]
pub(super) struct List {
    /// Elements before the next one.
    pub(super) index: u64,
    pub(super) next: Next,
}

/// What may stand next in a list or object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Next {
    #[default]
    FirstOrEnd,
    Value,
    SeparatorOrEnd,
}

/// What stands between two values.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// A value starts here.
    Value,
    Comma,
    Closed,
    /// Neither; what was expected.
    Wrong(&'static str),
}

impl Next {
    /// Tells what the first byte of the text is, in a list or object that `close` ends.
    pub(super) fn at(self, first: Option<u8>, close: u8) -> Separator {
        match (self, first) {
            (Self::FirstOrEnd | Self::SeparatorOrEnd, Some(byte)) if byte == close => {
                Separator::Closed
            }
            (Self::SeparatorOrEnd, Some(b',')) => Separator::Comma,
            (Self::FirstOrEnd | Self::Value, Some(_)) => Separator::Value,
            (Self::Value, None) if close == b']' => Separator::Wrong("a record"),
            (Self::Value, None) => Separator::Wrong("a member of the page"),
            _ if close == b']' => Separator::Wrong("a comma or ] in the list of records"),
            _ => Separator::Wrong("a comma or } in the page"),
        }
    }
}

impl List {
    /// Goes past an element.
    pub(super) fn passed(&mut self) {
        self.index += 1;
        self.next = Next::SeparatorOrEnd;
    }
}

/// How far a page has been read.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) next: Next,
    /// The list `usage_records`, while inside it.
    pub(super) records: Option<List>,
    pub(super) has_records: bool,
    pub(super) meta: Field<PageMeta>,
}

impl Page {
    /// Where what comes next stands, in a page that may be an element of a list.
    pub(super) fn container(&self, list: Option<&List>) -> Container {
        match (&self.records, list) {
            (Some(records), None) => Container::Page(records.index),
            (Some(records), Some(list)) => Container::PageInList {
                page: list.index,
                record: records.index,
            },
            (None, Some(list)) => Container::List(list.index),
            (None, None) => Container::Document,
        }
    }

    /// Opens `usage_records`, whose value starts at `at` in the text of the member.
    pub(super) fn open_records(&mut self, text: &[u8], at: usize) -> Result<(), Problem> {
        if self.has_records {
            return Err(second("usage_records", 0));
        }
        if text.get(at) != Some(&b'[') {
            let problem = Problem::new(token(text, at), "a list of records in usage_records");
            return Err(problem.ahead(at));
        }
        self.has_records = true;
        self.records = Some(List::default());
        Ok(())
    }

    /// Closes `usage_records`.
    pub(super) fn close_records(&mut self) {
        self.records = None;
        self.next = Next::SeparatorOrEnd;
    }

    /// Reads any other member, of which this is the text.
    pub(super) fn read_member(&mut self, text: &[u8]) -> Result<(), Problem> {
        let length = Frame::length_of(text).unwrap_or_default();
        let name = text.get(..length).unwrap_or_default();
        let name = serde_json::from_slice::<Cow<'_, str>>(name).unwrap_or_default();
        let after = text.get(length..).unwrap_or_default();
        let start = after
            .iter()
            .position(|&byte| !is_space(byte) && byte != b':');
        let start = length + start.unwrap_or_default();
        let value = text.get(start..).unwrap_or_default();
        if name == "meta" {
            self.read_meta(value, start)?;
        } else if tells_error(&name, value) {
            let found = format!("an error in {name}, beside the list of records");
            return Err(Problem::new(found, "a page without an error").ahead(start));
        }
        self.next = Next::SeparatorOrEnd;
        Ok(())
    }

    /// Reads `meta`, whose value starts at `start` in the text of the member.
    fn read_meta(&mut self, value: &[u8], start: usize) -> Result<(), Problem> {
        if !self.meta.is_absent() {
            return Err(second("meta", start));
        }
        self.meta = if value == b"null" {
            Field::Null
        } else {
            let below = |mut problem: Problem| {
                problem.pointer.insert_str(0, "/meta");
                problem.ahead(start)
            };
            Field::Value(decode_tracked(value).map_err(below)?)
        };
        Ok(())
    }
}

/// Whether a member of a page says that something failed: its list is not all that there is then.
fn tells_error(name: &str, value: &[u8]) -> bool {
    if !matches!(name, "error" | "errors" | "status" | "code") {
        return false;
    }
    let value = serde_json::from_slice::<Value>(value).unwrap_or_default();
    let number = match &value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match name {
        // As in HTTP, and in the codes of the API, which start with the two digits of the product.
        "status" => number.is_some_and(|status| (400..600).contains(&status)),
        "code" => number.is_some_and(|code| code >= 400),
        _ => match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            Value::Object(object) => !object.is_empty(),
            Value::Number(_) => number != Some(0),
            Value::Bool(true) => true,
        },
    }
}

fn second(name: &str, offset: usize) -> Problem {
    Problem::new(format!("a second member {name}"), "each member once").ahead(offset)
}
