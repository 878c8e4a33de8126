//! The rules and the JSON Schemas.

use pyo3::{exceptions::PyValueError, prelude::*};
use usage_model::nearest;
use usage_validate::{CodePrefix, catalogue, rule};

use crate::errors::UsageError;

/// The schemas by their names.
const SCHEMAS: [(&str, &str); 4] = [
    ("record", usage_model::schemas::RECORD),
    ("page", usage_model::schemas::PAGE),
    ("report", usage_validate::schemas::REPORT),
    ("report-line", usage_validate::schemas::REPORT_LINE),
];

/// All rules as a JSON list.
#[pyfunction]
pub(crate) fn rules() -> PyResult<String> {
    serde_json::to_string(catalogue()).map_err(|error| UsageError::new_err(error.to_string()))
}

/// What a rule checks and why, by its code or its name.
#[pyfunction]
pub(crate) fn explain(code: &str) -> PyResult<String> {
    let named = || catalogue().iter().copied().find(|rule| rule.name == code);
    if let Some(rule) = rule(&code.to_ascii_uppercase()).or_else(named) {
        return Ok(rule.explain());
    }
    let names = || catalogue().iter().map(|rule| rule.name);
    let by_code = || match code.parse::<CodePrefix>() {
        Ok(prefix) => Some(prefix.as_str().to_owned()),
        Err(error) => error.suggestion().map(str::to_owned),
    };
    let suggested = nearest(code, names()).map(str::to_owned).or_else(by_code);
    Err(PyValueError::new_err(match suggested {
        Some(suggested) => format!("there is no rule {code:?}; did you mean {suggested}?"),
        None => format!("there is no rule {code:?}; kore_usage.rules() lists them all"),
    }))
}

/// A JSON Schema as text.
#[pyfunction]
pub(crate) fn schema(name: &str) -> PyResult<&'static str> {
    let found = SCHEMAS.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| {
        let names: Vec<&str> = SCHEMAS.iter().map(|(name, _)| *name).collect();
        let meant = nearest(name, names.iter().copied());
        let meant = meant.map(|suggested| format!("; did you mean {suggested:?}?"));
        PyValueError::new_err(format!(
            "there is no schema {name:?}: expected one of {}{}",
            names.join(", "),
            meant.unwrap_or_default()
        ))
    })
}
