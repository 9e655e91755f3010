//! The native half of `loqui.Sample`.

use std::path::PathBuf;

use bytes::Bytes;
use loqui_core::sample::Preparation;
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

/// A speaker as JSON, and the preview.
type Speaker = (String, Vec<u8>);

async fn open(path: PathBuf) -> Result<Sample, Raised> {
    Ok(loqui_core::Sample::open(&path).await?.into())
}

async fn from_bytes(data: Bytes) -> Result<Sample, Raised> {
    let checked = tokio::task::spawn_blocking(move || loqui_core::Sample::from_bytes(data)).await;
    let checked = checked.map_err(runtime::broken)?;
    Ok(checked?.into())
}

async fn prepare(samples: Vec<loqui_core::Sample>, clean: bool, speaker: Option<u32>) -> Result<Sample, Raised> {
    let preparation = Preparation::default().with_clean(clean).with_speaker(speaker);
    Ok(preparation.prepare(samples).await?.into())
}

async fn speakers(sample: loqui_core::Sample) -> Result<Vec<Speaker>, Raised> {
    let found = tokio::task::spawn_blocking(move || sample.speakers()).await;
    let found = found.map_err(runtime::broken)??;
    let speaker = |speaker: &loqui_core::sample::Speaker| Ok((json(speaker)?, speaker.preview.to_vec()));
    found.iter().map(speaker).collect()
}

fn unwrapped(samples: Vec<PyRef<'_, Sample>>) -> Vec<loqui_core::Sample> {
    samples.into_iter().map(|sample| sample.sample.clone()).collect()
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

    /// Makes one sample of several, after choosing a speaker and cleaning each.
    #[staticmethod]
    fn prepare(py: Python<'_>, samples: Vec<PyRef<'_, Self>>, clean: bool, speaker: Option<u32>) -> PyResult<Self> {
        runtime::wait(py, prepare(unwrapped(samples), clean, speaker))
    }

    #[staticmethod]
    fn prepare_async<'py>(
        py: Python<'py>,
        samples: Vec<PyRef<'py, Self>>,
        clean: bool,
        speaker: Option<u32>,
    ) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, prepare(unwrapped(samples), clean, speaker))
    }

    fn speakers(&self, py: Python<'_>) -> PyResult<Vec<Speaker>> {
        runtime::wait(py, speakers(self.sample.clone()))
    }

    fn speakers_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, speakers(self.sample.clone()))
    }

    /// Returns the recording as a WAV file.
    fn to_wav(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        let wav = py.detach(|| self.sample.to_wav()).map_err(Raised::from)?;
        Ok(wav.to_vec())
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
