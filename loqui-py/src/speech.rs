//! `loqui.Speech`, its native half.

use std::path::PathBuf;

use loqui_core::SubtitleFormat;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::{Raised, json};
use crate::runtime;
use crate::samples::Samples;

/// Finished speech.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    speech: loqui_core::Speech,
}

impl From<loqui_core::Speech> for Speech {
    fn from(speech: loqui_core::Speech) -> Self {
        Self { speech }
    }
}

async fn save(speech: loqui_core::Speech, path: PathBuf) -> Result<(), Raised> {
    Ok(speech.save(&path).await?)
}

#[pymethods]
impl Speech {
    fn wav<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.speech.wav())
    }

    /// The samples as a buffer of 32-bit floats.
    fn samples(&self, py: Python<'_>) -> Samples {
        py.detach(|| Samples::of(self.speech.clone()))
    }

    fn sample_rate(&self) -> u32 {
        self.speech.sample_rate()
    }

    fn duration(&self) -> f64 {
        self.speech.duration().as_secs_f64()
    }

    /// The generation it came from, as JSON.
    fn info(&self) -> PyResult<String> {
        json(self.speech.info())
    }

    /// Subtitles as SRT, or as WebVTT.
    fn subtitles(&self, webvtt: bool) -> String {
        self.speech.subtitles(if webvtt {
            SubtitleFormat::Vtt
        } else {
            SubtitleFormat::Srt
        })
    }

    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        runtime::wait(py, save(self.speech.clone(), path))
    }

    fn save_async<'py>(&self, py: Python<'py>, path: PathBuf) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, save(self.speech.clone(), path))
    }
}
