//! Converts errors of the core to exceptions of `loqui.errors`.

use loqui_core::{Error, GenerationId};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// An error that becomes an exception as soon as the interpreter is held.
#[derive(Debug)]
pub(crate) enum Raised {
    Core(Error),
    Python(PyErr),
}

impl From<Error> for Raised {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<PyErr> for Raised {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl Raised {
    pub(crate) fn into_exception(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Core(error) => exception(py, &error).unwrap_or_else(|broken| broken),
            Self::Python(error) => error,
        }
    }
}

impl From<Raised> for PyErr {
    fn from(raised: Raised) -> Self {
        Python::attach(|py| raised.into_exception(py))
    }
}

/// Builds the exception. Python selects the class by the kind.
fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let fields = PyDict::new(py);
    fields.set_item("code", error.code())?;
    fields.set_item("hint", error.hint())?;
    fields.set_item("retryable", error.retryable())?;
    fields.set_item("generation_id", error.generation_id().map(GenerationId::get))?;
    fields.set_item("request_id", error.request_id())?;
    let class = py
        .import("loqui.errors")?
        .getattr("by_kind")?
        .call1((error.kind().name(),))?;
    let exception = class.call((error.message(),), Some(&fields))?;
    let raised = PyErr::from_value(exception);
    if let Some(cause) = std::error::Error::source(error) {
        let causes = causes(cause);
        raised.set_cause(py, Some(PyRuntimeError::new_err(causes)));
    }
    Ok(raised)
}

fn causes(mut cause: &(dyn std::error::Error + 'static)) -> String {
    let mut text = cause.to_string();
    while let Some(source) = cause.source() {
        text = format!("{text}: {source}");
        cause = source;
    }
    text
}

/// Serialises a value as JSON text.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, Raised> {
    serde_json::to_string(value).map_err(|error| PyValueError::new_err(error.to_string()).into())
}
