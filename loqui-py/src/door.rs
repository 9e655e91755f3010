//! The only way for Rust threads to attach to the interpreter. It closes before the interpreter exits, because a thread that
//! waits for an exiting interpreter is terminated.

use std::sync::{PoisonError, RwLock};

use pyo3::prelude::*;

static OPEN: RwLock<bool> = RwLock::new(true);

/// Runs a function with the interpreter attached. Returns nothing once it is closed.
pub(crate) fn through<T>(work: impl FnOnce(Python<'_>) -> T) -> Option<T> {
    let open = OPEN.read().unwrap_or_else(PoisonError::into_inner);
    if *open { Python::try_attach(work) } else { None }
}

/// Waits for attached threads to detach, and refuses new ones.
#[pyfunction]
pub(crate) fn shut(py: Python<'_>) {
    py.detach(|| *OPEN.write().unwrap_or_else(PoisonError::into_inner) = false);
}
