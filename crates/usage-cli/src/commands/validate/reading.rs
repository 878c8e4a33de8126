//! Records of one input on their way to the report, one after the other.

use usage_model::{Item, MalformedDocument, Position, RecordReader};

use crate::{failure::Failure, report::Reporter};

/// A reader, and how the records that it numbers from 0 are numbered in the input.
pub(super) struct Reading {
    reader: RecordReader,
    first: u64,
    items: u64,
    records: u64,
}

impl Reading {
    /// From the start of an input.
    pub(super) fn new() -> Self {
        Self {
            reader: RecordReader::new(),
            first: 0,
            items: 0,
            records: 0,
        }
    }

    /// From a place where a document starts, after a number of records.
    pub(super) fn resume(position: Position, records: u64) -> Self {
        Self {
            reader: RecordReader::resume(position),
            first: records,
            ..Self::new()
        }
    }

    /// Reports all that can be read with the next bytes of the input.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        reporter: &mut Reporter,
    ) -> Result<Result<(), MalformedDocument>, Failure> {
        self.reader.feed(bytes);
        self.report(reporter)
    }

    /// Reports all that is left, where nothing follows.
    pub(super) fn end(
        &mut self,
        reporter: &mut Reporter,
    ) -> Result<Result<(), MalformedDocument>, Failure> {
        self.reader.end();
        self.report(reporter)
    }

    fn report(
        &mut self,
        reporter: &mut Reporter,
    ) -> Result<Result<(), MalformedDocument>, Failure> {
        loop {
            match self.reader.next_item() {
                Ok(Some(item)) => {
                    self.items += 1;
                    self.item(item, reporter)?;
                }
                Ok(None) => return Ok(Ok(())),
                Err(document) => {
                    reporter.malformed_document(&document)?;
                    return Ok(Err(document));
                }
            }
        }
    }

    fn item(&mut self, item: Item, reporter: &mut Reporter) -> Result<(), Failure> {
        match item {
            Item::Record(mut place, record) => {
                self.records += 1;
                place.record += self.first;
                reporter.record(&place, &record)
            }
            Item::Malformed(mut record) => {
                self.records += 1;
                record.place.record += self.first;
                reporter.malformed_record(&record)
            }
            Item::Page(Some(meta)) => reporter.page(&meta),
            _ => Ok(()),
        }
    }

    /// Whether the next document may start here.
    pub(super) fn is_between_documents(&self) -> bool {
        self.reader.is_between_documents()
    }

    /// Whether anything was read yet.
    pub(super) fn has_begun(&self) -> bool {
        self.items > 0
    }

    /// Records of the input up to here.
    pub(super) fn records(&self) -> u64 {
        self.first + self.records
    }
}
