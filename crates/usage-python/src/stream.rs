//! Tables as Arrow streams, by the `PyCapsule` interface.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchOptions,
    ffi_stream::FFI_ArrowArrayStream,
};
use arrow_schema::{ArrowError, Field, Schema};
use pyo3::{prelude::*, types::PyCapsule};

use crate::errors::UsageError;

/// Puts a table together from its columns, each of which may have nulls.
pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> PyResult<RecordBatch> {
    let fields = columns
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let rows = columns.first().map_or(0, |(_, array)| array.len());
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, arrays, &options).map_err(|error| raise(&error))
}

/// The capsule of a stream with these batches. To give another schema than the one that was asked for is what the
/// interface allows.
pub(crate) fn capsule<'py>(
    py: Python<'py>,
    _requested_schema: Option<Bound<'py, PyAny>>,
    batches: Vec<RecordBatch>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = batches
        .first()
        .map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
    let batches = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    let stream = FFI_ArrowArrayStream::new(Box::new(batches));
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

/// What Arrow says is wrong with a table.
pub(crate) fn raise(error: &ArrowError) -> PyErr {
    UsageError::new_err(error.to_string())
}
