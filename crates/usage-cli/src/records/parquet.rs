//! Records as tables in Parquet.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use usage_model::UsageRecord;
use usage_table::{Fetched, LeftOut, ReadingRow, ReadingsParquet, UsageParquet};

use crate::failure::Failure;

/// Writes one of the tables.
pub(crate) enum Parquet {
    Usage(UsageParquet),
    /// With what is known of the records.
    Readings(ReadingsParquet, Fetched),
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what stands in its place without the feature fails"
)]
impl Parquet {
    /// One row a service, network and country.
    pub(super) fn usage(fetched: Fetched) -> Result<Self, Failure> {
        Ok(Self::Usage(UsageParquet::new(fetched)))
    }

    /// The exact texts, a row a record.
    pub(super) fn readings(fetched: Fetched) -> Result<Self, Failure> {
        Ok(Self::Readings(ReadingsParquet::new(), fetched))
    }
}

impl Parquet {
    pub(super) const fn fetched_at(&mut self, now: DateTime<Utc>) {
        match self {
            Self::Usage(table) => table.fetched_at(now),
            Self::Readings(_, fetched) => fetched.at = Some(now),
        }
    }

    pub(super) fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        match self {
            Self::Usage(table) => table.write(out, record),
            Self::Readings(..) => {
                let text = serde_json::to_string(record)?;
                self.reading(out, ReadingRow::of_record(record, &text))
            }
        }
    }

    pub(super) fn reading(
        &mut self,
        out: &mut dyn Write,
        mut row: ReadingRow<'_>,
    ) -> io::Result<()> {
        match self {
            // A text has no flat rows.
            Self::Usage(_) => Err(io::ErrorKind::InvalidInput.into()),
            Self::Readings(table, fetched) => {
                row.granularity = fetched.granularity;
                row.fetched_at = fetched.at;
                table.write(out, &row)
            }
        }
    }

    pub(super) const fn held(&self) -> usize {
        match self {
            Self::Usage(table) => table.held(),
            Self::Readings(table, _) => table.held(),
        }
    }

    pub(super) fn write_group(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Usage(table) => table.write_group(out),
            Self::Readings(table, _) => table.write_group(out),
        }
    }

    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Usage(table) => table.finish(out),
            Self::Readings(table, _) => table.finish(out),
        }
    }

    /// The texts leave nothing out.
    pub(super) fn left_out(&self) -> LeftOut {
        match self {
            Self::Usage(table) => table.left_out(),
            Self::Readings(..) => LeftOut::default(),
        }
    }
}
