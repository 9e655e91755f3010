//! One runtime for the whole process. Synchronous calls wait on it and hear Ctrl-C; asynchronous ones are awaited.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::process;
use std::sync::OnceLock;
use std::time::Duration;

use futures::FutureExt as _;
use loqui_core::Error;
use loqui_core::error::code;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::error::Raised;

/// How often a waiting call looks for Ctrl-C.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// What is handed to Python passes through these threads one by one; more would only queue for the interpreter.
const BLOCKING_THREADS: usize = 32;

/// The process that started the runtime.
static OWNER: OnceLock<u32> = OnceLock::new();

/// Says how the runtime is to be built; it starts with the first call that needs it.
pub(crate) fn configure() {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder
        .enable_all()
        .thread_name("loqui")
        .max_blocking_threads(BLOCKING_THREADS);
    pyo3_async_runtimes::tokio::init(builder);
}

/// Whether this is the process that uses the library, and not a fork of it.
pub(crate) fn is_ours() -> bool {
    OWNER.get().is_some_and(|owner| *owner == process::id())
}

/// Refuses to work in a fork of a process that has used the library: its threads did not come along.
fn ensure_ours() -> PyResult<()> {
    if *OWNER.get_or_init(process::id) == process::id() {
        return Ok(());
    }
    Err(PyRuntimeError::new_err(
        "loqui was used before this process was forked, and its threads did not come along: use it only after the fork, \
         or start processes with multiprocessing.get_context('spawn')",
    ))
}

/// Waits for a future without holding the interpreter. Ctrl-C drops the future and raises `KeyboardInterrupt`.
pub(crate) fn wait<T, E, F>(py: Python<'_>, future: F) -> PyResult<T>
where
    F: Future<Output = Result<T, E>> + Send,
    T: Send,
    E: Into<PyErr> + Send,
{
    ensure_ours()?;
    let runtime = pyo3_async_runtimes::tokio::get_runtime();
    let mut future = Box::pin(AssertUnwindSafe(future).catch_unwind());
    loop {
        let done = py.detach(|| runtime.block_on(async { tokio::time::timeout(SIGNAL_INTERVAL, &mut future).await }));
        match done {
            Ok(Ok(result)) => return result.map_err(Into::into),
            Ok(Err(panic)) => return Err(defect(panic.as_ref())),
            Err(_elapsed) => {
                if let Err(interrupt) = py.check_signals() {
                    // Dropped inside the runtime: what it guards may have to be cancelled there.
                    let _inside = runtime.enter();
                    drop(future);
                    return Err(interrupt);
                }
            }
        }
    }
}

/// Makes a future awaitable. Cancelling what is awaited drops the future.
pub(crate) fn awaitable<T, E, F>(py: Python<'_>, future: F) -> PyResult<Bound<'_, PyAny>>
where
    F: Future<Output = Result<T, E>> + Send + 'static,
    T: for<'py> IntoPyObject<'py> + Send + 'static,
    E: Into<PyErr>,
{
    ensure_ours()?;
    pyo3_async_runtimes::tokio::future_into_py(py, async move {
        match AssertUnwindSafe(future).catch_unwind().await {
            Ok(result) => result.map_err(Into::into),
            Err(panic) => Err(defect(panic.as_ref())),
        }
    })
}

/// A task that panicked, as an `InternalError`.
pub(crate) fn broken(error: tokio::task::JoinError) -> PyErr {
    match error.try_into_panic() {
        Ok(panic) => defect(panic.as_ref()),
        Err(cancelled) => PyRuntimeError::new_err(cancelled.to_string()),
    }
}

/// A panic as an `InternalError`: Python programs catch exceptions, not crashes.
fn defect(panic: &(dyn Any + Send)) -> PyErr {
    let what = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words");
    Raised::from(Error::new(&code::INTERNAL, what.replace('\n', " "))).into()
}
