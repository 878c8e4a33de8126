//! Keeping two syncs out of one archive.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use crate::{Error, error::ErrorKind};

/// The right to sync into an archive, held by one process at a time until it is dropped or the process ends.
///
/// It is a lock of the operating system on a file beside the archive, whose text says who holds it. Reading and
/// querying need no such right.
#[derive(Debug)]
pub struct SyncLock {
    file: File,
}

impl SyncLock {
    /// Takes the right to sync into the archive at `path`; `holder` tells others who has it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`] where another process has it, with that process's `holder`; and failures of the disk.
    pub fn take(path: &Path, holder: &str) -> Result<Self, Error> {
        let beside = lock_path(path);
        let failed = |error| Error::io(&beside, "lock", error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&beside)
            .map_err(|error| match error.kind() {
                // The folder is missing, and so is the archive.
                io::ErrorKind::NotFound => Error::io(path, "create", error),
                _ => failed(error),
            })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy(path, &mut file)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let note = |file: &mut File| -> io::Result<()> {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(holder.as_bytes())
        };
        note(&mut file).map_err(failed)?;
        Ok(Self { file })
    }
}

impl Drop for SyncLock {
    fn drop(&mut self) {
        // The file stays: to remove it would take it from under a process that is about to lock it.
        let _ended_anyway = self.file.set_len(0);
    }
}

fn busy(path: &Path, file: &mut File) -> Error {
    /// A holder's note is a line; more is none of ours.
    const LONGEST: u64 = 1_000;
    let mut holder = String::new();
    let read = file.take(LONGEST).read_to_string(&mut holder);
    let holder = match holder.trim() {
        "" => "another process".to_owned(),
        holder => holder.escape_debug().to_string(),
    };
    let who = read.map_or_else(|_| "another process".to_owned(), |_| holder);
    let what = format!("{who} is syncing into {}", path.display());
    Error::new(ErrorKind::Busy, what)
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push("-lock");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it_and_may_go_on_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let first = SyncLock::take(&path, "process 7").unwrap();
        let error = SyncLock::take(&path, "process 8").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Busy);
        let expected = format!("process 7 is syncing into {}", path.display());
        assert_eq!(error.to_string(), expected);
        drop(first);
        assert!(SyncLock::take(&path, "process 8").is_ok());
    }
}
