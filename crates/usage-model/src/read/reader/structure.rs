//! The structure around records: documents, lists, pages; and each record in it.

use crate::{
    Container, Item, LooksLike, MAX_VALUE_BYTES, Place, RecordReader, UsageRecord,
    read::{
        decode::{Problem, decode_fast, decode_tracked},
        envelope::{List, Next, Page, Separator},
        frame::{Frame, Progress},
        input::Held,
        refusal,
    },
};

use super::{
    Result, State, Step, record_in,
    view::{View, starts_document},
};

/// A byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl RecordReader {
    pub(super) fn next_pending<'b>(&mut self) -> Step<'b> {
        if let Some(record) = self.pending.pop_front() {
            self.item = Item::Malformed(record);
        }
        Step::Item(Held::Block(&[]))
    }

    #[inline]
    pub(super) fn document<'b>(&mut self, block: &mut &'b [u8]) -> Result<Step<'b>> {
        let text = self.input.text(block);
        let is_unknown = self.documents == 0 && self.pending.is_empty();
        if is_unknown && let Some(kind) = LooksLike::by_signature(text) {
            return Err(refusal::of_kind(kind));
        }
        match text.first() {
            Some(b'{') => self.value(Container::Document, block),
            // In UTF-16 a zero follows.
            Some(b'[') if is_unknown && text.len() == 1 && !self.ended => Ok(Step::NeedsMore),
            Some(b'[') => {
                self.document_line = self.input.position().line;
                self.input.pass(1, block);
                self.state = State::List(List::default());
                Ok(Step::Passed)
            }
            Some(b',' | b']' | b'}') if self.is_torn => {
                self.input.pass(1, block);
                Ok(Step::Passed)
            }
            Some(0xef) if text.starts_with(MARK) => {
                self.input.pass(MARK.len(), block);
                Ok(Step::Passed)
            }
            Some(_) => self.no_document(block),
            None => self.last(),
        }
    }

    /// Ends the input: an error where nothing in it could be read.
    fn last<'b>(&mut self) -> Result<Step<'b>> {
        match self.pending.front() {
            Some(record) => Err(refusal::document(record)),
            None if self.documents == 0 => Err(refusal::of_kind(LooksLike::Empty)),
            None => Ok(Step::End),
        }
    }

    /// Passes a line that starts as no document does.
    fn no_document<'b>(&mut self, block: &mut &'b [u8]) -> Result<Step<'b>> {
        let view = View::new(&self.input, block, self.ended);
        let problem = Problem::unlike(view.text, "a page, a list of records or a record");
        match view.line() {
            Some(line) => {
                let length = line.len();
                self.refuse(Container::Document, problem, length, block)
            }
            None if view.is_full => self.refuse_too_large(Container::Document, block),
            None => Ok(Step::NeedsMore),
        }
    }

    /// Reads the record that starts here, or finds that it is a page.
    #[inline]
    fn value<'b>(&mut self, container: Container, block: &mut &'b [u8]) -> Result<Step<'b>> {
        if self.frame.is_none() && self.input.is_block() && self.input.offset() >= self.lines_until
        {
            let record = record_in(&mut self.item);
            if let Some(length) = decode_fast(block, &mut self.memory, record)
                && length <= MAX_VALUE_BYTES
            {
                return Ok(self.complete(container, length, block));
            }
        }
        self.framed(container, block)
    }

    /// Hands on the record in `self.item`, which has this many bytes.
    #[inline]
    fn complete<'b>(
        &mut self,
        container: Container,
        length: usize,
        block: &mut &'b [u8],
    ) -> Step<'b> {
        if container == Container::Document && self.recognise() {
            return Step::Passed;
        }
        let place = self.place(container);
        if let Item::Record(of, _) = &mut self.item {
            *of = place;
        }
        let held = if self.memory.has_lines() || self.frame.is_some() {
            self.input.pass_lines(length, block)
        } else {
            self.input.pass(length, block)
        };
        self.frame = None;
        self.records += 1;
        self.count_element();
        Step::Item(held)
    }

    pub(super) fn place(&self, container: Container) -> Place {
        Place {
            record: self.records,
            position: self.input.position(),
            container,
        }
    }

    /// Goes past an element of a list, if the record that was read is one.
    #[inline]
    pub(super) fn count_element(&mut self) {
        if let State::List(list)
        | State::Page(
            Page {
                records: Some(list),
                ..
            },
            _,
        ) = &mut self.state
        {
            list.passed();
        }
    }

    /// Takes note that a document is complete; `true` where others before it are now to be told first.
    #[inline]
    fn recognise(&mut self) -> bool {
        self.documents += 1;
        !self.pending.is_empty()
    }

    /// Follows the record that starts here to its end, and reads it as a whole.
    fn framed<'b>(&mut self, container: Container, block: &mut &'b [u8]) -> Result<Step<'b>> {
        let mut frame = self.frame.take().unwrap_or_else(|| {
            let is_line_start = self.input.position().column == 1;
            match container {
                // A page cut short is followed by the next one, on a line of its own.
                Container::Page(_) | Container::PageInList { .. } if !is_line_start => {
                    Frame::default()
                }
                _ => Frame::document(),
            }
        });
        let mut view = View::new(&self.input, block, self.ended);
        if container == Container::Document && self.input.offset() < self.lines_until {
            view = view.first_line();
        }
        match frame.advance(view.text, view.is_last) {
            Progress::Whole(length) if length <= MAX_VALUE_BYTES => {
                self.whole(container, length, block)
            }
            Progress::Page if matches!(self.state, State::Page(..)) => {
                self.broken_page(container, block)
            }
            Progress::Page => Ok(self.open_page(block)),
            Progress::Wrong(at) => {
                self.frame = Some(frame);
                self.broken(container, at, block)
            }
            Progress::More if view.is_last => self.broken(container, view.text.len(), block),
            Progress::More if !view.is_full => {
                self.frame = Some(frame);
                Ok(Step::NeedsMore)
            }
            Progress::Whole(_) | Progress::More | Progress::Records(_) => {
                self.frame = Some(frame);
                self.refuse_too_large(container, block)
            }
        }
    }

    /// Reads a record whose text is known.
    fn whole<'b>(
        &mut self,
        container: Container,
        length: usize,
        block: &mut &'b [u8],
    ) -> Result<Step<'b>> {
        let text = self.input.text(block);
        // A value that was cut is all there now.
        if !self.input.is_block()
            && decode_fast(text, &mut self.memory, record_in(&mut self.item)) == Some(length)
        {
            self.frame = Some(Frame::default());
            return Ok(self.complete(container, length, block));
        }
        let text = text.get(..length).unwrap_or_default();
        let problem = match decode_tracked::<UsageRecord>(text) {
            Ok(record) if !record.has_values() => Problem::unlike(text, "a usage record"),
            Ok(record) => {
                self.item = Item::Record(Place::default(), record);
                self.frame = Some(Frame::default());
                return Ok(self.complete(container, length, block));
            }
            Err(problem) => problem,
        };
        if container == Container::Document && problem.pointer.is_empty() {
            return self.refuse(container, problem, length, block);
        }
        if container == Container::Document && self.recognise() {
            return Ok(Step::Passed);
        }
        let (record, held) = self.pass_malformed(container, problem, length, block);
        self.count_element();
        self.item = Item::Malformed(record);
        Ok(Step::Item(held))
    }

    fn open_page<'b>(&mut self, block: &mut &'b [u8]) -> Step<'b> {
        let list = match std::mem::take(&mut self.state) {
            State::List(list) => Some(list),
            _ => None,
        };
        if list.is_none() {
            self.document_line = self.input.position().line;
        }
        self.input.pass(1, block);
        self.state = State::Page(Page::default(), list);
        Step::Passed
    }

    pub(super) fn list<'b>(&mut self, block: &mut &'b [u8]) -> Result<Step<'b>> {
        let text = self.input.text(block).first().copied();
        let State::List(list) = &mut self.state else {
            return Ok(Step::Passed);
        };
        let container = Container::List(list.index);
        match list.next.at(text, b']') {
            Separator::Value => self.value(container, block),
            Separator::Comma => {
                list.next = Next::Value;
                self.input.pass(1, block);
                Ok(Step::Passed)
            }
            Separator::Closed => {
                if self.recognise() {
                    return Ok(Step::Passed);
                }
                self.input.pass(1, block);
                self.state = State::Document;
                Ok(Step::Passed)
            }
            Separator::Wrong(expected) => self.broken_between(container, expected, block),
        }
    }

    pub(super) fn page<'b>(&mut self, block: &mut &'b [u8]) -> Result<Step<'b>> {
        let text = self.input.text(block).first().copied();
        let State::Page(page, of) = &mut self.state else {
            return Ok(Step::Passed);
        };
        let container = page.container(of.as_ref());
        if let Some(list) = &mut page.records {
            match list.next.at(text, b']') {
                Separator::Value => return self.value(container, block),
                Separator::Comma => list.next = Next::Value,
                Separator::Closed => page.close_records(),
                Separator::Wrong(expected) => {
                    return self.broken_between(container, expected, block);
                }
            }
            self.input.pass(1, block);
            return Ok(Step::Passed);
        }
        match page.next.at(text, b'}') {
            Separator::Value
                if text.is_some_and(starts_document) && self.input.position().column == 1 =>
            {
                self.broken_between(container, "a member of the page", block)
            }
            Separator::Value => self.member(container, block),
            Separator::Comma => {
                page.next = Next::Value;
                self.input.pass(1, block);
                Ok(Step::Passed)
            }
            Separator::Closed if page.has_records => Ok(self.close_page(block)),
            Separator::Closed => {
                let problem =
                    Problem::new("a page without usage_records", "a member usage_records");
                self.broken_with(container, problem, block)
            }
            Separator::Wrong(expected) => self.broken_between(container, expected, block),
        }
    }

    fn close_page<'b>(&mut self, block: &mut &'b [u8]) -> Step<'b> {
        if matches!(self.state, State::Page(_, None)) && self.recognise() {
            return Step::Passed;
        }
        let (meta, list) = match std::mem::take(&mut self.state) {
            State::Page(page, list) => (page.meta.into_value(), list),
            _ => (None, None),
        };
        if let Some(mut list) = list {
            list.passed();
            self.state = State::List(list);
        }
        self.item = Item::Page(meta);
        Step::Item(self.input.pass(1, block))
    }

    /// Reads one member of a page, up to the start of the list where it is `usage_records`.
    fn member<'b>(&mut self, container: Container, block: &mut &'b [u8]) -> Result<Step<'b>> {
        let mut frame = self.frame.take().unwrap_or_else(Frame::member);
        let view = View::new(&self.input, block, self.ended);
        let State::Page(page, _) = &mut self.state else {
            return Ok(Step::Passed);
        };
        match frame.advance(view.text, view.is_last) {
            Progress::Records(at) => match page.open_records(view.text, at) {
                Ok(()) => {
                    self.input.pass_lines(at + 1, block);
                    Ok(Step::Passed)
                }
                Err(problem) => self.broken_with(container, problem, block),
            },
            Progress::Whole(length) if length <= MAX_VALUE_BYTES => {
                let text = view.text.get(..length).unwrap_or_default();
                match page.read_member(text) {
                    Ok(()) => {
                        self.input.pass_lines(length, block);
                        Ok(Step::Passed)
                    }
                    Err(problem) => self.broken_with(container, problem, block),
                }
            }
            Progress::Wrong(at) => {
                self.frame = Some(frame);
                self.broken(container, at, block)
            }
            Progress::More if view.is_last => self.broken(container, view.text.len(), block),
            Progress::More if !view.is_full => {
                self.frame = Some(frame);
                Ok(Step::NeedsMore)
            }
            Progress::Whole(_) | Progress::More | Progress::Page => {
                self.broken_with(container, Problem::too_large(), block)
            }
        }
    }
}
