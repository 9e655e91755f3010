//! `loqui.Speech`, its native half.

use std::path::PathBuf;

use loqui_core::SubtitleFormat;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::{Raised, json};
use crate::runtime;

/// Finished speech.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    pub(crate) speech: loqui_core::Speech,
}

#[pymethods]
impl Speech {
    fn wav<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.speech.wav())
    }

    /// The samples as 32-bit floats in the machine's byte order.
    fn samples<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let samples: Vec<u8> = self
            .speech
            .samples()
            .iter()
            .flat_map(|sample| sample.to_ne_bytes())
            .collect();
        PyBytes::new(py, &samples)
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
        runtime::wait(py, async { self.speech.save(&path).await.map_err(Raised::from) })
    }
}
