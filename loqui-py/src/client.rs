//! The native half of `loqui.Loqui` and `loqui.AsyncLoqui`.

use std::path::PathBuf;
use std::time::Duration;

use loqui_core::ledger::Status;
use loqui_core::options::VoiceOptions;
use loqui_core::store::{Filter, SampleFilter};
use loqui_core::{GenerationId, Loqui, LoquiBuilder, Request, SampleId};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::{Raised, json};
use crate::generation::Generation;
use crate::options::Options;
use crate::sample::Sample;
use crate::speech::Speech;
use crate::{abandoned, runtime};

/// A client.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Debug)]
pub(crate) struct Client {
    loqui: Loqui,
}

/// A sample, or the ID of a stored one.
#[derive(Debug, FromPyObject)]
enum Voice<'py> {
    Given(PyRef<'py, Sample>),
    Stored(i64),
}

/// The voices of the labels of a script: label, sample, options as JSON.
type Named<'py> = Vec<(String, Voice<'py>, String)>;

impl Client {
    fn request(
        &self,
        voice: Option<&Voice<'_>>,
        text: String,
        voices: Named<'_>,
        options: &str,
    ) -> PyResult<Request<loqui_core::Generation>> {
        let options = Options::read(options)?;
        let mut request = options.set(match voice {
            Some(Voice::Given(sample)) => self.loqui.submit(&sample.sample, text),
            Some(Voice::Stored(id)) => self.loqui.submit_with(*id, text),
            None => self.loqui.submit_script(text),
        });
        for (label, voice, options) in voices {
            let fields = serde_json::from_str(&options).map_err(|error| PyTypeError::new_err(error.to_string()))?;
            let options = VoiceOptions::from_fields(&fields)
                .map_err(|error| PyTypeError::new_err(format!("voices[{label:?}]: {error}")))?;
            let voice = match voice {
                Voice::Given(sample) => loqui_core::Voice::new(&sample.sample),
                Voice::Stored(id) => loqui_core::Voice::stored(id),
            };
            request = request.voice(label, voice.options(options));
        }
        Ok(request)
    }
}

async fn speak(request: Request<loqui_core::Generation>) -> Result<Speech, Raised> {
    Ok(abandoned::speak(request).await?.into())
}

async fn submit(request: Request<loqui_core::Generation>) -> Result<Generation, Raised> {
    Ok(request.await?.into())
}

async fn generation(loqui: Loqui, id: i64) -> Result<Generation, Raised> {
    Ok(loqui.generation(id).await?.into())
}

async fn generations(loqui: Loqui, filter: Filter) -> Result<Vec<Generation>, Raised> {
    Ok(loqui.generations(&filter).await?.into_iter().map(Into::into).collect())
}

async fn add_sample(
    loqui: Loqui,
    sample: loqui_core::Sample,
    owner: Option<String>,
    consent: Option<String>,
) -> Result<String, Raised> {
    let mut adding = loqui.add_sample(&sample);
    if let Some(owner) = owner {
        adding = adding.owner(owner);
    }
    if let Some(consent) = consent {
        adding = adding.consent(consent);
    }
    json(&adding.await?)
}

async fn samples(loqui: Loqui, filter: SampleFilter) -> Result<String, Raised> {
    json(&loqui.samples(&filter).await?)
}

async fn sample(loqui: Loqui, id: i64) -> Result<String, Raised> {
    json(&loqui.sample(id).await?)
}

async fn recording(loqui: Loqui, id: i64) -> Result<Vec<u8>, Raised> {
    Ok(loqui.recording(id).await?.to_vec())
}

async fn resume(loqui: Loqui) -> Result<Vec<i64>, Raised> {
    Ok(loqui.resume().await?.into_iter().map(GenerationId::get).collect())
}

async fn erase_sample(loqui: Loqui, id: i64, speech: bool) -> Result<String, Raised> {
    let erased = if speech {
        loqui.erase_sample_and_speech(id).await
    } else {
        loqui.erase_sample(id).await
    };
    json(&erased?)
}

async fn usage(loqui: Loqui) -> Result<String, Raised> {
    json(&loqui.usage().await?)
}

