//! The one way in which the program writes data: to standard output, through a special file, or into a file that
//! takes its name when it is complete.

pub(crate) mod metrics;
pub(crate) mod report;
mod target;

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions, Permissions},
    io::{self, BufWriter, IsTerminal, Stdout, Write},
    os::unix::fs::{MetadataExt, PermissionsExt, fchown},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{
    exit::{Exit, received},
    failure::Failure,
    messages::{tell, words},
};

use target::Target;

/// Where data goes.
///
/// A reader that goes away is no error: what is written then goes nowhere, and [`Output::is_closed`] tells.
pub(crate) struct Output {
    /// As the user named it.
    name: String,
    writer: BufWriter<Sink>,
    written: u64,
}

/// What takes the bytes.
enum Sink {
    Stdout(Stdout),
    /// Standard output, or a pipe, that nobody reads any more.
    Closed,
    /// A device, a pipe, or a descriptor that the program was started with.
    Special(File),
    /// A file beside the one whose name it will take.
    Beside {
        file: NamedTempFile,
        path: PathBuf,
    },
}

impl Output {
    /// Standard output.
    pub(crate) fn stdout() -> Self {
        Self::new("standard output".to_owned(), Sink::Stdout(io::stdout()))
    }

    /// Opens what a path names; `-` is standard output.
    ///
    /// A regular file is written beside its place, with the mode of the file that it will replace; links are
    /// followed. Everything else is written through.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let target = Target::of(path).map_err(|error| refused(&name, &error))?;
        target.spare_databases(&name)?;
        let opened = match target {
            Target::Stdout => Ok(Sink::Stdout(io::stdout())),
            Target::Special(path) => OpenOptions::new().write(true).open(path).map(Sink::Special),
            Target::Descriptor(path) => OpenOptions::new()
                .append(true)
                .open(path)
                .map(Sink::Special),
            Target::File(path) => beside(&path).map(|file| Sink::Beside { file, path }),
        };
        match opened {
            Ok(Sink::Stdout(_)) => Ok(Self::stdout()),
            Ok(sink) => Ok(Self::new(name, sink)),
            Err(error) => Err(refused(&name, &error)),
        }
    }

    fn new(name: String, sink: Sink) -> Self {
        Self {
            name,
            writer: BufWriter::with_capacity(64 * 1024, sink),
            written: 0,
        }
    }

    /// What to call it in a message.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes were written so far.
    pub(crate) const fn written(&self) -> u64 {
        self.written
    }

    /// Whether its reader went away.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.writer.get_ref(), Sink::Closed)
    }

    /// Says that all is written: a file takes its name.
    pub(crate) fn complete(self) -> Result<(), Failure> {
        let name = self.name;
        let failure = |error: &io::Error| Failure::write(&name, error);
        match into_sink(self.writer).map_err(|error| failure(&error))? {
            Sink::Stdout(_) | Sink::Closed | Sink::Special(_) => Ok(()),
            Sink::Beside { file, path } => {
                file.as_file().sync_all().map_err(|error| failure(&error))?;
                file.persist(&path)
                    .map_err(|refused| failure(&refused.error))?;
                if let Some(Ok(folder)) = path.parent().map(File::open) {
                    // Not every file system can sync a folder, and the file itself is safe already.
                    let _: io::Result<()> = folder.sync_all();
                }
                Ok(())
            }
        }
    }

    /// Says that not all could be written. What was to become a file stays beside it, where there is anything;
    /// gives where.
    pub(crate) fn incomplete(self) -> Result<Option<String>, Failure> {
        let name = self.name;
        let failure = |error: &io::Error| Failure::write(&name, error);
        let Sink::Beside { file, .. } = into_sink(self.writer).map_err(|error| failure(&error))?
        else {
            return Ok(None);
        };
        if file.as_file().metadata().is_ok_and(|file| file.len() == 0) {
            return Ok(None);
        }
        let (_, path) = file.keep().map_err(|refused| failure(&refused.error))?;
        Ok(Some(format!("what was complete is in {}", path.display())))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        self.written += u64::try_from(written).unwrap_or(0);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match self {
            Self::Stdout(out) => out.write(bytes),
            Self::Closed => Ok(bytes.len()),
            Self::Special(file) => file.write(bytes),
            Self::Beside { file, .. } => file.write(bytes),
        };
        self.unless_closed(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match self {
            Self::Stdout(out) => out.flush(),
            Self::Closed => Ok(()),
            Self::Special(file) => file.flush(),
            Self::Beside { file, .. } => file.flush(),
        };
        self.unless_closed(flushed, ())
    }
}

