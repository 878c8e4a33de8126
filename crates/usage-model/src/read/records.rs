//! Reading from anything that reads.

use std::{
    io::{self, Read},
    ops::Range,
};

use crate::{Entry, Item, MalformedDocument, RecordReader};

/// How many bytes are asked for at a time.
const CHUNK: usize = 64 << 10;

/// Reads records from a file, a pipe or any other reader, one at a time.
///
/// The input may be one page of the API, a list of records, or records or pages one after another, as in
/// NDJSON. A byte order mark, blank lines and CRLF are passed over.
///
/// ```
/// use usage_model::{Item, read_records};
///
/// let input = "{\"account_sid\":\"AC\"}\n{\"account_sid\":7}\n";
/// let items: Vec<Item> = read_records(input.as_bytes()).collect::<Result<_, _>>()?;
/// assert!(matches!(items[0], Item::Record(..)));
/// assert!(matches!(&items[1], Item::Malformed(bad) if bad.pointer == "/account_sid"));
/// # Ok::<(), usage_model::ReadError>(())
/// ```
pub fn read_records<R: Read>(source: R) -> Records<R> {
    Records {
        source,
        reader: RecordReader::new(),
        chunk: vec![0; CHUNK].into(),
        unread: 0..0,
        state: State::Open,
    }
}

/// The records of a reader; made by [`read_records`].
///
/// Ends after the first error: what came before it has been delivered.
#[derive(Debug)]
pub struct Records<R> {
    source: R,
    reader: RecordReader,
    chunk: Box<[u8]>,
    /// The part of `chunk` that is not read yet.
    unread: Range<usize>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Ended,
    Failed,
}

impl<R: Read> Records<R> {
    fn read_more(&mut self) -> io::Result<()> {
        loop {
            match self.source.read(&mut self.chunk) {
                Ok(0) => {
                    self.reader.end();
                    self.state = State::Ended;
                    return Ok(());
                }
                Ok(length) => {
                    self.unread = 0..length;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.state = State::Failed;
                    return Err(error);
                }
            }
        }
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<Item, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.state == State::Failed {
                return None;
            }
            let mut rest = self.chunk.get(self.unread.clone()).unwrap_or_default();
            let next = self
                .reader
                .next(&mut rest)
                .map(|entry| entry.map(Entry::into_item));
            self.unread.start = self.unread.end - rest.len();
            match next {
                Ok(Some(item)) => return Some(Ok(item)),
                Ok(None) if self.state == State::Ended => return None,
                Ok(None) => {
                    if let Err(error) = self.read_more() {
                        return Some(Err(ReadError::Io(error)));
                    }
                }
                Err(error) => {
                    self.state = State::Failed;
                    return Some(Err(ReadError::Malformed(error)));
                }
            }
        }
    }
}

/// Why reading stopped before the end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The reader failed.
    #[error("the input cannot be read")]
    Io(#[source] io::Error),
    /// The input is no list of usage records.
    #[error(transparent)]
    Malformed(#[from] MalformedDocument),
}
