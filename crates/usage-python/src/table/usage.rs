//! Records as the rows of the table `usage`.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, cast::AsArray, types::Int64Type,
};
use arrow_schema::{DataType, Schema};
use chrono::{DateTime, Utc};
use pyo3::{
    prelude::*,
    types::{PyCapsule, PyDict, PyList},
};
use rust_decimal::Decimal;
use usage_model::Item;
use usage_table::{AMOUNT_SCALE, Fetched, LeftOut, UsageRow, usage_rows};

use super::sums::decimals;
use crate::{
    errors::{self, wrong},
    source::Source,
    stream, when,
};

/// About how many rows a batch has.
const BATCH: usize = 1 << 14;

/// The rows of the table `usage`, by columns.
#[pyclass(frozen, module = "kore_usage._native")]
pub(crate) struct Usage {
    schema: Arc<Schema>,
    batches: Vec<RecordBatch>,
    left_out: LeftOut,
}

/// Makes the flat rows of an input's records: one a service, network and country.
#[pyfunction]
#[pyo3(signature = (source, granularity = None, fetched_at = None))]
pub(crate) fn flatten(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    granularity: Option<&str>,
    fetched_at: Option<&Bound<'_, PyAny>>,
) -> PyResult<Usage> {
    let source = Source::new(source)?;
    let mut fetched = Fetched::default();
    fetched.at = fetched_at
        .map(|at| when::instant("fetched_at", at))
        .transpose()?;
    fetched.granularity = granularity
        .or(source.granularity.as_deref())
        .map(str::parse)
        .transpose()
        .map_err(|error| wrong("granularity", error))?;
    py.detach(|| make(source, fetched))
}

fn make(source: Source, fetched: Fetched) -> PyResult<Usage> {
    let name = source.name.clone();
    let mut columns = Columns::default();
    let first = columns.batch()?;
    let mut batches = Vec::new();
    let mut left_out = LeftOut::default();
    // The first that went wrong; what follows it is not asked for.
    let mut failed = None;
    let read = source.each(|entry| match entry.item() {
        _ if failed.is_some() => {}
        Item::Record(_, record) => {
            let (rows, left) = usage_rows(record, fetched);
            left_out += left;
            rows.iter().for_each(|row| columns.add(row));
            if columns.rows() >= BATCH {
                match columns.batch() {
                    Ok(batch) => batches.push(batch),
                    Err(error) => failed = Some(error),
                }
            }
        }
        Item::Malformed(record) => failed = Some(errors::record(record)),
        _ => {}
    });
    read.map_err(|unread| unread.raise(name.as_deref()))?;
    if let Some(error) = failed {
        return Err(error);
    }
    if columns.rows() > 0 {
        batches.push(columns.batch()?);
    }
    Ok(Usage {
        schema: first.schema(),
        batches,
        left_out,
    })
}

/// The columns so far.
#[derive(Default)]
struct Columns {
    texts: [Vec<Option<String>>; 8],
    instants: [Vec<Option<i64>>; 2],
    counters: [Vec<Option<i64>>; 3],
    billed: Vec<Option<i128>>,
}

impl Columns {
    fn rows(&self) -> usize {
        self.billed.len()
    }

    fn add(&mut self, row: &UsageRow<'_>) {
        let texts = [
            row.account_sid.map(str::to_owned),
            row.sim_sid.map(str::to_owned),
            row.granularity.map(|one| one.to_string()),
            Some(row.service.to_string()),
            Some(row.network.to_string()),
            row.country.map(str::to_owned),
            row.currency.map(str::to_owned),
            row.state.map(|state| state.to_string()),
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.push(text);
        }
        for (column, at) in self
            .instants
            .iter_mut()
            .zip([row.period_start, row.period_end])
        {
            column.push(at.map(|at| at.timestamp_micros()));
        }
        for (column, figure) in self
            .counters
            .iter_mut()
            .zip([row.total, row.to_sim, row.from_sim])
        {
            column.push(figure);
        }
        self.billed.push(row.billed_units());
    }

    /// Takes the rows so far as a batch.
    fn batch(&mut self) -> PyResult<RecordBatch> {
        let Self {
            texts,
            instants,
            counters,
            billed,
        } = std::mem::take(self);
        let [
            account,
            sim,
            granularity,
            service,
            network,
            country,
            currency,
            state,
        ] = texts.map(|column| -> ArrayRef { Arc::new(StringArray::from(column)) });
        let [start, end] = instants.map(|column| -> ArrayRef {
            Arc::new(TimestampMicrosecondArray::from(column).with_timezone("UTC"))
        });
        let [total, to_sim, from_sim] =
            counters.map(|column| -> ArrayRef { Arc::new(Int64Array::from(column)) });
        stream::batch(vec![
            ("account_sid", account),
            ("sim_sid", sim),
            ("granularity", granularity),
            ("period_start", start),
            ("period_end", end),
            ("service", service),
            ("network", network),
            ("country", country),
            ("total", total),
            ("to_sim", to_sim),
            ("from_sim", from_sim),
            ("billed", decimals(billed)?),
            ("currency", currency),
            ("state", state),
        ])
    }
}

#[pymethods]
impl Usage {
    /// The rows as dicts.
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for batch in &self.batches {
            for row in 0..batch.num_rows() {
                let dict = PyDict::new(py);
                for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
                    dict.set_item(field.name(), cell(py, column, row)?)?;
                }
                list.append(dict)?;
            }
        }
        Ok(list)
    }

    /// What no column holds, a sentence each.
    fn remarks(&self) -> Vec<String> {
        self.left_out.remarks()
    }

    /// The rows, as columns.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        if self.batches.is_empty() {
            let none = RecordBatch::new_empty(Arc::clone(&self.schema));
            return stream::capsule(py, requested_schema, vec![none]);
        }
        stream::capsule(py, requested_schema, self.batches.clone())
    }
}

/// A cell as Python has it: text, int, `Decimal`, `datetime` in UTC, or `None`.
fn cell<'py>(py: Python<'py>, column: &ArrayRef, row: usize) -> PyResult<Bound<'py, PyAny>> {
    let none = || Ok(py.None().into_bound(py));
    if column.is_null(row) {
        return none();
    }
    if let Some(texts) = column.as_string_opt::<i32>() {
        return Ok(texts.value(row).into_pyobject(py)?.into_any());
    }
    if let Some(figures) = column.as_primitive_opt::<Int64Type>() {
        return Ok(figures.value(row).into_pyobject(py)?.into_any());
    }
    if let Some(amounts) = column.as_any().downcast_ref::<Decimal128Array>() {
        let amount = Decimal::try_from_i128_with_scale(amounts.value(row), AMOUNT_SCALE);
        return match amount {
            Ok(amount) => Ok(amount.normalize().into_pyobject(py)?.into_any()),
            // Twenty digits before the point and eighteen after it are more than this decimal has.
            Err(_) => py
                .import("decimal")?
                .call_method1("Decimal", (amounts.value_as_string(row),)),
        };
    }
    match column.data_type() {
        DataType::Timestamp(..) => {
            let micros = column
                .as_any()
                .downcast_ref::<TimestampMicrosecondArray>()
                .map(|instants| instants.value(row));
            match micros.and_then(DateTime::<Utc>::from_timestamp_micros) {
                Some(at) => Ok(at.into_pyobject(py)?.into_any()),
                None => none(),
            }
        }
        _ => none(),
    }
}
