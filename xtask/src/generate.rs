//! `generate`: files made from others. With `--check` nothing is written; a stale file is a failure.

mod errors;

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
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
const WEIGHTS: [(&str, &str); 5] = [
    ("The offline voice: hibari", "loqui-offline/data/NOTICE"),
    ("The offline voice: hibari", "loqui-offline/data/LICENSE"),
    ("How it pronounces: loqui-g2p", "loqui-offline/data/LICENSE-loqui-g2p"),
    ("Speaker encoder: Resemblyzer", "loqui-analysis/data/LICENSE-ge2e"),
    ("Voice activity detector: Silero", "loqui-analysis/data/LICENSE-silero"),
];

/// The dictionaries of the offline voice.
const LEXICON: &str = "loqui-offline/data/lexicon.bin";

/// Writes the generated files, or compares them with what would be written.
pub(crate) fn generate(steps: &mut Steps, check: bool) -> Result<(), Failure> {
    let mut build = cargo::cargo(["build", "--workspace", "--example", cargo::EXAMPLE]);
    steps.run("Build the generator", &mut build)?;
    let generator = place::built()?.join(format!("examples/{}{EXE_SUFFIX}", cargo::EXAMPLE));
    let table = output(&mut Command::new(generator))? + "\n";
    put(ERRORS, &table, check)?;
    put(ERRORS_PAGE, &errors::page(&table)?, check)?;
    lexicon(steps, check)?;
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

/// Packs the dictionaries that are inside a crate from the registry.
fn lexicon(steps: &mut Steps, check: bool) -> Result<(), Failure> {
    // Of this platform alone: for all others together, packages would have to be fetched that nothing here needs.
    let platform = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let mut metadata = cargo::cargo(["metadata", "--format-version", "1", "--locked", "--filter-platform"]);
    let manifest = output(metadata.arg(platform.trim()))?;
    let folder = folder_of(&manifest, "loqui-g2p")
        .ok_or_else(|| Failure::new("cargo metadata names no folder of loqui-g2p".to_owned()))?;
    let mut command = cargo::example(steps, "lexicon", false)?;
    let made = place::target()?.join("lexicon.bin");
    steps.run("Pack the dictionaries", command.arg(folder.join("data")).arg(&made))?;
    let file = place::root().join(LEXICON);
    let packed = fs::read(&made).map_err(at(&made))?;
    if fs::read(&file).unwrap_or_default() == packed {
        println!("{LEXICON} is up to date");
        return Ok(());
    }
    if check {
        return Err(Failure::new(format!("{LEXICON} is stale; run: cargo xtask generate")));
    }
    fs::write(&file, packed).map_err(at(&file))?;
    println!("{LEXICON} written");
    Ok(())
}

/// Where a package's manifest lies, from what `cargo metadata` tells.
fn folder_of(metadata: &str, package: &str) -> Option<PathBuf> {
    let places = metadata.split("\"manifest_path\":\"").skip(1);
    let mut paths = places.filter_map(|rest| rest.split_once('"'));
    let prefix = format!("{package}-");
    let (path, _) = paths.find(|(path, _)| {
        let folder = Path::new(path).parent().and_then(Path::file_name);
        folder.is_some_and(|name| name.to_string_lossy().starts_with(&prefix))
    })?;
    // JSON doubles the separators of one system.
    Path::new(&path.replace("\\\\", "\\")).parent().map(Path::to_owned)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_in_what_cargo_tells() {
        let metadata =
            r#"{"packages":[{"manifest_path":"/a/one-1.0.0/Cargo.toml"},{"manifest_path":"/a/two-2.1.0/Cargo.toml"}]}"#;
        assert_eq!(folder_of(metadata, "two"), Some(PathBuf::from("/a/two-2.1.0")));
        assert_eq!(folder_of(metadata, "three"), None);
    }
}
