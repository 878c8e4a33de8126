//! Runs of a sync, and how an archive stands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension as _, params};
use usage_model::{Granularity, retention_cutoff};

use super::{Archive, ReadingId, get, instant};
use crate::{
    Error, Seen, State,
    chain::ChainHash,
    error::ErrorKind,
    key::{Bounds, Series, is_same_account},
};

/// The number of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub(crate) i64);

impl std::fmt::Display for RunId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// How a run ended; a run that was killed has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// All that was planned was read.
    Complete,
    /// Some windows could not be read.
    Incomplete,
    /// Somebody stopped it.
    Interrupted,
    /// It could not go on.
    Failed,
}

impl Outcome {
    const ALL: [Self; 4] = [
        Self::Complete,
        Self::Incomplete,
        Self::Interrupted,
        Self::Failed,
    ];

    /// Returns the outcome as the view `runs` writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }
}

/// A run of a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// When it started, by the server's clock.
    pub started_at: DateTime<Utc>,
    /// The program's name and version.
    pub program: String,
    /// How it ended; `None` where it was killed, or is under way.
    pub outcome: Option<Outcome>,
    /// How many requests it took.
    pub requests: u64,
    /// How many readings it added.
    pub added: u64,
}

/// How an archive stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// How many readings there are.
    pub readings: u64,
    /// The last reading and the hash of the chain up to it.
    pub head: Option<(ReadingId, ChainHash)>,
    /// What is held of each series.
    pub series: Vec<SeriesStatus>,
    /// The size of the file in bytes.
    pub bytes: u64,
}

/// What is held of one series.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeriesStatus {
    /// The series.
    pub series: Series,
    /// How many periods there are in each state, as of the last time they were read.
    pub periods: BTreeMap<State, u64>,
    /// How many of those that are not final the server has deleted or shows no longer: no reading can make them final.
    pub gone: u64,
    /// When a window of the series was read last.
    pub read_at: Option<DateTime<Utc>>,
}

