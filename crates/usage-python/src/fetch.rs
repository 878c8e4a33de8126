//! Records from the API.

mod options;

use std::{
    collections::VecDeque,
    sync::{
        Mutex, TryLockError,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use pyo3::{
    exceptions::{PyRuntimeError, PyRuntimeWarning, PyValueError},
    prelude::*,
};
use usage_client::{MissingWindow, WindowPage, blocking};
use usage_model::{MalformedRecord, PlacedRecord};

use crate::{
    errors::{self, UsageError},
    read::Text,
};
use options::{Options, Query};

/// How often a fetch that waits looks whether Ctrl-C was pressed.
const PATIENCE: Duration = Duration::from_millis(100);

/// The records of a fetch, oldest first.
#[pyclass(frozen, module = "kore_usage._native")]
pub(crate) struct Fetch(Mutex<Fetching>);

struct Fetching {
    pages: Receiver<Result<WindowPage, MissingWindow>>,
    ready: VecDeque<Result<PlacedRecord, MalformedRecord>>,
    /// Records that were given, broken ones counted.
    given: u64,
    ended: bool,
}

#[pymethods]
impl Fetch {
    #[new]
    fn new(py: Python<'_>, options: Options<'_>) -> PyResult<Self> {
        let (builder, queries, plan) = options.read()?;
        py.detach(|| {
            let client = builder.build().and_then(blocking::Client::new);
            let client = client.map_err(|error| errors::fetch(&error, &error.to_string()))?;
            let (send, pages) = mpsc::sync_channel(1);
            // On a thread of its own, so that Ctrl-C ends a wait. It ends when nobody listens any more.
            thread::Builder::new()
                .name("kore-usage-fetch".to_owned())
                .spawn(move || {
                    let pages = queries
                        .into_iter()
                        .flat_map(|query: Query| client.windows(query, &plan));
                    for page in pages {
                        if send.send(page).is_err() {
                            return;
                        }
                    }
                })
                .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
            Ok(Self(Mutex::new(Fetching {
                pages,
                ready: VecDeque::new(),
                given: 0,
                ended: false,
            })))
        })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// The next record. Raises in the place of one that does not decode, and where a window is missing; what follows
    /// can be asked for all the same.
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Text>> {
        let mut fetching = match self.0.try_lock() {
            Ok(fetching) => fetching,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(PyValueError::new_err(
                    "the records are being fetched by another thread",
                ));
            }
        };
        while fetching.ready.is_empty() && !fetching.ended {
            let pages = &mut fetching.pages;
            let waited = py.detach(move || pages.recv_timeout(PATIENCE));
            match waited {
                Ok(Ok(page)) => {
                    warn_of_differing(py, &page)?;
                    fetching.ready.extend(page.records);
                }
                Ok(Err(missing)) => {
                    return Err(errors::fetch(&missing.error, &missing.to_string()));
                }
                Err(RecvTimeoutError::Timeout) => py.check_signals()?,
                Err(RecvTimeoutError::Disconnected) => fetching.ended = true,
            }
        }
        let number = fetching.given;
        match fetching.ready.pop_front() {
            None => Ok(None),
            Some(record) => {
                fetching.given += 1;
                match record {
                    Ok(placed) => text(&placed, number).map(Some),
                    Err(malformed) => Err(errors::record(&malformed)),
                }
            }
        }
    }
}

fn text(placed: &PlacedRecord, number: u64) -> PyResult<Text> {
    let text = serde_json::to_string(&placed.record)
        .map_err(|error| UsageError::new_err(error.to_string()))?;
    Ok((text, number, None, placed.place.pointer("")))
}

/// Says which of two readings with different figures was delivered.
fn warn_of_differing(py: Python<'_>, page: &WindowPage) -> PyResult<()> {
    for differing in &page.differing {
        let which = if differing.is_latest {
            c"a record was read twice with different figures; the later reading was delivered"
        } else {
            c"a record was read twice with different figures; the earlier reading had been delivered already"
        };
        PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), which, 1)?;
    }
    Ok(())
}
