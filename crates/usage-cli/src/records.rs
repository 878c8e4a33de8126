//! Writing records in the formats of `fetch`.

mod json;
mod table;

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use usage_model::UsageRecord;
use usage_table::WideCsv;

use crate::args::RecordFormat;

pub(crate) use json::line as ndjson;
pub(crate) use table::TableOptions;

/// Writes records one after another, in bounded memory.
pub(crate) enum RecordWriter {
    Table(Box<table::Table>),
    Ndjson,
    Json(json::List),
    Csv(WideCsv),
}

impl RecordWriter {
    pub(crate) fn new(format: RecordFormat, table: TableOptions) -> Self {
        match format {
            RecordFormat::Table => Self::Table(Box::new(table::Table::new(table))),
            RecordFormat::Ndjson => Self::Ndjson,
            RecordFormat::Json => Self::Json(json::List::default()),
            RecordFormat::Csv => Self::Csv(WideCsv::default()),
        }
    }

    /// Tells the present, from which it is known which figures may still grow.
    pub(crate) fn as_of(&mut self, now: DateTime<Utc>) {
        if let Self::Table(table) = self {
            table.as_of(now);
        }
    }

    /// Writes one record.
    pub(crate) fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        match self {
            Self::Table(table) => table.write(out, record),
            Self::Ndjson => ndjson(out, record),
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

    /// How many figures are left out because their unit is not known.
    pub(crate) const fn unknown(&self) -> u64 {
        match self {
            Self::Table(table) => table.unknown(),
            Self::Csv(csv) => csv.left_out().figures,
            Self::Ndjson | Self::Json(_) => 0,
        }
    }
}

/// Writes a record as it came, on one line: line breaks can only stand between its tokens.
pub(crate) fn raw(out: &mut dyn Write, raw: &str) -> io::Result<()> {
    writeln!(out, "{}", raw.replace(['\r', '\n'], " "))
}
