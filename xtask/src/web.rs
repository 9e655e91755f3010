//! Checks the types of the web page and runs its tests.

use std::path::PathBuf;

use crate::step::{Failure, Steps};
use crate::{node, place};

fn folder() -> PathBuf {
    place::root().join("loqui-app/web-tests")
}

/// Installs the tools of the tests. The page itself needs none.
pub(crate) fn setup(steps: &mut Steps) -> Result<(), Failure> {
    node::install(steps, "Install for the web page", &folder())
}

/// Checks the types, and runs the tests that need no browser.
pub(crate) fn test(steps: &mut Steps) -> Result<(), Failure> {
    steps.run("Types of the web page", node::npm(&folder()).args(["run", "types"]))?;
    steps.run("Tests of the web page", node::npm(&folder()).args(["run", "unit"]))
}

/// Runs the tests in a browser against the built program.
pub(crate) fn browser(steps: &mut Steps) -> Result<(), Failure> {
    let program = place::built()?.join(format!("loqui{}", std::env::consts::EXE_SUFFIX));
    let mut command = node::npm(&folder());
    command.args(["run", "browser"]).env("LOQUI_BIN", program);
    steps.run("Tests of the web page in a browser", &mut command)
}
