//! The one tokio runtime of the process. Blocking calls wait on it and react to Ctrl-C; asynchronous calls are awaited.

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
use tokio::runtime::Runtime;

use crate::bridge;
use crate::error::Raised;

/// How often a blocking call checks for Ctrl-C.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// The process that started the runtime.
static OWNER: OnceLock<u32> = OnceLock::new();

/// Returns the runtime. It starts with the first call.
pub(crate) fn get() -> &'static Runtime {
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let built = builder.enable_all().thread_name("loqui").build();
        built.expect("the runtime starts its threads")
    })
}

/// Returns whether this process started the runtime. A fork of that process did not.
pub(crate) fn is_ours() -> bool {
    OWNER.get().is_some_and(|owner| *owner == process::id())
}

/// Refuses calls in a fork of the process that started the runtime: a fork does not have its threads.
fn ensure_ours() -> PyResult<()> {
    if *OWNER.get_or_init(process::id) == process::id() {
        return Ok(());
    }
    Err(PyRuntimeError::new_err(
        "loqui was used before this process was forked, and a fork does not have its threads: use it only after the fork, \
         or start processes with multiprocessing.get_context('spawn')",
    ))
}

/// Waits for a future without holding the interpreter. Ctrl-C drops the future and raises `KeyboardInterrupt`.
pub(crate) fn wait<T, F>(py: Python<'_>, future: F) -> PyResult<T>
where
    F: Future<Output = Result<T, Raised>> + Send,
    T: Send,
{
    ensure_ours()?;
    let mut future = Box::pin(AssertUnwindSafe(future).catch_unwind());
    loop {
        let done = py.detach(|| get().block_on(async { tokio::time::timeout(SIGNAL_INTERVAL, &mut future).await }));
        match done {
            Ok(ended) => return flat(ended).map_err(|raised| raised.into_exception(py)),
            Err(_elapsed) => {
                if let Err(interrupt) = py.check_signals() {
                    // Dropped inside the runtime: a guard in the future may spawn a cancellation.
                    let _inside = get().enter();
                    drop(future);
                    return Err(interrupt);
                }
            }
        }
    }
}

/// Converts a future to an awaitable. Cancelling the awaitable drops the future.
pub(crate) fn awaitable<T, F>(py: Python<'_>, future: F) -> PyResult<Bound<'_, PyAny>>
where
    F: Future<Output = Result<T, Raised>> + Send + 'static,
    T: for<'py> IntoPyObject<'py> + Send + 'static,
{
    ensure_ours()?;
    bridge::awaitable(py, AssertUnwindSafe(future).catch_unwind().map(flat))
}

/// Converts the panic of a task to an `InternalError`.
pub(crate) fn broken(error: tokio::task::JoinError) -> Raised {
    match error.try_into_panic() {
        Ok(panic) => defect(panic.as_ref()),
        Err(cancelled) => PyRuntimeError::new_err(cancelled.to_string()).into(),
    }
}

fn flat<T>(ended: Result<Result<T, Raised>, Box<dyn Any + Send>>) -> Result<T, Raised> {
    ended.unwrap_or_else(|panic| Err(defect(panic.as_ref())))
}

/// Converts a panic to an `InternalError`, which Python programs can catch.
fn defect(panic: &(dyn Any + Send)) -> Raised {
    let what = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message");
    Error::new(&code::INTERNAL, what.replace('\n', " ")).into()
}
