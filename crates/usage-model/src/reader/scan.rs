//! What stands next in the input: the structure around records, and each record in it.

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::{
    Container, Item, MAX_VALUE_BYTES, MalformedDocument, Place, UsageRecord,
    decode::{Outcome, Stop, decode_prefix, error_offset, value_prefix},
};

use super::{
    Input,
    classify::{Class, JSON_SPACE, classify},
    list::{List, Next, Separator, separator},
    members::Page,
    refusal::{broken, malformed, next_token, next_token_at, reread},
};

/// Follows the structure of the input from document to document.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    state: State,
    /// Records met so far, malformed ones counted.
    records: u64,
    /// Documents completed so far.
    documents: u64,
    /// Documents that start before this point of the input are read line by line: one before them seemed to go on
    /// up to here and was broken. Reading each of them as far as it seems to go would take time without end.
    lines_until: u64,
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
    /// One that goes on after a document.
    pub(crate) fn after_document() -> Self {
        Self {
            documents: 1,
            ..Self::default()
        }
    }

    /// Whether a document may start here.
    pub(crate) fn is_between_documents(&self) -> bool {
        self.state == State::Document
    }

    /// Documents completed so far.
    pub(crate) fn documents(&self) -> u64 {
        self.documents
    }

    /// Whether the input was refused, so that nothing more is read.
    pub(crate) fn is_refused(&self) -> bool {
        self.state == State::Refused
    }

    /// Looks at the text at hand, and passes what it can.
    pub(crate) fn next(&mut self, input: &mut Input, ended: bool) -> Result<Step> {
        loop {
            skip_space(input);
            // What lies beyond the largest value is not looked at, so that all there is reads as what comes piece by piece.
            let ended = ended && input.is_all_in_text();
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
            Some(b'{') => match classify(self.line(input).unwrap_or_else(|| input.text())) {
                Class::Page => {
                    input.advance(1);
                    self.state = State::Page(Page::default());
                    Ok(None)
                }
                Class::Unknown if !ended => Ok(Some(Step::NeedsMore)),
                Class::Neither if self.documents == 0 => self.unlike_a_record(input, ended),
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

    /// Reads a first document that shows no sign of being a record: one all the same where further lines follow.
    fn unlike_a_record(&mut self, input: &mut Input, ended: bool) -> Result<Option<Step>> {
        let text = input.text();
        let after = match value_prefix::<IgnoredAny>(text) {
            Outcome::Value(_, length) => text.get(length..).unwrap_or_default(),
            Outcome::Incomplete | Outcome::Wrong(_) => "",
        };
        let next = after.trim_start_matches(JSON_SPACE);
        if next.starts_with('{') {
            self.record(input, ended, Container::Document)
        } else if next.is_empty() && !ended {
            Ok(Some(Step::NeedsMore))
        } else {
            let reason = "an object that is neither a page nor a usage record";
            Err(malformed(input, 0, reason))
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

    /// The line that starts here, where documents are read line by line.
    fn line<'a>(&self, input: &'a Input) -> Option<&'a str> {
        if self.state != State::Document || input.offset() >= self.lines_until {
            return None;
        }
        input.text().split_once('\n').map(|(line, _)| line)
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
        if let Some(line) = self.line(input) {
            let (item, length) = match value_prefix::<&RawValue>(line) {
                Outcome::Value(raw, length) => (reread(raw, place, input), length),
                Outcome::Incomplete => (broken(line, line.len(), place, input), line.len()),
                Outcome::Wrong(error) => {
                    let at = error_offset(line, &error);
                    (broken(line, at, place, input), line.len())
                }
            };
            return self.passed(input, length, item);
        }
        let mut record = UsageRecord::default();
        let (item, length) = match decode_prefix(text, &mut record) {
            Ok(length) => (Item::Record(place, record), length),
            Err(Stop::Incomplete) if !ended => return Ok(Some(Step::NeedsMore)),
            // What is begun of the record makes room for what is read anew.
            Err(Stop::Incomplete | Stop::Unusual) => match whole_value(text, record) {
                // A number may go on in what is still to come; every other value shows its end.
                Outcome::Value(_, length) if length == text.len() && !ended => {
                    return Ok(Some(Step::NeedsMore));
                }
                Outcome::Value(raw, length) => (reread(raw, place, input), length),
                Outcome::Incomplete if !ended => return Ok(Some(Step::NeedsMore)),
                Outcome::Incomplete => {
                    let Some(line) = cut_line(text, container) else {
                        let reason = "the input ends within a record";
                        return Err(malformed(input, text.len(), reason));
                    };
                    self.lines_until = input.offset_of(text.len());
                    (broken(line, line.len(), place, input), line.len())
                }
                Outcome::Wrong(error) => {
                    let at = error_offset(text, &error);
                    let Some(line) = self.broken_line(input, ended, at, container)? else {
                        return Ok(Some(Step::NeedsMore));
                    };
                    self.lines_until = input.offset_of(at);
                    (broken(line, at, place, input), line.len())
                }
            },
        };
        self.passed(input, length, item)
    }

    /// Goes past a record of so many bytes.
    fn passed(&mut self, input: &mut Input, length: usize, item: Item) -> Result<Option<Step>> {
        if length > MAX_VALUE_BYTES {
            return Err(malformed(input, 0, TOO_LARGE));
        }
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
        let rest = rest.trim_start_matches(JSON_SPACE);
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

/// What is said of a value above [`MAX_VALUE_BYTES`].
pub(super) const TOO_LARGE: &str = "a record or envelope larger than 1 MiB";

/// The text of the value that stands here; `begun` is what was read of it before.
fn whole_value(text: &str, begun: UsageRecord) -> Outcome<&RawValue> {
    drop(begun);
    value_prefix(text)
}

/// The line that a record takes up which goes on to the end of the input, where the input is NDJSON: the next line
/// starts with an object.
fn cut_line(text: &str, container: Container) -> Option<&str> {
    let (line, rest) = text.split_once('\n')?;
    let is_ndjson = rest.trim_start_matches(JSON_SPACE).starts_with('{');
    (container == Container::Document && is_ndjson).then_some(line)
}

/// Passes white space, and at the very start a byte order mark before it.
fn skip_space(input: &mut Input) {
    let text = input.text();
    let rest = if input.offset() == 0 {
        text.strip_prefix('\u{feff}').unwrap_or(text)
    } else {
        text
    };
    let length = text.len() - rest.trim_start_matches(JSON_SPACE).len();
    let all = length == text.len();
    if length > 0 {
        input.advance(length);
        if all {
            skip_more_space(input);
        }
    }
}

/// Passes white space where the text was nothing else and more of it comes into view.
fn skip_more_space(input: &mut Input) {
    loop {
        let text = input.text();
        let length = text.len() - text.trim_start_matches(JSON_SPACE).len();
        if length == 0 {
            return;
        }
        input.advance(length);
    }
}
