//! The program `loqui`, for `python -m loqui`.

use pyo3::prelude::*;

/// Runs the program with these words, its own name first; returns its exit code. A command may run for days.
#[pyfunction]
pub(crate) fn main(py: Python<'_>, words: Vec<String>) -> u8 {
    py.detach(|| loqui_app::main(words))
}
