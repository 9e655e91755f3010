//! Sets up, installs and tests the Python package.

use std::path::{Path, PathBuf};

use crate::step::{Failure, Steps};
use crate::{cargo, place, put, venv};

/// Installs the requirements of the package's `test` extra.
pub(crate) fn setup(steps: &mut Steps) -> Result<(), Failure> {
    let Some(pyproject) = pyproject(steps) else {
        return Ok(());
    };
    venv::make(steps)?;
    let requirements = venv::requirements(&pyproject, &["project/optional-dependencies/test"])?;
    venv::install(steps, "test", &requirements)
}

/// Installs the extension module and runs the tests. The libraries must be built.
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
    // The stubs of the extension module are handwritten; stubtest compares them with the module.
    let mut stubs = venv::python()?;
    stubs.current_dir(&package).args(["-m", "mypy.stubtest", "loqui"]);
    steps.run(
        "Python stubs",
        stubs.args(["--ignore-disjoint-bases", "--allowlist", "tests/stubtest.txt"]),
    )
}

/// Copies the extension module into the package, and adds the package to the path of the environment. The libraries must be
/// built.
pub(crate) fn place(steps: &Steps) -> Result<(), Failure> {
    place_from(steps, &place::built()?)
}

/// Like [`place()`], with the library from this build folder.
pub(crate) fn place_from(steps: &Steps, built: &Path) -> Result<(), Failure> {
    if pyproject(steps).is_none() {
        return Ok(());
    }
    place_extension(built)?;
    venv::put_on_path(&place::root().join("loqui-py/python"))
}

/// Copies the extension module into the package.
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
    steps.skip("Python", "loqui-py/pyproject.toml does not exist");
    None
}
