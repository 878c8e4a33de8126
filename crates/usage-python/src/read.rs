//! Records one after the other.

use std::{
    collections::VecDeque,
    sync::{Mutex, TryLockError},
};

use pyo3::{exceptions::PyValueError, prelude::*};
use usage_model::{Item, MalformedRecord, RecordReader};

use crate::{
    errors,
    source::{Source, Unread},
};

/// A record as its text, its number, its line and where it stands in its document.
pub(crate) type Text = (String, u64, Option<u64>, String);

/// The records of an input, in its order.
#[pyclass(frozen, module = "kore_usage._native")]
pub(crate) struct Records {
    name: Option<String>,
    reading: Mutex<Reading>,
}

struct Reading {
    source: Source,
    reader: RecordReader,
    /// What is read and not given yet.
    ready: VecDeque<Result<Text, MalformedRecord>>,
    chunk: Vec<u8>,
    /// Why reading ended, to be told after what came before it.
    failed: Option<Unread>,
    ended: bool,
}

#[pymethods]
impl Records {
    #[new]
    fn new(source: &Bound<'_, PyAny>) -> PyResult<Self> {
        let source = Source::new(source)?;
        Ok(Self {
            name: source.name.clone(),
            reading: Mutex::new(Reading {
                reader: source.reader(),
                source,
                ready: VecDeque::new(),
                chunk: Vec::new(),
                failed: None,
                ended: false,
            }),
        })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// The next record; raises in the place of one that does not decode, and can be asked again then.
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Text>> {
        let mut reading = match self.reading.try_lock() {
            Ok(reading) => reading,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(PyValueError::new_err(
                    "the records are being read by another thread",
                ));
            }
        };
        if reading.ready.is_empty() {
            let reading: &mut Reading = &mut reading;
            py.detach(|| reading.fill());
            py.check_signals()?;
        }
        match (reading.ready.pop_front(), reading.failed.take()) {
            (Some(next), failed) => {
                reading.failed = failed;
                next.map(Some)
                    .map_err(|malformed| errors::record(&malformed))
            }
            (None, Some(failed)) => Err(failed.raise(self.name.as_deref())),
            (None, None) => Ok(None),
        }
    }
}

impl Reading {
    /// Reads on until there is a record, or the end.
    fn fill(&mut self) {
        while self.ready.is_empty() && !self.ended {
            if let Err(failed) = self.read_on() {
                self.failed = Some(failed);
                self.ended = true;
            }
        }
    }

    fn read_on(&mut self) -> Result<(), Unread> {
        self.source.read(&mut self.chunk)?;
        if self.chunk.is_empty() {
            self.reader.end();
            self.ended = true;
        }
        let mut rest = self.chunk.as_slice();
        while let Some(entry) = self.reader.next(&mut rest)? {
            match entry.item() {
                Item::Record(place, _) => {
                    let line = (place.position.line > 0).then_some(place.position.line);
                    let text = entry.text().to_owned();
                    self.ready
                        .push_back(Ok((text, place.record, line, place.pointer(""))));
                }
                Item::Malformed(record) => self.ready.push_back(Err(record.clone())),
                _ => {}
            }
        }
        Ok(())
    }
}
