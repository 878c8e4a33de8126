//! Storing the records of one window.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rusqlite::{CachedStatement, Transaction, params, types::Value};
use usage_model::{Window, retention_cutoff};

use super::{
    parsed::{Parsed, Parser},
    window_read::{Appended, Change, Conflict, Malformed, WindowRead},
};
use crate::{
    Error, Seen,
    chain::ChainHash,
    key::{Bounds, Series, rfc3339},
    store::{
        Amount, Archive, Flat, NODES_MASK, PART_BITS, ReadingId, RunId, get, have_same_figures,
        instant,
        starts::{add_start, start_id},
        state_bits,
    },
};

/// A reading that a text is compared with.
struct Stored {
    id: ReadingId,
    seen: Seen,
    /// When the same figures were read first.
    figures_since: DateTime<Utc>,
    text: String,
}

impl Stored {
    fn is_final(&self, period: Bounds) -> bool {
        Seen::new(self.figures_since, self.seen.last).is_final(period)
    }
}

/// Which readings of a period.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Current,
    All,
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
    parser: Parser,
    /// By period, so that the later of two records counts; those without one by their text.
    placed: BTreeMap<Bounds, Parsed<'a>>,
    /// The records of a period that came before the one that counts, where they say something else.
    earlier: BTreeMap<Bounds, Vec<Parsed<'a>>>,
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
            parser: Parser::default(),
            placed: BTreeMap::new(),
            earlier: BTreeMap::new(),
            unplaced: BTreeMap::new(),
            brought: BTreeSet::new(),
            appended: Appended::default(),
        })
    }

    pub(super) fn parse(&mut self, text: &'a str) {
        let parsed = self.parser.parse(text);
        match parsed.period {
            Some(period) => {
                if let Some(before) = self.placed.insert(period, parsed) {
                    self.earlier.entry(period).or_default().push(before);
                }
            }
            None => drop(self.unplaced.insert(text, parsed)),
        }
    }

    pub(super) fn store(mut self, transaction: &Transaction<'_>) -> Result<Appended, Error> {
        let mut inserts = Inserts {
            reading: transaction.prepare_cached(INSERT_READING).map_err(Error::sqlite)?,
            part: transaction.prepare_cached(
                "INSERT INTO part VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            ).map_err(Error::sqlite)?,
            record: transaction.prepare_cached(
                "INSERT INTO record (reading_id, hash, dictionary_id, text) VALUES (?1, ?2, ?3, ?4)",
            ).map_err(Error::sqlite)?,
        };
        for (period, parsed) in std::mem::take(&mut self.placed) {
            let before = self.stored(Some(period), Which::Current)?.pop();
            let mut current = before.as_ref().map(|before| before.id);
            for copy in self.earlier_copies(period, &parsed)? {
                let id = self.insert(&copy, before.as_ref(), &mut inserts)?;
                self.supersede(current, id)?;
                current = Some(id);
                self.note_malformed(&copy, id);
            }
            match &before {
                Some(before) if current == Some(before.id) && parsed.is_equal(&before.text) => {
                    self.repeat(&parsed, before)?;
                    self.note_malformed(&parsed, before.id);
                }
                before => {
                    let id = self.insert(&parsed, before.as_ref(), &mut inserts)?;
                    self.brought.insert(id);
                    if let Some(before) = before {
                        self.note_change(&parsed, before, id)?;
                    }
                    self.supersede(current, id)?;
                    self.note_malformed(&parsed, id);
                }
            }
        }
        let unplaced = std::mem::take(&mut self.unplaced);
        let known = if unplaced.is_empty() {
            Vec::new()
        } else {
            self.stored(None, Which::Current)?
        };
        let known: BTreeMap<&str, &Stored> = known
            .iter()
            .map(|current| (current.text.as_str(), current))
            .collect();
        for parsed in unplaced.into_values() {
            let id = match known.get(parsed.text) {
                Some(current) => {
                    self.repeat(&parsed, current)?;
                    current.id
                }
                None => self.insert(&parsed, None, &mut inserts)?,
            };
            self.appended.unplaced += u64::from(parsed.record.is_some());
            self.note_malformed(&parsed, id);
        }
        self.find_vanished()?;
        transaction
            .prepare_cached(
                "INSERT INTO window_read (series_id, window_start, window_end, read_at, run_id)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .map_err(Error::sqlite)?
            .execute(params![
                self.series_id,
                self.window.start().timestamp(),
                self.window.end().timestamp(),
                self.read_at.timestamp(),
                self.run.0
            ])
            .map_err(Error::sqlite)?;
        Ok(self.appended)
    }

    /// The records of a period before the one that counts that are not stored yet. Notes where they have other
    /// figures.
    fn earlier_copies(
        &mut self,
        period: Bounds,
        last: &Parsed<'a>,
    ) -> Result<Vec<Parsed<'a>>, Error> {
        let Some(mut copies) = self.earlier.remove(&period) else {
            return Ok(Vec::new());
        };
        copies.retain(|copy| !copy.is_equal(last.text));
        let differs = |copy: &Parsed<'_>| match (&copy.record, &last.record) {
            (Some(copy), Some(last)) => !have_same_figures(copy, last),
            // The one that does not decode is a finding of its own.
            _ => false,
        };
        if copies.iter().any(differs) {
            self.appended.conflicts.push(Conflict {
                series: self.series.clone(),
                period,
            });
        }
        if copies.is_empty() {
            return Ok(copies);
        }
        let mut known: BTreeSet<String> = BTreeSet::new();
        for stored in self.stored(Some(period), Which::All)? {
            known.insert(stored.text);
        }
        copies.retain(|copy| known.insert(copy.text.to_owned()));
        Ok(copies)
    }

    /// Readings of a period, of which one is current, in the order of their numbers; or those of records without a
    /// period.
    fn stored(&self, period: Option<Bounds>, which: Which) -> Result<Vec<Stored>, Error> {
        let start = match period.map(|period| start_id(&self.archive.connection, period.start)) {
            None => None,
            Some(known) => match known? {
                None => return Ok(Vec::new()),
                known => known,
            },
        };
        let until = self.until(period);
        // With a value that may be null SQLite would plan the query anew for every period.
        let is = match (&start, &until) {
            (None, _) => "start_id IS NULL",
            (Some(_), None) => "start_id = ?2 AND period_until IS NULL",
            (Some(_), Some(_)) => "start_id = ?2 AND period_until = ?3",
        };
        let and = match which {
            Which::Current => "AND superseded_by IS NULL",
            Which::All => "ORDER BY reading_id",
        };
        let mut statement = self.archive.connection.prepare_cached(&format!(
            "SELECT reading_id, fetched_at, fetched_at + seen_for, dictionary_id, text, fetched_at - known_for
             FROM reading JOIN record USING (reading_id)
             WHERE series_id = ?1 AND {is} {and}"
        )).map_err(Error::sqlite)?;
        let keys = [
            Some(Value::from(self.series_id)),
            start.map(Value::from),
            until.map(Value::from),
        ];
        let mut rows = statement
            .query(rusqlite::params_from_iter(keys.into_iter().flatten()))
            .map_err(Error::sqlite)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let (dictionary, packed) = (get(row, 3)?, row.get_ref(4).map_err(Error::sqlite)?);
            let packed = packed
                .as_blob()
                .map_err(rusqlite::Error::from)
                .map_err(Error::sqlite)?;
            let mut codec = self.archive.codec.borrow_mut();
            found.push(Stored {
                id: ReadingId(get(row, 0)?),
                seen: Seen::new(instant(get(row, 1)?)?, instant(get(row, 2)?)?),
                figures_since: instant(get(row, 5)?)?,
                text: codec.unpack(&self.archive.connection, dictionary, packed)?,
            });
        }
        Ok(found)
    }

    /// The end of a period as it is stored: only where the granularity does not say it.
    fn until(&self, period: Option<Bounds>) -> Option<String> {
        let period = period?;
        // The views add whole hours and days to the start as SQLite does, which cuts fractions off.
        let is_whole = period.start.timestamp_subsec_nanos() == 0;
        let bucket = self.series.granularity.bucket();
        let is_bucket = is_whole && bucket == Some(period.end.signed_duration_since(period.start));
        (!is_bucket).then(|| rfc3339(period.end))
    }

    fn repeat(&mut self, parsed: &Parsed<'_>, current: &Stored) -> Result<(), Error> {
        let state = self.state_bits(parsed.period);
        self.archive
            .connection
            .prepare_cached(
                "UPDATE reading SET seen_for = ?2 - fetched_at, times_seen = times_seen + 1,
                    nodes = (nodes & ?3) | ?4 WHERE reading_id = ?1",
            )
            .map_err(Error::sqlite)?
            .execute(params![
                current.id.0,
                self.read_at.timestamp(),
                NODES_MASK,
                state
            ])
            .map_err(Error::sqlite)?;
        self.brought.insert(current.id);
        self.appended.repeated += 1;
        self.note_final(parsed.period, current);
        Ok(())
    }

    /// The bits for the state of a period by its age now.
    fn state_bits(&self, period: Option<Bounds>) -> i64 {
        period.map_or(0, |period| state_bits(period, self.read_at))
    }

    /// Counts a period that becomes final now that the figures of a stored reading were read again.
    fn note_final(&mut self, period: Option<Bounds>, before: &Stored) {
        let becomes_final = period.is_some_and(|period| {
            let now = Seen::new(before.figures_since, self.read_at);
            now.is_final(period) && !before.is_final(period)
        });
        self.appended.now_final += u64::from(becomes_final);
    }

    /// Notes a record that does not decode.
    fn note_malformed(&mut self, parsed: &Parsed<'_>, id: ReadingId) {
        if let Some(record) = parsed.malformed() {
            self.appended.malformed.push(Malformed {
                series: self.series.clone(),
                id,
                record,
            });
        }
    }

    fn insert(
        &mut self,
        parsed: &Parsed<'_>,
        before: Option<&Stored>,
        inserts: &mut Inserts<'_>,
    ) -> Result<ReadingId, Error> {
        let start = parsed
            .period
            .map(|period| add_start(&self.archive.connection, period.start));
        let (start, until) = (start.transpose()?, self.until(parsed.period));
        let flat = parsed.record.as_deref().map(Flat::of).unwrap_or_default();
        let state = self.state_bits(parsed.period);
        let figures_since = before
            .filter(|before| parsed.has_figures_of(&before.text))
            .map_or(self.read_at, |before| before.figures_since);
        let known_for = self.read_at.signed_duration_since(figures_since);
        let read_at = self.read_at.timestamp();
        let mut values: Vec<Value> = vec![
            self.series_id.into(),
            start.into(),
            until.into(),
            (flat.mask() | state).into(),
            read_at.into(),
            self.run.0.into(),
            flat.currency.clone().into(),
            known_for.num_seconds().into(),
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
        let id = inserts
            .reading
            .insert(rusqlite::params_from_iter(values))
            .map_err(Error::sqlite)?;
        for (part, number) in flat.parts.iter().zip(0_i64..) {
            let [total, to_sim, from_sim] = part.figures.counters;
            inserts
                .part
                .execute(params![
                    (id << PART_BITS) + number,
                    part.node,
                    part.country,
                    total,
                    to_sim,
                    from_sim,
                    part.figures.billed,
                    part.stored_currency(flat.currency.as_ref())
                ])
                .map_err(Error::sqlite)?;
        }
        self.head = self
            .head
            .next(self.series, parsed.period, self.read_at, parsed.text);
        let packed = self.archive.codec.borrow_mut().pack(parsed.text)?;
        inserts
            .record
            .execute(params![
                id,
                self.head.as_bytes(),
                packed.dictionary,
                packed.bytes
            ])
            .map_err(Error::sqlite)?;
        self.appended.added += 1;
        Ok(ReadingId(id))
    }

    /// Notes that a period says something else than before, where its figures do.
    fn note_change(
        &mut self,
        parsed: &Parsed<'_>,
        before: &Stored,
        id: ReadingId,
    ) -> Result<(), Error> {
        if parsed.has_figures_of(&before.text) {
            self.note_final(parsed.period, before);
            return Ok(());
        }
        self.appended.changes.push(Change {
            before: self.archive.reading(before.id)?,
            id,
            text: parsed.text.to_owned(),
            read_at: self.read_at,
        });
        Ok(())
    }

    fn supersede(&self, reading: Option<ReadingId>, by: ReadingId) -> Result<(), Error> {
        if let Some(reading) = reading {
            self.archive
                .connection
                .prepare_cached("UPDATE reading SET superseded_by = ?2 WHERE reading_id = ?1")
                .map_err(Error::sqlite)?
                .execute(params![reading.0, by.0])
                .map_err(Error::sqlite)?;
        }
        Ok(())
    }

    /// Finds current readings of periods within window and retention that the window did not bring.
    fn find_vanished(&mut self) -> Result<(), Error> {
        let from = self.window.start().max(retention_cutoff(self.read_at));
        let mut statement = self
            .archive
            .connection
            .prepare_cached(
                "SELECT reading_id FROM reading
             WHERE series_id = ?1 AND start_id >= ?2 AND start_id < ?3 AND superseded_by IS NULL
             UNION ALL
             SELECT reading_id FROM reading JOIN start USING (start_id)
             WHERE series_id = ?1 AND start_id < 0 AND period_start >= ?4 AND period_start < ?5
                AND superseded_by IS NULL",
            )
            .map_err(Error::sqlite)?;
        let (start, end) = (from, self.window.end());
        let mut rows = statement
            .query(params![
                self.series_id,
                start.timestamp(),
                end.timestamp(),
                rfc3339(start),
                rfc3339(end)
            ])
            .map_err(Error::sqlite)?;
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let id = ReadingId(get(row, 0)?);
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
    times_seen, seen_for, series_id, start_id, period_until, nodes, fetched_at, run_id, currency, known_for,
    data_total, data_to_sim, data_from_sim, data_billed,
    data_home_total, data_home_to_sim, data_home_from_sim, data_home_billed,
    data_national_total, data_national_to_sim, data_national_from_sim, data_national_billed,
    commands_total, commands_to_sim, commands_from_sim, commands_billed,
    commands_home_total, commands_home_to_sim, commands_home_from_sim, commands_home_billed,
    commands_national_total, commands_national_to_sim, commands_national_from_sim, commands_national_billed
) VALUES (1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
