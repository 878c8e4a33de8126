//! The table `start`: each start of a period once.

use chrono::{DateTime, Datelike as _, Utc};
use rusqlite::{Connection, OptionalExtension as _};

use crate::{Error, key::rfc3339};

/// The number of a start; `None` where it is not there.
pub(super) fn start_id(
    connection: &Connection,
    start: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    if let Some(seconds) = whole_seconds(start) {
        return Ok(Some(seconds));
    }
    let mut statement = connection
        .prepare_cached("SELECT start_id FROM start WHERE start_id < 0 AND period_start = ?1")
        .map_err(Error::sqlite)?;
    let known = statement.query_row([rfc3339(start)], |row| row.get(0));
    known.optional().map_err(Error::sqlite)
}

/// The number of a start, which is added where it is not there.
pub(super) fn add_start(connection: &Connection, start: DateTime<Utc>) -> Result<i64, Error> {
    let id = if let Some(id) = start_id(connection, start)? {
        id
    } else {
        let next = "SELECT min(coalesce(min(start_id), 0), 0) - 1 FROM start";
        connection
            .query_row(next, [], |row| row.get(0))
            .map_err(Error::sqlite)?
    };
    connection
        .prepare_cached("INSERT INTO start VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        .map_err(Error::sqlite)?
        .execute(rusqlite::params![id, rfc3339(start)])
        .map_err(Error::sqlite)?;
    Ok(id)
}

/// The lowest number of the starts that are not before an instant. Starts with a negative number are compared by their
/// text instead.
pub(super) fn first_start_id(from: DateTime<Utc>) -> i64 {
    let whole = from.timestamp() + i64::from(from.timestamp_subsec_nanos() > 0);
    whole.max(0)
}

/// The seconds since 1970 of a start that is a whole second from then until the year 9999.
fn whole_seconds(start: DateTime<Utc>) -> Option<i64> {
    let is_whole = start.timestamp_subsec_nanos() == 0 && (1970..=9999).contains(&start.year());
    is_whole.then(|| start.timestamp())
}
