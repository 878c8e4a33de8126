//! Records out of the bytes of an input.

mod malformed;
mod structure;
mod view;

use std::collections::VecDeque;

use crate::{Item, MalformedDocument, MalformedRecord, Place, Position, UsageRecord};

use super::{
    decode::Memory,
    envelope::{List, Page},
    frame::Frame,
    input::{Held, Input},
};

/// Reads records from bytes that come in blocks or pieces: a file, a pipe, a response body.
///
/// Hand the next bytes to [`next`](Self::next) until it gives `None`, which takes them all; say with
/// [`end`](Self::end) that nothing follows, and take what is left. Records are read straight from these bytes, one in
/// the place of the other. Memory is bounded by the largest record, whatever the length of the input.
///
/// ```
/// use usage_model::{Item, RecordReader};
///
/// let mut reader = RecordReader::new();
/// let mut records = 0;
/// for mut piece in [&b"{\"usage_records\":[{\"sim_"[..], b"sid\":\"DE\"}],\"meta\":{}}"] {
///     while let Some(entry) = reader.next(&mut piece)? {
///         if let Item::Record(place, _) = entry.item() {
///             assert_eq!(place.pointer(""), "/usage_records/0");
///             assert_eq!(entry.text(), "{\"sim_sid\":\"DE\"}");
///             records += 1;
///         }
///     }
/// }
/// reader.end();
/// assert!(reader.next(&mut &[][..])?.is_none());
/// assert_eq!(records, 1);
/// # Ok::<(), usage_model::MalformedDocument>(())
/// ```
#[derive(Debug)]
pub struct RecordReader {
    input: Input,
    state: State,
    /// The value that starts at the next byte, as far as it was followed.
    frame: Option<Frame>,
    memory: Memory,
    /// What was read last; a record is read in the place of the one before it.
    item: Item,
    /// Records met so far, malformed ones counted.
    records: u64,
    ended: bool,
    /// Documents that were complete. From the first on, the input is a list of records, whatever else is in it.
    documents: u64,
    /// What could not be read before any document was complete.
    pending: VecDeque<MalformedRecord>,
    /// Documents that start before this point of the input are read line by line: one before them seemed to go on
    /// up to here and was broken. Reading each of them as far as it seems to go would take time without end.
    lines_until: u64,
    /// The line on which the document starts that is being read.
    document_line: u64,
    /// Whether a list or page was broken, so that its commas and brackets may stand between documents.
    is_torn: bool,
}

/// What is expected next.
#[derive(Debug, Default)]
enum State {
    /// A document, or the end of the input.
    #[default]
    Document,
    /// An element of a list, or what separates and ends it.
    List(List),
    /// A member of a page, or what separates and ends it; and the list that the page is an element of.
    Page(Page, Option<List>),
    /// The rest of a value that is too large to be kept, within a list or a page.
    TooLarge(Box<Self>),
    /// The end of the line.
    LineEnd,
    /// A line that starts as a document does.
    DocumentLine,
    /// Nothing: the input was refused.
    Refused,
}

/// How far one look at the text got.
enum Step<'b> {
    /// An item, and its text.
    Item(Held<'b>),
    /// Something was passed.
    Passed,
    /// All that can be told from the text at hand is told.
    NeedsMore,
    /// The input is complete.
    End,
}

type Result<T> = std::result::Result<T, MalformedDocument>;

impl Default for RecordReader {
    fn default() -> Self {
        Self {
            input: Input::from(Position::START),
            state: State::Document,
            frame: None,
            memory: Memory::default(),
            item: Item::Page(None),
            records: 0,
            ended: false,
            documents: 0,
            pending: VecDeque::new(),
            lines_until: 0,
            document_line: 0,
            is_torn: false,
        }
    }
}

impl RecordReader {
    /// Returns a reader at the start of an input.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a reader that goes on in the middle of an input, where a document starts and others went before.
    ///
    /// Positions count on from `position`, and records from `records`, the number of those before it.
    ///
    /// ```
    /// use usage_model::{Item, Position, RecordReader};
    ///
    /// let mut reader = RecordReader::resume(Position::new(1000, 8, 1), 5);
    /// let mut bytes = &b"{\"data\":{\"total\":0}}\n"[..];
    /// let entry = reader.next(&mut bytes)?.unwrap();
    /// let Item::Record(place, _) = entry.item() else { panic!() };
    /// assert_eq!((place.position.line, place.record), (8, 5));
    /// assert!(reader.next(&mut bytes)?.is_none());
    /// assert!(reader.is_between_documents());
    /// # Ok::<(), usage_model::MalformedDocument>(())
    /// ```
    pub fn resume(position: Position, records: u64) -> Self {
        let mut reader = Self::default();
        reader.resume_at(position, records);
        reader
    }

