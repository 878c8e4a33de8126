//! One row a service, network and country.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use usage_model::{Timestamp, UsageRecord};

use crate::{Fetched, LeftOut, UsageRow, usage_rows};

use super::{cell, harmless, write_lines};

/// Writes records as CSV, the rows of [`usage_rows`] for each.
///
/// The columns are `account_sid`, `sim_sid`, `granularity`, `period_start`, `period_end` (RFC 3339, UTC), `service`,
/// `network`, `country`, `total`, `to_sim`, `from_sim` (bytes or Commands), `billed`, `currency` and `state`. What a
/// record does not have is empty, not 0.
///
/// ```
/// use usage_model::UsageRecord;
/// use usage_table::{Fetched, LongCsv};
///
/// let record: UsageRecord = serde_json::from_str(r#"{"commands":{"total":3,"to_sim":2,"from_sim":1}}"#)?;
/// let mut csv = LongCsv::new(Fetched::default());
/// let mut out = Vec::new();
/// csv.write(&mut out, &record)?;
/// csv.finish(&mut out)?;
/// let text = String::from_utf8(out)?;
/// assert!(text.ends_with(",,,,,commands,total,,3,2,1,,,\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LongCsv {
    fetched: Fetched,
    begun: bool,
    left_out: LeftOut,
}

/// The names of the columns.
const COLUMNS: [&str; 14] = [
    "account_sid",
    "sim_sid",
    "granularity",
    "period_start",
    "period_end",
    "service",
    "network",
    "country",
    "total",
    "to_sim",
    "from_sim",
    "billed",
    "currency",
    "state",
];

impl LongCsv {
    /// Starts a table of records of which this is known.
    pub const fn new(fetched: Fetched) -> Self {
        Self {
            fetched,
            begun: false,
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

    /// Writes the rows of a record.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn write(&mut self, out: &mut dyn Write, record: &UsageRecord) -> io::Result<()> {
        self.finish(out)?;
        let (rows, left_out) = usage_rows(record, self.fetched);
        self.left_out += left_out;
        write_lines(out, rows.iter().map(cells))
    }

    /// Writes the header where no record came before.
    ///
    /// # Errors
    ///
    /// Fails if `out` does.
    pub fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        write_lines(out, [COLUMNS])
    }

    /// Returns how much is left out of the rows so far.
    pub const fn left_out(&self) -> LeftOut {
        self.left_out
    }
}

fn cells(row: &UsageRow<'_>) -> [String; COLUMNS.len()] {
    let time = |time: Option<DateTime<Utc>>| cell(time.map(Timestamp::from));
    let text = |text: Option<&str>| text.map(harmless).unwrap_or_default();
    [
        text(row.account_sid),
        text(row.sim_sid),
        cell(row.granularity),
        time(row.period_start),
        time(row.period_end),
        row.service.to_string(),
        row.network.to_string(),
        text(row.country),
        cell(row.total),
        cell(row.to_sim),
        cell(row.from_sim),
        cell(row.billed),
        text(row.currency),
        cell(row.state),
    ]
}

#[cfg(test)]
mod tests {
    use usage_model::Granularity;

    use crate::csv::tests::{first_row, of};

    use super::*;

    #[test]
    fn every_column_is_filled_from_its_member() {
        let record = r#"{"account_sid":"AC1","sim_sid":"=DE1",
            "period":{"start":"2026-06-01T02:00:00+02:00","end":"2026-06-02T00:00:00.500Z"},
            "commands":{"total":3,"to_sim":2,"from_sim":1,"billed":-1.50,"billing_units":"USD"}}"#;
        let mut fetched = Fetched::at("2026-06-03T12:00:00Z".parse().unwrap());
        fetched.granularity = Some(Granularity::Daily);
        let mut csv = LongCsv::new(fetched);
        let mut out = Vec::new();
        csv.write(&mut out, &serde_json::from_str(record).unwrap())
            .unwrap();
        let row = first_row(&out);
        for (column, cell) in [
            ("account_sid", "AC1"),
            ("sim_sid", "'=DE1"),
            ("granularity", "daily"),
            ("period_start", "2026-06-01T00:00:00Z"),
            ("period_end", "2026-06-02T00:00:00.5Z"),
            ("service", "commands"),
            ("network", "total"),
            ("country", ""),
            ("total", "3"),
            ("to_sim", "2"),
            ("from_sim", "1"),
            ("billed", "-1.50"),
            ("currency", "USD"),
            ("state", "settling"),
        ] {
            assert_eq!(of(&row, column), cell, "{column}");
        }
        assert_eq!(row.len(), COLUMNS.len());
    }

    #[test]
    fn a_table_without_records_has_its_header_once() {
        let mut csv = LongCsv::new(Fetched::default());
        let mut out = Vec::new();
        csv.finish(&mut out).unwrap();
        csv.finish(&mut out).unwrap();
        let header = COLUMNS.join(",") + "\n";
        assert_eq!(out, header.as_bytes());
    }
}
