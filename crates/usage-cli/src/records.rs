//! Writing records in the formats of `fetch`.

mod json;
mod table;

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use usage_model::{Granularity, UsageRecord};
use usage_table::{Fetched, LeftOut, LongCsv, WideCsv};

use crate::args::RecordFormat;

pub(crate) use json::line as ndjson;
pub(crate) use table::TableOptions;

/// Writes records one after another, in bounded memory.
pub(crate) enum RecordWriter {
    Table(Box<table::Table>),
    Ndjson,
    Json(json::List),
    Csv(WideCsv),
    Long(LongCsv),
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

    /// Writes the flat rows of records, as CSV.
    pub(crate) fn long(granularity: Granularity, now: DateTime<Utc>) -> Self {
        let mut fetched = Fetched::at(now);
        fetched.granularity = Some(granularity);
        Self::Long(LongCsv::new(fetched))
    }

    /// Tells the present, from which it is known which figures may still grow.
    pub(crate) fn as_of(&mut self, now: DateTime<Utc>) {
        match self {
            Self::Table(table) => table.as_of(now),
            Self::Long(csv) => csv.fetched_at(now),
            Self::Ndjson | Self::Json(_) | Self::Csv(_) => {}
        }
    }

    /// Writes one record.
    pub(crate) fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        match self {
            Self::Table(table) => table.write(out, record),
            Self::Ndjson => ndjson(out, record),
            Self::Json(list) => list.write(out, record),
            Self::Csv(csv) => csv.write(out, record),
            Self::Long(csv) => csv.write(out, record),
        }
    }

    /// Writes what comes after the last record.
    pub(crate) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Table(table) => table.finish(out),
            Self::Ndjson => Ok(()),
            Self::Json(list) => list.finish(out),
            Self::Csv(csv) => csv.finish(out),
            Self::Long(csv) => csv.finish(out),
        }
    }

    /// How much is left out, because it cannot be told in numbers.
    pub(crate) fn left_out(&self) -> LeftOut {
        let mut left_out = LeftOut::default();
        match self {
            Self::Table(table) => left_out.figures = table.unknown(),
            Self::Csv(csv) => left_out = csv.left_out(),
            Self::Long(csv) => left_out = csv.left_out(),
            Self::Ndjson | Self::Json(_) => {}
        }
        left_out
    }
}

/// Writes a record as it came, on one line: line breaks can only stand between its tokens.
pub(crate) fn raw(out: &mut dyn Write, raw: &str) -> io::Result<()> {
    writeln!(out, "{}", raw.replace(['\r', '\n'], " "))
}
