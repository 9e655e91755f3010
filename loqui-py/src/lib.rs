//! Python bindings: convert types and errors, and hand over. Nothing is decided here; the typed face that people see is
//! in `python/loqui`.

#![forbid(unsafe_code)]
#![expect(clippy::needless_pass_by_value, reason = "what Python hands over is owned")]

mod client;
mod emulator;
mod error;
mod generation;
mod options;
mod runtime;
mod sample;
mod speech;

use pyo3::prelude::*;

/// The native half of the package `loqui`.
#[pymodule]
fn _loqui(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<client::Client>()?;
    module.add_class::<emulator::Emulator>()?;
    module.add_class::<generation::Generation>()?;
    module.add_class::<sample::Sample>()?;
    module.add_class::<speech::Speech>()?;
    Ok(())
}
