//! `loqui.Generation`, its native half.

use futures::StreamExt as _;
use pyo3::exceptions::PyTimeoutError;
use pyo3::prelude::*;

use crate::error::{Raised, json};
use crate::options::seconds;
use crate::runtime;
use crate::speech::Speech;

/// One generation.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Clone, Debug)]
pub(crate) struct Generation {
    pub(crate) generation: loqui_core::Generation,
}

#[pymethods]
impl Generation {
    fn id(&self) -> i64 {
        self.generation.id()
    }

    fn info(&self, py: Python<'_>) -> PyResult<String> {
        json(&runtime::wait(py, async {
            self.generation.info().await.map_err(Raised::from)
        })?)
    }

    fn info_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let generation = self.generation.clone();
        pyo3_async_runtimes::tokio::future_into_py(
            py,
            async move { json(&generation.info().await.map_err(Raised::from)?) },
        )
    }

    #[pyo3(signature = (timeout))]
    fn wait(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<Speech> {
        let limit = timeout.map(seconds).transpose()?;
        let waited = async {
            let waiting = self.generation.wait();
            match limit {
                None => waiting.await.map_err(|error| Raised::from(error).into()),
                Some(limit) => match tokio::time::timeout(limit, waiting).await {
                    Ok(ended) => ended.map_err(|error| Raised::from(error).into()),
                    Err(_elapsed) => Err(PyTimeoutError::new_err(format!(
                        "generation {} has not ended in {} seconds",
                        self.generation.id(),
                        limit.as_secs_f64()
                    ))),
                },
            }
        };
        Ok(Speech {
            speech: runtime::wait::<_, PyErr, _>(py, waited)?,
        })
    }

    fn wait_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let generation = self.generation.clone();
        pyo3_async_runtimes::tokio::future_into_py(py, async move {
            let speech = generation.wait().await.map_err(Raised::from)?;
            Ok(Speech { speech })
        })
    }

    fn cancel(&self, py: Python<'_>) -> PyResult<()> {
        runtime::wait(py, async { self.generation.cancel().await.map_err(Raised::from) })
    }

    fn cancel_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let generation = self.generation.clone();
        pyo3_async_runtimes::tokio::future_into_py(
            py,
            async move { Ok(generation.cancel().await.map_err(Raised::from)?) },
        )
    }

    fn retry(&self, py: Python<'_>) -> PyResult<()> {
        runtime::wait(py, async { self.generation.retry().await.map_err(Raised::from) })
    }

    fn retry_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let generation = self.generation.clone();
        pyo3_async_runtimes::tokio::future_into_py(
            py,
            async move { Ok(generation.retry().await.map_err(Raised::from)?) },
        )
    }

    /// The first event after the one of that number, as JSON; nothing after the last.
    fn next_event(&self, py: Python<'_>, after: u64) -> PyResult<Option<String>> {
        runtime::wait(py, next_event(&self.generation, after))
    }

    fn next_event_async<'py>(&self, py: Python<'py>, after: u64) -> PyResult<Bound<'py, PyAny>> {
        let generation = self.generation.clone();
        pyo3_async_runtimes::tokio::future_into_py(py, async move { next_event(&generation, after).await })
    }
}

/// The place in the events is the caller's, so that a wait that is cancelled loses none.
async fn next_event(generation: &loqui_core::Generation, after: u64) -> PyResult<Option<String>> {
    match generation.events_after(after).next().await {
        Some(event) => Ok(Some(json(&event.map_err(Raised::from)?)?)),
        None => Ok(None),
    }
}
