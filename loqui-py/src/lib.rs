//! The native half of the Python package: it converts types and errors and calls the core. The public, typed half is in
//! `python/loqui`.

#![expect(clippy::needless_pass_by_value, reason = "PyO3 passes owned values")]

mod abandoned;
mod audio;
mod bridge;
mod client;
mod door;
mod emulator;
mod error;
mod generation;
mod log;
mod options;
mod program;
mod runtime;
mod sample;
mod samples;
mod script_file;
mod speech;
mod webhooks;

use pyo3::prelude::*;

/// The native half of the package `loqui`.
#[pymodule]
fn _loqui(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<audio::Audio>()?;
    module.add_class::<client::Client>()?;
    module.add_class::<emulator::Emulator>()?;
    module.add_class::<generation::Generation>()?;
    module.add_class::<sample::Sample>()?;
    module.add_class::<samples::Samples>()?;
    module.add_class::<speech::Speech>()?;
    module.add_function(wrap_pyfunction!(abandoned::settle, module)?)?;
    module.add_function(wrap_pyfunction!(client::generate_speech, module)?)?;
    module.add_function(wrap_pyfunction!(door::shut, module)?)?;
    module.add_function(wrap_pyfunction!(emulator::recording, module)?)?;
    module.add_function(wrap_pyfunction!(log::log_flush, module)?)?;
    module.add_function(wrap_pyfunction!(log::log_to, module)?)?;
    module.add_function(wrap_pyfunction!(log::log_up_to, module)?)?;
    module.add_function(wrap_pyfunction!(program::main, module)?)?;
    module.add_function(wrap_pyfunction!(script_file::read_script, module)?)?;
    module.add_function(wrap_pyfunction!(webhooks::verify_webhook, module)?)?;
    #[cfg(debug_assertions)]
    module.add_function(wrap_pyfunction!(panic, module)?)?;
    Ok(())
}

/// Panics, to test how panics are reported. Debug builds only.
#[cfg(debug_assertions)]
#[pyfunction]
fn panic(py: Python<'_>, is_async: bool) -> PyResult<Bound<'_, PyAny>> {
    let defect = futures::future::lazy(|_| -> Result<(), error::Raised> { panic!("a defect\non purpose") });
    if is_async {
        return runtime::awaitable(py, defect);
    }
    runtime::wait(py, defect)?;
    Ok(py.None().into_bound(py))
}
