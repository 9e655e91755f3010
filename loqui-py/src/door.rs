//! The one way for threads of Rust into the interpreter. It is shut before the interpreter ends: a thread that waits for an
//! interpreter that ends is torn down in the middle.

use std::sync::{PoisonError, RwLock};

use pyo3::prelude::*;

static OPEN: RwLock<bool> = RwLock::new(true);

/// Does something with the interpreter; nothing once the door is shut.
pub(crate) fn through<T>(work: impl FnOnce(Python<'_>) -> T) -> Option<T> {
    let open = OPEN.read().unwrap_or_else(PoisonError::into_inner);
    if *open { Python::try_attach(work) } else { None }
}

/// Lets those out who are inside, and nobody in any more.
#[pyfunction]
pub(crate) fn shut(py: Python<'_>) {
    py.detach(|| *OPEN.write().unwrap_or_else(PoisonError::into_inner) = false);
}
