//! What is held of a series, as planning needs it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension as _, params};
use usage_model::{SimSid, Timestamp, Window};

use super::{Archive, get, instant, starts::first_start_id};
use crate::{
    Error, Seen,
    key::{Bounds, Series, is_same_account, rfc3339},
    plan::{Held, PlanOptions, deleted_at, first_unsettled},
};

/// The query for the periods of a series, from a time on, whose figures are not final.
///
/// `nodes >> 7` is 2 where the period was old enough to be final when the reading was last seen.
const UNSETTLED: &str =
    "SELECT period_start, period_end, fetched_at - known_for, last_seen_at FROM placed
     WHERE series_id = ?1 AND (start_id >= ?2 OR start_id < 0 AND period_start >= ?3)
        AND superseded_by IS NULL
        AND (seen_for + known_for < 43200 OR nodes >> 7 < 2)";

impl Archive {
    /// Returns what is held of a series from a time on: the windows that were read in full, and the periods
    /// whose figures are not final.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn held(&self, series: &Series, from: DateTime<Utc>) -> Result<Held, Error> {
        let series = &self.held_series(series)?;
        let mut held = Held::default();
        let Some(series_id) = self.series_id(series)? else {
            return Ok(held);
        };
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT window_start, window_end, read_at FROM window_read
             WHERE series_id = ?1 AND window_end > ?2 ORDER BY window_id",
            )
            .map_err(Error::sqlite)?;
        let mut rows = statement
            .query(params![series_id, from.timestamp()])
            .map_err(Error::sqlite)?;
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let window = Window::new(instant(get(row, 0)?)?, instant(get(row, 1)?)?);
            let window = window.map_err(|error| Error::corrupt(error.to_string()))?;
            held.windows.push((window, instant(get(row, 2)?)?));
        }
        let mut statement = self
            .connection
            .prepare_cached(UNSETTLED)
            .map_err(Error::sqlite)?;
        let mut rows = statement
            .query(params![series_id, first_start_id(from), rfc3339(from)])
            .map_err(Error::sqlite)?;
        while let Some(row) = rows.next().map_err(Error::sqlite)? {
            let moment = |column| -> Result<DateTime<Utc>, Error> {
                let text: String = get(row, column)?;
                let instant = text.parse().map(Timestamp::instant);
                instant.map_err(|_| Error::corrupt(format!("{text} is not a time")))
            };
            held.unsettled.push((
                Bounds::new(moment(0)?, moment(1)?),
                Seen::new(instant(get(row, 2)?)?, instant(get(row, 3)?)?),
            ));
        }
        Ok(held)
    }

    /// The number of a series as it is held; `None` where nothing of it was read.
    fn series_id(&self, series: &Series) -> Result<Option<i64>, Error> {
        let sim = series.sim.as_ref().map_or("", |sim| sim.as_str());
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT series_id FROM series WHERE account_sid = ?1 AND sim_sid = ?2 AND granularity = ?3",
            )
            .map_err(Error::sqlite)?;
        let granularity = series.granularity.as_str();
        let id = statement.query_row(params![series.account, sim, granularity], |row| row.get(0));
        id.optional().map_err(Error::sqlite)
    }

    /// Notes that the server takes no window of a series that starts before `from`, as of a time.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn note_served_from(
        &mut self,
        series: &Series,
        from: DateTime<Utc>,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let series = &self.held_series(series)?;
        let sim = series.sim.as_ref().map_or("", |sim| sim.as_str());
        let days = at.date_naive().signed_duration_since(from.date_naive());
        self.connection.execute(
            "UPDATE series SET served_days = ?4 WHERE account_sid = ?1 AND sim_sid = ?2 AND granularity = ?3",
            params![series.account, sim, series.granularity.as_str(), days.num_days()],
        ).map_err(Error::sqlite)?;
        Ok(())
    }

    /// Returns from when on the server takes windows of a series, as of a time; `None` where it refused none.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn served_from(
        &self,
        series: &Series,
        at: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let series = &self.held_series(series)?;
        let sim = series.sim.as_ref().map_or("", |sim| sim.as_str());
        let days: Option<Option<i64>> = self
            .connection
            .query_row(
                "SELECT served_days FROM series WHERE account_sid = ?1 AND sim_sid = ?2 AND granularity = ?3",
                params![series.account, sim, series.granularity.as_str()],
                |row| row.get(0),
            )
            .optional().map_err(Error::sqlite)?;
        let back = days.flatten().and_then(TimeDelta::try_days);
        let midnight = at.with_time(NaiveTime::MIN).single();
        Ok(back
            .zip(midnight)
            .and_then(|(back, midnight)| midnight.checked_sub_signed(back)))
    }

    /// Returns when the server deletes the first figures of an account that are not final here, as of a time.
    ///
    /// Counted from the first window of each series that was read on: what was never asked for is not missed. `None`
    /// where all is final.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    pub fn next_deletion(
        &self,
        account: &str,
        at: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let left: BTreeMap<SimSid, Option<DateTime<Utc>>> = self
            .known_sims(account)?
            .into_iter()
            .map(|sim| (sim.sid, sim.left_at))
            .collect();
        let mut earliest: Option<DateTime<Utc>> = None;
        for series in self.series()? {
            if !is_same_account(&series.account, account) {
                continue;
            }
            let mut options = PlanOptions::new(at);
            let held = self.held(&series, options.from())?;
            let first = held.windows.iter().map(|(window, _)| window.start()).min();
            // What the server shows no longer is as good as deleted.
            options.start = first.max(self.served_from(&series, at)?);
            options.end = series.sim.and_then(|sim| left.get(&sim).copied().flatten());
            let first = first_unsettled(&held, series.granularity, &options);
            earliest = [earliest, first].into_iter().flatten().min();
        }
        Ok(earliest.and_then(deleted_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_final_is_found_by_its_start() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path().join("a.db")).unwrap();
        let plan = archive.query_plan(UNSETTLED, (1, 0, "2026-06-01T00:00:00Z"));
        assert!(plan.contains("start_id>?"), "{plan}");
    }
}
