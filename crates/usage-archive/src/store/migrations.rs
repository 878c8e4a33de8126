//! The versions of the schema, and how an archive gets from one to the next.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, TransactionBehavior};

use super::copy::copy;
use crate::{Error, error::ErrorKind};

/// The statements that lead from each version to the next; the first makes an archive of an empty file.
const STEPS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
];

/// The version that a file has; 0 for one without a schema.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Brings a file to the newest version, after a copy of it where it holds an older one.
pub(crate) fn migrate(connection: &Connection, path: &Path) -> Result<(), Error> {
    migrate_by(STEPS, connection, path)
}

fn migrate_by(steps: &[&str], connection: &Connection, path: &Path) -> Result<(), Error> {
    let at_path = |error| Error::at_file(path, error);
    let from = version(connection).map_err(at_path)?;
    if from == steps.len() {
        return Ok(());
    }
    check_not_newer(from, steps.len(), path)?;
    if from > 0 {
        back_up(connection, path, from)?;
    }
    let transaction =
        rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
            .map_err(at_path)?;
    // Another process may have been faster.
    let from = version(&transaction).map_err(at_path)?;
    for step in steps.get(from..).unwrap_or_default() {
        transaction.execute_batch(step).map_err(at_path)?;
    }
    let to = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    transaction
        .pragma_update(None, "user_version", to)
        .map_err(at_path)?;
    transaction.commit().map_err(at_path)
}

/// Fails for a file whose version is not the one that this program reads.
pub(crate) fn check_readable(connection: &Connection, path: &Path) -> Result<(), Error> {
    let found = version(connection).map_err(|error| Error::at_file(path, error))?;
    check_not_newer(found, STEPS.len(), path)?;
    if found < STEPS.len() {
        let what = format!(
            "{} was written by an older version: its schema is {found}, this program reads {}",
            path.display(),
            STEPS.len()
        );
        return Err(Error::new(ErrorKind::Older, what));
    }
    Ok(())
}

fn check_not_newer(found: usize, known: usize, path: &Path) -> Result<(), Error> {
    if found <= known {
        return Ok(());
    }
    let what = format!(
        "{} was written by a newer version: its schema is {found}, this program knows {known}",
        path.display()
    );
    Err(Error::new(ErrorKind::Newer, what))
}

/// Copies the file beside itself before it is changed; a copy that is there already is of the same version.
fn back_up(connection: &Connection, path: &Path, version: usize) -> Result<(), Error> {
    match copy(connection, path, &backup_path(path, version)) {
        Err(error) if error.kind() == ErrorKind::Exists => Ok(()),
        copied => copied,
    }
}

fn backup_path(path: &Path, version: usize) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".schema-{version}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Archive;

    const NEXT: &[&str] = &[
        STEPS[0],
        STEPS[1],
        STEPS[2],
        STEPS[3],
        "CREATE TABLE added (x INTEGER) STRICT;",
    ];

    #[test]
    fn an_older_file_is_migrated_after_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(Archive::open(&path).unwrap());
        let connection = Connection::open(&path).unwrap();
        migrate_by(NEXT, &connection, &path).unwrap();
        assert_eq!(version(&connection).unwrap(), 5);
        connection
            .execute("INSERT INTO added VALUES (1)", [])
            .unwrap();
        let copy = Connection::open(backup_path(&path, 4)).unwrap();
        assert_eq!(version(&copy).unwrap(), 4);
        assert!(Archive::open(backup_path(&path, 4)).is_ok());
    }

    #[test]
    fn a_migration_that_fails_leaves_the_old_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(Archive::open(&path).unwrap());
        let broken = &[
            STEPS[0],
            STEPS[1],
            STEPS[2],
            STEPS[3],
            "CREATE TABLE added (x INTEGER); nonsense;",
        ];
        let connection = Connection::open(&path).unwrap();
        assert!(migrate_by(broken, &connection, &path).is_err());
        assert_eq!(version(&connection).unwrap(), 4);
        assert!(
            connection
                .execute("INSERT INTO added VALUES (1)", [])
                .is_err()
        );
    }

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(Archive::open(&path).unwrap());
        let connection = Connection::open(&path).unwrap();
        migrate_by(NEXT, &connection, &path).unwrap();
        connection.close().unwrap();
        let before = std::fs::read(&path).unwrap();
        for error in [
            Archive::open(&path).unwrap_err(),
            Archive::open_read_only(&path).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Newer);
            assert!(
                error
                    .to_string()
                    .ends_with("its schema is 5, this program knows 4"),
                "{error}"
            );
        }
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn readings_keep_their_starts_in_the_fourth_schema() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        migrate_by(&STEPS[..3], &connection, &path).unwrap();
        connection
            .execute_batch(
                "INSERT INTO series VALUES (1, 'AC1', '', 'daily', NULL), (2, 'AC2', '', 'daily', NULL);
                INSERT INTO run (run_id, started_at, program) VALUES (1, 0, 'test');
                INSERT INTO reading (series_id, period_start, nodes, fetched_at, seen_for, times_seen, run_id)
                SELECT series_id, start, 0, 0, 0, 1, 1 FROM series, (
                    SELECT '2026-06-01T00:00:00Z' AS start UNION ALL SELECT '2026-06-01T00:00:00.250Z'
                    UNION ALL SELECT '1969-12-31T00:00:00Z' UNION ALL SELECT '2016-12-31T23:59:60Z'
                    UNION ALL SELECT '+12026-06-01T00:00:00Z' UNION ALL SELECT NULL)",
            )
            .unwrap();
        let starts = |from: &str| -> Vec<Option<String>> {
            let sql = format!("SELECT period_start FROM {from} ORDER BY reading_id");
            let mut statement = connection.prepare(&sql).unwrap();
            let starts = statement.query_map([], |row| row.get(0)).unwrap();
            starts.collect::<rusqlite::Result<_>>().unwrap()
        };
        let before = starts("reading");
        migrate_by(&STEPS[..4], &connection, &path).unwrap();
        assert_eq!(starts("readings"), before);
        let ids =
            "SELECT group_concat(start_id) FROM (SELECT start_id FROM start ORDER BY start_id)";
        let ids: String = connection.query_row(ids, [], |row| row.get(0)).unwrap();
        assert_eq!(ids, "-4,-3,-2,-1,1780272000");
    }
}
