//! Taking readings out of an archive.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension as _, Row, params, types::Value};
use usage_model::{AccountSid, Granularity, SimSid, Timestamp, Window};

use super::{Archive, get, instant, starts::first_start_id};
use crate::{
    Error, Seen, State,
    chain::ChainHash,
    key::{Bounds, Series, rfc3339},
};

/// The number of a reading: readings count from 1 in the order in which they were stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadingId(pub(crate) i64);

impl ReadingId {
    /// Makes the number from one that was written down earlier.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// Returns the number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl std::fmt::Display for ReadingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// One observation of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading {
    /// Its number.
    pub id: ReadingId,
    /// What it is a reading of.
    pub series: Series,
    /// The period; `None` for a record that does not say when it is.
    pub period: Option<Bounds>,
    /// When it was read first and last, by the server's clock.
    pub seen: Seen,
    /// When the same figures were read first: earlier where they came in other words before.
    pub figures_since: DateTime<Utc>,
    /// The hash of the chain up to this reading.
    pub hash: ChainHash,
    /// The record as it was received.
    pub text: String,
}

impl Reading {
    /// Whether the figures were final when they were last seen.
    pub fn is_final(&self) -> bool {
        let figures = Seen::new(self.figures_since, self.seen.last);
        self.period.is_some_and(|period| figures.is_final(period))
    }

    /// Returns the state by age when it was last seen, as the views `usage` and `readings` write it; `None`
    /// without a period.
    pub fn state_by_age(&self) -> Option<State> {
        let period = self.period?;
        Some(State::by_age(period, self.seen.last))
    }
}

/// Whose readings are taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sims {
    /// The account's own.
    #[default]
    None,
    /// Those of every SIM, none of the account's.
    All,
    /// Those of some SIMs.
    Only(Vec<SimSid>),
    /// The account's own and those of every SIM.
    AccountAndAll,
}

/// Which readings are taken out; by default the current ones of all accounts, at any granularity.
///
/// ```
/// use usage_archive::{Selection, Sims};
/// use usage_model::Granularity;
///
/// let mut selection = Selection::default();
/// selection.granularity = Some(Granularity::Daily);
/// selection.sims = Sims::All;
/// selection.as_known_on = Some("2026-07-01T00:00:00Z".parse()?);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Selection {
    /// One account.
    pub account: Option<String>,
    /// Whose records.
    pub sims: Sims,
    /// One granularity.
    pub granularity: Option<Granularity>,
    /// Periods that start in a window.
    pub window: Option<Window>,
    /// As known at a time: of the readings until then, the last of each period.
    pub as_known_on: Option<DateTime<Utc>>,
    /// Only readings that were fetched later than this.
    pub fetched_after: Option<DateTime<Utc>>,
    /// Only readings with a higher number.
    pub since: Option<ReadingId>,
    /// Every reading instead of the last of each period.
    pub history: bool,
}

/// The columns that [`Archive::read`] takes.
const COLUMNS: &str =
    "l.reading_id, l.account_sid, l.sim_sid, l.granularity, l.period_start, l.period_end,
    l.fetched_at, l.last_seen_at, record.hash, record.dictionary_id, record.text, l.known_for
    FROM located AS l JOIN record ON record.reading_id = l.reading_id";