impl Sink {
    /// Writes nowhere from now on if the reader went away.
    fn unless_closed<T>(&mut self, done: io::Result<T>, otherwise: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                *self = Self::Closed;
                Ok(otherwise)
            }
            done => done,
        }
    }
}

fn into_sink(writer: BufWriter<Sink>) -> io::Result<Sink> {
    writer
        .into_inner()
        .map_err(io::IntoInnerError::into_error)
        .and_then(|mut sink| sink.flush().map(|()| sink))
}

/// Opens what a path names, or standard output where there is none.
pub(crate) async fn open_or_stdout(path: Option<&Path>) -> Result<Output, Failure> {
    match path {
        Some(path) => open(path).await,
        None => Ok(Output::stdout()),
    }
}

/// Opens what a path names without holding up signals: a pipe waits here for its reader.
pub(crate) async fn open(path: &Path) -> Result<Output, Failure> {
    let path = path.to_owned();
    let opened = tokio::task::spawn_blocking(move || Output::open(&path));
    tokio::select! {
        opened = opened => opened
            .unwrap_or_else(|error| Err(Failure::incomplete(format!("cannot start: {error}")))),
        signal = received() => Err(Failure::ended(signal, "anything was fetched")),
    }
}

/// Closes an output after the last was written; says where it is, if not all is there.
pub(crate) fn close(
    mut output: Output,
    written: io::Result<()>,
    is_complete: bool,
) -> Result<(), Failure> {
    written
        .and_then(|()| output.flush())
        .map_err(|error| Failure::write(output.name(), &error))?;
    if is_complete {
        return output.complete();
    }
    if let Some(place) = output.incomplete()? {
        tell(&place);
    }
    Ok(())
}

/// The columns of the terminal that standard output is, or what `COLUMNS` says; `None` where neither is known.
pub(crate) fn terminal_width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok();
    let set = columns.and_then(|columns| columns.parse().ok());
    set.or_else(|| {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(width.0.into())
    })
}

/// Refuses two options that would write to one place.
pub(crate) fn distinct(first: (&str, &Path), second: (&str, &Path)) -> Result<(), Failure> {
    let (Ok(one), Ok(other)) = (Target::of(first.1), Target::of(second.1)) else {
        // Each says by itself why it cannot be written.
        return Ok(());
    };
    if one.is_same(&other) {
        return Err(Failure::usage(format!(
            "{} and {} both write to {}",
            first.0,
            second.0,
            first.1.display()
        ))
        .help("name two files"));
    }
    Ok(())
}

/// Refuses a file that could not be written at the end, before anything is done for it.
pub(crate) fn writable(path: &Path) -> Result<(), Failure> {
    match Target::of(path) {
        // What is no file may wait for its reader, or take what is written only once.
        Ok(Target::Stdout | Target::Special(_) | Target::Descriptor(_)) => Ok(()),
        Ok(Target::File(_)) | Err(_) => Output::open(path).map(drop),
    }
}

/// Refuses an output that would replace a file that is read.
pub(crate) fn spare<'a>(
    output: Option<&Path>,
    mut read: impl Iterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let Some(Ok(target @ Target::File(_))) = output.map(Target::of) else {
        return Ok(());
    };
    let is_target = |path: &&Path| {
        let path = if *path == Path::new("-") {
            Path::new("/dev/stdin")
        } else {
            path
        };
        Target::of(path).is_ok_and(|read| target.is_same(&read))
    };
    match (output, read.find(is_target)) {
        (Some(output), Some(read)) => {
            let named = if read == Path::new("-") {
                " as standard input".to_owned()
            } else if read == output {
                String::new()
            } else {
                format!(" as {}", read.display())
            };
            let output = output.display();
            let message = format!("cannot write {output}: this run reads it{named}");
            Err(Failure::usage(message).help("name another file, which then holds the result"))
        }
        _ => Ok(()),
    }
}

