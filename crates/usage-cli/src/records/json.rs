//! Records exactly as the API has them.

use std::io::{self, Write};

use usage_model::UsageRecord;

/// Writes one record as one line.
pub(crate) fn line(out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}

/// Writes records as one list.
#[derive(Debug, Default)]
pub(crate) struct List {
    begun: bool,
}

impl List {
    pub(super) fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        out.write_all(if self.begun { b",\n" } else { b"[\n" })?;
        self.begun = true;
        Ok(serde_json::to_writer(out, record)?)
    }

    pub(super) fn finish(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.begun { b"\n]\n" } else { b"[]\n" })
    }
}
