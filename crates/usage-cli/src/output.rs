//! Where data goes: standard output, or a file that appears when it is complete.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Stdout, Write},
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// Where data goes.
pub(crate) enum Output {
    Stdout(BufWriter<Stdout>),
    File {
        writer: BufWriter<File>,
        path: PathBuf,
        partial: PathBuf,
    },
}

impl Output {
    /// Opens the output; for a file, one beside it that takes its place when all is written.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Self::Stdout(BufWriter::new(io::stdout())));
        };
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let file = File::create(&partial).map_err(|error| {
            Failure::usage(format!("cannot write {}: {error}", partial.display()))
        })?;
        Ok(Self::File {
            writer: BufWriter::new(file),
            path: path.to_owned(),
            partial,
        })
    }

    /// What to call it in a message.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdout(_) => "to standard output".to_owned(),
            Self::File { partial, .. } => partial.display().to_string(),
        }
    }

    /// Where the data is once it is complete.
    pub(crate) fn destination(&self) -> String {
        match self {
            Self::Stdout(_) => "standard output".to_owned(),
            Self::File { path, .. } => path.display().to_string(),
        }
    }

    /// Says that all is written: the file takes its name.
    pub(crate) fn complete(mut self) -> Result<(), Failure> {
        let name = self.name();
        let done = self.flush().and_then(|()| match &self {
            Self::Stdout(_) => Ok(()),
            Self::File {
                writer,
                path,
                partial,
            } => {
                writer.get_ref().sync_all()?;
                std::fs::rename(partial, path)
            }
        });
        done.map_err(|error| Failure::write(&name, &error))
    }

    /// Says that not all could be written. What is there stays; gives where, if that is not plain to see.
    pub(crate) fn incomplete(mut self) -> Result<Option<String>, Failure> {
        let name = self.name();
        self.flush()
            .map_err(|error| Failure::write(&name, &error))?;
        Ok(match self {
            Self::Stdout(_) => None,
            Self::File { partial, .. } => {
                Some(format!("what was complete is in {}", partial.display()))
            }
        })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(writer) => writer.write(bytes),
            Self::File { writer, .. } => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(writer) => writer.flush(),
            Self::File { writer, .. } => writer.flush(),
        }
    }
}

/// Whether standard output is read by a person.
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}
