//! The program `loqui`, for `python -m loqui`.

use pyo3::prelude::*;

/// Runs the program with these arguments, the first one its name, and returns the exit code.
#[pyfunction]
pub(crate) fn main(py: Python<'_>, words: Vec<String>) -> u8 {
    py.detach(|| loqui_app::main(words))
}
