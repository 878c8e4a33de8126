//! Errors of the crates as Python's exceptions.

use std::{error::Error, fmt::Display, io};

use pyo3::{
    PyErr,
    exceptions::{PyOSError, PyValueError},
};

pyo3::import_exception!(kore_usage._errors, FetchError);
pyo3::import_exception!(kore_usage._errors, MalformedDocument);
pyo3::import_exception!(kore_usage._errors, MalformedRecord);
pyo3::import_exception!(kore_usage._errors, UsageError);

/// An argument with a value that cannot be used.
pub(crate) fn wrong(argument: &str, why: impl Display) -> PyErr {
    PyValueError::new_err(format!("{argument}: {why}"))
}

/// A failure to read an input: what Python raised where Python read it, and the `OSError` that fits otherwise.
pub(crate) fn unread(error: io::Error, name: Option<&str>) -> PyErr {
    let number = error.raw_os_error();
    let text = error.to_string();
    match error.into_inner().map(|inner| inner.downcast::<PyErr>()) {
        Some(Ok(raised)) => return *raised,
        Some(Err(_)) | None => {}
    }
    match (number, name) {
        // Python finds the class for the number: `FileNotFoundError`, `IsADirectoryError` and so on.
        (Some(number), Some(name)) => {
            let words = text
                .rsplit_once(" (os error")
                .map_or(&*text, |(words, _)| words);
            PyOSError::new_err((number, words.to_owned(), name.to_owned()))
        }
        (_, Some(name)) => PyOSError::new_err(format!("cannot read {name}: {text}")),
        (_, None) => PyOSError::new_err(text),
    }
}

/// A document that holds no records.
pub(crate) fn document(error: &usage_model::MalformedDocument, name: Option<&str>) -> PyErr {
    let position = error.position;
    MalformedDocument::new_err((no_records(error, name), position.line, position.offset))
}

/// What is said of a document that holds no records.
pub(crate) fn no_records(error: &usage_model::MalformedDocument, name: Option<&str>) -> String {
    let name = name.unwrap_or("the input");
    format!("{name} is not a list of usage records: {error}")
}

/// A record that does not decode.
pub(crate) fn record(record: &usage_model::MalformedRecord) -> PyErr {
    let place = record.place;
    MalformedRecord::new_err((
        record.to_string(),
        place.pointer(&record.pointer),
        record.found.clone(),
        record.expected.clone(),
        place.record,
        (record.position.line > 0).then_some(record.position.line),
        String::from(&*record.raw),
    ))
}

/// A page or a window that could not be fetched: `shown` in one line, the server's words, the cause and what to do in
/// lines below it.
pub(crate) fn fetch(error: &usage_client::Error, shown: &str) -> PyErr {
    let mut lines = vec![shown.to_owned()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !lines.iter().any(|line| line.contains(&text)) {
            lines.push(text);
        }
        cause = error.source();
    }
    lines.extend(error.help().map(|help| format!("help: {help}")));
    let text = lines.join("\n");
    if error.kind() == usage_client::ErrorKind::Config {
        return PyValueError::new_err(text);
    }
    FetchError::new_err((text, error.status(), error.is_retryable(), error.attempts()))
}
