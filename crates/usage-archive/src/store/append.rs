//! Storing what a window brought.

mod appender;
mod parsed;
mod window_read;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::{Archive, RunId, instant};
use crate::{Error, key::Series};
use appender::Appender;
#[cfg(feature = "sync")]
pub(crate) use parsed::{NOT_TEXT, period_of_malformed};
pub use window_read::{Appended, Change, Conflict, Malformed, WindowRead};

/// How far a server's clock may be behind the last reading of an account; beyond it, it was set back.
///
/// Servers behind one address differ by seconds.
pub(crate) const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

impl Archive {
    /// Stores what a window brought, in one transaction: either all of it or nothing.
    ///
    /// A record equal to the last reading of its period is no new reading; it moves the time at which that was last
    /// seen. Equal means the same members with the same values: their order and white space do not count.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ClockBack`](crate::ErrorKind::ClockBack) where the account was read more than five minutes after
    /// `read_at`, and failures of the disk. The archive is then as it was.
    pub fn append<T: AsRef<str>>(
        &mut self,
        run: RunId,
        read: &WindowRead<'_, T>,
    ) -> Result<Appended, Error> {
        let appended = self.append_in_transaction(run, read);
        if appended.is_err() {
            self.codec.borrow_mut().reset();
        }
        appended.map_err(|error| error.at(&self.path))
    }

    fn append_in_transaction<T: AsRef<str>>(
        &self,
        run: RunId,
        read: &WindowRead<'_, T>,
    ) -> Result<Appended, Error> {
        let transaction =
            Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
                .map_err(Error::sqlite)?;
        let series = self.held_series(read.series)?;
        let read = &WindowRead::new(&series, read.window, read.read_at, read.texts);
        let read_at = advance_clock(&transaction, &series.account, read.read_at)?;
        let appended = {
            let series_id = series_id(&transaction, &series, read_at)?;
            let mut appender = Appender::new(self, run, read, (series_id, read_at))?;
            for text in read.texts {
                appender.parse(text.as_ref());
            }
            appender.store(&transaction)?
        };
        transaction
            .prepare_cached("UPDATE run SET readings_added = readings_added + ?2 WHERE run_id = ?1")
            .map_err(Error::sqlite)?
            .execute(params![
                run.0,
                i64::try_from(appended.added).unwrap_or(i64::MAX)
            ])
            .map_err(Error::sqlite)?;
        transaction.commit().map_err(Error::sqlite)?;
        Ok(appended)
    }
}

/// Moves the account's clock to the time of a reading and returns that time, which is never before the last one.
fn advance_clock(
    transaction: &Transaction<'_>,
    account: &str,
    read_at: DateTime<Utc>,
) -> Result<DateTime<Utc>, Error> {
    let latest: Option<i64> = transaction
        .query_row(
            "SELECT latest_at FROM account WHERE account_sid = ?1",
            [account],
            |row| row.get(0),
        )
        .optional()
        .map_err(Error::sqlite)?;
    let read_at = read_at.trunc_subsecs(0);
    let at = match latest.map(instant).transpose()? {
        Some(latest) if latest.signed_duration_since(read_at) > CLOCK_TOLERANCE => {
            return Err(Error::clock_back("the server's clock", read_at, latest));
        }
        Some(latest) => latest.max(read_at),
        None => read_at,
    };
    transaction
        .execute(
            "INSERT INTO account (account_sid, latest_at) VALUES (?1, ?2)
         ON CONFLICT (account_sid) DO UPDATE SET latest_at = excluded.latest_at",
            params![account, at.timestamp()],
        )
        .map_err(Error::sqlite)?;
    Ok(at)
}

fn series_id(
    transaction: &Transaction<'_>,
    series: &Series,
    read_at: DateTime<Utc>,
) -> Result<i64, Error> {
    let sim = series.sim.as_ref().map_or("", |sim| sim.as_str());
    let key = params![series.account, sim, series.granularity.as_str()];
    transaction.execute(
        "INSERT INTO series (account_sid, sim_sid, granularity) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        key,
    ).map_err(Error::sqlite)?;
    if !sim.is_empty() {
        transaction.execute(
            "INSERT INTO sim (account_sid, sim_sid, first_seen_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![series.account, sim, read_at.timestamp()],
        ).map_err(Error::sqlite)?;
    }
    transaction.query_row(
        "SELECT series_id FROM series WHERE account_sid = ?1 AND sim_sid = ?2 AND granularity = ?3",
        key,
        |row| row.get(0),
    ).map_err(Error::sqlite)
}

#[cfg(test)]
mod tests {
    use usage_model::Granularity;

    use usage_model::Window;

    use super::*;
    use crate::{ErrorKind, Selection, Subset};

    fn day(number: u32) -> String {
        let text = "x".repeat(200);
        format!(
            r#"{{"period":{{"start":"2026-06-{number:02}T00:00:00Z","end":"2026-06-{number:02}T23:00:00Z"}},"note":"{text}"}}"#
        )
    }

    #[test]
    fn a_full_disk_leaves_the_archive_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = Archive::open(folder.path().join("a.db")).unwrap();
        let at = "2026-06-30T00:00:00Z".parse().unwrap();
        let run = archive.begin_run("test", at).unwrap();
        let series = Series::new("AC1", None, Granularity::Daily);
        let window = Window::new("2026-06-01T00:00:00Z".parse().unwrap(), at).unwrap();
        let first = [day(1)];
        archive
            .append(run, &WindowRead::new(&series, window, at, &first))
            .unwrap();
        archive.limit_growth(1).unwrap();
        let before = archive.head().unwrap();
        // Texts that do not compress, so that they take more pages than there are.
        let many: Vec<String> = (0_u32..2_000)
            .map(|number| format!(r#"{{"note":"{:x}"}}"#, number.wrapping_mul(0x9E37_79B9)))
            .collect();
        let read = WindowRead::new(&series, window, at, &many);
        let error = archive.append(run, &read).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DiskFull);
        assert_eq!(archive.head().unwrap(), before);
        assert_eq!(archive.verify(Subset::ALL).unwrap().readings, 1);
        archive.limit_growth(1_000_000).unwrap();
        let appended = archive.append(run, &read).unwrap();
        assert_eq!(appended.added, 2_000);
        let mut count = 0;
        archive
            .visit::<Error>(&Selection::default(), |_| {
                count += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(count, 2_001);
        archive.verify(Subset::ALL).unwrap();
    }
}
