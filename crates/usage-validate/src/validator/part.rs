//! A part of a run that can be done anywhere, and joined later.

use usage_model::{Item, MalformedRecord, PageMeta, Place, UsageRecord};

use super::record::{Entry, Records};
use crate::{
    findings::{kept::Source, reporter::Reporter},
    rules::member::MembersSeen,
};

/// A part of a run: a piece of the input, checked by itself, on another thread for instance.
///
/// Made by [`Validator::part`](crate::Validator::part), and joined with
/// [`Validator::join`](crate::Validator::join) in the order of the input; that gives the same findings and
/// the same summary as one validator over all of it. Once joined it is empty, and its room can be used for the
/// next piece of the same input. It holds what was found, and a few hundred bytes for each record, so pieces should
/// be of some hundreds or thousands of records.
#[derive(Debug)]
pub struct Part {
    pub(super) records: Records,
    pub(super) reporter: Reporter,
    pub(super) events: Vec<Event>,
    source: Source,
    count: u64,
}

/// What came, in order.
#[derive(Debug)]
pub(super) enum Event {
    /// The number of findings of the next record.
    Found(usize),
    Record(Entry),
    Malformed(MalformedRecord),
    Page(PageMeta),
}

impl Part {
    pub(super) fn new(records: Records, reporter: Reporter, source: Source) -> Self {
        Self {
            records,
            reporter,
            events: Vec::new(),
            source,
            count: 0,
        }
    }

    /// Takes what a reader gives: a record, a malformed record, or the end of a page.
    pub fn item(&mut self, item: &Item) {
        match item {
            Item::Record(place, record) => self.record(place, record),
            Item::Malformed(record) => self.malformed_record(record),
            Item::Page(Some(meta)) => self.page(meta),
            _ => {}
        }
    }

    /// Checks one record, numbered from the start of the part.
    pub fn record(&mut self, place: &Place, record: &UsageRecord) {
        self.count += 1;
        let before = self.reporter.findings().len();
        let entry = self
            .records
            .check(place, record, &self.source, &mut self.reporter);
        let found = self.reporter.findings().len() - before;
        if found > 0 {
            self.events.push(Event::Found(found));
        }
        self.events.push(Event::Record(entry));
    }

    /// Takes a record that could not be read (UR002), numbered from the start of the part.
    pub fn malformed_record(&mut self, record: &MalformedRecord) {
        self.count += 1;
        self.events.push(Event::Malformed(record.clone()));
    }

    /// Takes the envelope of the page whose records went before.
    pub fn page(&mut self, meta: &PageMeta) {
        let mut meta = meta.clone();
        meta.unknown = usage_model::UnknownMembers::default();
        self.events.push(Event::Page(meta));
    }

    /// Empties the part, for the next piece; the room of what it held stays.
    pub(super) fn clear(&mut self, most: usize) {
        self.records.members = MembersSeen::EMPTY;
        self.reporter = self.reporter.another(most);
        self.events.clear();
        self.count = 0;
    }

    /// Returns how many records there are in the part so far, malformed ones counted.
    pub const fn records(&self) -> u64 {
        self.count
    }
}
