//! The native half of `loqui.Generation`.

use std::path::PathBuf;
use std::time::Duration;

use futures::StreamExt as _;
use loqui_core::EditRequest;
use loqui_core::speech::SpeechFormat;
use loqui_core::{ExportFields, ExportOptions};
use pyo3::exceptions::{PyTimeoutError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::audio::Audio;
use crate::error::{Raised, json};
use crate::options::seconds;
use crate::runtime;
use crate::speech::Speech;

/// The handle of a generation.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Clone, Debug)]
pub(crate) struct Generation {
    generation: loqui_core::Generation,
}

impl From<loqui_core::Generation> for Generation {
    fn from(generation: loqui_core::Generation) -> Self {
        Self { generation }
    }
}

async fn info(generation: loqui_core::Generation, words: bool) -> Result<String, Raised> {
    let info = if words {
        generation.info_with_words().await?
    } else {
        generation.info().await?
    };
    json(&info)
}

async fn finish(generation: loqui_core::Generation) -> Result<String, Raised> {
    json(&generation.finish().await?)
}

async fn progress_estimate(generation: loqui_core::Generation) -> Result<String, Raised> {
    json(&generation.progress_estimate().await?)
}

async fn save(generation: loqui_core::Generation, path: PathBuf, options: String) -> Result<(), Raised> {
    generation.export(&path, &export(&options)?).await?;
    Ok(())
}

async fn save_chapters(
    generation: loqui_core::Generation,
    folder: PathBuf,
    format: String,
    options: String,
) -> Result<String, Raised> {
    let format = format.parse::<SpeechFormat>()?;
    json(&generation.export_chapters(&folder, format, &export(&options)?).await?)
}

/// The options of an export, from JSON that the Python half writes.
fn export(options: &str) -> Result<ExportOptions, Raised> {
    let fields: ExportFields =
        serde_json::from_str(options).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(fields.options()?)
}

async fn audio(generation: loqui_core::Generation, format: String) -> Result<Audio, Raised> {
    Ok(generation.audio_as(format.parse::<SpeechFormat>()?).await?.into())
}

async fn wait(generation: loqui_core::Generation, limit: Option<Duration>) -> Result<Speech, Raised> {
    let waiting = generation.wait();
    let ended = match limit {
        None => waiting.await,
        Some(limit) => tokio::time::timeout(limit, waiting).await.map_err(|_elapsed| {
            PyTimeoutError::new_err(format!(
                "generation {} did not end within {} seconds",
                generation.id(),
                limit.as_secs_f64()
            ))
        })?,
    };
    Ok(ended?.into())
}

async fn speech(generation: loqui_core::Generation) -> Result<Speech, Raised> {
    Ok(generation.speech().await?.into())
}

async fn cancel(generation: loqui_core::Generation) -> Result<(), Raised> {
    Ok(generation.cancel().await?)
}

async fn retry(generation: loqui_core::Generation) -> Result<(), Raised> {
    Ok(generation.retry().await?)
}

async fn erase(generation: loqui_core::Generation) -> Result<(), Raised> {
    Ok(generation.erase().await?)
}

async fn edit(request: EditRequest) -> Result<Generation, Raised> {
    Ok(request.await?.into())
}

/// The caller keeps the position in the events, so a cancelled wait loses none.
async fn next_event(generation: loqui_core::Generation, after: u64) -> Result<Option<String>, Raised> {
    match generation.events_after(after).next().await {
        Some(event) => Ok(Some(json(&event?)?)),
        None => Ok(None),
    }
}

impl Generation {
    /// Reads edits as JSON.
    fn edits(&self, edits: &str, budget: Option<f64>, key: Option<String>) -> PyResult<EditRequest> {
        let edits: Vec<loqui_core::Edit> =
            serde_json::from_str(edits).map_err(|error| PyTypeError::new_err(format!("edits: {error}")))?;
        let mut request = self.generation.edit(edits);
        if let Some(budget) = budget {
            request = request.budget(budget);
        }
        if let Some(key) = key {
            request = request.idempotency_key(key);
        }
        Ok(request)
    }
}

#[pymethods]
impl Generation {
    fn id(&self) -> i64 {
        self.generation.id().get()
    }

    /// Returns its state, as JSON.
    fn info(&self, py: Python<'_>, words: bool) -> PyResult<String> {
        runtime::wait(py, info(self.generation.clone(), words))
    }

    fn info_async<'py>(&self, py: Python<'py>, words: bool) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, info(self.generation.clone(), words))
    }

    fn finish(&self, py: Python<'_>) -> PyResult<String> {
        runtime::wait(py, finish(self.generation.clone()))
    }

    fn finish_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, finish(self.generation.clone()))
    }

    /// Returns its progress, as JSON.
    fn progress_estimate(&self, py: Python<'_>) -> PyResult<String> {
        runtime::wait(py, progress_estimate(self.generation.clone()))
    }

    fn progress_estimate_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, progress_estimate(self.generation.clone()))
    }

    fn save(&self, py: Python<'_>, path: PathBuf, options: String) -> PyResult<()> {
        runtime::wait(py, save(self.generation.clone(), path, options))
    }

    fn save_async<'py>(&self, py: Python<'py>, path: PathBuf, options: String) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, save(self.generation.clone(), path, options))
    }

    /// Writes a file for each chapter, and returns them as JSON.
    fn save_chapters(&self, py: Python<'_>, folder: PathBuf, format: String, options: String) -> PyResult<String> {
        runtime::wait(py, save_chapters(self.generation.clone(), folder, format, options))
    }

    fn save_chapters_async<'py>(
        &self,
        py: Python<'py>,
        folder: PathBuf,
        format: String,
        options: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, save_chapters(self.generation.clone(), folder, format, options))
    }

    fn audio(&self, py: Python<'_>, format: String) -> PyResult<Audio> {
        runtime::wait(py, audio(self.generation.clone(), format))
    }

    fn audio_async<'py>(&self, py: Python<'py>, format: String) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, audio(self.generation.clone(), format))
    }

    fn wait(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<Speech> {
        runtime::wait(py, wait(self.generation.clone(), timeout.map(seconds).transpose()?))
    }

    fn wait_async<'py>(&self, py: Python<'py>, timeout: Option<f64>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, wait(self.generation.clone(), timeout.map(seconds).transpose()?))
    }

    fn speech(&self, py: Python<'_>) -> PyResult<Speech> {
        runtime::wait(py, speech(self.generation.clone()))
    }

    fn speech_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, speech(self.generation.clone()))
    }

    fn cancel(&self, py: Python<'_>) -> PyResult<()> {
        runtime::wait(py, cancel(self.generation.clone()))
    }

    fn cancel_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, cancel(self.generation.clone()))
    }

    fn retry(&self, py: Python<'_>) -> PyResult<()> {
        runtime::wait(py, retry(self.generation.clone()))
    }

    fn retry_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, retry(self.generation.clone()))
    }

    /// Makes an edited generation. `edits` is JSON.
    fn edit(&self, py: Python<'_>, edits: &str, budget: Option<f64>, key: Option<String>) -> PyResult<Self> {
        runtime::wait(py, edit(self.edits(edits, budget, key)?))
    }

    fn edit_async<'py>(
        &self,
        py: Python<'py>,
        edits: &str,
        budget: Option<f64>,
        key: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, edit(self.edits(edits, budget, key)?))
    }

    fn erase(&self, py: Python<'_>) -> PyResult<()> {
        runtime::wait(py, erase(self.generation.clone()))
    }

    fn erase_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, erase(self.generation.clone()))
    }

    /// Returns the next event with a number above `after`, as JSON, or nothing after the last one.
    fn next_event(&self, py: Python<'_>, after: u64) -> PyResult<Option<String>> {
        runtime::wait(py, next_event(self.generation.clone(), after))
    }

    fn next_event_async<'py>(&self, py: Python<'py>, after: u64) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, next_event(self.generation.clone(), after))
    }
}
