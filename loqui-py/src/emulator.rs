//! The native half of `loqui.testing.Emulator`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use loqui_emulator::{Emulator as Running, FaultError, Rule, Settings};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::{Raised, json};
use crate::runtime;

/// An emulator of Replicate's API.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Debug)]
pub(crate) struct Emulator {
    running: Mutex<Option<Running>>,
    base_url: String,
    token: String,
    webhook_secret: String,
}

impl Emulator {
    fn locked(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, ask: impl FnOnce(&Running) -> T) -> PyResult<T> {
        match self.locked().as_ref() {
            Some(running) => Ok(ask(running)),
            None => Err(PyRuntimeError::new_err("the emulator is closed")),
        }
    }
}

#[pymethods]
impl Emulator {
    #[new]
    fn new(py: Python<'_>, voice: bool) -> PyResult<Self> {
        let mut settings = Settings::default();
        settings.voice = voice;
        let started = async {
            let starting = Running::builder().settings(settings).start();
            let started = starting.await;
            started.map_err(|error| Raised::from(PyRuntimeError::new_err(error.to_string())))
        };
        let running = runtime::wait(py, started)?;
        Ok(Self {
            base_url: running.base_url().to_owned(),
            token: running.token().to_owned(),
            webhook_secret: running.webhook_secret(),
            running: Mutex::new(Some(running)),
        })
    }

    fn base_url(&self) -> &str {
        &self.base_url
    }

    fn token(&self) -> &str {
        &self.token
    }

    fn webhook_secret(&self) -> &str {
        &self.webhook_secret
    }

    /// Adds a fault, for example `drop_after_accept`.
    fn fault(&self, rule: &str) -> PyResult<()> {
        let rule: Rule = rule
            .parse()
            .map_err(|error: FaultError| PyValueError::new_err(error.to_string()))?;
        self.with(|running| running.faults().add(rule))
    }

    fn clear_faults(&self) -> PyResult<()> {
        self.with(|running| running.faults().clear())
    }

    /// Returns all requests so far, as JSON.
    fn ledger(&self) -> PyResult<String> {
        Ok(json(&self.with(Running::ledger)?)?)
    }

    fn paid_runs(&self) -> PyResult<usize> {
        self.with(|running| running.ledger().paid_runs())
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let Some(running) = self.locked().take() else {
            return Ok(());
        };
        runtime::wait(py, async move {
            running.shutdown().await;
            Ok(())
        })
    }
}

/// Returns a WAV file that passes every check.
#[pyfunction]
pub(crate) fn recording(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    let spoken = py.detach(loqui_emulator::recording);
    let wav = spoken.ok_or_else(|| PyRuntimeError::new_err("this build has no offline voice"))?;
    Ok(PyBytes::new(py, &wav))
}
