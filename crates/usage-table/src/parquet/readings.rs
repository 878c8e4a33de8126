//! The table `readings`.

use std::{
    fmt,
    io::{self, Write},
};

use chrono::{DateTime, Utc};

use crate::ReadingRow;

use super::table::{Cell, Layout, Table};

/// The columns: account, SIM, start and the time of the fetch sort them.
static LAYOUT: Layout = Layout {
    schema: "message readings {
        optional int64 reading_id;
        optional binary account_sid (STRING);
        optional binary sim_sid (STRING);
        optional binary granularity (STRING);
        optional int64 period_start (TIMESTAMP(MICROS,true));
        optional int64 period_end (TIMESTAMP(MICROS,true));
        optional int64 fetched_at (TIMESTAMP(MICROS,true));
        optional binary state (STRING);
        required binary record (STRING);
    }",
    sorted_by: &[1, 2, 4, 6, 0],
};

/// Writes readings as Parquet, with the exact text of each record: null, absent and 0, unknown members, broken
/// records and all digits survive, and the rules run on it.
///
/// Rows are sorted by account, SIM, start and time of the fetch within groups of 65 536 rows or 16 MiB of texts,
/// which are kept in memory one at a time.
///
/// ```
/// use usage_table::{ReadingRow, ReadingsParquet};
///
/// let mut table = ReadingsParquet::new();
/// let mut out = Vec::new();
/// table.write(&mut out, &ReadingRow::of_text(r#"{"sim_sid":"DE"}"#))?;
/// table.finish(&mut out)?;
/// assert!(out.starts_with(b"PAR1") && out.ends_with(b"PAR1"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ReadingsParquet(Table<9>);

impl ReadingsParquet {
    /// Starts a table.
    pub const fn new() -> Self {
        Self(Table::new(&LAYOUT))
    }

    /// Takes a row, and writes what is complete.
    ///
    /// # Errors
    ///
    /// Fails if `out` does, and after [`finish`](Self::finish).
    pub fn write(&mut self, out: &mut dyn Write, row: &ReadingRow<'_>) -> io::Result<()> {
        let instant = |at: Option<DateTime<Utc>>| Cell::Number(at.map(|at| at.timestamp_micros()));
        let cells = [
            Cell::Number(row.reading_id),
            Cell::text(row.account_sid),
            Cell::text(row.sim_sid),
            Cell::text(row.granularity),
            instant(row.period.map(|(start, _)| start)),
            instant(row.period.map(|(_, end)| end)),
            instant(row.fetched_at),
            Cell::text(row.state()),
            Cell::text(Some(row.record)),
        ];
        self.0.add(out, cells)
    }

    /// Returns about how many bytes of memory the rows take that are not written yet.
    pub const fn held(&self) -> usize {
        self.0.held()
    }

    /// Writes the rows so far as a group of their own, so that they take no memory.
    ///
    /// # Errors
    ///
    /// Fails if `out` does, and after [`finish`](Self::finish).
    pub fn write_group(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.0.write_group(out)
    }

    /// Writes the rows that are left, and the end of the file.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.0.finish(out)
    }
}

impl Default for ReadingsParquet {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ReadingsParquet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadingsParquet").finish_non_exhaustive()
    }
}