    /// Goes on in the middle of this input or another one, as a reader made by [`resume`](Self::resume) does.
    ///
    /// This takes less time than making one: what is remembered of earlier records is kept. It changes nothing in what
    /// is read.
    pub fn resume_at(&mut self, position: Position, records: u64) {
        self.input = Input::from(position);
        self.state = State::Document;
        self.frame = None;
        self.records = records;
        self.ended = false;
        self.documents = 1;
        self.pending.clear();
        self.lines_until = 0;
        self.document_line = 0;
        self.is_torn = false;
    }

    /// Says whether all bytes that were handed over are read, and the next document may start here.
    ///
    /// Only once [`next`](Self::next) has given `None`.
    pub fn is_between_documents(&self) -> bool {
        matches!(self.state, State::Document)
            && self.input.is_empty(&[])
            && self.documents > 0
            && !self.is_torn
    }

    /// Says that the input is complete with the bytes handed over so far, and those of the next call.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Returns the number of records up to here, malformed ones counted.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The number of documents that were complete.
    pub(super) fn documents(&self) -> u64 {
        self.documents
    }

    /// Returns the position of the next byte that is not read yet.
    pub fn position(&self) -> Position {
        self.input.position()
    }

    /// Returns the next item, or `None` where more input is needed or all is read.
    ///
    /// `bytes` are those that come next in the input. They are shortened by what is read; with `None` all of them are
    /// taken, and the start of a record that goes on in what follows is kept.
    ///
    /// # Errors
    ///
    /// Fails if the input is no list of usage records. It is not read on from there: further calls give `None`.
    pub fn next<'r, 'b: 'r>(&'r mut self, bytes: &mut &'b [u8]) -> Result<Option<Entry<'r>>> {
        loop {
            match self.step(bytes) {
                Ok(Step::Item(held)) => {
                    let text = match held {
                        Held::Block(text) => text,
                        Held::Carry(range) => self.input.carried(range),
                    };
                    let item = &mut self.item;
                    return Ok(Some(Entry { item, text }));
                }
                Ok(Step::Passed) => {}
                Ok(Step::NeedsMore) => {
                    if !self.input.extend(bytes) {
                        return Ok(None);
                    }
                }
                Ok(Step::End) => {
                    *bytes = &[];
                    return Ok(None);
                }
                Err(error) => {
                    *bytes = &[];
                    self.state = State::Refused;
                    return Err(error);
                }
            }
        }
    }

    #[inline]
    fn step<'b>(&mut self, block: &mut &'b [u8]) -> Result<Step<'b>> {
        if self.documents > 0 && !self.pending.is_empty() {
            return Ok(self.next_pending());
        }
        match self.state {
            State::Refused => return Ok(Step::End),
            State::LineEnd | State::DocumentLine => return Ok(self.skip_lines(block)),
            State::TooLarge(_) => return Ok(self.skip_value(block)),
            _ => {}
        }
        self.input.skip_space(block);
        if self.input.is_empty(block) && !self.ended {
            return Ok(Step::NeedsMore);
        }
        match &self.state {
            State::List(_) => self.list(block),
            State::Page(..) => self.page(block),
            _ => self.document(block),
        }
    }
}

/// An item of an input, and the text that it was read from.
#[derive(Debug)]
pub struct Entry<'a> {
    item: &'a mut Item,
    text: &'a [u8],
}

impl Entry<'_> {
    /// Returns the item. The record in it is kept only until the next one is read.
    pub fn item(&self) -> &Item {
        self.item
    }

    /// Returns the item, to be kept.
    pub fn into_item(self) -> Item {
        std::mem::replace(self.item, Item::Page(None))
    }

    /// Returns the text of a record as it stands in the input; of a malformed one, its `raw`. Empty for a page.
    pub fn text(&self) -> &str {
        match &*self.item {
            // What was decoded is UTF-8 throughout.
            Item::Record(..) => std::str::from_utf8(self.text).unwrap_or_default(),
            Item::Malformed(record) => &record.raw,
            Item::Page(_) => "",
        }
    }
}

/// The record of an item, to be read anew.
#[inline]
fn record_in(item: &mut Item) -> &mut UsageRecord {
    if !matches!(item, Item::Record(..)) {
        *item = Item::Record(Place::default(), UsageRecord::default());
    }
    match item {
        Item::Record(_, record) => record,
        Item::Malformed(_) | Item::Page(_) => unreachable!("it was just made a record"),
    }
}
