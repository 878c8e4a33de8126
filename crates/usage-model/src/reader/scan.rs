//! What stands next in the input: the structure around records, and each record in it.

use serde_json::value::RawValue;

use crate::{
    Container, Field, Item, MAX_VALUE_BYTES, MalformedDocument, MalformedRecord, PageMeta, Place,
    UsageRecord,
    decode::{Outcome, decode_prefix, decode_tracked, error_offset, value_prefix},
};

use super::{
    Input,
    classify::{Class, JSON_SPACE, classify},
};

/// Follows the structure of the input from document to document.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    state: State,
    /// Records met so far, malformed ones counted.
    records: u64,
    /// Documents completed so far.
    documents: u64,
}

/// What is expected next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    /// A document, or the end of the input.
    #[default]
    Document,
    /// An element of a list, or what separates and ends it.
    List(List),
    /// A member of a page, or what separates and ends it.
    Page(Page),
    /// Nothing: the input was refused.
    Refused,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct List {
    index: u64,
    next: Next,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Page {
    next: Next,
    /// The list `usage_records`, while inside it.
    records: Option<List>,
    has_records: bool,
    meta: Field<PageMeta>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    #[default]
    FirstOrEnd,
    Value,
    SeparatorOrEnd,
}

/// How far one look at the text got.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "handed on at once, never stored")]
pub(crate) enum Step {
    /// An item.
    Item(Item),
    /// All that can be told from the text at hand is told.
    NeedsMore,
    /// The input is complete.
    End,
}

type Result<T> = std::result::Result<T, MalformedDocument>;

impl Scanner {
    /// Looks at the text at hand, and passes what it can.
    pub(crate) fn next(&mut self, input: &mut Input, ended: bool) -> Result<Step> {
        loop {
            skip_space(input, self.documents == 0 && self.state == State::Document);
            if input.text().is_empty() && !ended {
                return Ok(Step::NeedsMore);
            }
            let progress = match &self.state {
                State::Document => self.document(input, ended),
                State::List(_) => self.list(input, ended),
                State::Page(_) => self.page(input, ended),
                State::Refused => Ok(Some(Step::End)),
            };
            match progress {
                Ok(None) => {}
                Ok(Some(Step::NeedsMore)) if input.text().len() > MAX_VALUE_BYTES => {
                    return self.refuse(input, 0, TOO_LARGE);
                }
                Ok(Some(step)) => return Ok(step),
                Err(error) => {
                    self.state = State::Refused;
                    return Err(error);
                }
            }
        }
    }

    fn document(&mut self, input: &mut Input, ended: bool) -> Result<Option<Step>> {
        match input.text().as_bytes().first() {
            None => Ok(Some(Step::End)),
            Some(b'[') => {
                input.advance(1);
                self.state = State::List(List::default());
                Ok(None)
            }
            Some(b'{') => match classify(input.text()) {
                Class::Page => {
                    input.advance(1);
                    self.state = State::Page(Page::default());
                    Ok(None)
                }
                Class::Unknown if !ended => Ok(Some(Step::NeedsMore)),
                Class::Neither if self.documents == 0 => Err(malformed(
                    input,
                    0,
                    "an object that is neither a page nor a usage record",
                )),
                Class::Record | Class::Unknown | Class::Neither => {
                    self.record(input, ended, Container::Document)
                }
            },
            Some(_) => Err(malformed(
                input,
                0,
                &format!(
                    "expected a page, a list of records or a record, found {}",
                    next_token(input)
                ),
            )),
        }
    }

    fn list(&mut self, input: &mut Input, ended: bool) -> Result<Option<Step>> {
        let State::List(list) = &mut self.state else {
            return Ok(None);
        };
        match separator(&mut list.next, b']', input, "the list of records")? {
            Separator::Value => {
                let container = Container::List(list.index);
                self.record(input, ended, container)
            }
            Separator::Skipped => Ok(None),
            Separator::Closed => {
                self.state = State::Document;
                self.documents += 1;
                Ok(None)
            }
        }
    }

    fn page(&mut self, input: &mut Input, ended: bool) -> Result<Option<Step>> {
        let State::Page(page) = &mut self.state else {
            return Ok(None);
        };
        if let Some(list) = &mut page.records {
            return match separator(&mut list.next, b']', input, "usage_records")? {
                Separator::Value => {
                    let container = Container::Page(list.index);
                    self.record(input, ended, container)
                }
                Separator::Skipped => Ok(None),
                Separator::Closed => {
                    page.records = None;
                    page.next = Next::SeparatorOrEnd;
                    Ok(None)
                }
            };
        }
        match separator(&mut page.next, b'}', input, "the page")? {
            Separator::Value => page.member(input, ended),
            Separator::Skipped => Ok(None),
            Separator::Closed if page.has_records => {
                let meta = std::mem::take(&mut page.meta).into_value();
                self.state = State::Document;
                self.documents += 1;
                Ok(Some(Step::Item(Item::Page(meta))))
            }
            Separator::Closed => Err(malformed(input, 0, "a page without usage_records")),
        }
    }

    /// Reads the record that starts here.
    fn record(
        &mut self,
        input: &mut Input,
        ended: bool,
        container: Container,
    ) -> Result<Option<Step>> {
        let text = input.text();
        let place = Place {
            record: self.records,
            position: input.position(0),
            container,
        };
        let (item, length) = match decode_prefix::<UsageRecord>(text) {
            Outcome::Value(record, length) => (Item::Record(place, record), length),
            Outcome::Incomplete if !ended => return Ok(Some(Step::NeedsMore)),
            Outcome::Incomplete | Outcome::Wrong(_) => match value_prefix::<&RawValue>(text) {
                Outcome::Value(raw, length) => (reread(raw, place, input), length),
                Outcome::Incomplete if !ended => return Ok(Some(Step::NeedsMore)),
                Outcome::Incomplete => {
                    return Err(malformed(
                        input,
                        text.len(),
                        "the input ends within a record",
                    ));
                }
                Outcome::Wrong(error) => {
                    let at = error_offset(text, &error);
                    match self.broken_line(input, ended, at, container)? {
                        Some(line) => (broken(line, at, &error, place, input), line.len()),
                        None => return Ok(Some(Step::NeedsMore)),
                    }
                }
            },
        };
        input.advance(length);
        self.records += 1;
        match &mut self.state {
            State::Document => self.documents += 1,
            State::List(list)
            | State::Page(Page {
                records: Some(list),
                ..
            }) => {
                list.index += 1;
                list.next = Next::SeparatorOrEnd;
            }
            State::Page(_) | State::Refused => {}
        }
        Ok(Some(Step::Item(item)))
    }

    /// The line that a record with broken syntax takes up, where the input is NDJSON, so that the next
    /// line can be read; `None` where more text is needed to tell.
    ///
    /// That it is NDJSON shows in that the next line starts with an object, or that a document went before
    /// and the break lies within the line on which the record started.
    fn broken_line<'a>(
        &self,
        input: &'a Input,
        ended: bool,
        at: usize,
        container: Container,
    ) -> Result<Option<&'a str>> {
        let text = input.text();
        let refusal = || {
            let reason = if input.is_not_text(at) {
                "a byte that is not UTF-8".to_owned()
            } else {
                format!("not valid JSON: found {}", next_token_at(text, at))
            };
            Err(malformed(input, at, &reason))
        };
        if container != Container::Document {
            return refusal();
        }
        let (line, rest) = match text.split_once('\n') {
            Some(parts) => parts,
            None if ended => (text, ""),
            None => return Ok(None),
        };
        if rest.is_empty() && !ended {
            return Ok(None);
        }
        let within_line = at <= line.len();
        if rest.starts_with('{') || (within_line && self.documents > 0) {
            Ok(Some(line))
        } else {
            refusal()
        }
    }

    fn refuse<T>(&mut self, input: &Input, ahead: usize, reason: &str) -> Result<T> {
        self.state = State::Refused;
        Err(malformed(input, ahead, reason))
    }
}