/// Creates the file that will replace the one at `path`, in the same folder and under a name that nobody can
/// guess. It has the mode of the file that it will replace, or the mode of a new one.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let old = match fs::metadata(path) {
        Ok(old) => {
            // A file that may not be written is not replaced either.
            OpenOptions::new().write(true).open(path)?;
            Some(old)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let folder = path.parent().unwrap_or(Path::new("/"));
    let name = path.file_name().map(OsStr::to_string_lossy);
    let name: String = name.iter().flat_map(|name| name.chars()).take(50).collect();
    let mode = old.as_ref().map_or(0o666, MetadataExt::mode) & 0o777;
    let file = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .suffix(".partial")
        .rand_bytes(12)
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    if let Some(old) = old {
        let made = file.as_file().metadata()?;
        if (old.uid(), old.gid()) != (made.uid(), made.gid()) {
            // Only the superuser may give files away; for all others the file becomes their own.
            let _: io::Result<()> = fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
        }
        // Unlike a new file, it does not lose what the process leaves out of new ones.
        file.as_file()
            .set_permissions(Permissions::from_mode(mode))?;
    }
    Ok(file)
}

/// Why an output cannot be opened, before anything is asked for.
fn refused(name: &str, error: &io::Error) -> Failure {
    let failure = Failure::usage(format!("cannot write {name}: {}", words(error)));
    failure.help(match error.kind() {
        io::ErrorKind::IsADirectory => "it is a folder: name a file in it",
        io::ErrorKind::NotFound => "its folder does not exist: create it first",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "name a file in a folder that you may write to"
        }
        _ => "name another file, or - for standard output",
    })
}

/// Whether an output is standard output, and a person reads it there.
pub(crate) fn is_shown(output: Option<&Path>) -> bool {
    output.is_none_or(|path| path == Path::new("-")) && io::stdout().is_terminal()
}

/// Writes a text to standard output.
pub(crate) fn print(text: &str) -> Result<Exit, Failure> {
    let mut out = Output::stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::write(out.name(), &error))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path) -> Result<(), Failure> {
        let mut output = Output::open(path)?;
        output.write_all(b"new\n").unwrap();
        output.complete()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_when_it_is_complete_and_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("usage");
        fs::write(&path, "old\n").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o606)).unwrap();
        let mut output = Output::open(&path).unwrap();
        output.write_all(b"new\n").unwrap();
        output.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old\n");
        output.complete().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o606);
        assert_eq!(names(folder.path()), ["usage"]);
    }

    #[test]
    fn an_output_that_is_given_up_leaves_nothing_and_an_incomplete_one_stays_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("usage");
        fs::write(&path, "old\n").unwrap();
        drop(Output::open(&path).unwrap());
        assert_eq!(Output::open(&path).unwrap().incomplete().unwrap(), None);
        assert_eq!(names(folder.path()), ["usage"]);
        let mut output = Output::open(&path).unwrap();
        output.write_all(b"half\n").unwrap();
        let said = output.incomplete().unwrap().unwrap();
        let kept = said.strip_prefix("what was complete is in ").unwrap();
        assert_eq!(fs::read_to_string(kept).unwrap(), "half\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old\n");
    }

    #[test]
    fn two_outputs_to_one_place_are_refused_before_they_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "").unwrap();
        std::os::unix::fs::symlink("file", path("link")).unwrap();
        fs::hard_link(path("file"), path("same")).unwrap();
        let refused =
            |one: &str, other: &str| distinct(("--a", &path(one)), ("--b", &path(other))).is_err();
        assert!(refused("file", "file") && refused("file", "link") && refused("same", "link"));
        assert!(refused("new", "new") && !refused("new", "other") && !refused("file", "new"));
        let dash = Path::new("-");
        assert!(distinct(("--a", dash), ("--b", dash)).is_err());
    }

    #[test]
    fn a_folder_and_a_name_without_a_folder_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (path, why) in [
            (folder.path().to_owned(), "is a folder"),
            (folder.path().join("new/"), "is a folder"),
            (folder.path().join("no/usage"), "folder does not exist"),
        ] {
            let failure = format!("{:?}", write(&path).unwrap_err());
            assert!(failure.contains(why), "{failure}");
        }
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
