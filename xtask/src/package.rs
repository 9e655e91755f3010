//! `package`: what would be published, and how large it is.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::cargo;
use crate::step::{Failure, Steps, at, output};
use crate::{node, place, python, venv};

/// The crates that users may depend on.
const CRATES: [&str; 6] = [
    "loqui-core",
    "loqui-analysis",
    "loqui-offline",
    "loqui-text",
    "loqui-emulator",
    "loqui-app",
];

/// No package may be larger than this.
const LIMIT_BYTES: u64 = 40_000_000;

/// Builds the wheel and the npm package, lists the crates, prints the sizes.
pub(crate) fn package(steps: &mut Steps) -> Result<(), Failure> {
    let folder = place::target()?.join("package");
    if folder.is_dir() {
        fs::remove_dir_all(&folder).map_err(at(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    wheel(steps, &folder)?;
    tarball(steps, &folder)?;

    let mut sizes = crates()?;
    for entry in fs::read_dir(&folder).map_err(at(&folder))? {
        let entry = entry.map_err(at(&folder))?;
        let bytes = entry.metadata().map_err(at(&folder))?.len();
        sizes.push((entry.file_name().to_string_lossy().into_owned(), bytes));
    }
    println!("\npackages in {}; crates are counted unpacked", folder.display());
    for (name, bytes) in &sizes {
        println!("{:>8.2} MB  {name}", *bytes as f64 / 1e6);
    }
    match too_large(&sizes) {
        Some(name) => Err(Failure::new(format!(
            "{name} is larger than {} MB",
            LIMIT_BYTES / 1_000_000
        ))),
        None => Ok(()),
    }
}

fn wheel(steps: &mut Steps, folder: &Path) -> Result<(), Failure> {
    let Some(pyproject) = python::pyproject(steps) else {
        return Ok(());
    };
    venv::make(steps)?;
    let tools = venv::requirements(&pyproject, &["build-system/requires"])?;
    venv::install(steps, "build", &tools)?;
    let mut command = venv::python()?;
    command.args([
        "-m",
        "maturin",
        "build",
        "--release",
        "--manifest-path",
        "loqui-py/Cargo.toml",
        "--out",
    ]);
    steps.run("Python wheel", command.arg(folder))
}

fn tarball(steps: &mut Steps, folder: &Path) -> Result<(), Failure> {
    let Some(package) = node::package(steps) else {
        return Ok(());
    };
    steps.run("Node addon", &mut cargo(["build", "--release", "-p", "loqui-node"]))?;
    node::place_addon(&place::target()?.join("release"))?;
    let mut command = node::npm(&package);
    steps.run(
        "npm package",
        command.args(["pack", "--silent", "--pack-destination"]).arg(folder),
    )
}

/// The size of every crate's files.
fn crates() -> Result<Vec<(String, u64)>, Failure> {
    CRATES
        .into_iter()
        .map(|name| Ok((format!("crate {name}"), size_of(name)?)))
        .collect()
}

fn size_of(name: &str) -> Result<u64, Failure> {
    let listed = output(cargo(["package", "--list", "--allow-dirty", "-p"]).arg(name))?;
    let files = listed.lines().map(|file| place::root().join(name).join(file));
    // Files that only the package has (the lock file, the original manifest) are small and not on the disk.
    Ok(files
        .filter_map(|file: PathBuf| fs::metadata(file).ok())
        .map(|data| data.len())
        .sum())
}

fn too_large(sizes: &[(String, u64)]) -> Option<&str> {
    sizes
        .iter()
        .find(|(_, bytes)| *bytes > LIMIT_BYTES)
        .map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_is_allowed_and_one_byte_more_is_not() {
        assert_eq!(too_large(&[("a".into(), LIMIT_BYTES)]), None);
        assert_eq!(too_large(&[("a".into(), 1), ("b".into(), LIMIT_BYTES + 1)]), Some("b"));
    }
}
