//! The table `usage`.

use std::{
    fmt,
    io::{self, Write},
};

use chrono::{DateTime, Utc};
use usage_model::UsageRecord;

use crate::{Fetched, LeftOut, UsageRow, usage_rows};

use super::table::{Cell, Layout, Table};

/// The columns: account, SIM, start, service, network and country sort them.
static LAYOUT: Layout = Layout {
    schema: "message usage {
        optional binary account_sid (STRING);
        optional binary sim_sid (STRING);
        optional binary granularity (STRING);
        optional int64 period_start (TIMESTAMP(MICROS,true));
        optional int64 period_end (TIMESTAMP(MICROS,true));
        optional binary service (STRING);
        optional binary network (STRING);
        optional binary country (STRING);
        optional int64 total;
        optional int64 to_sim;
        optional int64 from_sim;
        optional fixed_len_byte_array(16) billed (DECIMAL(38,18));
        optional binary currency (STRING);
        optional binary state (STRING);
    }",
    sorted_by: &[0, 1, 3, 5, 6, 7],
};

/// Writes records as Parquet, the rows of [`usage_rows`] for each.
///
/// The columns are those of [`LongCsv`](crate::LongCsv): instants in microseconds UTC, figures as int64, `billed` as
/// decimal(38,18), all else text. Rows are sorted by account, SIM, start, service, network and country within groups of
/// 65 536, which are kept in memory one at a time; groups have statistics, and are compressed with zstd.
///
/// ```
/// use usage_model::UsageRecord;
/// use usage_table::{Fetched, UsageParquet};
///
/// let record: UsageRecord = serde_json::from_str(r#"{"commands":{"total":3,"to_sim":2,"from_sim":1}}"#)?;
/// let mut table = UsageParquet::new(Fetched::default());
/// let mut out = Vec::new();
/// table.write(&mut out, &record)?;
/// table.finish(&mut out)?;
/// assert!(out.starts_with(b"PAR1") && out.ends_with(b"PAR1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct UsageParquet {
    table: Table<14>,
    fetched: Fetched,
    left_out: LeftOut,
}

impl UsageParquet {
    /// Starts a table of records of which this is known.
    pub const fn new(fetched: Fetched) -> Self {
        Self {
            table: Table::new(&LAYOUT),
            fetched,
            left_out: LeftOut {
                figures: 0,
                amounts: 0,
            },
        }
    }

    /// Sets when the records that follow were fetched, by the server's clock.
    pub const fn fetched_at(&mut self, at: DateTime<Utc>) {
        self.fetched.at = Some(at);
    }

    /// Takes the rows of a record, and writes what is complete.
    ///
    /// # Errors
    ///
    /// Fails if `out` does, and after [`finish`](Self::finish).
    pub fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        let (rows, left_out) = usage_rows(record, self.fetched);
        self.left_out += left_out;
        for row in &rows {
            self.table.add(out, cells(row))?;
        }
        Ok(())
    }

    /// Returns about how many bytes of memory the rows take that are not written yet.
    pub const fn held(&self) -> usize {
        self.table.held()
    }

    /// Writes the rows so far as a group of their own, so that they take no memory.
    ///
    /// # Errors
    ///
    /// Fails if `out` does, and after [`finish`](Self::finish).
    pub fn write_group(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.table.write_group(out)
    }

    /// Writes the rows that are left, and the end of the file.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.table.finish(out)
    }

    /// Returns how much is left out of the rows so far.
    pub const fn left_out(&self) -> LeftOut {
        self.left_out
    }
}

impl fmt::Debug for UsageParquet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsageParquet")
            .field("fetched", &self.fetched)
            .field("left_out", &self.left_out)
            .finish_non_exhaustive()
    }
}

fn cells(row: &UsageRow<'_>) -> [Cell; 14] {
    let instant = |at: Option<DateTime<Utc>>| Cell::Number(at.map(|at| at.timestamp_micros()));
    [
        Cell::text(row.account_sid),
        Cell::text(row.sim_sid),
        Cell::text(row.granularity),
        instant(row.period_start),
        instant(row.period_end),
        Cell::text(Some(row.service)),
        Cell::text(Some(row.network)),
        Cell::text(row.country),
        Cell::Number(row.total),
        Cell::Number(row.to_sim),
        Cell::Number(row.from_sim),
        Cell::Amount(row.billed_units()),
        Cell::text(row.currency),
        Cell::text(row.state),
    ]
}