#[pymethods]
impl Client {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn new(
        token: Option<String>,
        engine: Option<String>,
        base_url: Option<String>,
        data_dir: Option<PathBuf>,
        budget: Option<f64>,
        require_consent: bool,
        cog_url: Option<String>,
        models_dir: Option<PathBuf>,
        timeout: Option<f64>,
        max_retries: Option<u32>,
    ) -> PyResult<Self> {
        let mut builder = LoquiBuilder::from_env();
        if let Some(token) = token {
            builder = builder.token(token);
        }
        if let Some(engine) = engine {
            builder = builder.engine_named(engine);
        }
        if let Some(base_url) = base_url {
            builder = builder.base_url(base_url);
        }
        if let Some(data_dir) = data_dir {
            builder = builder.data_dir(data_dir);
        }
        if let Some(budget) = budget {
            builder = builder.budget_usd(budget);
        }
        if require_consent {
            builder = builder.require_consent(true);
        }
        if let Some(cog_url) = cog_url {
            builder = builder.cog_url(cog_url);
        }
        if let Some(models_dir) = models_dir {
            builder = builder.models_dir(models_dir);
        }
        if let Some(seconds) = timeout {
            let timeout = Duration::try_from_secs_f64(seconds);
            let timeout = timeout.map_err(|_| PyValueError::new_err("timeout must be a positive number of seconds"))?;
            builder = builder.request_timeout(timeout);
        }
        if let Some(retries) = max_retries {
            builder = builder.max_retries(retries);
        }
        Ok(Self {
            loqui: builder.build().map_err(Raised::from)?,
        })
    }

    fn engine(&self) -> &str {
        self.loqui.engine()
    }

    fn speak(
        &self,
        py: Python<'_>,
        sample: Option<Voice<'_>>,
        text: String,
        voices: Named<'_>,
        options: &str,
    ) -> PyResult<Speech> {
        runtime::wait(py, speak(self.request(sample.as_ref(), text, voices, options)?))
    }

