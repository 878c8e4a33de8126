//! The table `readings`.

use std::{
    fmt,
    io::{self, Write},
};

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Lenient, Period, RecordKey, UsageRecord};

use crate::UsageState;

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

/// A row of the table `readings`: one observation of a period, exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadingRow<'a> {
    /// The number that an archive knows the reading by; `None` for one that comes from the API.
    pub reading_id: Option<i64>,
    /// The account, as the record states it, or whose list it stood in.
    pub account_sid: Option<&'a str>,
    /// The SIM; `None` for the records of a whole account.
    pub sim_sid: Option<&'a str>,
    /// How finely the query divided time.
    pub granularity: Option<Granularity>,
    /// The period: its start, inclusive, and its end, exclusive.
    pub period: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// When it was fetched, by the server's clock.
    pub fetched_at: Option<DateTime<Utc>>,
    /// When the same was read last, by the server's clock; `None` for one that was read once.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// The JSON text of the record, as it was received.
    pub record: &'a str,
}

impl<'a> ReadingRow<'a> {
    /// Returns the row of a text that may not be a record.
    pub const fn of_text(text: &'a str) -> Self {
        Self {
            reading_id: None,
            account_sid: None,
            sim_sid: None,
            granularity: None,
            period: None,
            fetched_at: None,
            last_seen_at: None,
            record: text,
        }
    }

    /// Returns the row of a record that was read from a text.
    pub fn of_record(record: &'a UsageRecord, text: &'a str) -> Self {
        Self {
            account_sid: record.account_sid.value().map(Lenient::as_str),
            sim_sid: record.sim_sid.value().map(Lenient::as_str),
            period: record.period.value().and_then(Period::bounds),
            ..Self::of_text(text)
        }
    }

    /// Returns the row of a text with what is known of its record, for instance by
    /// [`MalformedRecord::key`](usage_model::MalformedRecord::key).
    pub fn of_key(key: &'a RecordKey, text: &'a str) -> Self {
        Self {
            account_sid: key.account_sid.as_ref().map(Lenient::as_str),
            sim_sid: key.sim_sid.as_ref().map(Lenient::as_str),
            period: key.bounds(),
            ..Self::of_text(text)
        }
    }

    /// Returns how far the figures are from final, by their age when they were read last.
    pub fn state(&self) -> Option<UsageState> {
        let (_, end) = self.period?;
        Some(UsageState::of(end, self.last_seen_at.or(self.fetched_at)?))
    }
}

/// Writes readings as Parquet, with the exact text of each record: null, absent and 0, unknown members, broken records and
/// all digits survive, and the rules run on it.
///
/// Rows are sorted by account, SIM, start and time of the fetch within groups of 65 536 rows or 16 MiB of texts, which are kept
/// in memory one at a time.
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
