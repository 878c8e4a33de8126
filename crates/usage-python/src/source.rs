//! Whatever Python calls an input, as bytes to be read.

mod arrow;
mod json;
mod objects;
mod pending;

use std::{
    fs::File,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use flate2::read::MultiGzDecoder;
use pyo3::{
    buffer::PyBuffer,
    exceptions::PyTypeError,
    prelude::*,
    pybacked::PyBackedBytes,
    types::{PyDict, PyString},
};
use usage_model::{LooksLike, MalformedDocument, Position, RecordReader};

use crate::errors;

pub(crate) use arrow::Texts;
use objects::{FileObject, Lines};
use pending::CHUNK;

/// How often a long run looks whether Ctrl-C was pressed.
const PATIENCE: Duration = Duration::from_millis(100);

/// An input: its bytes, and what is known of them.
pub(crate) struct Source {
    /// What messages and findings call it; `None` where it has no name.
    pub(crate) name: Option<String>,
    /// The granularity that its records were queried with, where it says so.
    pub(crate) granularity: Option<String>,
    /// Whether it is NDJSON by what it is: a list of texts, of which each is a document.
    is_lines: bool,
    bytes: Box<dyn Read + Send>,
}

impl Source {
    /// Takes a path, bytes, a file object, something that gives Arrow streams, or an iterable of dicts and texts.
    pub(crate) fn new(input: &Bound<'_, PyAny>) -> PyResult<Self> {
        if input.is_instance_of::<PyString>() || input.hasattr("__fspath__")? {
            let path: PathBuf = input.extract()?;
            // A pipe waits here for somebody to write to it.
            return input.py().detach(|| Self::file(&path));
        }
        if let Ok(bytes) = input.extract::<PyBackedBytes>() {
            return Self::compressed(None, Cursor::new(bytes));
        }
        if let Ok(buffer) = PyBuffer::<u8>::get(input) {
            return Self::compressed(None, Cursor::new(buffer.to_vec(input.py())?));
        }
        if input.hasattr("__arrow_c_stream__")? {
            let texts = Texts::new(input)?;
            return Ok(Self {
                name: None,
                granularity: texts.granularity(),
                is_lines: true,
                bytes: Box::new(texts),
            });
        }
        if input.hasattr("read")? {
            let name = input.getattr("name").and_then(|name| name.extract()).ok();
            return Self::compressed(name, FileObject::new(input));
        }
        // To iterate over a dict gives its keys, which is never what is meant.
        let iterator = if input.is_instance_of::<PyDict>() {
            (input,).into_pyobject(input.py())?.try_iter()
        } else {
            input.try_iter()
        };
        let Ok(iterator) = iterator else {
            let name = input.get_type().fully_qualified_name()?;
            return Err(PyTypeError::new_err(format!(
                "expected a path, bytes, a file object, an iterable of dict or str, or an object with \
                 __arrow_c_stream__; found {name}"
            )));
        };
        Ok(Self {
            name: None,
            granularity: None,
            is_lines: true,
            bytes: Box::new(Lines::new(iterator)),
        })
    }

    fn file(path: &Path) -> PyResult<Self> {
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => Self::compressed(Some(name), file),
            Err(error) => Err(errors::unread(error, Some(&name))),
        }
    }

    /// An input that may be compressed, by its first bytes.
    fn compressed(name: Option<String>, mut bytes: impl Read + Send + 'static) -> PyResult<Self> {
        let mut start = Vec::new();
        let read = (&mut bytes).take(4).read_to_end(&mut start);
        let decompressed = read.and_then(|_| -> io::Result<Box<dyn Read + Send>> {
            let kind = LooksLike::by_signature(&start);
            let bytes = Cursor::new(start).chain(bytes);
            Ok(match kind {
                Some(LooksLike::Gzip) => Box::new(MultiGzDecoder::new(bytes)),
                Some(LooksLike::Zstd) => Box::new(zstd::Decoder::new(bytes)?),
                _ => Box::new(bytes),
            })
        });
        match decompressed {
            Ok(bytes) => Ok(Self {
                name,
                granularity: None,
                is_lines: false,
                bytes,
            }),
            Err(error) => Err(errors::unread(error, name.as_deref())),
        }
    }

    /// The reader of its records.
    pub(crate) fn reader(&self) -> RecordReader {
        if self.is_lines {
            RecordReader::resume(Position::START, 0)
        } else {
            RecordReader::new()
        }
    }

    /// Reads the next bytes into a buffer; none at the end.
    pub(crate) fn read(&mut self, chunk: &mut Vec<u8>) -> io::Result<()> {
        chunk.resize(CHUNK, 0);
        loop {
            match self.bytes.read(chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    chunk.truncate(*read.as_ref().unwrap_or(&0));
                    return read.map(|_| ());
                }
            }
        }
    }

    /// Hands every item to `take`, to the end of the input.
    pub(crate) fn each(
        mut self,
        mut take: impl FnMut(usage_model::Entry<'_>),
    ) -> Result<(), Unread> {
        let mut reader = self.reader();
        let mut chunk = Vec::new();
        let mut looked = Instant::now();
        loop {
            self.read(&mut chunk)?;
            if chunk.is_empty() {
                reader.end();
            }
            let mut rest = chunk.as_slice();
            while let Some(entry) = reader.next(&mut rest)? {
                take(entry);
            }
            if chunk.is_empty() {
                return Ok(());
            }
            if looked.elapsed() >= PATIENCE {
                Python::attach(|py| py.check_signals()).map_err(io::Error::other)?;
                looked = Instant::now();
            }
        }
    }
}

/// Why an input was not read to its end.
pub(crate) enum Unread {
    Io(io::Error),
    Malformed(MalformedDocument),
}

impl Unread {
    /// The exception.
    pub(crate) fn raise(self, name: Option<&str>) -> PyErr {
        match self {
            Self::Io(error) => errors::unread(error, name),
            Self::Malformed(document) => errors::document(&document, name),
        }
    }
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<MalformedDocument> for Unread {
    fn from(document: MalformedDocument) -> Self {
        Self::Malformed(document)
    }
}