impl Archive {
    /// Gives each selected reading to `visit`, ordered by account, SIM, granularity, period and number.
    ///
    /// # Errors
    ///
    /// Failures of the disk, damaged readings, and whatever `visit` returns, which ends the visit.
    pub fn visit<E: From<Error>>(
        &self,
        selection: &Selection,
        mut visit: impl FnMut(Reading) -> Result<(), E>,
    ) -> Result<(), E> {
        let (sql, values) = query(selection);
        let mut statement = self
            .connection
            .prepare_cached(&sql)
            .map_err(Error::sqlite)?;
        let mut rows = statement
            .query(rusqlite::params_from_iter(values))
            .map_err(Error::sqlite)?;
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            visit(self.read(row)?)?;
        }
        Ok(())
    }

    /// Gives each selected period that has a reading after `since` to `visit`: the last reading of it until then, if
    /// there was one, and the one that is current, or was at the selection's
    /// [`as_known_on`](Selection::as_known_on). Ordered as [`Archive::visit`] does.
    ///
    /// # Errors
    ///
    /// As [`Archive::visit`].
    pub fn visit_changes<E: From<Error>>(
        &self,
        selection: &Selection,
        since: DateTime<Utc>,
        mut visit: impl FnMut(Option<Reading>, Reading) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut selection = selection.clone();
        selection.fetched_after = Some(since);
        self.visit(&selection, |after| {
            visit(self.last_until(after.id, since)?, after)
        })
    }

    /// The last reading of a reading's period until a time.
    fn last_until(&self, of: ReadingId, at: DateTime<Utc>) -> Result<Option<Reading>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT max(before.reading_id) FROM reading AS r JOIN reading AS before
                ON before.series_id = r.series_id AND before.start_id = r.start_id
                AND before.period_until IS r.period_until
             WHERE r.reading_id = ?1 AND before.fetched_at <= ?2",
            )
            .map_err(Error::sqlite)?;
        let before: Option<i64> = statement
            .query_row(params![of.0, at.timestamp()], |row| row.get(0))
            .map_err(Error::sqlite)?;
        before.map(|id| self.reading(ReadingId(id))).transpose()
    }

    /// Returns one reading.
    ///
    /// # Errors
    ///
    /// Fails if there is none with this number, or it is damaged.
    pub fn reading(&self, id: ReadingId) -> Result<Reading, Error> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} WHERE l.reading_id = ?1"))
            .map_err(Error::sqlite)?;
        let mut rows = statement.query([id.0]).map_err(Error::sqlite)?;
        let row = rows
            .next()
            .map_err(Error::sqlite)?
            .ok_or_else(|| Error::corrupt(format!("reading {id} is missing")))?;
        self.read(row)
    }

    /// Returns the number and the hash of the last reading: the head of the chain.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn head(&self) -> Result<Option<(ReadingId, ChainHash)>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT reading_id, hash FROM record ORDER BY reading_id DESC LIMIT 1")
            .map_err(Error::sqlite)?;
        let row: Option<(i64, Vec<u8>)> = statement
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(Error::sqlite)?;
        row.map(|(id, hash)| {
            let hash = ChainHash::from_slice(&hash);
            Ok((ReadingId(id), hash.ok_or_else(|| no_hash(id))?))
        })
        .transpose()
    }

    pub(crate) fn read(&self, row: &Row<'_>) -> Result<Reading, Error> {
        let id: i64 = get(row, 0)?;
        let damaged = |what: &str| Error::corrupt(format!("reading {id} has no valid {what}"));
        let sim: Option<String> = get(row, 2)?;
        let sim = sim.map(|sim| sim.parse::<SimSid>()).transpose();
        let granularity: String = get(row, 3)?;
        let moment = |column| -> Result<Option<DateTime<Utc>>, Error> {
            let text: Option<String> = get(row, column)?;
            let instant = text.map(|text| text.parse().map(Timestamp::instant));
            instant.transpose().map_err(|_| damaged("period"))
        };
        let (dictionary, packed) = (get(row, 9)?, row.get_ref(10).map_err(Error::sqlite)?);
        let packed = packed.as_blob().map_err(|_| damaged("text"))?;
        let text = self
            .codec
            .borrow_mut()
            .unpack(&self.connection, dictionary, packed)
            .map_err(|error| Error::corrupt(format!("reading {id}: {error}")))?;
        let hash: Vec<u8> = get(row, 8)?;
        let fetched_at: i64 = get(row, 6)?;
        Ok(Reading {
            id: ReadingId(id),
            series: Series::new(
                get::<String>(row, 1)?,
                sim.map_err(|_| damaged("SIM"))?,
                granularity.parse().map_err(|_| damaged("granularity"))?,
            ),
            period: moment(4)?
                .zip(moment(5)?)
                .map(|(start, end)| Bounds::new(start, end)),
            seen: Seen::new(instant(fetched_at)?, instant(get(row, 7)?)?),
            figures_since: instant(fetched_at.saturating_sub(get(row, 11)?))?,
            hash: ChainHash::from_slice(&hash).ok_or_else(|| no_hash(id))?,
            text,
        })
    }
}

