//! Reading that a signal ends, or the time of the command.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use crate::exit::{is_over, requested};

/// How often standard input is left to see whether a signal came.
const PATIENCE: Duration = Duration::from_millis(50);

/// An input that is opened when it is read.
pub(super) enum Unopened {
    Path(PathBuf),
    File(File),
}

impl Read for Unopened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self {
                Self::Path(path) => *self = Self::File(File::open(path)?),
                Self::File(file) => return file.read(buffer),
            }
        }
    }
}

/// Why an input ends early where a signal came, or the time of the command is over.
fn ended() -> io::Result<()> {
    match requested() {
        None if is_over() => Err(io::ErrorKind::TimedOut.into()),
        None => Ok(()),
        Some(signal) => Err(io::Error::other(format!("ended by {signal}"))),
    }
}

/// A file, or a table in it, that ends where a signal came, or the time of the command is over.
pub(super) struct UntilSignal<R>(pub(super) R);

impl<R: Read> Read for UntilSignal<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        ended()?;
        self.0.read(buffer)
    }
}

/// A pipe or a terminal, read on a thread of its own because it may not give anything for long.
pub(super) struct Patient {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    taken: usize,
}

impl Patient {
    pub(super) fn new(mut source: impl Read + Send + 'static) -> Self {
        const CHUNK: usize = 256 * 1024;

        let (send, chunks) = mpsc::sync_channel(2);
        thread::spawn(move || {
            loop {
                let mut chunk = vec![0; CHUNK];
                let read = match source.read(&mut chunk) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read,
                };
                let read = read.map(|length| {
                    chunk.truncate(length);
                    chunk
                });
                let last = read.as_ref().map_or(true, Vec::is_empty);
                if send.send(read).is_err() || last {
                    return;
                }
            }
        });
        Self::of(chunks)
    }

    /// Reads what another thread sends, to an empty chunk or the end.
    pub(super) const fn of(chunks: Receiver<io::Result<Vec<u8>>>) -> Self {
        Self {
            chunks,
            chunk: Vec::new(),
            taken: 0,
        }
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.chunk.len() {
            ended()?;
            match self.chunks.recv_timeout(PATIENCE) {
                Ok(chunk) => {
                    self.chunk = chunk?;
                    self.taken = 0;
                    if self.chunk.is_empty() {
                        return Ok(0);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
        let rest = self.chunk.get(self.taken..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.taken += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_read_to_its_end() {
        let bytes: Vec<u8> = (0..=255).cycle().take(700_000).collect();
        let mut read = Vec::new();
        Patient::new(io::Cursor::new(bytes.clone()))
            .read_to_end(&mut read)
            .unwrap();
        assert!(read == bytes, "the bytes are the same");
    }
}