impl Archive {
    /// Notes that a run has started; `program` is the program's name and version.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn begin_run(&mut self, program: &str, at: DateTime<Utc>) -> Result<RunId, Error> {
        self.connection
            .execute(
                "INSERT INTO run (started_at, program) VALUES (?1, ?2)",
                params![at.timestamp(), program],
            )
            .map_err(Error::sqlite)?;
        Ok(RunId(self.connection.last_insert_rowid()))
    }

    /// Notes how a run ended and how many requests it took.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn finish_run(
        &mut self,
        run: RunId,
        outcome: Outcome,
        at: DateTime<Utc>,
        requests: u64,
    ) -> Result<(), Error> {
        let requests = i64::try_from(requests).unwrap_or(i64::MAX);
        self.connection
            .execute(
                "UPDATE run SET finished_at = ?2, outcome = ?3, requests = ?4 WHERE run_id = ?1",
                params![run.0, at.timestamp(), outcome.as_str(), requests],
            )
            .map_err(Error::sqlite)?;
        Ok(())
    }

    /// Returns the last `most` runs, the newest first.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn last_runs(&self, most: u32) -> Result<Vec<Run>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT run_id, started_at, program, outcome, requests, readings_added FROM run
             ORDER BY run_id DESC LIMIT ?1",
            )
            .map_err(Error::sqlite)?;
        let mut rows = statement.query([most]).map_err(Error::sqlite)?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let outcome: Option<String> = get(row, 3)?;
            let outcome = Outcome::ALL
                .into_iter()
                .find(|one| outcome.as_deref() == Some(one.as_str()));
            let (requests, added): (i64, i64) = (get(row, 4)?, get(row, 5)?);
            runs.push(Run {
                id: RunId(get(row, 0)?),
                started_at: instant(get(row, 1)?)?,
                program: get(row, 2)?,
                outcome,
                requests: requests.unsigned_abs(),
                added: added.unsigned_abs(),
            });
        }
        Ok(runs)
    }

    /// Notes which account answers behind a source: an address with its credentials.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ForeignAccount`] where another account answered there before.
    pub fn claim_source(&mut self, source: &str, account: &str) -> Result<(), Error> {
        self.connection
            .execute(
                "INSERT INTO source (source, account_sid) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![source, account],
            )
            .map_err(Error::sqlite)?;
        match self.account_of_source(source)? {
            Some(known) if !is_same_account(&known, account) => {
                let what = format!(
                    "{source} answers for account {account}, but for {known} when it was read last"
                );
                Err(Error::new(ErrorKind::ForeignAccount, what))
            }
            _ => Ok(()),
        }
    }

    /// Returns the account that answered behind a source before.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn account_of_source(&self, source: &str) -> Result<Option<String>, Error> {
        let account = self.connection.query_row(
            "SELECT account_sid FROM source WHERE source = ?1",
            [source],
            |row| row.get(0),
        );
        account.optional().map_err(Error::sqlite)
    }

    /// Returns the latest time that an account was read, by the server's clock.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn latest_read(&self, account: &str) -> Result<Option<DateTime<Utc>>, Error> {
        let account = self.held_account(account)?;
        let latest = self.connection.query_row(
            "SELECT latest_at FROM account WHERE account_sid = ?1",
            [account],
            |row| row.get(0),
        );
        latest
            .optional()
            .map_err(Error::sqlite)?
            .map(instant)
            .transpose()
    }

    /// Returns the latest time that any account was read, by the server's clock.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn last_read(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let latest: Option<i64> = self
            .connection
            .query_row("SELECT max(latest_at) FROM account", [], |row| row.get(0))
            .map_err(Error::sqlite)?;
        latest.map(instant).transpose()
    }

    /// Returns every series that there are windows or readings of.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn series(&self) -> Result<Vec<Series>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT account_sid, sim_sid, granularity FROM series ORDER BY account_sid, sim_sid, granularity",
        ).map_err(Error::sqlite)?;
        let mut rows = statement.query([]).map_err(Error::sqlite)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let sim: String = get(row, 1)?;
            let granularity: String = get(row, 2)?;
            let damaged = || Error::corrupt("a series has no valid key");
            found.push(Series::new(
                get::<String>(row, 0)?,
                match sim.as_str() {
                    "" => None,
                    sim => Some(sim.parse().map_err(|_| damaged())?),
                },
                granularity.parse::<Granularity>().map_err(|_| damaged())?,
            ));
        }
        Ok(found)
    }

    /// Returns how the archive stands, as of a time.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn status(&self, at: DateTime<Utc>) -> Result<Status, Error> {
        let status = self.status_as_of(at);
        status.map_err(|error| error.at(self.path()))
    }

    fn status_as_of(&self, at: DateTime<Utc>) -> Result<Status, Error> {
        let (readings, bytes): (i64, i64) = self
            .connection
            .query_row(
                "SELECT (SELECT count(*) FROM record), page_count * page_size
             FROM pragma_page_count, pragma_page_size",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .map_err(Error::sqlite)?;
        let series = self.series()?.into_iter();
        let series = series.map(|series| self.status_of(series, at));
        Ok(Status {
            readings: readings.unsigned_abs(),
            head: self.head()?,
            series: series.collect::<Result<_, _>>()?,
            bytes: bytes.unsigned_abs(),
        })
    }

    fn status_of(&self, series: Series, at: DateTime<Utc>) -> Result<SeriesStatus, Error> {
        let sim = series.sim.as_ref().map(ToString::to_string);
        let key = params![series.account, sim, series.granularity.as_str()];
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT state, count(*) FROM periods
             WHERE account_sid = ?1 AND sim_sid IS ?2 AND granularity = ?3 GROUP BY state",
            )
            .map_err(Error::sqlite)?;
        let mut rows = statement.query(key).map_err(Error::sqlite)?;
        let mut periods = BTreeMap::new();
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let (name, count): (String, i64) = (get(row, 0)?, get(row, 1)?);
            let state = State::ALL.into_iter().find(|state| state.as_str() == name);
            let state =
                state.ok_or_else(|| Error::corrupt(format!("{name} is not a state of a run")))?;
            periods.insert(state, count.unsigned_abs());
        }
        let read_at: Option<i64> = self
            .connection
            .query_row(
                "SELECT max(read_at) FROM window_read JOIN series AS s USING (series_id)
             WHERE s.account_sid = ?1 AND nullif(s.sim_sid, '') IS ?2 AND s.granularity = ?3",
                key,
                |row| row.get(0),
            )
            .map_err(Error::sqlite)?;
        let held = self.held(&series, DateTime::UNIX_EPOCH)?;
        let cutoff = retention_cutoff(at);
        let is_gone = |period: Bounds, seen: Seen| {
            let mut later = held
                .windows
                .iter()
                .filter(|(_, read_at)| *read_at > seen.last);
            period.start < cutoff
                || later
                    .any(|(window, _)| window.start() <= period.start && period.end <= window.end())
        };
        let unsettled = held.unsettled.iter();
        let gone = unsettled
            .filter(|(period, seen)| is_gone(*period, *seen))
            .count();
        Ok(SeriesStatus {
            gone: u64::try_from(gone).unwrap_or(u64::MAX),
            read_at: read_at.map(instant).transpose()?,
            periods,
            series,
        })
    }
}
