//! The native half of `loqui.Speech`.

use std::path::PathBuf;

use loqui_core::{SubtitleCues, SubtitleFormat, SubtitleOptions};
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

async fn encode(speech: loqui_core::Speech, format: String) -> Result<Vec<u8>, Raised> {
    Ok(speech.encode(format.parse()?).await?.into())
}

#[pymethods]
impl Speech {
    fn wav<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.speech.wav())
    }

    /// Returns the samples as a buffer of 32-bit floats.
    fn samples(&self, py: Python<'_>) -> Samples {
        py.detach(|| Samples::of(self.speech.clone()))
    }

    fn sample_rate(&self) -> u32 {
        self.speech.sample_rate()
    }

    fn duration(&self) -> f64 {
        self.speech.duration().as_secs_f64()
    }

    /// Returns the state of its generation, as JSON.
    fn info(&self) -> PyResult<String> {
        Ok(json(self.speech.info())?)
    }

    /// Returns subtitles as WebVTT or SRT, with these cues.
    fn subtitles(&self, webvtt: bool, cues: &str) -> String {
        let format = if webvtt {
            SubtitleFormat::Vtt
        } else {
            SubtitleFormat::Srt
        };
        let cues = SubtitleCues::from_name(cues).unwrap_or_default();
        self.speech.subtitles(SubtitleOptions::from(format).with_cues(cues))
    }

    fn encode(&self, py: Python<'_>, format: String) -> PyResult<Vec<u8>> {
        runtime::wait(py, encode(self.speech.clone(), format))
    }

    fn encode_async<'py>(&self, py: Python<'py>, format: String) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, encode(self.speech.clone(), format))
    }

    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        runtime::wait(py, save(self.speech.clone(), path))
    }

    fn save_async<'py>(&self, py: Python<'py>, path: PathBuf) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, save(self.speech.clone(), path))
    }
}
