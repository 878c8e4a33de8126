//! File objects and iterables, which only Python can read.

use std::io::{self, Read};

use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    types::PyIterator,
};

use super::{
    json,
    pending::{CHUNK, Pending},
};

/// An object with a method `read` that gives bytes or text.
pub(super) struct FileObject {
    object: Py<PyAny>,
    pending: Pending,
}

impl FileObject {
    pub(super) fn new(object: &Bound<'_, PyAny>) -> Self {
        Self {
            object: object.clone().unbind(),
            pending: Pending::default(),
        }
    }
}

impl Read for FileObject {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pending.is_empty() {
            Python::attach(|py| -> PyResult<()> {
                let read = self.object.bind(py).call_method1("read", (CHUNK,))?;
                let room = self.pending.refill();
                if let Ok(bytes) = read.extract::<PyBackedBytes>() {
                    room.extend_from_slice(&bytes);
                } else if let Ok(text) = read.extract::<PyBackedStr>() {
                    room.extend_from_slice(text.as_bytes());
                } else {
                    let name = read.get_type().fully_qualified_name()?;
                    return Err(PyTypeError::new_err(format!(
                        "read() gave {name}: expected bytes or str"
                    )));
                }
                Ok(())
            })
            .map_err(io::Error::other)?;
        }
        Ok(self.pending.pass(buffer))
    }
}

/// The elements of an iterable, a line each: texts as they are, all else as JSON.
pub(super) struct Lines {
    iterator: Py<PyIterator>,
    pending: Pending,
}

impl Lines {
    pub(super) fn new(iterator: Bound<'_, PyIterator>) -> Self {
        Self {
            iterator: iterator.unbind(),
            pending: Pending::default(),
        }
    }
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pending.is_empty() {
            Python::attach(|py| -> PyResult<()> {
                let mut iterator = self.iterator.bind(py).clone();
                let room = self.pending.refill();
                while room.len() < CHUNK {
                    let Some(element) = iterator.next() else {
                        break;
                    };
                    let element = element?;
                    if let Ok(text) = element.extract::<PyBackedStr>() {
                        room.extend_from_slice(text.as_bytes());
                    } else if let Ok(bytes) = element.extract::<PyBackedBytes>() {
                        room.extend_from_slice(&bytes);
                    } else {
                        json::write(&element, room)?;
                    }
                    room.push(b'\n');
                }
                Ok(())
            })
            .map_err(io::Error::other)?;
        }
        Ok(self.pending.pass(buffer))
    }
}
