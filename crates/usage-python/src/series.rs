//! Which series the records of a table belong to, for engines that group by it.

use std::sync::Arc;

use arrow_array::{RecordBatch, StringArray};
use pyo3::{prelude::*, types::PyCapsule};
use serde::Deserialize;
use serde_json::Value;

use crate::{errors::unread, source::Texts, stream};

/// The account and the SIM of each row of a table: the columns `account_sid` and `sim_sid`.
#[pyclass(frozen, module = "kore_usage._native")]
pub(crate) struct Series(RecordBatch);

/// What a record says of whose it is; all else of it is passed over.
#[derive(Default, Deserialize)]
struct Owner {
    #[serde(default)]
    account_sid: Value,
    #[serde(default)]
    sim_sid: Value,
}

/// Returns the account and the SIM of each text of a table, in its order; null where a text does not say.
#[pyfunction]
pub(crate) fn series(py: Python<'_>, source: &Bound<'_, PyAny>) -> PyResult<Series> {
    let texts = Texts::new(source)?;
    py.detach(|| {
        let (mut accounts, mut sims) = (Vec::new(), Vec::new());
        let read = texts.each(|text| {
            let owner: Owner = serde_json::from_slice(text).unwrap_or_default();
            accounts.push(owner.account_sid.as_str().map(str::to_owned));
            sims.push(owner.sim_sid.as_str().map(str::to_owned));
        });
        read.map_err(|error| unread(error, None))?;
        stream::batch(vec![
            ("account_sid", Arc::new(StringArray::from(accounts))),
            ("sim_sid", Arc::new(StringArray::from(sims))),
        ])
        .map(Series)
    })
}

#[pymethods]
impl Series {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream::capsule(py, requested_schema, vec![self.0.clone()])
    }
}
