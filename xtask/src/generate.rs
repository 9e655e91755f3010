//! `generate`: files made from others. With `--check` nothing is written; a stale file is a failure.

mod errors;

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::process::Command;

use crate::step::{Failure, Steps, at, output};
use crate::{cargo, place};

/// Where the table of errors lies.
const ERRORS: &str = "tests/spec/errors.toml";

/// The same for people.
const ERRORS_PAGE: &str = "docs/errors.md";

/// The packages that carry the weights in one file: each gets the licences of all that is inside.
const PACKAGES: [&str; 2] = ["loqui-py", "loqui-node"];

/// The licences of the weights, where the crates keep them, under their headings.
const WEIGHTS: [(&str, &str); 4] = [
    ("The offline voice: hibari", "loqui-offline/data/NOTICE"),
    ("The offline voice: hibari", "loqui-offline/data/LICENSE"),
    ("Speaker encoder: Resemblyzer", "loqui-analysis/data/LICENSE-ge2e"),
    ("Voice activity detector: Silero", "loqui-analysis/data/LICENSE-silero"),
];

/// Writes the generated files, or compares them with what would be written.
pub(crate) fn generate(steps: &mut Steps, check: bool) -> Result<(), Failure> {
    let mut build = cargo::cargo(["build", "--workspace", "--example", cargo::EXAMPLE]);
    steps.run("Build the generator", &mut build)?;
    let generator = place::built()?.join(format!("examples/{}{EXE_SUFFIX}", cargo::EXAMPLE));
    let table = output(&mut Command::new(generator))? + "\n";
    put(ERRORS, &table, check)?;
    put(ERRORS_PAGE, &errors::page(&table)?, check)?;
    let mut weights = String::from("The licences of the weights inside this package.\n");
    for (heading, file) in WEIGHTS {
        let line = "=".repeat(heading.len());
        weights.extend(["\n\n", heading, "\n", &line, "\n\n", &read(file)?]);
    }
    for package in PACKAGES {
        put(&format!("{package}/licenses/WEIGHTS.txt"), &weights, check)?;
        for own in ["LICENSE-APACHE", "LICENSE-MIT"] {
            put(&format!("{package}/licenses/{own}"), &read(own)?, check)?;
        }
    }
    Ok(())
}

fn read(name: &str) -> Result<String, Failure> {
    let file = place::root().join(name);
    // One of the licences has the line ends of another system.
    Ok(fs::read_to_string(&file).map_err(at(&file))?.replace("\r\n", "\n"))
}

fn put(name: &str, content: &str, check: bool) -> Result<(), Failure> {
    let file = place::root().join(name);
    let current = fs::read_to_string(&file).unwrap_or_default();
    if current == content {
        println!("{name} is up to date");
        return Ok(());
    }
    if check {
        return Err(Failure::new(format!("{name} is stale; run: cargo xtask generate")));
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    fs::write(&file, content).map_err(at(&file))?;
    println!("{name} written");
    Ok(())
}
