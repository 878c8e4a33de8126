//! What a path names: standard output, a file, or something that is written through.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read},
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// What stands at the start of every database of SQLite, and so of every archive.
const DATABASE: &[u8; 16] = b"SQLite format 3\0";

/// The endings of the files that belong to an archive.
const COMPANIONS: [&[u8]; 4] = [b"-wal", b"-shm", b"-journal", b"-lock"];

/// The most links that are followed, as in Linux.
const MOST_LINKS: usize = 40;

/// What a path names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    Stdout,
    /// A device, a pipe or a socket.
    Special(PathBuf),
    /// A regular file that is open in this process under a number. It is appended to, because what the shell
    /// has written to it stands before.
    Descriptor(PathBuf),
    /// A regular file, or none yet; without links.
    File(PathBuf),
}

impl Target {
    /// Finds out what a path names. Links are followed, also where nothing is at their end.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Stdout);
        }
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let slash = path.as_os_str().as_bytes().ends_with(b"/");
            let (Some(name), false) = (path.file_name(), slash) else {
                return Err(io::ErrorKind::IsADirectory.into());
            };
            let folder = match path.parent() {
                Some(folder) if folder != Path::new("") => folder,
                _ => Path::new("."),
            };
            let folder = fs::canonicalize(folder)?;
            let here = folder.join(name);
            if is_of_descriptors(&folder) {
                return descriptor(here);
            }
            let found = match fs::symlink_metadata(&here) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Ok(Self::File(here));
                }
                found => found?,
            };
            if found.is_symlink() {
                path = folder.join(fs::read_link(&here)?);
            } else if found.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            } else if found.is_file() {
                return Ok(Self::File(here));
            } else {
                return Ok(Self::Special(here));
            }
        }
        Err(io::Error::other("too many links"))
    }

    /// Refuses a database, and the files that belong to one. An archive holds figures that the server has deleted
    /// since, and none of it is left where an output takes its place.
    pub(super) fn spare_databases(&self, name: &str) -> Result<(), Failure> {
        let (Self::File(path) | Self::Descriptor(path)) = self else {
            return Ok(());
        };
        let database = if is_database(path) {
            Some("an archive or another database".to_owned())
        } else {
            let of_it = COMPANIONS.iter().find_map(|ending| {
                let path = path.as_os_str().as_bytes().strip_suffix(*ending)?;
                let path = Path::new(OsStr::from_bytes(path));
                is_database(path).then_some(path)
            });
            of_it.map(|path| format!("a part of the database {}", path.display()))
        };
        match database {
            Some(what) => Err(Failure::usage(format!("cannot write {name}: it is {what}"))
                .help("name another file; a database that nobody needs has to be removed first")),
            None => Ok(()),
        }
    }

    /// Whether both are one place.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let identity = |target: &Self| {
            let (Self::Special(path) | Self::Descriptor(path) | Self::File(path)) = target else {
                return None;
            };
            let found = fs::metadata(path).ok()?;
            Some((found.dev(), found.ino()))
        };
        self == other || matches!((identity(self), identity(other)), (Some(a), Some(b)) if a == b)
    }
}

fn is_database(path: &Path) -> bool {
    // A pipe would be waited for.
    let mut start = [0; DATABASE.len()];
    path.is_file()
        && File::open(path).is_ok_and(|mut file| file.read_exact(&mut start).is_ok())
        && start == *DATABASE
}

/// Whether a folder lists open descriptors: `/dev/fd`, `/proc/self/fd`, or that of another process or thread.
fn is_of_descriptors(folder: &Path) -> bool {
    folder == Path::new("/dev/fd") || (folder.starts_with("/proc") && folder.ends_with("fd"))
}

fn descriptor(path: PathBuf) -> io::Result<Target> {
    let ours = path.parent() == fs::canonicalize("/proc/self/fd").ok().as_deref()
        || path.starts_with("/dev/fd");
    if ours && path.file_name().is_some_and(|name| name == "1") {
        return Ok(Target::Stdout);
    }
    let found = fs::metadata(&path)?;
    if found.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else if found.is_file() {
        Ok(Target::Descriptor(path))
    } else {
        Ok(Target::Special(path))
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    fn link(to: &str, at: &Path) {
        std::os::unix::fs::symlink(to, at).unwrap();
    }

    #[test]
    fn links_are_followed_to_their_end() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        let file = |name: &str| Target::File(folder.join(name));
        let of = |name: &str| Target::of(&folder.join(name)).unwrap();
        assert_eq!(of("new"), file("new"));
        link("new", &folder.join("dangling"));
        link("dangling", &folder.join("chain"));
        assert_eq!((of("dangling"), of("chain")), (file("new"), file("new")));
        fs::create_dir(folder.join("sub")).unwrap();
        link("sub/", &folder.join("to-sub"));
        assert!(Target::of(&folder.join("to-sub")).is_err());
        link("round", &folder.join("round"));
        assert!(Target::of(&folder.join("round")).is_err());
    }

    #[test]
    fn what_is_no_regular_file_is_written_through() {
        let null = Target::of(Path::new("/dev/null")).unwrap();
        assert_eq!(null, Target::Special("/dev/null".into()));
        assert_eq!(Target::of(Path::new("-")).unwrap(), Target::Stdout);
        let stdout = Target::of(Path::new("/proc/self/fd/1")).unwrap();
        assert_eq!(stdout, Target::Stdout);
        let file = tempfile::NamedTempFile::new().unwrap();
        let open = File::options().write(true).open(file.path()).unwrap();
        let path = format!("/proc/self/fd/{}", open.as_raw_fd());
        let Target::Descriptor(_) = Target::of(Path::new(&path)).unwrap() else {
            unreachable!("{path} is an open file");
        };
    }
}
