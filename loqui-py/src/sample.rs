//! `loqui.Sample`, its native half.

use std::path::PathBuf;

use pyo3::prelude::*;

use crate::error::{Raised, json};
use crate::runtime;

/// A checked recording of a voice.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) sample: loqui_core::Sample,
}

#[pymethods]
impl Sample {
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let opened = async { loqui_core::Sample::open(&path).await.map_err(Raised::from) };
        Ok(Self {
            sample: runtime::wait(py, opened)?,
        })
    }

    #[staticmethod]
    fn open_async(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyAny>> {
        pyo3_async_runtimes::tokio::future_into_py(py, async move {
            let sample = loqui_core::Sample::open(&path).await.map_err(Raised::from)?;
            Ok(Self { sample })
        })
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: Vec<u8>) -> PyResult<Self> {
        let sample = py
            .detach(|| loqui_core::Sample::from_bytes(data))
            .map_err(Raised::from)?;
        Ok(Self { sample })
    }

    /// The report, as JSON.
    fn report(&self) -> PyResult<String> {
        json(self.sample.report())
    }

    fn duration(&self) -> f64 {
        self.sample.duration().as_secs_f64()
    }
}
