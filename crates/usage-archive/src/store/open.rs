//! Opening an archive, creating one, and leaving alone what is none.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{
    copy::{folder_of, sync_folder},
    migrations,
};
use crate::{
    Error,
    error::{ErrorKind, may_not_write},
};

/// `KUSG`: what SQLite's `application_id` says in an archive.
pub(crate) const APPLICATION_ID: i32 = 0x4B55_5347;

/// How long a transaction of another process is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// What stands at the start of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What a path holds.
enum Found {
    Nothing,
    Empty,
    Archive,
}

/// Opens an archive for reading and writing; creates it where the file is missing or empty.
pub(crate) fn open(path: &Path) -> Result<Connection, Error> {
    match found(path)? {
        Found::Nothing | Found::Empty => create(path)?,
        Found::Archive => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| Error::at_file(path, error))?;
    set_up(&connection).map_err(|error| Error::at_file(path, error))?;
    migrations::migrate(&connection, path)?;
    if connection.is_readonly("main").unwrap_or(false) {
        return Err(Error::read_only(path));
    }
    Ok(connection)
}

/// Fails for a file that is no archive and would not become one.
pub(crate) fn check(path: &Path) -> Result<(), Error> {
    found(path).map(drop)
}

/// The most links that are followed, as in Linux.
const MOST_LINKS: usize = 40;

/// Follows the links of a path to the file that they name, which need not exist.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else {
            break;
        };
        path = match path.parent() {
            Some(folder) => folder.join(target),
            None => target,
        };
    }
    path
}

/// Whether a file is an archive.
pub(crate) fn is_archive(path: &Path) -> bool {
    matches!(found(path), Ok(Found::Archive))
}

/// Opens an archive for reading; nothing is created, migrated or written.
pub(crate) fn open_read_only(path: &Path) -> Result<Connection, Error> {
    match found(path)? {
        Found::Archive => {}
        Found::Nothing => {
            let error = io::Error::from(io::ErrorKind::NotFound);
            return Err(Error::io(path, "open", error));
        }
        Found::Empty => {
            let what = format!("{} is empty, not an archive", path.display());
            return Err(Error::new(ErrorKind::NotAnArchive, what));
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| Error::at_file(path, error))?;
    connection
        .busy_timeout(BUSY_TIMEOUT)
        .map_err(Error::sqlite)?;
    // The shared memory of the write-ahead log has to be created even to read. Where the folder may not be
    // written and no log is left, the file cannot change under us either and is opened as it stands.
    let connection = match migrations::version(&connection) {
        Err(error) if may_not_write(&error) && !log_of(path).exists() => {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(immutable_uri(path), flags)
                .map_err(|error| Error::at_file(path, error))?
        }
        _ => connection,
    };
    set_up_queries(&connection).map_err(|error| Error::at_file(path, error))?;
    migrations::check_readable(&connection, path)?;
    Ok(connection)
}

fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

fn immutable_uri(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    let escaped: String = bytes
        .map(|byte| match byte {
            b'%' | b'?' | b'#' | 0x80.. => format!("%{byte:02x}"),
            _ => char::from(*byte).to_string(),
        })
        .collect();
    format!("file:{escaped}?immutable=1")
}

fn found(path: &Path) -> Result<Found, Error> {
    let mut head = [0; 100];
    // Before it is opened: a pipe would be waited for, and a device is read without an end or replaced as if empty.
    if let Ok(metadata) = fs::metadata(path)
        && !metadata.is_file()
    {
        let kind = if metadata.is_dir() {
            "a folder"
        } else {
            "a device or a pipe"
        };
        let what = format!("{} is {kind}, not an archive", path.display());
        return Err(Error::new(ErrorKind::NotAnArchive, what));
    }
    let length = match File::open(path) {
        Ok(mut file) => {
            read_up_to(&mut file, &mut head).map_err(|error| Error::io(path, "read", error))?
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(Error::io(path, "open", error)),
    };
    if length == 0 {
        return Ok(Found::Empty);
    }
    let id = head.get(68..72).and_then(|bytes| bytes.try_into().ok());
    if !head.starts_with(MAGIC) || length < head.len() {
        let what = format!("{} is not an archive", path.display());
        return Err(Error::new(ErrorKind::NotAnArchive, what));
    }
    if id.map(i32::from_be_bytes) != Some(APPLICATION_ID) {
        let what = format!("{} is a SQLite database of another program", path.display());
        return Err(Error::new(ErrorKind::NotAnArchive, what));
    }
    Ok(Found::Archive)
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let limit = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
    let mut bytes = Vec::with_capacity(buffer.len());
    file.take(limit).read_to_end(&mut bytes)?;
    if let Some(start) = buffer.get_mut(..bytes.len()) {
        start.copy_from_slice(&bytes);
    }
    Ok(bytes.len())
}

/// Creates an archive beside its path and renames it there, so that no half-made one is ever found under the
/// name of an archive.
fn create(path: &Path) -> Result<(), Error> {
    // A link stays one.
    let path = &resolved(path);
    let folder = folder_of(path);
    let failed = |error| Error::io(path, "create", error);
    let mut builder = tempfile::Builder::new();
    let mode = fs::metadata(path).map(|existing| existing.permissions());
    if let Ok(mode) = &mode {
        builder.permissions(mode.clone());
    }
    let file = builder
        .prefix(".usage-archive-")
        .tempfile_in(folder)
        .map_err(failed)?;
    let connection = Connection::open(file.path()).map_err(|error| Error::at_file(path, error))?;
    connection
        .pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(Error::sqlite)?;
    migrations::migrate(&connection, path)?;
    set_up(&connection).map_err(Error::sqlite)?;
    connection
        .close()
        .map_err(|(_, error)| Error::at_file(path, error))?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    sync_folder(folder).map_err(failed)
}

/// Sets up a connection that writes.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    set_up_queries(connection)
}

/// Sets up what makes queries fast, whether the connection writes or not.
fn set_up_queries(connection: &Connection) -> rusqlite::Result<()> {
    // 64 MiB instead of 2: an index of a million readings stays in memory.
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.set_prepared_statement_cache_capacity(64);
    // Otherwise SQLite plans a query anew for each value that it is asked with, in search of a better plan.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    use super::*;

    #[test]
    fn a_query_is_planned_once_for_all_values() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("usage.db");
        for connection in [open(&path), open_read_only(&path)] {
            let is_set = connection
                .unwrap()
                .db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG);
            assert_eq!(is_set, Ok(true));
        }
    }

    #[test]
    fn a_uri_has_every_byte_of_the_path() {
        let path = Path::new(OsStr::from_bytes(b"a b/50%?#\xc3\xa9\xff.db"));
        assert_eq!(
            immutable_uri(path),
            "file:a b/50%25%3f%23%c3%a9%ff.db?immutable=1"
        );
    }
}
