//! `generate`: files made from the code. With `--check` nothing is written; a stale file is a failure.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::process::Command;

use crate::step::{Failure, Steps, at, output};
use crate::{cargo, place};

/// Where the table of errors lies.
const ERRORS: &str = "tests/spec/errors.toml";

/// Writes the generated files, or compares them with what would be written.
pub(crate) fn generate(steps: &mut Steps, check: bool) -> Result<(), Failure> {
    let mut build = cargo::cargo(["build", "--workspace", "--example", cargo::EXAMPLE]);
    steps.run("Build the generator", &mut build)?;
    let generator = place::built()?.join(format!("examples/{}{EXE_SUFFIX}", cargo::EXAMPLE));
    let table = output(&mut Command::new(generator))? + "\n";

    let file = place::root().join(ERRORS);
    let current = fs::read_to_string(&file).unwrap_or_default();
    if current == table {
        println!("{ERRORS} is up to date");
        Ok(())
    } else if check {
        Err(Failure::new(format!("{ERRORS} is stale; run: cargo xtask generate")))
    } else {
        fs::write(&file, table).map_err(at(&file))?;
        println!("{ERRORS} written");
        Ok(())
    }
}
