//! Writing records in the formats of `fetch`.

mod columns;
mod csv;
mod json;
mod table;

use std::io::{self, Write};

use usage_model::UsageRecord;

use crate::args::RecordFormat;

pub(crate) use table::bytes;

/// Writes records one after another, in bounded memory.
pub(crate) enum RecordWriter {
    Table(table::Table),
    Ndjson,
    Json(json::List),
    Csv(csv::Csv),
}

impl RecordWriter {
    pub(crate) fn new(format: RecordFormat) -> Self {
        match format {
            RecordFormat::Table => Self::Table(table::Table::default()),
            RecordFormat::Ndjson => Self::Ndjson,
            RecordFormat::Json => Self::Json(json::List::default()),
            RecordFormat::Csv => Self::Csv(csv::Csv::default()),
        }
    }

    /// Writes one record.
    pub(crate) fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        match self {
            Self::Table(table) => table.write(out, record),
            Self::Ndjson => json::line(out, record),
            Self::Json(list) => list.write(out, record),
            Self::Csv(csv) => csv.write(out, record),
        }
    }

    /// Writes what comes after the last record.
    pub(crate) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Table(table) => table.finish(out),
            Self::Ndjson => Ok(()),
            Self::Json(list) => list.finish(out),
            Self::Csv(csv) => csv.finish(out),
        }
    }
}
