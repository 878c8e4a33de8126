//! What can go wrong with an archive.

use std::{error::Error as StdError, fmt, io, path::Path};

use chrono::{DateTime, Utc};
use rusqlite::ErrorCode;

use crate::key::rfc3339;

/// Why an archive could not be opened, read or written.
///
/// A failed write leaves the archive as it was before the transaction. `Display` is one line without the cause;
/// [`Error::help`] says what to do.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    what: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file exists and is no archive; it was not touched.
    NotAnArchive,
    /// A newer version of the program wrote the archive; it was not touched.
    Newer,
    /// An older version of the program wrote the archive, and reading does not migrate it.
    Older,
    /// There is no such file, and reading does not create one.
    Missing,
    /// The file that is to be created exists already; it was not touched.
    Exists,
    /// The file or its folder may not be written.
    ReadOnly,
    /// The disk is full.
    DiskFull,
    /// The operating system failed to read or write.
    Io,
    /// A page of the file, a stored record or the chain is damaged.
    Corrupt,
    /// Another process is syncing into the archive, or holds it locked.
    Busy,
    /// The time of the reading is before what the archive has already seen.
    ClockBack,
    /// The server's clock cannot be right, and so nothing that is planned by it.
    ClockWrong,
    /// The readings belong to another account than those of the same source before.
    ForeignAccount,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// Returns what a person can do about it, in one sentence.
    pub const fn help(self) -> &'static str {
        match self {
            Self::NotAnArchive => {
                "name a file that `kore-usage sync` wrote; it creates one where there is no file"
            }
            Self::Newer => "use the version of the program that wrote it, or a newer one",
            Self::Older => "run `kore-usage sync` once, which copies and migrates it",
            Self::Missing => {
                "check the path; `kore-usage sync --archive FILE` creates an archive in a folder that exists"
            }
            Self::Exists => "name a file that does not exist yet",
            Self::ReadOnly => {
                "give write permission to the file and its folder, or name another file"
            }
            Self::DiskFull => {
                "free some space and run the command again; it goes on where it stopped"
            }
            Self::Io => "check the disk; run `archive verify`, then the command again",
            Self::Corrupt => "restore the last backup; `archive verify` names what is damaged",
            Self::Busy => "wait until the other run has ended",
            Self::ClockBack | Self::ClockWrong => {
                "check the clock of the server and of this machine"
            }
            Self::ForeignAccount => {
                "check the credentials, or name the account's own profile or archive"
            }
            Self::Other => "run `archive verify`",
        }
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            source: None,
        }
    }

    pub(crate) fn read_only(path: &Path) -> Self {
        let what = format!("{} may not be written", path.display());
        Self::new(ErrorKind::ReadOnly, what)
    }

    /// A failure of SQLite.
    pub(crate) fn sqlite(error: rusqlite::Error) -> Self {
        let (kind, what) = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => (ErrorKind::DiskFull, "the disk is full"),
            Some(ErrorCode::SystemIoFailure) => {
                (ErrorKind::Io, "the disk failed under the archive")
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                (ErrorKind::ReadOnly, "the archive may not be written")
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                (ErrorKind::Corrupt, "a page of the archive is damaged")
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                (ErrorKind::Busy, "another process holds the archive locked")
            }
            _ => (ErrorKind::Other, "the archive could not be used"),
        };
        Self {
            kind,
            what: what.to_owned(),
            source: Some(Box::new(error)),
        }
    }

    /// A failure of SQLite about a file.
    pub(crate) fn at_file(path: &Path, error: rusqlite::Error) -> Self {
        if may_not_write(&error) {
            return Self::read_only(path);
        }
        Self::sqlite(error).at(path)
    }

    /// Another account answers than before.
    #[cfg(feature = "sync")]
    pub(crate) fn foreign_account(source: &str, account: &str, known: &str) -> Self {
        let what = format!("{source} answers for account {account}, but for {known} before");
        Self::new(ErrorKind::ForeignAccount, what)
    }

    /// A clock that is behind what the archive has seen.
    pub(crate) fn clock_back(clock: &str, at: DateTime<Utc>, latest: DateTime<Utc>) -> Self {
        let what = format!(
            "{clock} says {}, but the account was read at {} already",
            rfc3339(at),
            rfc3339(latest)
        );
        Self::new(ErrorKind::ClockBack, what)
    }

    /// A clock that cannot be right, and the time that it is held against.
    #[cfg(feature = "sync")]
    pub(crate) fn clock_wrong(at: DateTime<Utc>, against: &str, time: DateTime<Utc>) -> Self {
        let what = format!(
            "the server's clock says {}, {against} {}",
            rfc3339(at),
            rfc3339(time)
        );
        Self::new(ErrorKind::ClockWrong, what)
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Corrupt, what)
    }

    /// Names the file in an error of the operating system.
    pub(crate) fn io(path: &Path, doing: &str, error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::DiskFull,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                ErrorKind::ReadOnly
            }
            io::ErrorKind::NotFound => ErrorKind::Missing,
            _ => ErrorKind::Io,
        };
        let what = match kind {
            ErrorKind::Missing if doing == "open" => format!("there is no file {}", path.display()),
            _ => format!("cannot {doing} {}", path.display()),
        };
        Self {
            kind,
            what,
            source: Some(Box::new(error)),
        }
    }

    /// Names the file that the error is about.
    pub(crate) fn at(mut self, path: &Path) -> Self {
        self.what = format!("{}: {}", path.display(), self.what);
        self
    }

    /// Returns what kind of failure it is.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns what a person can do about it, in one sentence.
    pub const fn help(&self) -> &'static str {
        self.kind.help()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| -> &(dyn StdError + 'static) { source })
    }
}

/// Whether SQLite failed because the file or its folder may not be written.
pub(crate) fn may_not_write(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_sqlite_have_a_kind_of_ours() {
        let failure = |code| {
            let error = rusqlite::ffi::Error::new(code);
            Error::sqlite(rusqlite::Error::SqliteFailure(error, None)).kind()
        };
        assert_eq!(failure(rusqlite::ffi::SQLITE_FULL), ErrorKind::DiskFull);
        assert_eq!(failure(rusqlite::ffi::SQLITE_IOERR), ErrorKind::Io);
        assert_eq!(failure(rusqlite::ffi::SQLITE_READONLY), ErrorKind::ReadOnly);
        assert_eq!(failure(rusqlite::ffi::SQLITE_CORRUPT), ErrorKind::Corrupt);
        assert_eq!(failure(rusqlite::ffi::SQLITE_BUSY), ErrorKind::Busy);
        assert_eq!(failure(rusqlite::ffi::SQLITE_MISUSE), ErrorKind::Other);
    }
}
