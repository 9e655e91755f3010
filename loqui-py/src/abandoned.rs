//! Cancels generations whose caller was interrupted by Ctrl-C or a cancelled task. The exit of the process waits for the
//! cancellation at the provider.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use loqui_core::{Generation, Request, Result, Speech};
use pyo3::prelude::*;

use crate::runtime;

/// The number of cancellations in progress.
static STOPPING: Mutex<usize> = Mutex::new(0);
static STOPPED: Condvar = Condvar::new();

fn stopping() -> MutexGuard<'static, usize> {
    STOPPING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Speaks, and cancels the generation if this future is dropped before it ends.
pub(crate) async fn speak(request: Request<Generation>) -> Result<Speech> {
    let mut guard = Guard(Some(request.await?));
    let speech = match &guard.0 {
        Some(generation) => generation.wait().await,
        None => unreachable!("the guard was just created with a generation"),
    };
    guard.0 = None;
    speech
}

struct Guard(Option<Generation>);

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(generation) = self.0.take() else { return };
        let counted = Counted::new();
        runtime::get().spawn(async move {
            let _counted = counted;
            // The outcome is in the store, and there is no caller to report it to.
            if generation.cancel().await.is_ok() {
                let _ = generation.wait().await;
            }
        });
    }
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
