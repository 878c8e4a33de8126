//! The native part of the Python package `kore_usage`: the project's crates as Python sees them.
//!
//! The functions here take and give texts, JSON and Arrow streams; what is written in Python on top of them makes
//! dicts, lists and exceptions of these. Python's lock is released while Rust works. There is no `unsafe` of ours:
//! streams are taken in by `arrow-pyarrow` and given out as capsules of pyo3.
#![forbid(unsafe_code)]

mod catalogue;
mod check;
mod emulator;
mod errors;
mod fetch;
mod read;
mod series;
mod source;
mod stream;
mod table;
mod when;

use pyo3::prelude::*;

/// The module `kore_usage._native`.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<check::Report>()?;
    module.add_class::<emulator::Emulator>()?;
    module.add_class::<fetch::Fetch>()?;
    module.add_class::<read::Records>()?;
    module.add_class::<series::Series>()?;
    module.add_class::<table::Summary>()?;
    module.add_class::<table::Usage>()?;
    module.add_function(wrap_pyfunction!(catalogue::explain, module)?)?;
    module.add_function(wrap_pyfunction!(catalogue::rules, module)?)?;
    module.add_function(wrap_pyfunction!(catalogue::schema, module)?)?;
    module.add_function(wrap_pyfunction!(check::check, module)?)?;
    module.add_function(wrap_pyfunction!(check::merge, module)?)?;
    module.add_function(wrap_pyfunction!(check::reconcile, module)?)?;
    module.add_function(wrap_pyfunction!(series::series, module)?)?;
    module.add_function(wrap_pyfunction!(table::flatten, module)?)?;
    module.add_function(wrap_pyfunction!(table::summary, module)?)
}
