//! Paths of the workspace, and the environment.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::step::Failure;

/// Returns the root of the checkout.
///
/// Read at run time: two checkouts may share one target folder.
pub(crate) fn root() -> PathBuf {
    let manifest = variable("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&manifest)
        .parent()
        .expect("xtask is one folder below the root")
        .to_owned()
}

/// Returns the build folder of the dev profile, which contains this program.
pub(crate) fn built() -> Result<PathBuf, Failure> {
    let program =
        env::current_exe().map_err(|error| Failure::new(format!("cannot find the path of xtask: {error}")))?;
    Ok(program.parent().unwrap_or_else(|| Path::new(".")).to_owned())
}

/// Returns the target folder.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    Ok(built()?.parent().unwrap_or_else(|| Path::new(".")).to_owned())
}

/// Whether this runs in CI, where no test may be skipped.
pub(crate) fn is_ci() -> bool {
    variable("CI").is_some_and(|value| value == "true")
}

/// Whether a program is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    variable("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(&name).is_file()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the only place of xtask that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}
