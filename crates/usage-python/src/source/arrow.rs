//! The text column of an Arrow stream, a line a row.

use std::io::{self, Read};

use arrow_array::{
    Array, ArrayRef, RecordBatch, RecordBatchReader, cast::AsArray,
    ffi_stream::RecordBatchStreamReader,
};
use arrow_pyarrow::FromPyArrow;
use arrow_schema::{DataType, Schema};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
};

use crate::errors::unread;

use super::pending::{CHUNK, Pending};

/// The column that holds the records, where there is one of this name.
const RECORD: &str = "record";

/// The column that says how finely the query divided time.
const GRANULARITY: &str = "granularity";

/// The texts of one column, with a line feed after each.
pub(crate) struct Texts {
    stream: RecordBatchStreamReader,
    column: usize,
    granularity: Option<usize>,
    /// The granularity of all rows.
    expected: Option<String>,
    batch: Option<RecordBatch>,
    row: usize,
    pending: Pending,
}

impl Texts {
    /// Takes the column `record`, or the only column of texts.
    pub(crate) fn new(input: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut stream = RecordBatchStreamReader::from_pyarrow_bound(input).map_err(|error| {
            PyTypeError::new_err(format!("the Arrow stream cannot be taken: {error}"))
        })?;
        let schema = stream.schema();
        let column = column(&schema)?;
        let granularity = schema.column_with_name(GRANULARITY);
        let granularity = granularity
            .filter(|(_, field)| is_text(field.data_type()))
            .map(|(index, _)| index);
        let first = next_batch(&mut stream).map_err(|error| unread(error, None))?;
        let expected = first.as_ref().zip(granularity).and_then(|(batch, index)| {
            let text = text(batch.column(index), 0)?;
            Some(std::str::from_utf8(text).ok()?.to_owned())
        });
        Ok(Self {
            stream,
            column,
            granularity,
            expected,
            batch: first,
            row: 0,
            pending: Pending::default(),
        })
    }

    /// The granularity of all rows, where the stream has it.
    pub(crate) fn granularity(&self) -> Option<String> {
        self.expected.clone()
    }

    /// Hands the text of every row to `take`; nothing where it is null.
    pub(crate) fn each(mut self, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        while let Some(batch) = self.batch.take() {
            let records = batch.column(self.column);
            for row in 0..batch.num_rows() {
                take(text(records, row).unwrap_or_default());
            }
            self.batch = next_batch(&mut self.stream)?;
        }
        Ok(())
    }

    /// Collects the texts of some rows; none at the end.
    fn refill(&mut self) -> io::Result<()> {
        let room = self.pending.refill();
        while room.len() < CHUNK {
            let Some(batch) = &self.batch else {
                return Ok(());
            };
            let records = batch.column(self.column);
            let granularities = self.granularity.map(|index| batch.column(index));
            let expected = self.expected.as_deref().map(str::as_bytes);
            while self.row < batch.num_rows() && room.len() < CHUNK {
                if granularities.is_some_and(|column| text(column, self.row) != expected) {
                    return Err(io::Error::other(PyValueError::new_err(
                        "the rows are of several granularities: check those of one at a time",
                    )));
                }
                // A row without a record is a record that cannot be read.
                room.extend_from_slice(text(records, self.row).unwrap_or(b"null"));
                room.push(b'\n');
                self.row += 1;
            }
            if self.row == batch.num_rows() {
                self.row = 0;
                self.batch = next_batch(&mut self.stream)?;
            }
        }
        Ok(())
    }
}

impl Read for Texts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pending.is_empty() {
            self.refill()?;
        }
        Ok(self.pending.pass(buffer))
    }
}

/// The next batch that has rows.
fn next_batch(stream: &mut RecordBatchStreamReader) -> io::Result<Option<RecordBatch>> {
    for batch in stream {
        let batch = batch.map_err(|error| io::Error::other(error.to_string()))?;
        if batch.num_rows() > 0 {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}

/// Which column holds the records.
fn column(schema: &Schema) -> PyResult<usize> {
    let fields = schema.fields().iter().enumerate();
    let texts: Vec<_> = fields
        .filter(|(_, field)| is_text(field.data_type()))
        .collect();
    let named = texts.iter().find(|(_, field)| field.name() == RECORD);
    match (named, texts.as_slice()) {
        (Some((index, _)), _) | (None, [(index, _)]) => Ok(*index),
        (None, texts) => {
            let names: Vec<&str> = texts
                .iter()
                .map(|(_, field)| field.name().as_str())
                .collect();
            Err(PyValueError::new_err(format!(
                "expected a text column named {RECORD:?}, or only one text column; found {}",
                if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                }
            )))
        }
    }
}

const fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Binary
            | DataType::LargeBinary
    )
}

/// The text of a row; `None` where it is null.
fn text(column: &ArrayRef, row: usize) -> Option<&[u8]> {
    if row >= column.len() || column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string_opt::<i32>()?.value(row).as_bytes()),
        DataType::LargeUtf8 => Some(column.as_string_opt::<i64>()?.value(row).as_bytes()),
        DataType::Utf8View => Some(column.as_string_view_opt()?.value(row).as_bytes()),
        DataType::Binary => Some(column.as_binary_opt::<i32>()?.value(row)),
        DataType::LargeBinary => Some(column.as_binary_opt::<i64>()?.value(row)),
        _ => None,
    }
}
