//! Python's objects as JSON, decimals with all their digits.

use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    pybacked::PyBackedStr,
    types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple},
};

/// The deepest nesting that is written; a record has five levels.
const MOST_LEVELS: usize = 64;

/// Writes a dict, and what may stand in one.
pub(super) fn write(value: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> PyResult<()> {
    if !value.is_instance_of::<PyDict>() && !value.hasattr("to_dict")? {
        let name = value.get_type().fully_qualified_name()?;
        return Err(PyTypeError::new_err(format!(
            "expected records as dict or str, found {name}"
        )));
    }
    level(value, out, MOST_LEVELS)
}

fn level(value: &Bound<'_, PyAny>, out: &mut Vec<u8>, levels: usize) -> PyResult<()> {
    let Some(levels) = levels.checked_sub(1) else {
        return Err(PyValueError::new_err("a record that is nested too deeply"));
    };
    if value.is_none() {
        out.extend_from_slice(b"null");
    } else if let Ok(truth) = value.cast::<PyBool>() {
        out.extend_from_slice(if truth.is_true() { b"true" } else { b"false" });
    } else if value.is_instance_of::<PyString>() {
        text(value, out)?;
    } else if let Ok(dict) = value.cast::<PyDict>() {
        out.push(b'{');
        for (index, (key, member)) in dict.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            text(&key, out)?;
            out.push(b':');
            level(&member, out, levels)?;
        }
        out.push(b'}');
    } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        out.push(b'[');
        for (index, element) in value.try_iter()?.enumerate() {
            if index > 0 {
                out.push(b',');
            }
            level(&element?, out, levels)?;
        }
        out.push(b']');
    } else if value.is_instance_of::<PyInt>()
        || value.is_instance_of::<PyFloat>()
        || is_decimal(value)?
    {
        number(value, out)?;
    } else if value.hasattr("to_dict")? {
        level(&value.call_method0("to_dict")?, out, levels)?;
    } else {
        let name = value.get_type().fully_qualified_name()?;
        return Err(PyTypeError::new_err(format!(
            "{name} cannot stand in a record: expected dict, list, str, int, float, Decimal, bool or None"
        )));
    }
    Ok(())
}

fn is_decimal(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let class = value.py().import("decimal")?.getattr("Decimal")?;
    value.is_instance(&class)
}

/// Writes a number as Python spells it, which is how JSON does, but for those that are none.
fn number(value: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> PyResult<()> {
    let written = value.str()?.extract::<PyBackedStr>()?;
    let is_number = written
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if !is_number {
        return Err(PyValueError::new_err(format!(
            "{} is not a number of JSON",
            &*written
        )));
    }
    out.extend_from_slice(written.as_bytes());
    Ok(())
}

fn text(value: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> PyResult<()> {
    let Ok(text) = value.extract::<PyBackedStr>() else {
        let name = value.get_type().fully_qualified_name()?;
        return Err(PyTypeError::new_err(format!(
            "the members of a record are named by str, found {name}"
        )));
    };
    serde_json::to_writer(out, &*text).map_err(|error| PyValueError::new_err(error.to_string()))
}