const TOO_LARGE: &str = "a record or envelope larger than 16 MiB";

impl Page {
    /// Reads one member of a page, up to the start of the list where it is `usage_records`.
    fn member(&mut self, input: &mut Input, ended: bool) -> Result<Option<Step>> {
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

enum Separator {
    /// A value starts here.
    Value,
    /// A comma was passed.
    Skipped,
    /// The end was passed.
    Closed,
}

/// Passes the comma before the next value, or the bracket that ends the list or object.
fn separator(next: &mut Next, close: u8, input: &mut Input, of: &str) -> Result<Separator> {
    let Some(&first) = input.text().as_bytes().first() else {
        return Err(malformed(input, 0, &format!("the input ends within {of}")));
    };
    match *next {
        Next::FirstOrEnd | Next::SeparatorOrEnd if first == close => {
            input.advance(1);
            Ok(Separator::Closed)
        }
        Next::FirstOrEnd | Next::Value => Ok(Separator::Value),
        Next::SeparatorOrEnd if first == b',' => {
            input.advance(1);
            *next = Next::Value;
            Ok(Separator::Skipped)
        }
        Next::SeparatorOrEnd => {
            let found = next_token(input);
            let close = char::from(close);
            Err(malformed(
                input,
                0,
                &format!("expected a comma or {close} in {of}, found {found}"),
            ))
        }
    }
}

/// Reads again a record that is valid JSON and was refused, to learn why.
fn reread(raw: &RawValue, place: Place, input: &Input) -> Item {
    match decode_tracked(raw) {
        Ok(record) => Item::Record(place, record),
        Err(problem) => Item::Malformed(MalformedRecord {
            place,
            pointer: problem.pointer,
            found: problem.found,
            expected: problem.expected,
            position: input.position(problem.offset),
            raw: raw.get().into(),
        }),
    }
}

/// A record that is not even JSON, on a line of its own.
fn broken(line: &str, at: usize, error: &serde_json::Error, place: Place, input: &Input) -> Item {
    let found = if input.is_not_text(at) {
        "a byte that is not UTF-8".to_owned()
    } else if error.is_eof() || at >= line.len() {
        "the end of the line".to_owned()
    } else {
        next_token_at(line, at)
    };
    Item::Malformed(MalformedRecord {
        place,
        pointer: String::new(),
        found,
        expected: "valid JSON".to_owned(),
        position: input.position(at),
        raw: line.into(),
    })
}

/// Passes white space, and at the very start a byte order mark.
fn skip_space(input: &mut Input, at_start: bool) {
    let text = input.text();
    let rest = text.trim_start_matches(JSON_SPACE);
    let rest = if at_start {
        rest.strip_prefix('\u{feff}').unwrap_or(rest)
    } else {
        rest
    };
    let length = text.len() - rest.trim_start_matches(JSON_SPACE).len();
    if length > 0 {
        input.advance(length);
    }
}

fn malformed(input: &Input, ahead: usize, reason: &str) -> MalformedDocument {
    MalformedDocument {
        position: input.position(ahead),
        reason: reason.to_owned(),
    }
}

fn next_token(input: &Input) -> String {
    if input.is_not_text(0) {
        return "a byte that is not UTF-8".to_owned();
    }
    next_token_at(input.text(), 0)
}

/// What stands at a point of the text, for a message: one character, escaped where it does not print.
fn next_token_at(text: &str, at: usize) -> String {
    let shown = |character: char| format!("{:?}", character.to_string());
    text.get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or_else(|| "the end of the input".to_owned(), shown)
}
