//! Exposes Rust futures as asyncio futures.
//!
//! Results are queued. One thread delivers all queued results to their event loops each time it holds the interpreter, so a
//! burst of results costs one wake-up, and no thread of the runtime waits for the interpreter.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use futures::future::{self, Either};
use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyTuple};
use tokio::sync::oneshot;

use crate::abandoned::Counted;
use crate::error::Raised;
use crate::{door, runtime};

/// Converts a result to a Python value, or its error to an exception.
type Value = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// A result, and the asyncio future that it completes.
struct Finished {
    event_loop: Py<PyAny>,
    future: Py<PyAny>,
    value: Value,
}

static QUEUED: OnceLock<Sender<Finished>> = OnceLock::new();

/// Runs a future on the runtime and returns an asyncio future of the running loop. Cancelling that drops the Rust future.
pub(crate) fn awaitable<T, F>(py: Python<'_>, work: F) -> PyResult<Bound<'_, PyAny>>
where
    F: Future<Output = Result<T, Raised>> + Send + 'static,
    T: for<'py> IntoPyObject<'py> + Send + 'static,
{
    static RUNNING_LOOP: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let event_loop = RUNNING_LOOP.import(py, "asyncio", "get_running_loop")?.call0()?;
    let future = event_loop.call_method0("create_future")?;
    let (cancel, cancelled) = oneshot::channel();
    let on_done = OnDone(Mutex::new(Some(cancel)));
    future.call_method1("add_done_callback", (on_done,))?;
    let (event_loop, waiter) = (event_loop.unbind(), future.clone().unbind());
    runtime::get().spawn(async move {
        match future::select(Box::pin(work), cancelled).await {
            Either::Left((result, _)) => queue(Finished {
                event_loop,
                future: waiter,
                value: Box::new(|py| match result {
                    Ok(value) => value.into_py_any(py),
                    Err(raised) => Err(raised.into_exception(py)),
                }),
            }),
            Either::Right((counted, work)) => {
                // Guards in the work start counting before this count ends.
                drop(work);
                drop(counted);
            }
        }
    });
    Ok(future)
}

/// The callback of the asyncio future, called when it ends in any way.
#[pyclass(frozen)]
struct OnDone(Mutex<Option<oneshot::Sender<Counted>>>);

#[pymethods]
impl OnDone {
    fn __call__(&self, future: &Bound<'_, PyAny>) -> PyResult<()> {
        let cancel = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(cancel) = cancel
            && future.call_method0("cancelled")?.is_truthy()?
        {
            // The receiver is gone if the work has just ended.
            drop(cancel.send(Counted::new()));
        }
        Ok(())
    }
}

fn queue(finished: Finished) {
    let sender = QUEUED.get_or_init(|| {
        let (sender, receiver) = channel();
        let started = thread::Builder::new()
            .name("loqui-deliver".to_owned())
            .spawn(move || deliver(&receiver));
        drop(started.expect("the system starts a thread"));
        sender
    });
    // The thread ends with the interpreter, and so does every receiver of a result.
    drop(sender.send(finished));
}

fn deliver(finished: &Receiver<Finished>) {
    while let Ok(first) = finished.recv() {
        let attached = door::through(|py| {
            let mut batches: Vec<(Py<PyAny>, Bound<'_, PyList>)> = Vec::new();
            for finished in std::iter::once(first).chain(finished.try_iter()) {
                if let Err(error) = add(py, &mut batches, finished) {
                    error.write_unraisable(py, None);
                }
            }
            for (event_loop, batch) in batches {
                // A closed loop has no task that waits for the result.
                drop(hand_over(py, &event_loop, &batch));
            }
        });
        if attached.is_none() {
            return;
        }
    }
}

/// Adds a result to the batch of its loop, as `(future, succeeded, value or exception)`.
fn add<'py>(py: Python<'py>, batches: &mut Vec<(Py<PyAny>, Bound<'py, PyList>)>, finished: Finished) -> PyResult<()> {
    let Finished {
        event_loop,
        future,
        value,
    } = finished;
    let (succeeded, value) = match value(py) {
        Ok(value) => (true, value),
        Err(error) => (false, error.into_value(py).into_any()),
    };
    let row = (future, succeeded, value);
    if let Some((_, batch)) = batches.iter().find(|(other, _)| other.is(&event_loop)) {
        return batch.append(row);
    }
    let batch = PyList::empty(py);
    batch.append(row)?;
    batches.push((event_loop, batch));
    Ok(())
}

fn hand_over(py: Python<'_>, event_loop: &Py<PyAny>, batch: &Bound<'_, PyList>) -> PyResult<()> {
    static SETTER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let set_results = SETTER.import(py, "loqui._bridge", "set_results")?;
    let arguments = PyTuple::new(py, [set_results.as_any(), batch.as_any()])?;
    event_loop.bind(py).call_method1("call_soon_threadsafe", arguments)?;
    Ok(())
}
