//! Tells the linker and the compiler about Python.

fn main() {
    // Without this line every file that the Python build writes would run this again.
    println!("cargo::rerun-if-changed=build.rs");
    pyo3_build_config::use_pyo3_cfgs();
    pyo3_build_config::add_extension_module_link_args();
}
