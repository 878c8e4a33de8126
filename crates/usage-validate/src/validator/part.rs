//! A part of a run that can be done anywhere, and joined later.

use usage_model::{MalformedRecord, PageMeta, Place, UsageRecord};

use crate::{
    Finding,
    stream::{Digest, essence},
    validator::core::Core,
};

/// A part of a run: a piece of the input, checked by itself, on another thread for instance.
///
/// Made by [`Validator::part`](crate::Validator::part), and joined with
/// [`Validator::join`](crate::Validator::join) in the order of the input; that gives the same findings and
/// the same summary as one validator over all of it. It holds what was found, and a few hundred bytes for
/// each record, so pieces should be of some hundreds or thousands of records.
#[derive(Debug)]
pub struct Part {
    pub(crate) core: Core,
    pub(crate) events: Vec<Event>,
    pub(crate) findings: Vec<Finding>,
}

/// What was met, in order.
#[derive(Debug)]
pub(crate) enum Event {
    /// A record, and how many of the part's findings there are up to and with it.
    Record(Option<Digest>, usize),
    Page(PageMeta),
}

impl Part {
    pub(crate) const fn new(core: Core) -> Self {
        Self {
            core,
            events: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Checks one record, numbered from the start of the part.
    pub fn record(&mut self, place: &Place, record: &UsageRecord) {
        let findings = &mut self.findings;
        let digest = self
            .core
            .record(place, record, &mut |finding| findings.push(finding));
        self.events.push(Event::Record(digest, self.findings.len()));
    }

    /// Takes a record that could not be read (UR002), numbered from the start of the part.
    pub fn malformed_record(&mut self, record: &MalformedRecord) {
        let findings = &mut self.findings;
        let digest = self
            .core
            .malformed_record(record, &mut |finding| findings.push(finding));
        self.events.push(Event::Record(digest, self.findings.len()));
    }

    /// Takes the envelope of the page whose records went before.
    pub fn page(&mut self, meta: &PageMeta) {
        self.events.push(Event::Page(essence(meta)));
    }

    /// How many records there are in the part so far, malformed ones counted.
    pub fn records(&self) -> u64 {
        self.core.outlet.tally.decoded + self.core.outlet.tally.malformed
    }
}
