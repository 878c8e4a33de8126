//! Records of one input on their way to the report, one after the other.

use usage_model::{MalformedDocument, Position, RecordReader};

use crate::{failure::Failure, output::report::Reporter};

/// The reader of an input, from its start or from a block on.
pub(super) struct Reading(RecordReader);

impl Reading {
    /// From the start of an input.
    pub(super) fn new() -> Self {
        Self(RecordReader::new())
    }

    /// From a place where a document starts, after a number of records.
    pub(super) fn resume(position: Position, records: u64) -> Self {
        Self(RecordReader::resume(position, records))
    }

    /// Reports all that can be read with the next bytes of the input.
    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        reporter: &mut Reporter,
    ) -> Result<Result<(), MalformedDocument>, Failure> {
        loop {
            match self.0.next(&mut bytes) {
                Ok(Some(entry)) => reporter.item(entry.item())?,
                Ok(None) => return Ok(Ok(())),
                Err(document) => {
                    reporter.malformed_document(&document)?;
                    return Ok(Err(document));
                }
            }
        }
    }

    /// Reports all that is left, where nothing follows.
    pub(super) fn end(
        &mut self,
        reporter: &mut Reporter,
    ) -> Result<Result<(), MalformedDocument>, Failure> {
        self.0.end();
        self.feed(&[], reporter)
    }

    /// Whether the next document may start here.
    pub(super) fn is_between_documents(&self) -> bool {
        self.0.is_between_documents()
    }

    /// Where the input is read on.
    pub(super) fn position(&self) -> Position {
        self.0.position()
    }

    /// Records of the input up to here.
    pub(super) fn records(&self) -> u64 {
        self.0.records()
    }
}
