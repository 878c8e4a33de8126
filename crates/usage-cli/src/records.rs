//! Writing records in the formats of `fetch`.

mod destination;
#[cfg_attr(not(feature = "parquet"), path = "records/no_parquet.rs")]
mod parquet;
mod table;

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use usage_model::{Granularity, UsageRecord};
use usage_table::{Fetched, LeftOut, LongCsv, ReadingRow, WideCsv};

use crate::{args::RecordFormat, failure::Failure};

use parquet::Parquet;

pub(crate) use destination::Destination;
pub(crate) use table::TableOptions;

/// Writes records one after another, in bounded memory.
pub(crate) enum RecordWriter {
    Table(Box<table::Table>),
    Ndjson,
    Json(List),
    Csv(WideCsv),
    Long(LongCsv),
    Parquet(Box<Parquet>),
}

impl RecordWriter {
    pub(crate) fn new(format: RecordFormat, table: TableOptions) -> Result<Self, Failure> {
        Ok(match format {
            RecordFormat::Table => Self::Table(Box::new(table::Table::new(table))),
            RecordFormat::Ndjson => Self::Ndjson,
            RecordFormat::Json => Self::Json(List::default()),
            RecordFormat::Csv => Self::Csv(WideCsv::default()),
            RecordFormat::Parquet => {
                let fetched = fetched(table.granularity, table.now);
                Self::Parquet(Box::new(Parquet::usage(fetched)?))
            }
        })
    }

    /// Writes the exact texts of records, as Parquet.
    pub(crate) fn readings(granularity: Granularity, now: DateTime<Utc>) -> Result<Self, Failure> {
        let table = Parquet::readings(fetched(granularity, now))?;
        Ok(Self::Parquet(Box::new(table)))
    }

    /// Writes the flat rows of records, as CSV.
    pub(crate) fn long(granularity: Granularity, now: DateTime<Utc>) -> Self {
        Self::Long(LongCsv::new(fetched(granularity, now)))
    }

    /// Tells the present, from which it is known which figures may still grow.
    pub(crate) fn as_of(&mut self, now: DateTime<Utc>) {
        match self {
            Self::Table(table) => table.as_of(now),
            Self::Long(csv) => csv.fetched_at(now),
            Self::Parquet(table) => table.fetched_at(now),
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
            Self::Parquet(table) => table.write(out, record),
        }
    }

    /// Writes a reading, of which the text counts and need not be that of a record.
    pub(crate) fn reading(&mut self, out: &mut dyn Write, row: ReadingRow<'_>) -> io::Result<()> {
        match self {
            Self::Parquet(table) => table.reading(out, row),
            _ => raw(out, row.record),
        }
    }

    /// About how many bytes of memory are taken by what is not written yet.
    pub(crate) fn held(&self) -> usize {
        match self {
            Self::Parquet(table) => table.held(),
            _ => 0,
        }
    }

    /// Writes what is held, so that it takes no memory.
    pub(crate) fn let_go(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Parquet(table) => table.write_group(out),
            _ => Ok(()),
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
            Self::Parquet(table) => table.finish(out),
        }
    }

    /// How much is left out, because it cannot be told in numbers.
    pub(crate) fn left_out(&self) -> LeftOut {
        let mut left_out = LeftOut::default();
        match self {
            Self::Table(table) => left_out.figures = table.unknown(),
            Self::Csv(csv) => left_out = csv.left_out(),
            Self::Long(csv) => left_out = csv.left_out(),
            Self::Parquet(table) => left_out = table.left_out(),
            Self::Ndjson | Self::Json(_) => {}
        }
        left_out
    }
}

fn fetched(granularity: Granularity, now: DateTime<Utc>) -> Fetched {
    let mut fetched = Fetched::at(now);
    fetched.granularity = Some(granularity);
    fetched
}

/// Writes a record as it came, on one line: line breaks can only stand between its tokens.
pub(crate) fn raw(out: &mut dyn Write, raw: &str) -> io::Result<()> {
    writeln!(out, "{}", raw.replace(['\r', '\n'], " "))
}

/// Writes one record as one line.
pub(crate) fn ndjson(out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}

/// Writes records as one list.
#[derive(Debug, Default)]
pub(crate) struct List {
    begun: bool,
}

impl List {
    fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        out.write_all(if self.begun { b",\n" } else { b"[\n" })?;
        self.begun = true;
        Ok(serde_json::to_writer(out, record)?)
    }

    fn finish(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.begun { b"\n]\n" } else { b"[]\n" })
    }
}