fn no_hash(id: i64) -> Error {
    Error::corrupt(format!("reading {id} has no valid hash"))
}

/// The query for a selection, and its values in the order of their marks.
fn query(selection: &Selection) -> (String, Vec<Value>) {
    let (condition, values) = condition(selection);
    let sql = format!(
        "SELECT {COLUMNS} WHERE {condition}
         ORDER BY l.account_sid, l.sim_sid, l.granularity, l.period_start, l.period_end, l.reading_id"
    );
    (sql, values)
}

/// The condition of a selection, and its values in the order of their marks.
fn condition(selection: &Selection) -> (String, Vec<Value>) {
    let mut terms = vec!["TRUE".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    let mut term = |sql: &str, mut of: Vec<Value>| {
        terms.push(sql.to_owned());
        values.append(&mut of);
    };
    if let Some(account) = &selection.account {
        // SIDs that differ in the case of digits alone are one; what is no SID is compared as it is.
        let is_sid = account.parse::<AccountSid>().is_ok();
        let ignoring_case = if is_sid { " COLLATE NOCASE" } else { "" };
        term(
            &format!("l.account_sid = ?{ignoring_case}"),
            vec![account.clone().into()],
        );
    }
    match &selection.sims {
        Sims::None => term("l.sim_sid IS NULL", vec![]),
        Sims::All => term("l.sim_sid IS NOT NULL", vec![]),
        Sims::AccountAndAll => {}
        Sims::Only(sims) => term(
            &format!(
                "l.sim_sid COLLATE NOCASE IN ({})",
                vec!["?"; sims.len()].join(", ")
            ),
            sims.iter().map(|sim| sim.to_string().into()).collect(),
        ),
    }
    if let Some(granularity) = selection.granularity {
        term("l.granularity = ?", vec![granularity.to_string().into()]);
    }
    if let Some(window) = selection.window {
        let bounds = [window.start(), window.end()];
        let [from, to] = bounds.map(|bound| Value::from(first_start_id(bound)));
        let [start, end] = bounds.map(|bound| Value::from(rfc3339(bound)));
        term(
            "(l.start_id >= ? AND l.start_id < ?
                OR l.start_id < 0 AND l.period_start >= ? AND l.period_start < ?)",
            vec![from, to, start, end],
        );
    }
    if let Some(after) = selection.fetched_after {
        term("l.fetched_at > ?", vec![after.timestamp().into()]);
    }
    if let Some(since) = selection.since {
        term("l.reading_id > ?", vec![since.0.into()]);
    }
    let at = selection.as_known_on.map(|at| Value::from(at.timestamp()));
    match (selection.history, at) {
        (true, None) => {}
        (true, Some(at)) => term("l.fetched_at <= ?", vec![at]),
        (false, None) => term("l.superseded_by IS NULL", vec![]),
        (false, Some(at)) => term(
            "l.fetched_at <= ? AND NOT EXISTS (
                SELECT 1 FROM reading AS later
                WHERE later.reading_id = l.superseded_by AND later.fetched_at <= ?)",
            vec![at.clone(), at],
        ),
    }
    (terms.join(" AND "), values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_of_a_window_are_found_by_their_starts() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path().join("a.db")).unwrap();
        let at = |text: &str| text.parse().unwrap();
        let window = Window::new(at("2026-06-01T00:00:00Z"), at("2026-06-08T00:00:00Z"));
        for sims in [Sims::None, Sims::All, Sims::AccountAndAll] {
            let selection = Selection {
                sims,
                granularity: Some(Granularity::Daily),
                window: Some(window.unwrap()),
                ..Selection::default()
            };
            let (sql, values) = query(&selection);
            let plan = archive.query_plan(&sql, rusqlite::params_from_iter(values));
            assert!(plan.contains("start_id>? AND start_id<?"), "{plan}");
        }
    }
}