    fn speak_async<'py>(
        &self,
        py: Python<'py>,
        sample: Option<Voice<'py>>,
        text: String,
        voices: Named<'py>,
        options: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, speak(self.request(sample.as_ref(), text, voices, options)?))
    }

    fn submit(
        &self,
        py: Python<'_>,
        sample: Option<Voice<'_>>,
        text: String,
        voices: Named<'_>,
        options: &str,
    ) -> PyResult<Generation> {
        runtime::wait(py, submit(self.request(sample.as_ref(), text, voices, options)?))
    }

    fn submit_async<'py>(
        &self,
        py: Python<'py>,
        sample: Option<Voice<'py>>,
        text: String,
        voices: Named<'py>,
        options: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, submit(self.request(sample.as_ref(), text, voices, options)?))
    }

    fn generation(&self, py: Python<'_>, id: i64) -> PyResult<Generation> {
        runtime::wait(py, generation(self.loqui.clone(), id))
    }

    fn generation_async<'py>(&self, py: Python<'py>, id: i64) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, generation(self.loqui.clone(), id))
    }

    fn generations(&self, py: Python<'_>, filter: Wanted) -> PyResult<Vec<Generation>> {
        runtime::wait(py, generations(self.loqui.clone(), filter.try_into()?))
    }

    fn generations_async<'py>(&self, py: Python<'py>, filter: Wanted) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, generations(self.loqui.clone(), filter.try_into()?))
    }

    /// Returns the record of the sample, as JSON.
    fn add_sample(
        &self,
        py: Python<'_>,
        sample: &Sample,
        owner: Option<String>,
        consent: Option<String>,
    ) -> PyResult<String> {
        runtime::wait(
            py,
            add_sample(self.loqui.clone(), sample.sample.clone(), owner, consent),
        )
    }

    fn add_sample_async<'py>(
        &self,
        py: Python<'py>,
        sample: &Sample,
        owner: Option<String>,
        consent: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(
            py,
            add_sample(self.loqui.clone(), sample.sample.clone(), owner, consent),
        )
    }

    /// Returns the records of samples, as JSON.
    fn samples(&self, py: Python<'_>, owner: Option<String>, limit: Option<u32>) -> PyResult<String> {
        runtime::wait(py, samples(self.loqui.clone(), sample_filter(owner, limit)))
    }

    fn samples_async<'py>(
        &self,
        py: Python<'py>,
        owner: Option<String>,
        limit: Option<u32>,
    ) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, samples(self.loqui.clone(), sample_filter(owner, limit)))
    }

    /// Returns the record of the sample, as JSON.
    fn sample(&self, py: Python<'_>, id: i64) -> PyResult<String> {
        runtime::wait(py, sample(self.loqui.clone(), id))
    }

    fn sample_async<'py>(&self, py: Python<'py>, id: i64) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, sample(self.loqui.clone(), id))
    }

    fn recording<'py>(&self, py: Python<'py>, id: i64) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &runtime::wait(py, recording(self.loqui.clone(), id))?))
    }

    fn recording_async<'py>(&self, py: Python<'py>, id: i64) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, recording(self.loqui.clone(), id))
    }

    fn resume(&self, py: Python<'_>) -> PyResult<Vec<i64>> {
        runtime::wait(py, resume(self.loqui.clone()))
    }

    fn resume_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, resume(self.loqui.clone()))
    }

    /// Returns what was erased, as JSON.
    fn erase_sample(&self, py: Python<'_>, id: i64, speech: bool) -> PyResult<String> {
        runtime::wait(py, erase_sample(self.loqui.clone(), id, speech))
    }

    fn erase_sample_async<'py>(&self, py: Python<'py>, id: i64, speech: bool) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, erase_sample(self.loqui.clone(), id, speech))
    }

    /// Returns the usage, as JSON.
    fn usage(&self, py: Python<'_>) -> PyResult<String> {
        runtime::wait(py, usage(self.loqui.clone()))
    }

    fn usage_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, usage(self.loqui.clone()))
    }

    /// Returns the estimate, as JSON.
    fn estimate(&self, text: &str, model: Option<&str>) -> PyResult<String> {
        Ok(json(&self.loqui.estimate(text, model).map_err(Raised::from)?)?)
    }

    /// Returns what is written and what is spoken, as JSON.
    fn script(&self, text: &str, options: &str) -> PyResult<String> {
        let script = self.loqui.script(text, Options::read(options)?.speak());
        Ok(json(&script.map_err(Raised::from)?.report())?)
    }
}

/// Selects generations.
#[derive(Debug, FromPyObject)]
#[pyo3(from_item_all)]
struct Wanted {
    status: Option<String>,
    limit: Option<u32>,
    owner: Option<String>,
    sample: Option<i64>,
    before: Option<i64>,
}

impl TryFrom<Wanted> for Filter {
    type Error = PyErr;

    fn try_from(wanted: Wanted) -> PyResult<Self> {
        let mut filter = Self::default();
        filter.status = wanted
            .status
            .map(|name| {
                let unknown = || PyValueError::new_err(format!("unknown status {name:?}"));
                Status::by_name(&name).ok_or_else(unknown)
            })
            .transpose()?;
        filter.limit = wanted.limit;
        filter.owner = wanted.owner;
        filter.sample = wanted.sample.map(SampleId::from);
        filter.before = wanted.before.map(GenerationId::from);
        Ok(filter)
    }
}

fn sample_filter(owner: Option<String>, limit: Option<u32>) -> SampleFilter {
    let mut filter = SampleFilter::default();
    filter.owner = owner;
    filter.limit = limit;
    filter
}

/// Speaks a text in the voice of a file. Returns the path of the new file, its duration and its size.
#[pyfunction]
pub(crate) fn generate_speech(
    py: Python<'_>,
    sample_path: PathBuf,
    text: String,
    model_name: String,
) -> PyResult<Bound<'_, PyAny>> {
    runtime::awaitable(py, async move {
        loqui_core::generate_speech(&sample_path, &text, &model_name)
            .await
            .map(|(path, seconds, bytes)| (path.display().to_string(), seconds, bytes))
            .map_err(Raised::from)
    })
}
