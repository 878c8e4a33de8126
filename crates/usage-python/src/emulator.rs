//! The emulated API on loopback.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, SecondsFormat, Utc};
use pyo3::{exceptions::PyValueError, prelude::*};
use serde_json::json;
use usage_emulator::{EmulatorBuilder, Fault, RunningEmulator};

use crate::{
    errors::{UsageError, wrong},
    when,
};

/// An emulator that serves until it is closed.
#[pyclass(frozen, module = "kore_usage._native")]
pub(crate) struct Emulator(Mutex<Option<RunningEmulator>>);

/// The options of an emulator by their names; `None` is the default.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Options<'py> {
    seed: Option<u64>,
    now: Option<Bound<'py, PyAny>>,
    sims: Option<u32>,
    faults: Option<Vec<String>>,
    client_id: Option<String>,
    client_secret: Option<String>,
    latency: Option<f64>,
    port: Option<u16>,
}

impl Options<'_> {
    fn builder(self) -> PyResult<EmulatorBuilder> {
        let mut builder = usage_emulator::Emulator::builder();
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if let Some(now) = &self.now {
            builder = builder.now(when::instant("now", now)?);
        }
        if let Some(sims) = self.sims {
            builder = builder.sims(sims);
        }
        for text in self.faults.unwrap_or_default() {
            builder = builder.fault(fault(&text)?);
        }
        builder = match (self.client_id, self.client_secret) {
            (Some(id), Some(secret)) => builder.client_credentials(id, secret),
            (None, None) => builder,
            _ => return Err(wrong("client_id", "is given together with client_secret")),
        };
        if let Some(seconds) = self.latency {
            builder = builder.latency(seconds_of("latency", seconds)?);
        }
        if let Some(port) = self.port {
            builder = builder.port(port);
        }
        Ok(builder)
    }
}

#[pymethods]
impl Emulator {
    #[new]
    fn new(py: Python<'_>, options: Options<'_>) -> PyResult<Self> {
        let builder = options.builder()?;
        let running = py.detach(|| builder.start_blocking());
        let running = running.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self(Mutex::new(Some(running))))
    }

    /// Stops serving; the port is free then. An emulator that is closed already stays so.
    fn close(&self, py: Python<'_>) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(running));
    }

    #[getter]
    fn url(&self) -> PyResult<String> {
        self.with(|emulator| emulator.base_url().to_string())
    }

    #[getter]
    fn token_url(&self) -> PyResult<String> {
        self.with(|emulator| emulator.token_url().to_string())
    }

    #[getter]
    fn account_sid(&self) -> PyResult<String> {
        self.with(|emulator| emulator.account_sid().to_string())
    }

    #[getter]
    fn sims(&self) -> PyResult<Vec<String>> {
        self.with(|emulator| emulator.sims().iter().map(ToString::to_string).collect())
    }

    /// The time in the emulated world, as a text.
    #[getter]
    fn now(&self) -> PyResult<String> {
        self.with(|emulator| shown(emulator.now()))
    }

    /// Puts the clock forward by seconds.
    fn advance(&self, seconds: f64) -> PyResult<String> {
        let by = seconds_of("seconds", seconds)?;
        let now = self.with(|emulator| emulator.advance(by))?;
        now.map(shown).map_err(|error| wrong("seconds", error))
    }

    /// Adds a fault, counted from here on.
    fn add_fault(&self, text: &str) -> PyResult<()> {
        let fault = fault(text)?;
        let added = self.with(|emulator| emulator.add_fault(fault))?;
        added.map_err(|error| wrong("fault", error))
    }

    fn clear_faults(&self) -> PyResult<()> {
        self.with(|emulator| emulator.clear_faults())
    }

    /// What was asked and answered, as a JSON list.
    fn requests(&self) -> PyResult<String> {
        self.with(|emulator| {
            let requests = emulator.requests().into_iter().map(|request| {
                let faults: Vec<String> = request.faults.iter().map(ToString::to_string).collect();
                json!({
                    "number": request.number,
                    "method": request.method,
                    "target": request.target,
                    "status": request.status,
                    "faults": faults,
                    "now": shown(request.now),
                })
            });
            serde_json::Value::from_iter(requests).to_string()
        })
    }

    /// What the faults change in the records now, as a JSON list.
    fn injected(&self) -> PyResult<String> {
        self.with(|emulator| {
            let injected = emulator.injected().into_iter().map(|injected| {
                json!({
                    "path": injected.resource.path(),
                    "granularity": injected.granularity.to_string(),
                    "start": shown(injected.start),
                    "end": shown(injected.end),
                    "fault": injected.fault.to_string(),
                    "pointer": injected.pointer,
                    "delta": injected.delta.map(|delta| delta.to_string()),
                    "dormant": injected.dormant,
                })
            });
            serde_json::Value::from_iter(injected).to_string()
        })
    }
}

impl Emulator {
    fn with<T>(&self, ask: impl FnOnce(&usage_emulator::Emulator) -> T) -> PyResult<T> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match running.as_deref() {
            Some(emulator) => Ok(ask(emulator)),
            None => Err(UsageError::new_err("the emulator is closed")),
        }
    }
}

fn fault(text: &str) -> PyResult<Fault> {
    text.parse().map_err(|error| wrong("fault", error))
}

fn seconds_of(argument: &str, seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|error| wrong(argument, error))
}

fn shown(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
