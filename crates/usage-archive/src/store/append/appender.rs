//! Storing the records of one window.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rusqlite::{CachedStatement, Transaction, params, types::Value};
use serde::Deserialize;
use usage_model::{Item, RecordReader, Timestamp, UsageRecord, Window, retention_cutoff};

use super::brought::{Appended, Change, WindowRead};
use crate::{
    Error, Seen,
    chain::ChainHash,
    key::{Bounds, Series, rfc3339},
    store::{Amount, Archive, Flat, PART_BITS, ReadingId, RunId, instant, state_bits},
};

/// A record's text, and what it is about.
struct Parsed<'a> {
    text: &'a str,
    period: Option<Bounds>,
    record: Option<Box<UsageRecord>>,
}

/// A current reading that a text is compared with.
struct Current {
    id: ReadingId,
    seen: Seen,
    text: String,
}

/// The statements that store a reading.
struct Inserts<'a> {
    reading: CachedStatement<'a>,
    part: CachedStatement<'a>,
    record: CachedStatement<'a>,
}

/// Stores the records of one window.
pub(super) struct Appender<'a> {
    archive: &'a Archive,
    run: RunId,
    series: &'a Series,
    window: Window,
    series_id: i64,
    read_at: DateTime<Utc>,
    head: ChainHash,
    reader: RecordReader,
    /// The text that the reader is given.
    line: String,
    /// By period, so that the later of two records counts; those without one by their text.
    placed: BTreeMap<Bounds, Parsed<'a>>,
    unplaced: BTreeMap<&'a str, Parsed<'a>>,
    /// Current readings that the window brought.
    brought: BTreeSet<ReadingId>,
    appended: Appended,
}

impl<'a> Appender<'a> {
    pub(super) fn new<T: AsRef<str>>(
        archive: &'a Archive,
        run: RunId,
        read: &WindowRead<'a, T>,
        (series_id, read_at): (i64, DateTime<Utc>),
    ) -> Result<Self, Error> {
        archive
            .codec
            .borrow_mut()
            .prepare(&archive.connection, read.texts)?;
        Ok(Self {
            archive,
            run,
            series: read.series,
            window: read.window,
            series_id,
            read_at,
            head: archive.head()?.map_or(ChainHash::START, |(_, hash)| hash),
            reader: RecordReader::new(),
            line: String::new(),
            placed: BTreeMap::new(),
            unplaced: BTreeMap::new(),
            brought: BTreeSet::new(),
            appended: Appended::default(),
        })
    }

    pub(super) fn parse(&mut self, text: &'a str) {
        let record = self.decode(text).map(Box::new);
        let period = match &record {
            Some(record) => record.period.value().and_then(usage_model::Period::bounds),
            None => period_of_malformed(text),
        };
        if record.is_none() || period.is_none() {
            self.appended.malformed += 1;
        }
        let period = period.map(|(start, end)| Bounds::new(start, end));
        let parsed = Parsed {
            text,
            period,
            record,
        };
        match period {
            Some(period) => drop(self.placed.insert(period, parsed)),
            None => drop(self.unplaced.insert(text, parsed)),
        }
    }

    /// Decodes a record; `None` for one that is malformed.
    fn decode(&mut self, text: &str) -> Option<UsageRecord> {
        // The reader of lists is three times as fast, and gives up at the first text that is unusual.
        self.line.clear();
        self.line.push_str(text);
        self.line.push('\n');
        let entry = self.reader.next(&mut self.line.as_bytes());
        if let Ok(Some(entry)) = entry
            && entry.text() == text
            && let Item::Record(_, record) = entry.into_item()
        {
            return Some(record);
        }
        self.reader = RecordReader::new();
        serde_json::from_str(text).ok()
    }

