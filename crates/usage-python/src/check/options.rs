//! What a check is told, as Python passes it.

use std::{fmt::Display, str::FromStr};

use chrono::TimeDelta;
use pyo3::prelude::*;
use usage_model::Window;
use usage_validate::{CodePrefix, Config, FailOn, Severity, Tolerance};

use crate::{
    errors::wrong,
    when::{instant, now},
};

/// The longest horizon that is taken, in days: a hundred years.
const LONGEST_HORIZON: u32 = 36_500;

/// The options of `check` by their names; `None` is the default.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Options<'py> {
    as_of: Option<Bound<'py, PyAny>>,
    granularity: Option<String>,
    start: Option<Bound<'py, PyAny>>,
    end: Option<Bound<'py, PyAny>>,
    policy: Option<String>,
    select: Option<Vec<String>>,
    ignore: Option<Vec<String>>,
    fail_on: Option<String>,
    strictness: Option<String>,
    severity: Option<Vec<(String, String)>>,
    accounts: Option<String>,
    tolerance: Option<(u64, u64)>,
    expiry_horizon: Option<u32>,
    max_findings: Option<usize>,
    allow_empty: Option<bool>,
}

impl Options<'_> {
    /// The settings; `granularity` is what the input says where the caller does not.
    pub(super) fn read(self, granularity: Option<&str>) -> PyResult<(Config, FailOn)> {
        let as_of = match &self.as_of {
            Some(as_of) => instant("as_of", as_of)?,
            None => now(),
        };
        let mut config = Config::new(as_of);
        let granularity = self.granularity.as_deref().or(granularity);
        config.granularity = named("granularity", granularity)?;
        config.window = match (&self.start, &self.end) {
            (Some(start), Some(end)) => {
                let window = Window::new(instant("start", start)?, instant("end", end)?);
                Some(window.map_err(|error| wrong("start and end", error))?)
            }
            (None, None) => None,
            _ => return Err(wrong("start and end", "a window has both")),
        };
        set(&mut config.policy, named("policy", self.policy.as_deref())?);
        let strictness = named("strictness", self.strictness.as_deref())?;
        set(&mut config.strictness, strictness);
        set(
            &mut config.accounts,
            named("accounts", self.accounts.as_deref())?,
        );
        config.select = prefixes("select", &self.select.unwrap_or_default())?;
        config.ignore = prefixes("ignore", &self.ignore.unwrap_or_default())?;
        for (code, severity) in self.severity.unwrap_or_default() {
            let prefix = one::<CodePrefix>("severity", &code)?;
            let severity = one::<Severity>("severity", &severity)?;
            config.severities.push((prefix, severity));
        }
        if let Some((commands, data)) = self.tolerance {
            config.tolerance = Tolerance::both(commands);
            config.tolerance.data = data;
        }
        if let Some(days) = self.expiry_horizon {
            if days > LONGEST_HORIZON {
                return Err(wrong(
                    "expiry_horizon",
                    format!("more than {LONGEST_HORIZON} days"),
                ));
            }
            config.expiry_horizon = TimeDelta::days(days.into());
        }
        set(&mut config.max_findings, self.max_findings);
        set(&mut config.allow_empty, self.allow_empty);
        let fail_on = named("fail_on", self.fail_on.as_deref())?;
        Ok((config, fail_on.unwrap_or(FailOn::Error)))
    }
}

fn set<T>(setting: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *setting = value;
    }
}

/// Reads the name of a value.
fn one<T: FromStr<Err: Display>>(argument: &str, text: &str) -> PyResult<T> {
    text.parse().map_err(|error| wrong(argument, error))
}

fn named<T: FromStr<Err: Display>>(argument: &str, text: Option<&str>) -> PyResult<Option<T>> {
    text.map(|text| one(argument, text)).transpose()
}

fn prefixes(argument: &str, texts: &[String]) -> PyResult<Vec<CodePrefix>> {
    texts.iter().map(|text| one(argument, text)).collect()
}
