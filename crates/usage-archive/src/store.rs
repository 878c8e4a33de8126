//! The archive: one SQLite file that keeps every reading.

mod append;
mod codec;
mod copy;
mod figures;
mod held;
mod migrations;
mod open;
mod readings;
mod runs;
mod same_figures;
mod sid_case;
mod sims;
mod starts;

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, types::FromSql};

pub use append::{Appended, Change, Conflict, Malformed, WindowRead};
#[cfg(feature = "sync")]
pub(crate) use append::{CLOCK_TOLERANCE, NOT_TEXT, period_of_malformed};
pub use readings::{Reading, ReadingId, Selection, Sims};
pub use runs::{Outcome, Run, RunId, SeriesStatus, Status};
pub use sims::KnownSim;

pub(crate) use figures::{
    Amount, Figures, Flat, NODES_MASK, PART_BITS, Part, TOTALS_ARE_SUMS, state_bits,
};
pub(crate) use same_figures::have_same_figures;

use crate::{Error, SyncLock};
use codec::Codec;

/// An archive of usage: every reading of every period, in one SQLite file.
///
/// Writing appends; nothing that was stored is changed or removed. Each write is one transaction, after which
/// it has reached the disk. Several processes may read while one writes; [`SyncLock`](crate::SyncLock) keeps two from
/// syncing at once. The views of the file are documented in the README of the project and may be queried by any
/// program that reads SQLite.
///
/// ```
/// use usage_archive::{Archive, ErrorKind, Outcome, Selection, Series, Subset, WindowRead};
/// use usage_model::{Granularity, Window};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("usage.db");
/// let at = "2026-06-03T06:00:00Z".parse()?; // by the server's clock
/// let series = Series::new("AC00000000000000000000000000000001", None, Granularity::Daily);
/// let window = Window::new("2026-06-01T00:00:00Z".parse()?, "2026-06-02T00:00:00Z".parse()?)?;
/// let record = r#"{"period":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},
///     "data":{"total":7,"download":5,"upload":2,"units":"bytes"}}"#;
/// let mut archive = Archive::open(&path)?;
/// let run = archive.begin_run("example 1.0", at)?;
/// archive.append(run, &WindowRead::new(&series, window, at, &[record]))?;
/// archive.finish_run(run, Outcome::Complete, at, 1)?;
///
/// // What is known now, exactly as it was received.
/// archive.visit::<usage_archive::Error>(&Selection::default(), |reading| {
///     assert_eq!(reading.text, record);
///     Ok(())
/// })?;
/// assert_eq!(archive.verify(Subset::ALL)?.readings, 1);
///
/// let none = Archive::open_read_only(folder.path().join("other.db")).unwrap_err();
/// assert_eq!(none.kind(), ErrorKind::Missing);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Archive {
    connection: Connection,
    path: PathBuf,
    codec: RefCell<Codec>,
}

impl Archive {
    /// Opens an archive for reading and writing; creates it where the file is missing or empty.
    ///
    /// An archive of an older version is copied beside itself and migrated.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAnArchive`](crate::ErrorKind::NotAnArchive) for any other file and
    /// [`ErrorKind::Newer`](crate::ErrorKind::Newer) for an archive of a newer version, both of which are left
    /// alone; and failures of the disk.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Ok(Self::with(open::open(path)?, path))
    }

    /// Opens an archive for a sync, with the right to sync into it; `holder` tells others who has that.
    ///
    /// # Errors
    ///
    /// As [`Archive::open`], and [`ErrorKind::Busy`](crate::ErrorKind::Busy) where another process syncs into it.
    pub fn open_for_sync(path: impl AsRef<Path>, holder: &str) -> Result<(Self, SyncLock), Error> {
        let path = path.as_ref();
        // Nothing is left beside a file that is no archive.
        open::check(path)?;
        // There is one lock for an archive, by whatever link it is named.
        let lock = SyncLock::take(&open::resolved(path), holder)?;
        Ok((Self::open(path)?, lock))
    }

    /// Whether a file is an archive, of whatever version; by its content, not by its name.
    pub fn is_archive(path: impl AsRef<Path>) -> bool {
        open::is_archive(path.as_ref())
    }

    /// Opens an archive for reading; nothing is created or migrated.
    ///
    /// # Errors
    ///
    /// As [`Archive::open`], and [`ErrorKind::Missing`](crate::ErrorKind::Missing) where there is no file.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Ok(Self::with(open::open_read_only(path)?, path))
    }

    fn with(connection: Connection, path: &Path) -> Self {
        Self {
            connection,
            path: path.to_owned(),
            codec: RefCell::default(),
        }
    }

    /// Returns the path that the archive was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a compact copy of the archive to a new file, which is there only when it is whole; other processes may
    /// read and write meanwhile.
    ///
    /// # Errors
    ///
    /// Fails if the file exists already or cannot be written.
    pub fn back_up(&self, to: &Path) -> Result<(), Error> {
        copy::copy(&self.connection, &self.path, to)
    }

    /// Lets the file grow by that many pages at most; then writing fails as on a full disk. For tests.
    ///
    /// # Errors
    ///
    /// Failures of the disk.
    #[doc(hidden)]
    pub fn limit_growth(&mut self, pages: u32) -> Result<(), Error> {
        let now: i64 = self
            .connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .map_err(Error::sqlite)?;
        let most = now + i64::from(pages);
        self.connection
            .pragma_update(None, "max_page_count", most)
            .map_err(Error::sqlite)
    }

    /// How SQLite would run a query.
    #[cfg(test)]
    fn query_plan(&self, sql: &str, values: impl rusqlite::Params) -> String {
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        let mut statement = self.connection.prepare(&sql).unwrap();
        let steps = statement.query_map(values, |row| row.get(3)).unwrap();
        let steps: Vec<String> = steps.collect::<rusqlite::Result<_>>().unwrap();
        steps.join("\n")
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// The value of a column.
pub(crate) fn get<T: FromSql>(row: &Row<'_>, column: usize) -> Result<T, Error> {
    row.get(column).map_err(Error::sqlite)
}

/// An instant that a table holds as seconds.
fn instant(seconds: i64) -> Result<DateTime<Utc>, Error> {
    DateTime::from_timestamp(seconds, 0)
        .ok_or_else(|| Error::corrupt(format!("{seconds} seconds are no time")))
}
