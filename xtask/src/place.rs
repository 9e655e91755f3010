//! Where things lie, and what the environment says.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::step::Failure;

/// The root of the checkout.
///
/// Asked of cargo at run time: a target folder shared by two checkouts must not remember the first one.
pub(crate) fn root() -> PathBuf {
    let manifest = variable("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&manifest)
        .parent()
        .expect("xtask lies one folder below the root")
        .to_owned()
}

/// The folder that holds what cargo built with the dev profile: the one this program was built into.
pub(crate) fn built() -> Result<PathBuf, Failure> {
    let program = env::current_exe().map_err(|error| Failure::new(format!("where is xtask? {error}")))?;
    Ok(program.parent().unwrap_or_else(|| Path::new(".")).to_owned())
}

/// The target folder itself.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    Ok(built()?.parent().unwrap_or_else(|| Path::new(".")).to_owned())
}

/// Whether this is a run of continuous integration, where nothing may be left out silently.
pub(crate) fn is_ci() -> bool {
    variable("CI").is_some_and(|value| value == "true")
}

/// Whether a program of this name is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    variable("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(&name).is_file()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place of the menu that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}
