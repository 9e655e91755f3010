//! `docs`: builds the API reference.

use crate::cargo::cargo;
use crate::step::{Failure, Steps};

/// Builds the documentation of every crate. Warnings are errors.
pub(crate) fn docs(steps: &mut Steps) -> Result<(), Failure> {
    let mut command = cargo(["doc", "--workspace", "--no-deps"]);
    steps.run("Documentation", command.env("RUSTDOCFLAGS", "-D warnings"))
}
