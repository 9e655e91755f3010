//! `loqui.Loqui` and `loqui.AsyncLoqui`, their native half.

use std::path::PathBuf;

use loqui_core::generation::Status;
use loqui_core::store::Filter;
use loqui_core::{Loqui, LoquiBuilder};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::{Raised, json};
use crate::generation::Generation;
use crate::options::Options;
use crate::runtime;
use crate::sample::Sample;
use crate::speech::Speech;

/// The library, opened.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Debug)]
pub(crate) struct Client {
    loqui: Loqui,
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (token, engine, base_url, data_dir, budget))]
    fn new(
        token: Option<String>,
        engine: Option<String>,
        base_url: Option<String>,
        data_dir: Option<PathBuf>,
        budget: Option<f64>,
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
        Ok(Self {
            loqui: builder.build().map_err(Raised::from)?,
        })
    }

    fn engine(&self) -> &str {
        self.loqui.engine()
    }

    fn speak(&self, py: Python<'_>, sample: &Sample, text: String, options: Options) -> PyResult<Speech> {
        let request = self.loqui.speak(&sample.sample, text).options(options.try_into()?);
        Ok(Speech {
            speech: runtime::wait(py, async { request.await.map_err(Raised::from) })?,
        })
    }

    fn speak_async<'py>(
        &self,
        py: Python<'py>,
        sample: &Sample,
        text: String,
        options: Options,
    ) -> PyResult<Bound<'py, PyAny>> {
        let request = self.loqui.speak(&sample.sample, text).options(options.try_into()?);
        pyo3_async_runtimes::tokio::future_into_py(py, async move {
            let speech = request.await.map_err(Raised::from)?;
            Ok(Speech { speech })
        })
    }

    fn submit(&self, py: Python<'_>, sample: &Sample, text: String, options: Options) -> PyResult<Generation> {
        let request = self.loqui.submit(&sample.sample, text).options(options.try_into()?);
        Ok(Generation {
            generation: runtime::wait(py, async { request.await.map_err(Raised::from) })?,
        })
    }

    fn submit_async<'py>(
        &self,
        py: Python<'py>,
        sample: &Sample,
        text: String,
        options: Options,
    ) -> PyResult<Bound<'py, PyAny>> {
        let request = self.loqui.submit(&sample.sample, text).options(options.try_into()?);
        pyo3_async_runtimes::tokio::future_into_py(py, async move {
            let generation = request.await.map_err(Raised::from)?;
            Ok(Generation { generation })
        })
    }

    fn generation(&self, py: Python<'_>, id: i64) -> PyResult<Generation> {
        let found = async { self.loqui.generation(id).await.map_err(Raised::from) };
        Ok(Generation {
            generation: runtime::wait(py, found)?,
        })
    }

    fn generation_async<'py>(&self, py: Python<'py>, id: i64) -> PyResult<Bound<'py, PyAny>> {
        let loqui = self.loqui.clone();
        pyo3_async_runtimes::tokio::future_into_py(py, async move {
            let generation = loqui.generation(id).await.map_err(Raised::from)?;
            Ok(Generation { generation })
        })
    }

    fn generations(&self, py: Python<'_>, status: Option<&str>, limit: Option<u32>) -> PyResult<Vec<Generation>> {
        let filter = filter(status, limit)?;
        let found = runtime::wait(py, async {
            self.loqui.generations(&filter).await.map_err(Raised::from)
        })?;
        Ok(found.into_iter().map(|generation| Generation { generation }).collect())
    }

    fn generations_async<'py>(
        &self,
        py: Python<'py>,
        status: Option<&str>,
        limit: Option<u32>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let loqui = self.loqui.clone();
        let filter = filter(status, limit)?;
        pyo3_async_runtimes::tokio::future_into_py(py, async move {
            let found = loqui.generations(&filter).await.map_err(Raised::from)?;
            Ok(found
                .into_iter()
                .map(|generation| Generation { generation })
                .collect::<Vec<_>>())
        })
    }

    /// The estimate, as JSON.
    fn estimate(&self, text: &str, model: Option<&str>) -> PyResult<String> {
        json(&self.loqui.estimate(text, model).map_err(Raised::from)?)
    }
}

fn filter(status: Option<&str>, limit: Option<u32>) -> PyResult<Filter> {
    let mut filter = Filter::default();
    if let Some(name) = status {
        let status = Status::by_name(name).ok_or_else(|| PyValueError::new_err(format!("no status {name:?}")))?;
        filter = filter.with_status(status);
    }
    Ok(match limit {
        Some(limit) => filter.with_limit(limit),
        None => filter,
    })
}