    pub(super) fn store(mut self, transaction: &Transaction<'_>) -> Result<Appended, Error> {
        let mut inserts = Inserts {
            reading: transaction.prepare_cached(INSERT_READING)?,
            part: transaction.prepare_cached(
                "INSERT INTO part VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?,
            record: transaction.prepare_cached(
                "INSERT INTO record (reading_id, hash, dictionary_id, text) VALUES (?1, ?2, ?3, ?4)",
            )?,
        };
        for (period, parsed) in std::mem::take(&mut self.placed) {
            let current = self.current(Some(period))?.pop();
            if let Some(current) = &current
                && is_equal(&parsed, &current.text)
            {
                self.repeat(&parsed, current)?;
                continue;
            }
            let id = self.insert(&parsed, &mut inserts)?;
            self.brought.insert(id);
            if let Some(current) = current {
                self.supersede(&parsed, &current, id)?;
            }
        }
        let unplaced = std::mem::take(&mut self.unplaced);
        let known = if unplaced.is_empty() {
            Vec::new()
        } else {
            self.current(None)?
        };
        let known: BTreeMap<&str, &Current> = known
            .iter()
            .map(|current| (current.text.as_str(), current))
            .collect();
        for parsed in unplaced.into_values() {
            match known.get(parsed.text) {
                Some(current) => self.repeat(&parsed, current)?,
                None => drop(self.insert(&parsed, &mut inserts)?),
            }
        }
        self.find_vanished()?;
        transaction
            .prepare_cached(
                "INSERT INTO window_read (series_id, window_start, window_end, read_at, run_id)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                self.series_id,
                self.window.start().timestamp(),
                self.window.end().timestamp(),
                self.read_at.timestamp(),
                self.run.0
            ])?;
        Ok(self.appended)
    }

    /// The current readings of a period, of which there is one at most; or those of records without a period.
    fn current(&self, period: Option<Bounds>) -> Result<Vec<Current>, Error> {
        let (start, until) = self.columns(period);
        // With a value that may be null SQLite would plan the query anew for every period.
        let is = match (&start, &until) {
            (None, _) => "period_start IS NULL",
            (Some(_), None) => "period_start = ?2 AND period_until IS NULL",
            (Some(_), Some(_)) => "period_start = ?2 AND period_until = ?3",
        };
        let mut statement = self.archive.connection.prepare_cached(&format!(
            "SELECT reading_id, fetched_at, fetched_at + seen_for, dictionary_id, text
             FROM reading JOIN record USING (reading_id)
             WHERE series_id = ?1 AND {is} AND superseded_by IS NULL"
        ))?;
        let keys = [
            Some(Value::from(self.series_id)),
            start.map(Value::from),
            until.map(Value::from),
        ];
        let mut rows = statement.query(rusqlite::params_from_iter(keys.into_iter().flatten()))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (dictionary, packed) = (row.get(3)?, row.get_ref(4)?);
            let packed = packed.as_blob().map_err(rusqlite::Error::from)?;
            let mut codec = self.archive.codec.borrow_mut();
            found.push(Current {
                id: ReadingId(row.get(0)?),
                seen: Seen::new(instant(row.get(1)?)?, instant(row.get(2)?)?),
                text: codec.unpack(&self.archive.connection, dictionary, packed)?,
            });
        }
        Ok(found)
    }

    /// Start and, where the granularity does not say it, end of a period as they are stored.
    fn columns(&self, period: Option<Bounds>) -> (Option<String>, Option<String>) {
        let Some(period) = period else {
            return (None, None);
        };
        // The views add whole hours and days to the start as SQLite does, which cuts fractions off.
        let is_whole = period.start.timestamp_subsec_nanos() == 0;
        let bucket = self.series.granularity.bucket();
        let is_bucket = is_whole && bucket == Some(period.end.signed_duration_since(period.start));
        (
            Some(rfc3339(period.start)),
            (!is_bucket).then(|| rfc3339(period.end)),
        )
    }

    fn repeat(&mut self, parsed: &Parsed<'_>, current: &Current) -> Result<(), Error> {
        self.archive
            .connection
            .prepare_cached(
                "UPDATE reading SET seen_for = ?2 - fetched_at, times_seen = times_seen + 1 WHERE reading_id = ?1",
            )?
            .execute(params![current.id.0, self.read_at.timestamp()])?;
        self.brought.insert(current.id);
        self.appended.repeated += 1;
        if let Some(period) = parsed.period {
            let now = Seen::new(current.seen.first, self.read_at);
            let becomes_final = now.is_final(period) && !current.seen.is_final(period);
            self.appended.now_final += u64::from(becomes_final);
        }
        Ok(())
    }

    fn insert(
        &mut self,
        parsed: &Parsed<'_>,
        inserts: &mut Inserts<'_>,
    ) -> Result<ReadingId, Error> {
        let (start, until) = self.columns(parsed.period);
        let flat = parsed.record.as_deref().map(Flat::of).unwrap_or_default();
        let state = parsed
            .period
            .map_or(0, |period| state_bits(period, self.read_at));
        let read_at = self.read_at.timestamp();
        let mut values: Vec<Value> = vec![
            self.series_id.into(),
            start.into(),
            until.into(),
            (flat.mask() | state).into(),
            read_at.into(),
            self.run.0.into(),
            flat.currency.clone().into(),
        ];
        for node in &flat.nodes {
            let figures = node.clone().unwrap_or_default();
            values.extend(figures.counters.map(Value::from));
            values.push(match figures.billed {
                None => Value::Null,
                Some(Amount::Millionths(millionths)) => millionths.into(),
                Some(Amount::Text(text)) => text.into(),
            });
        }
        let id = inserts.reading.insert(rusqlite::params_from_iter(values))?;
        for (part, number) in flat.parts.iter().zip(0_i64..) {
            let [total, to_sim, from_sim] = part.figures.counters;
            inserts.part.execute(params![
                (id << PART_BITS) + number,
                part.node,
                part.country,
                total,
                to_sim,
                from_sim,
                part.figures.billed,
                part.stored_currency(flat.currency.as_ref())
            ])?;
        }
        self.head = self
            .head
            .next(self.series, parsed.period, self.read_at, parsed.text);
        let packed = self.archive.codec.borrow_mut().pack(parsed.text)?;
        inserts.record.execute(params![
            id,
            self.head.as_bytes(),
            packed.dictionary,
            packed.bytes
        ])?;
        self.appended.added += 1;
        Ok(ReadingId(id))
    }

    fn supersede(
        &mut self,
        parsed: &Parsed<'_>,
        current: &Current,
        by: ReadingId,
    ) -> Result<(), Error> {
        self.appended.changes.push(Change {
            before: self.archive.reading(current.id)?,
            id: by,
            text: parsed.text.to_owned(),
            read_at: self.read_at,
        });
        self.archive
            .connection
            .prepare_cached("UPDATE reading SET superseded_by = ?2 WHERE reading_id = ?1")?
            .execute(params![current.id.0, by.0])?;
        Ok(())
    }

    /// Finds current readings of periods within window and retention that the window did not bring.
    fn find_vanished(&mut self) -> Result<(), Error> {
        let from = self.window.start().max(retention_cutoff(self.read_at));
        let mut statement = self.archive.connection.prepare_cached(
            "SELECT reading_id FROM reading
             WHERE series_id = ?1 AND period_start >= ?2 AND period_start < ?3 AND superseded_by IS NULL",
        )?;
        let mut rows = statement.query(params![
            self.series_id,
            rfc3339(from),
            rfc3339(self.window.end())
        ])?;
        while let Some(row) = rows.next()? {
            let id = ReadingId(row.get(0)?);
            if !self.brought.contains(&id) {
                let reading = self.archive.reading(id)?;
                if reading
                    .period
                    .is_some_and(|period| period.end <= self.window.end())
                {
                    self.appended.vanished.push(reading);
                }
            }
        }
        Ok(())
    }
}

