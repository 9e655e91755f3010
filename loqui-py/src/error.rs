//! Errors of the core as exceptions of `loqui.errors`.

use loqui_core::Error;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// An error of the core on its way to Python.
#[derive(Debug)]
pub(crate) struct Raised(Error);

impl From<Error> for Raised {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Raised> for PyErr {
    fn from(Raised(error): Raised) -> Self {
        Python::attach(|py| exception(py, &error).unwrap_or_else(|broken| broken))
    }
}

/// Builds the exception; the class is chosen in Python by the kind.
fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let fields = PyDict::new(py);
    fields.set_item("code", error.code())?;
    fields.set_item("hint", error.hint())?;
    fields.set_item("retryable", error.retryable())?;
    fields.set_item("generation_id", error.generation_id())?;
    fields.set_item("request_id", error.request_id())?;
    let class = py
        .import("loqui.errors")?
        .getattr("by_kind")?
        .call1((error.kind().name(),))?;
    let exception = class.call((error.message(),), Some(&fields))?;
    let raised = PyErr::from_value(exception);
    if let Some(cause) = std::error::Error::source(error) {
        let causes = causes(cause);
        raised.set_cause(py, Some(pyo3::exceptions::PyRuntimeError::new_err(causes)));
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

/// JSON for Python to read. What the core serialises always can be.
pub(crate) fn json(value: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
}
