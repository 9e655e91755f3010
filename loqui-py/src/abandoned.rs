//! Cancels generations whose caller was interrupted by Ctrl-C or a cancelled task. The exit of the process waits for the
//! cancellation at the provider.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use loqui_core::{CancelOnDrop, Generation, Request, Result, Speech};
use pyo3::prelude::*;

use crate::runtime;

/// The number of cancellations in progress.
static STOPPING: Mutex<usize> = Mutex::new(0);
static STOPPED: Condvar = Condvar::new();

fn stopping() -> MutexGuard<'static, usize> {
    STOPPING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Speaks, and cancels the generation if this future is dropped before its end.
pub(crate) async fn speak(request: Request<Generation>) -> Result<Speech> {
    // Until the end of the submission its own guard cancels.
    let mut submitted = request.awaited().await?;
    let generation = submitted.generation().clone();
    let mut guard = CancelOnDrop::with_action(generation.clone(), cancel);
    submitted.disarm();
    let speech = generation.wait().await;
    guard.disarm();
    speech
}

fn cancel(generation: Generation) {
    let counted = Counted::new();
    runtime::get().spawn(async move {
        let _counted = counted;
        // The result is in the store; there is no caller left to return it to.
        if generation.cancel().await.is_ok() {
            let _ = generation.wait().await;
        }
    });
}

/// Counts as one cancellation in progress until it is dropped.
pub(crate) struct Counted(());

impl Counted {
    pub(crate) fn new() -> Self {
        *stopping() += 1;
        Self(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        *stopping() -= 1;
        STOPPED.notify_all();
    }
}

/// Waits until every cancellation has ended, for at most this many seconds. Returns whether all have.
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
