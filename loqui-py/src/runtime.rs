//! One runtime for the whole process; synchronous calls wait on it and hear Ctrl-C.

use std::time::Duration;

use pyo3::prelude::*;

/// How often a waiting call looks for Ctrl-C.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// Waits for a future without holding the interpreter. Ctrl-C drops the future and raises `KeyboardInterrupt`.
pub(crate) fn wait<T, E, F>(py: Python<'_>, future: F) -> PyResult<T>
where
    F: Future<Output = Result<T, E>> + Send,
    T: Send,
    E: Into<PyErr> + Send,
{
    let runtime = pyo3_async_runtimes::tokio::get_runtime();
    let mut future = Box::pin(future);
    loop {
        let done = py.detach(|| runtime.block_on(async { tokio::time::timeout(SIGNAL_INTERVAL, &mut future).await }));
        match done {
            Ok(result) => return result.map_err(Into::into),
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
