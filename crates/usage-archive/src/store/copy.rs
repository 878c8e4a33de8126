//! Copying an archive to a new file.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use rusqlite::{
    Connection, ToSql,
    types::{ToSqlOutput, ValueRef},
};

use crate::{Error, ErrorKind};

/// Writes a compact copy of the archive at `from` to a new file, which has its name only when it is whole.
///
/// Fails with [`ErrorKind::Exists`] where the file exists already.
pub(super) fn copy(connection: &Connection, from: &Path, to: &Path) -> Result<(), Error> {
    if to.symlink_metadata().is_ok() {
        return Err(exists(to));
    }
    let failed = |error| Error::io(to, "write", error);
    let folder = folder_of(to);
    let file = tempfile::Builder::new()
        .prefix(".usage-archive-")
        .tempfile_in(folder)
        .map_err(failed)?;
    connection
        .execute("VACUUM INTO ?1", [PathText(file.path())])
        .map_err(|error| Error::at_file(to, error))?;
    let mode = fs::metadata(from).map_err(failed)?.permissions();
    file.as_file().set_permissions(mode).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(to)
        .map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => exists(to),
            _ => failed(error.error),
        })?;
    sync_folder(folder).map_err(failed)
}

fn exists(path: &Path) -> Error {
    let what = format!("{} exists already, and is left as it is", path.display());
    Error::new(ErrorKind::Exists, what)
}

/// A path as SQLite takes it: byte for byte, also where it is not UTF-8.
struct PathText<'a>(&'a Path);

impl ToSql for PathText<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let bytes = self.0.as_os_str().as_encoded_bytes();
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(bytes)))
    }
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes the new name in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
