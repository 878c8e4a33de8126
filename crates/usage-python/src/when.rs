//! Instants, as Python passes them.

use chrono::{DateTime, NaiveDate, Utc};
use pyo3::{exceptions::PyTypeError, prelude::*};
use usage_model::Timestamp;

use crate::errors::wrong;

/// The forms, for messages.
const FORMS: &str = "expected an RFC 3339 instant (2026-03-05T07:00:00Z), a day (2026-03-05) or a month (2026-03), all in UTC";

/// The present. Below the program and this package nothing looks at the clock.
#[expect(
    clippy::disallowed_methods,
    reason = "what calls Python's functions without a time means now"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The instant of an argument: a text, a `datetime` with a time zone, or a `date`, which is its midnight in UTC.
pub(crate) fn instant(argument: &str, value: &Bound<'_, PyAny>) -> PyResult<DateTime<Utc>> {
    let text = if let Ok(text) = value.extract::<String>() {
        text
    } else {
        let module = value.py().import("datetime")?;
        if !value.is_instance(&module.getattr("date")?)? {
            let name = value.get_type().fully_qualified_name()?;
            return Err(PyTypeError::new_err(format!(
                "{argument}: expected a text, a datetime or a date, found {name}"
            )));
        }
        if value.is_instance(&module.getattr("datetime")?)? && value.getattr("tzinfo")?.is_none() {
            return Err(wrong(
                argument,
                "a datetime without a time zone: give it one, for instance datetime.timezone.utc",
            ));
        }
        value.call_method0("isoformat")?.extract()?
    };
    parse(&text).ok_or_else(|| wrong(argument, format!("{text:?}: {FORMS}")))
}

/// Reads an instant, a day or a month.
fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.instant());
    }
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| -> Option<u32> {
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    };
    let (year, month, day) = match parts.as_slice() {
        [year, month] => (year, month, Some(1)),
        [year, month, day] => (year, month, number(day, 2)),
        _ => return None,
    };
    midnight(number(year, 4)?.try_into().ok()?, number(month, 2)?, day?)
}

fn midnight(year: i32, month: u32, day: u32) -> Option<DateTime<Utc>> {
    let day = NaiveDate::from_ymd_opt(year, month, day)?;
    Some(day.and_time(chrono::NaiveTime::MIN).and_utc())
}
