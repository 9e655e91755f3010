//! The native half of `loqui.Sample`.

use std::path::PathBuf;

use bytes::Bytes;
use pyo3::prelude::*;

use crate::error::{Raised, json};
use crate::runtime;

/// A checked recording of a voice.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) sample: loqui_core::Sample,
}

impl From<loqui_core::Sample> for Sample {
    fn from(sample: loqui_core::Sample) -> Self {
        Self { sample }
    }
}

async fn open(path: PathBuf) -> Result<Sample, Raised> {
    Ok(loqui_core::Sample::open(&path).await?.into())
}

async fn from_bytes(data: Bytes) -> Result<Sample, Raised> {
    let checked = tokio::task::spawn_blocking(move || loqui_core::Sample::from_bytes(data)).await;
    let checked = checked.map_err(runtime::broken)?;
    Ok(checked?.into())
}

#[pymethods]
impl Sample {
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        runtime::wait(py, open(path))
    }

    #[staticmethod]
    fn open_async(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyAny>> {
        runtime::awaitable(py, open(path))
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        runtime::wait(py, from_bytes(Bytes::copy_from_slice(data)))
    }

    #[staticmethod]
    fn from_bytes_async<'py>(py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, from_bytes(Bytes::copy_from_slice(data)))
    }

    fn with_name(&self, name: &str) -> Self {
        self.sample.clone().with_name(name).into()
    }

    fn name(&self) -> &str {
        self.sample.name()
    }

    /// Returns the report, as JSON.
    fn report(&self) -> PyResult<String> {
        Ok(json(self.sample.report())?)
    }

    fn duration(&self) -> f64 {
        self.sample.duration().as_secs_f64()
    }
}
