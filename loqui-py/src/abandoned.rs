//! Generations whose caller has gone away, by Ctrl-C or because its task was cancelled: they are stopped, here and at the
//! provider, and the end of the process waits for that.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use loqui_core::{Generation, Request, Result, Speech};
use pyo3::prelude::*;

use crate::runtime;

/// How many are still being stopped.
static STOPPING: Mutex<usize> = Mutex::new(0);
static STOPPED: Condvar = Condvar::new();

fn stopping() -> MutexGuard<'static, usize> {
    STOPPING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Speaks, and stops the generation if this future is dropped before its end.
pub(crate) async fn speak(request: Request<Generation>) -> Result<Speech> {
    let mut guard = Guard(Some(request.await?));
    let speech = match &guard.0 {
        Some(generation) => generation.wait().await,
        None => unreachable!("it was put there a line above"),
    };
    guard.0 = None;
    speech
}

struct Guard(Option<Generation>);

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(generation) = self.0.take() else { return };
        *stopping() += 1;
        pyo3_async_runtimes::tokio::get_runtime().spawn(async move {
            let _counted = Counted;
            // Whatever comes of it is in the store; there is nobody left to tell.
            if generation.cancel().await.is_ok() {
                let _ = generation.wait().await;
            }
        });
    }
}

struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        *stopping() -= 1;
        STOPPED.notify_all();
    }
}

/// Waits until every abandoned generation has been stopped, but no longer than this many seconds. True if all have.
#[pyfunction]
pub(crate) fn settle(py: Python<'_>, seconds: f64) -> bool {
    if !runtime::is_ours() {
        return true;
    }
    let limit = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    py.detach(|| {
        let (left, _) = STOPPED
            .wait_timeout_while(stopping(), limit, |left| *left > 0)
            .unwrap_or_else(PoisonError::into_inner);
        *left == 0
    })
}
