//! A reading as a row.

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Lenient, Period, RecordKey, UsageRecord};

use crate::UsageState;

/// A row of the table `readings`: one observation of a period, exact.
///
/// ```
/// use usage_table::ReadingRow;
///
/// let text = r#"{"sim_sid":"DE00000000000000000000000000000001"}"#;
/// let record = serde_json::from_str(text)?;
/// let row = ReadingRow::of_record(&record, text);
/// assert_eq!(row.sim_sid, Some("DE00000000000000000000000000000001"));
/// assert_eq!(row.record, text);
/// # Ok::<(), serde_json::Error>(())
/// ```
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
