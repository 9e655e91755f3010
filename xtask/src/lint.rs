//! `fmt` and `lint`: how the code looks, and what clippy says of it.

use crate::cargo::cargo;
use crate::step::{Failure, Steps};

/// Formats every crate.
pub(crate) fn format(steps: &mut Steps) -> Result<(), Failure> {
    steps.run("Format", &mut cargo(["fmt", "--all"]))
}

/// Checks the format, and clippy's opinion of the whole workspace and of the core without its features.
pub(crate) fn lint(steps: &mut Steps) -> Result<(), Failure> {
    steps.run("Format, only checked", &mut cargo(["fmt", "--all", "--check"]))?;
    steps.run(
        "Clippy",
        &mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )?;
    core(steps, &["--no-default-features"])
}

/// Lets clippy read the core with these choices of features.
pub(crate) fn core(steps: &mut Steps, features: &[&str]) -> Result<(), Failure> {
    let heading = format!("Clippy, loqui-core {}", features.join(" "));
    let mut command = cargo(["clippy", "-p", "loqui-core"]);
    steps.run(&heading, command.args(features).args(["--", "-D", "warnings"]))
}
