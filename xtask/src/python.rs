//! The Python package: its tools, its compiled half, its tests.

use std::path::{Path, PathBuf};

use crate::step::{Failure, Steps};
use crate::{cargo, place, put, venv};

/// Installs the test tools that the package names in its `test` extra.
pub(crate) fn setup(steps: &mut Steps) -> Result<(), Failure> {
    let Some(pyproject) = pyproject(steps) else {
        return Ok(());
    };
    venv::make(steps)?;
    let requirements = venv::requirements(&pyproject, &["project/optional-dependencies/test"])?;
    venv::install(steps, "test", &requirements)
}

/// Puts the compiled half in place and runs the tests; the libraries must have been built.
pub(crate) fn test(steps: &mut Steps) -> Result<(), Failure> {
    if pyproject(steps).is_none() {
        return Ok(());
    }
    setup(steps)?;
    place(steps)?;
    steps.run("Python tests", venv::python()?.args(["-m", "pytest", "loqui-py/tests"]))?;
    let package = place::root().join("loqui-py");
    steps.run(
        "Python types",
        venv::python()?.current_dir(&package).args(["-m", "mypy"]),
    )?;
    // The stubs of the compiled half are written by hand: this holds them against what is there.
    let mut stubs = venv::python()?;
    stubs.current_dir(&package).args(["-m", "mypy.stubtest", "loqui"]);
    steps.run(
        "Python stubs",
        stubs.args(["--ignore-disjoint-bases", "--allowlist", "tests/stubtest.txt"]),
    )
}

/// Puts the compiled half where the package imports it from, and the package on the environment's path; the libraries
/// must have been built.
pub(crate) fn place(steps: &Steps) -> Result<(), Failure> {
    place_from(steps, &place::built()?)
}

/// The same with the library that cargo built into this folder.
pub(crate) fn place_from(steps: &Steps, built: &Path) -> Result<(), Failure> {
    if pyproject(steps).is_none() {
        return Ok(());
    }
    place_extension(built)?;
    venv::put_on_path(&place::root().join("loqui-py/python"))
}

/// Copies the library that cargo built to where the package imports it from.
fn place_extension(built: &Path) -> Result<(), Failure> {
    let suffix = if cfg!(windows) { "pyd" } else { "abi3.so" };
    put::copy(
        &cargo::dynamic_library(built, "_loqui"),
        &place::root()
            .join("loqui-py/python/loqui")
            .join(format!("_loqui.{suffix}")),
    )
}

pub(crate) fn pyproject(steps: &Steps) -> Option<PathBuf> {
    let file = place::root().join("loqui-py/pyproject.toml");
    if file.is_file() {
        return Some(file);
    }
    steps.skip("Python", "there is no loqui-py/pyproject.toml yet");
    None
}
