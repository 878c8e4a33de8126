//! Records against the rules.

mod findings;
mod options;
mod sorted;

use pyo3::{prelude::*, types::PyCapsule};
use usage_model::{Granularity, Item};
use usage_validate::{Config, FailOn, Outcome, Reading, Reconciler, Summary, Validator};

use crate::{
    errors::{UsageError, no_records, wrong},
    source::{Source, Unread},
    stream,
};
use options::Options;
use sorted::Sorted;

/// What findings call an input without a name: bytes, a table, an iterable.
const UNNAMED: &str = "input";

/// What a run found.
#[pyclass(frozen, module = "kore_usage._native")]
pub(crate) struct Report(usage_validate::Report);

/// Checks an input from its start to its end.
///
/// With `sort` the records are those of one series, as an engine groups them: in no order, and with no place in any
/// document. They are kept, and checked in the order of their periods.
#[pyfunction]
#[pyo3(signature = (source, options, sort = false))]
pub(crate) fn check(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    options: Options<'_>,
    sort: bool,
) -> PyResult<Report> {
    let source = Source::new(source)?;
    let (config, fail_on) = options.read(source.granularity.as_deref())?;
    py.detach(|| run(source, &config, fail_on, sort))
        .map(Report)
}

fn run(
    source: Source,
    config: &Config,
    fail_on: FailOn,
    sort: bool,
) -> PyResult<usage_validate::Report> {
    let mut validator = Validator::new(config);
    let name = source.name.clone();
    if !sort {
        // A series is no input; it is one of many parts of it.
        validator.source(name.as_deref().unwrap_or(UNNAMED));
    }
    let mut findings = Vec::new();
    let read = if sort {
        let mut sorted = Sorted::default();
        let read = source.each(|entry| sorted.add(entry.into_item()));
        sorted.each(|item| findings.extend(validator.item(&item)));
        read
    } else {
        source.each(|entry| findings.extend(validator.item(entry.item())))
    };
    let mut incomplete = Vec::new();
    match read {
        Ok(()) => {}
        Err(Unread::Malformed(document)) => {
            findings.extend(validator.malformed_document(&document));
            incomplete.push(no_records(&document, name.as_deref()));
        }
        Err(unread @ Unread::Io(_)) => return Err(unread.raise(name.as_deref())),
    }
    let (last, summary) = validator.finish();
    findings.extend(last);
    let outcome = Outcome::new(summary, fail_on, incomplete);
    Ok(usage_validate::Report::new(outcome, findings))
}

/// Holds the records of several inputs against each other: granularities, and SIMs against their account.
///
/// An input may come with the granularity of its records.
#[pyfunction]
pub(crate) fn reconcile(
    py: Python<'_>,
    sources: Vec<(Option<String>, Bound<'_, PyAny>)>,
    options: Options<'_>,
) -> PyResult<Report> {
    let (config, fail_on) = options.read(None)?;
    let mut inputs = Vec::new();
    for (granularity, source) in &sources {
        let source = Source::new(source)?;
        let named = granularity.as_deref().or(source.granularity.as_deref());
        let granularity = named.map(str::parse::<Granularity>).transpose();
        inputs.push((
            granularity.map_err(|error| wrong("granularity", error))?,
            source,
        ));
    }
    py.detach(|| {
        let mut reconciler = Reconciler::new(&config);
        let mut incomplete = Vec::new();
        for (granularity, source) in inputs {
            let name = source.name.clone();
            reconciler.source(name.as_deref().unwrap_or(UNNAMED));
            let read = source.each(|entry| match entry.item() {
                Item::Record(place, record) => {
                    let mut reading = Reading::new(record, config.as_of);
                    reading.place = Some(*place);
                    reading.granularity = granularity;
                    reconciler.reading(&reading);
                }
                item => reconciler.item(item),
            });
            match read {
                Ok(()) => {}
                Err(Unread::Malformed(document)) => {
                    reconciler.malformed_document(&document);
                    incomplete.push(no_records(&document, name.as_deref()));
                }
                Err(unread @ Unread::Io(_)) => return Err(unread.raise(name.as_deref())),
            }
        }
        let (findings, summary) = reconciler.finish();
        let outcome = Outcome::new(summary, fail_on, incomplete);
        Ok(Report(usage_validate::Report::new(outcome, findings)))
    })
}

#[pymethods]
impl Report {
    /// The report as `--format json` has it.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| text(&self.0))
    }

    /// The report without its findings.
    fn outcome(&self) -> PyResult<String> {
        text(&self.0.outcome)
    }

    /// The summary alone, for `merge`.
    fn summary(&self) -> PyResult<String> {
        text(&self.0.outcome.summary)
    }

    /// The verdict and its reason in one line.
    fn headline(&self) -> String {
        self.0.outcome.headline()
    }

    /// The findings, a row each.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batch = py.detach(|| findings::batch(&self.0.findings))?;
        stream::capsule(py, requested_schema, vec![batch])
    }
}

/// Merges summaries, each the JSON of one part's, into the outcome of the whole.
#[pyfunction]
#[pyo3(signature = (summaries, fail_on = "error"))]
pub(crate) fn merge(py: Python<'_>, summaries: Vec<String>, fail_on: &str) -> PyResult<String> {
    let fail_on: FailOn = fail_on.parse().map_err(|error| wrong("fail_on", error))?;
    py.detach(|| {
        let mut whole = Summary::EMPTY;
        for summary in &summaries {
            let part = serde_json::from_str(summary).map_err(|error| wrong("summaries", error))?;
            whole.merge(&part);
        }
        text(&Outcome::new(whole, fail_on, Vec::new()))
    })
}

fn text(value: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| UsageError::new_err(error.to_string()))
}
