//! Runs cargo with the same selection of packages each time, so that every dependency is built once.
//!
//! The features of dependencies depend on the selected packages (`-p`) and on whether dev-dependencies are included. So every
//! command selects the whole workspace and at least one target with dev-dependencies.

use std::path::PathBuf;
use std::process::Command;

use crate::place;
use crate::step::{Failure, Steps, output};

/// A small example. Building it with the libraries includes the dev-dependencies.
pub(crate) const EXAMPLE: &str = "error_table";

/// The examples that print the data of generated files: the error codes and the speak options.
pub(crate) const TABLES: [&str; 2] = [EXAMPLE, "speak_options"];

/// Creates a cargo command in the root of the workspace.
pub(crate) fn cargo<const N: usize>(words: [&str; N]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(place::root()).args(words);
    command
}

/// Runs the unit and integration tests of every crate.
pub(crate) fn tests(steps: &mut Steps) -> Result<(), Failure> {
    if has_nextest() {
        steps.run("Rust tests", nextest().arg("--workspace"))
    } else {
        let mut command = cargo(["test", "--workspace", "--lib", "--bins", "--tests", "--examples"]);
        command.arg("--no-fail-fast");
        steps.run("Rust tests", &mut command)
    }
}

/// Runs the documentation tests.
pub(crate) fn doctests(steps: &mut Steps) -> Result<(), Failure> {
    steps.run("Rust documentation tests", &mut cargo(["test", "--workspace", "--doc"]))
}

/// Lists the ignored tests.
pub(crate) fn ignored() -> Result<Vec<String>, Failure> {
    let listed = output(cargo(["test", "--quiet", "--workspace", "--tests"]).args(["--", "--ignored", "--list"]))?;
    Ok(ignored_in(&listed))
}

fn ignored_in(listed: &str) -> Vec<String> {
    listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test").map(str::to_owned))
        .collect()
}

/// Runs the ignored tests whose path contains this word.
pub(crate) fn run_ignored(steps: &mut Steps, word: &str) -> Result<(), Failure> {
    run_ignored_with(steps, word, |_| {})
}

/// Runs the ignored tests whose path contains this word, after a change of the command.
pub(crate) fn run_ignored_with(
    steps: &mut Steps,
    word: &str,
    change: impl FnOnce(&mut Command),
) -> Result<(), Failure> {
    let mut command = if has_nextest() {
        let mut command = nextest();
        command.args(["--workspace", "--run-ignored", "only", word]);
        command
    } else {
        let mut command = cargo(["test", "--workspace", "--tests"]);
        command.args(["--", "--ignored", word]);
        command
    };
    change(&mut command);
    steps.run(&format!("Rust tests: {word}"), &mut command)
}

/// Builds an example and returns a command that runs it directly, so that measurements exclude cargo.
pub(crate) fn example(steps: &mut Steps, name: &str, release: bool) -> Result<Command, Failure> {
    let mut build = cargo(["build", "--workspace", "--example", name]);
    if release {
        build.arg("--release");
    }
    steps.run(&format!("Build {name}"), &mut build)?;
    let profile = if release { "release" } else { "debug" };
    let program = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(place::target()?.join(profile).join("examples").join(program));
    command.current_dir(place::root());
    Ok(command)
}

/// Builds the libraries, including the bindings.
pub(crate) fn libraries(steps: &mut Steps) -> Result<(), Failure> {
    let mut command = cargo(["build", "--workspace", "--lib", "--example", EXAMPLE]);
    steps.run("Build the libraries and the bindings", &mut command)
}

/// Returns the path of a dynamic library in a build folder, with the file name of this platform.
pub(crate) fn dynamic_library(folder: &std::path::Path, name: &str) -> PathBuf {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    folder.join(format!("{DLL_PREFIX}{name}{DLL_SUFFIX}"))
}

fn has_nextest() -> bool {
    place::on_path("cargo-nextest")
}

fn nextest() -> Command {
    let mut command = cargo(["nextest", "run"]);
    if place::is_ci() {
        command.args(["--profile", "ci"]);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_tests_are_read_from_the_list() {
        let listed = "store::needs_postgres::keeps_rows: test\n\n1 test, 0 benchmarks\n0 tests, 0 benchmarks";
        assert_eq!(ignored_in(listed), ["store::needs_postgres::keeps_rows"]);
    }
}
