//! Configures compiler and linker for Python.

fn main() {
    // Otherwise every file that the Python build writes would rerun this script.
    println!("cargo::rerun-if-changed=build.rs");
    pyo3_build_config::use_pyo3_cfgs();
    pyo3_build_config::add_extension_module_link_args();
}
