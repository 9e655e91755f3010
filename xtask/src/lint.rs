//! `fmt` and `lint`: formats the code, and checks format and lints.

use crate::cargo::cargo;
use crate::step::{Failure, Steps};

/// Formats every crate.
pub(crate) fn format(steps: &mut Steps) -> Result<(), Failure> {
    steps.run("Format", &mut cargo(["fmt", "--all"]))
}

/// Checks the format, and runs clippy on the workspace and on the core without features.
pub(crate) fn lint(steps: &mut Steps) -> Result<(), Failure> {
    steps.run("Check the format", &mut cargo(["fmt", "--all", "--check"]))?;
    steps.run(
        "Clippy",
        &mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )?;
    core(steps, &["--no-default-features"])
}

/// Runs clippy on the core with a selection of features.
pub(crate) fn core(steps: &mut Steps, features: &[&str]) -> Result<(), Failure> {
    let heading = format!("Clippy, loqui-core {}", features.join(" "));
    let mut command = cargo(["clippy", "-p", "loqui-core"]);
    steps.run(&heading, command.args(features).args(["--", "-D", "warnings"]))
}
