//! Records added up.

use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray};
use pyo3::{exceptions::PyOverflowError, prelude::*, types::PyCapsule};
use usage_table::{AMOUNT_SCALE, By, MonthStart, Summarizer, SummaryOptions};

use crate::{
    errors::{UsageError, wrong},
    source::Source,
    stream,
    when::{instant, now},
};

/// The digits of an amount in a table.
pub(super) const AMOUNT_DIGITS: u8 = 38;

/// What records add up to.
#[pyclass(frozen, module = "kore_usage._native")]
pub(crate) struct Summary(usage_table::Summary);

/// Adds up the records of an input.
#[pyfunction]
#[pyo3(signature = (source, by, month_starts = 1, as_of = None))]
pub(crate) fn summary(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    by: Vec<String>,
    month_starts: u8,
    as_of: Option<&Bound<'_, PyAny>>,
) -> PyResult<Summary> {
    let parsed = by.iter().map(|name| name.parse::<By>());
    let by = parsed
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| wrong("by", error))?;
    let mut options = SummaryOptions::new(&by).map_err(|error| wrong("by", error))?;
    options.month_start =
        MonthStart::new(month_starts).map_err(|error| wrong("month_starts", error))?;
    let as_of = match as_of {
        Some(as_of) => instant("as_of", as_of)?,
        None => now(),
    };
    let source = Source::new(source)?;
    py.detach(|| {
        let name = source.name.clone();
        let mut summarizer = Summarizer::new(options);
        source
            .each(|entry| summarizer.item(entry.item()))
            .map_err(|unread| unread.raise(name.as_deref()))?;
        Ok(Summary(summarizer.finish(as_of)))
    })
}

#[pymethods]
impl Summary {
    /// The summary as `--format json` has it.
    fn json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|error| UsageError::new_err(error.to_string()))
    }

    /// The groups, a row each.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batch = py.detach(|| batch(&self.0))?;
        stream::capsule(py, requested_schema, vec![batch])
    }
}

/// The table of a summary: texts, whole numbers, and amounts as decimal(38,18).
fn batch(summary: &usage_table::Summary) -> PyResult<RecordBatch> {
    let names = summary.columns();
    let currencies = summary.currencies();
    let by = summary.options.by().len();
    let amounts_from = names.len() - currencies.len();
    let rows: Vec<Vec<String>> = summary
        .rows
        .iter()
        .map(|row| [row.cells.clone(), row.totals.cells(&currencies)].concat())
        .collect();
    let column = |index: usize, name: &str| -> PyResult<ArrayRef> {
        let cells = || {
            rows.iter()
                .map(move |row| row.get(index).map_or("", String::as_str))
        };
        let too_large = || PyOverflowError::new_err(format!("{name}: a figure beyond its type"));
        Ok(if index < by {
            Arc::new(cells().map(Some).collect::<StringArray>())
        } else if index < amounts_from {
            let figures: Option<Vec<i64>> = cells().map(|cell| cell.parse().ok()).collect();
            Arc::new(Int64Array::from(figures.ok_or_else(too_large)?))
        } else {
            let figures: Option<Vec<i128>> = cells().map(amount).collect();
            decimals(
                figures
                    .ok_or_else(too_large)?
                    .into_iter()
                    .map(Some)
                    .collect(),
            )?
        })
    };
    let columns = names.iter().enumerate();
    let columns: PyResult<Vec<_>> = columns
        .map(|(index, name)| Ok((name.as_str(), column(index, name)?)))
        .collect();
    stream::batch(columns?)
}

/// An amount in units of the last digit of a column.
fn amount(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let missing = usize::try_from(AMOUNT_SCALE)
        .ok()?
        .checked_sub(fraction.len())?;
    let digits = format!("{whole}{fraction}{}", "0".repeat(missing));
    let number: i128 = digits.parse().ok()?;
    (number.unsigned_abs() < 10_u128.pow(AMOUNT_DIGITS.into())).then_some(number)
}

/// A column of amounts.
pub(super) fn decimals(amounts: Vec<Option<i128>>) -> PyResult<ArrayRef> {
    let scale = i8::try_from(AMOUNT_SCALE).unwrap_or(i8::MAX);
    let array = Decimal128Array::from(amounts)
        .with_precision_and_scale(AMOUNT_DIGITS, scale)
        .map_err(|error| stream::raise(&error))?;
    Ok(Arc::new(array))
}
