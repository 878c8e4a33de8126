//! Going on after what cannot be read.
//!
//! Among lines nothing costs more than its own line. What breaks off over several lines costs what comes before the
//! next line that starts as a document does. Until a document is complete nothing is reported: an input without one
//! is refused as a whole.

use crate::{
    Container, Item, MAX_VALUE_BYTES, MalformedRecord, RecordReader,
    read::{
        decode::{Problem, token},
        frame::Progress,
        input::Held,
        refusal,
    },
};

use super::{
    Result, State, Step,
    view::{View, starts_document},
};

/// As many problems are kept until a document is complete, of at most [`MAX_VALUE_BYTES`] together.
const MOST_PENDING: usize = 64;

const LINE_END: &str = "the end of the line";

impl RecordReader {
    /// Passes what is no JSON from a byte of the text on.
    pub(super) fn broken<'b>(
        &mut self,
        container: Container,
        at: usize,
        block: &mut &'b [u8],
    ) -> Result<Step<'b>> {
        let mut view = View::new(&self.input, block, self.ended);
        if self.is_by_line() {
            view = view.first_line();
        } else if let Some(newline) = view.document_line(at) {
            return self.cut_off(container, newline, at, block);
        }
        let text = view.text;
        let end = memchr::memchr(b'\n', text.get(at..).unwrap_or_default());
        let end = end.map_or(text.len(), |length| at + length);
        let problem = Problem::syntax(text.get(..end).unwrap_or_default(), at);
        self.broken_with(container, problem, block)
    }

    /// Passes what goes on up to `at`, and was begun before a line that starts as a document does.
    fn cut_off<'b>(
        &mut self,
        container: Container,
        newline: usize,
        at: usize,
        block: &mut &'b [u8],
    ) -> Result<Step<'b>> {
        self.lines_until = self.input.offset_of(at);
        self.is_torn |= !matches!(self.state, State::Document);
        self.state = State::Document;
        let problem = Problem::new(LINE_END, Problem::VALID_JSON).ahead(newline);
        self.refuse(container, problem, newline, block)
    }

    /// Passes what stands in place of a comma or a bracket.
    pub(super) fn broken_between<'b>(
        &mut self,
        container: Container,
        expected: &'static str,
        block: &mut &'b [u8],
    ) -> Result<Step<'b>> {
        let text = self.input.text(block);
        let problem = Problem::new(token(text, 0), expected);
        let is_document = text.first().is_some_and(|&byte| starts_document(byte));
        if is_document && self.input.position().column == 1 {
            return self.torn(container, problem, block);
        }
        self.broken_with(container, problem, block)
    }

    /// Passes a page that breaks off before the next one.
    pub(super) fn broken_page<'b>(
        &mut self,
        container: Container,
        block: &mut &'b [u8],
    ) -> Result<Step<'b>> {
        let problem = Problem::new(
            "the start of another page",
            "a record, or the end of this page",
        );
        self.torn(container, problem, block)
    }

    /// Passes what breaks off before a document that starts here.
    fn torn<'b>(
        &mut self,
        container: Container,
        problem: Problem,
        block: &mut &'b [u8],
    ) -> Result<Step<'b>> {
        self.is_torn = true;
        self.state = State::Document;
        self.refuse(container, problem, 0, block)
    }

    /// Passes the text up to the end of the line on which a problem is.
    pub(super) fn broken_with<'b>(
        &mut self,
        container: Container,
        mut problem: Problem,
        block: &mut &'b [u8],
    ) -> Result<Step<'b>> {
        let is_document = matches!(self.state, State::Document);
        let view = View::new(&self.input, block, self.ended);
        let (before, after) = view
            .text
            .split_at_checked(problem.offset)
            .unwrap_or((view.text, &[]));
        let end = match memchr::memchr(b'\n', after) {
            Some(length) => {
                if length == 0 {
                    LINE_END.clone_into(&mut problem.found);
                }
                before.len() + length
            }
            None if view.is_last || view.is_full => view.text.len(),
            None => return Ok(Step::NeedsMore),
        };
        let start = if is_document {
            self.input.position().line
        } else {
            self.document_line
        };
        let is_on_line = self.input.position_of(before.len(), block).line == start;
        self.is_torn |= !is_document;
        self.state = if !is_on_line {
            State::DocumentLine
        } else if view.is_full {
            State::LineEnd
        } else {
            State::Document
        };
        self.refuse(container, problem, end, block)
    }

    /// Whether documents are read line by line here.
    pub(super) fn is_by_line(&self) -> bool {
        matches!(self.state, State::Document) && self.input.offset() < self.lines_until
    }

    /// Takes note of a problem with the next bytes, and passes them.
    pub(super) fn refuse<'b>(
        &mut self,
        container: Container,
        problem: Problem,
        length: usize,
        block: &mut &'b [u8],
    ) -> Result<Step<'b>> {
        let (record, held) = self.pass_malformed(container, problem, length, block);
        if self.documents > 0 {
            self.item = Item::Malformed(record);
            return Ok(Step::Item(held));
        }
        self.pending.push_back(record);
        let bytes: usize = self.pending.iter().map(|record| record.raw.len()).sum();
        match self.pending.front() {
            Some(first) if self.pending.len() > MOST_PENDING || bytes > MAX_VALUE_BYTES => {
                Err(refusal::document(first))
            }
            _ => Ok(Step::Passed),
        }
    }

    pub(super) fn pass_malformed<'b>(
        &mut self,
        container: Container,
        problem: Problem,
        length: usize,
        block: &mut &'b [u8],
    ) -> (MalformedRecord, Held<'b>) {
        let raw = self.input.text(block).get(..length).unwrap_or_default();
        let position = self.input.position_of(problem.offset, block);
        let record = refusal::malformed(self.place(container), position, problem, raw);
        self.frame = None;
        self.records += 1;
        (record, self.input.pass_lines(length, block))
    }

    /// Passes what is too large to be kept, without keeping it.
    pub(super) fn refuse_too_large<'b>(
        &mut self,
        container: Container,
        block: &mut &'b [u8],
    ) -> Result<Step<'b>> {
        let view = View::new(&self.input, block, self.ended);
        if !matches!(self.state, State::Document) {
            let frame = self.frame.take();
            let (record, held) = self.pass_malformed(container, Problem::too_large(), 0, block);
            self.frame = frame;
            self.state = State::TooLarge(Box::new(std::mem::take(&mut self.state)));
            self.item = Item::Malformed(record);
            return Ok(Step::Item(held));
        }
        let length = view.text.len();
        if !self.is_by_line()
            && let Some(newline) = view.document_line(length)
        {
            return self.cut_off(container, newline, length, block);
        }
        self.state = if !self.is_by_line() && view.text.contains(&b'\n') {
            State::DocumentLine
        } else {
            State::LineEnd
        };
        self.refuse(container, Problem::too_large(), 0, block)
    }

    /// Passes more of a value that is too large.
    pub(super) fn skip_value<'b>(&mut self, block: &mut &'b [u8]) -> Step<'b> {
        let mut frame = self.frame.take().unwrap_or_default();
        let progress = frame.advance(self.input.text(block), self.ended);
        let length = frame.forget();
        self.input.pass_lines(length, block);
        if progress == Progress::More && !self.ended {
            self.frame = Some(frame);
            return Step::NeedsMore;
        }
        if let State::TooLarge(state) = std::mem::take(&mut self.state) {
            self.state = *state;
        }
        self.count_element();
        Step::Passed
    }

    /// Passes the rest of a line, and all lines up to one that starts as a document does where that is looked for.
    pub(super) fn skip_lines<'b>(&mut self, block: &mut &'b [u8]) -> Step<'b> {
        let text = self.input.text(block);
        let length = memchr::memchr(b'\n', text).unwrap_or(text.len());
        let next_line = text.get(length + 1);
        let is_end = match next_line {
            _ if matches!(self.state, State::LineEnd) => length < text.len(),
            Some(&byte) => starts_document(byte),
            None => false,
        };
        let is_last = self.ended && next_line.is_none();
        let has_more = next_line.is_some();
        self.input.pass_lines(length + usize::from(has_more), block);
        if is_end || is_last {
            self.state = State::Document;
        } else if !has_more {
            return Step::NeedsMore;
        }
        Step::Passed
    }
}