const INSERT_READING: &str = "INSERT INTO reading (
    times_seen, seen_for, series_id, period_start, period_until, nodes, fetched_at, run_id, currency,
    data_total, data_to_sim, data_from_sim, data_billed,
    data_home_total, data_home_to_sim, data_home_from_sim, data_home_billed,
    data_national_total, data_national_to_sim, data_national_from_sim, data_national_billed,
    commands_total, commands_to_sim, commands_from_sim, commands_billed,
    commands_home_total, commands_home_to_sim, commands_home_from_sim, commands_home_billed,
    commands_national_total, commands_national_to_sim, commands_national_from_sim, commands_national_billed
) VALUES (1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Whether a record says the same as a text that is stored: in the same words, or in another order of members.
fn is_equal(parsed: &Parsed<'_>, stored: &str) -> bool {
    if parsed.text == stored {
        return true;
    }
    let Some(record) = &parsed.record else {
        return false;
    };
    serde_json::from_str::<UsageRecord>(stored).is_ok_and(|stored| **record == stored)
}

/// The period of a record that does not decode for another reason.
pub(crate) fn period_of_malformed(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    #[derive(Deserialize)]
    struct Located {
        period: Period,
    }
    #[derive(Deserialize)]
    struct Period {
        start: String,
        end: String,
    }
    let Located { period } = serde_json::from_str(text).ok()?;
    let instant = |text: String| text.parse().ok().map(Timestamp::instant);
    Some((instant(period.start)?, instant(period.end)?))
}
