//! `package`: builds the published packages and checks their sizes.

use std::fs;
use std::path::Path;

use crate::cargo::cargo;
use crate::step::{Failure, Steps, at, output};
use crate::{node, place, python, venv};

/// The published crates.
const CRATES: [&str; 7] = [
    "loqui-core",
    "loqui-analysis",
    "loqui-offline",
    "loqui-text",
    "loqui-pocket",
    "loqui-emulator",
    "loqui-app",
];

/// The size limit of a wheel and of an npm package.
const LIMIT_BYTES: u64 = 40_000_000;

/// The size limit of the crate registry for a packed crate.
const CRATE_LIMIT_BYTES: u64 = 10 << 20;

/// The licence files that a package with weights must contain, as the end of a path in it.
const LICENCES: [&str; 3] = [
    "licenses/LICENSE-APACHE",
    "licenses/LICENSE-MIT",
    "licenses/WEIGHTS.txt",
];

/// Builds the wheel and the npm package, packs the crates, and prints the sizes.
pub(crate) fn package(steps: &mut Steps) -> Result<(), Failure> {
    let folder = place::target()?.join("package");
    if folder.is_dir() {
        fs::remove_dir_all(&folder).map_err(at(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    wheel(steps, &folder)?;
    tarball(steps, &folder)?;

    let mut sizes = crates(&folder)?;
    for entry in fs::read_dir(&folder).map_err(at(&folder))? {
        let entry = entry.map_err(at(&folder))?;
        let data = entry.metadata().map_err(at(&folder))?;
        if data.is_file() {
            carries_licences(&entry.path())?;
            sizes.push((entry.file_name().to_string_lossy().into_owned(), data.len()));
        }
    }
    println!("\npackages in {}", folder.display());
    for (name, bytes) in &sizes {
        println!("{:>8.2} MB  {name}", *bytes as f64 / 1e6);
    }
    match too_large(&sizes) {
        Some(name) => Err(Failure::new(format!(
            "{name} is larger than {} MB",
            limit(name) / 1_000_000
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
        "--profile",
        "dist",
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
    steps.run(
        "Node addon",
        &mut cargo(["build", "--profile", "dist", "-p", "loqui-node"]),
    )?;
    node::place_addon(&place::target()?.join("dist"))?;
    let mut command = node::npm(&package);
    steps.run(
        "npm package",
        command.args(["pack", "--silent", "--pack-destination"]).arg(folder),
    )
}

/// Packs every crate for publication and returns the sizes.
fn crates(folder: &Path) -> Result<Vec<(String, u64)>, Failure> {
    let mut command = cargo(["package", "--quiet", "--no-verify", "--allow-dirty", "--target-dir"]);
    command.arg(folder.join("crates"));
    for name in CRATES {
        command.args(["-p", name]);
    }
    output(&mut command)?;
    let packed = folder.join("crates/package");
    let mut sizes = Vec::new();
    for entry in fs::read_dir(&packed).map_err(at(&packed))? {
        let path = entry.map_err(at(&packed))?.path();
        if path.extension().is_some_and(|extension| extension == "crate") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sizes.push((name, fs::metadata(&path).map_err(at(&path))?.len()));
        }
    }
    sizes.sort();
    Ok(sizes)
}

/// Checks that a package contains the licences of the weights, which their terms require.
fn carries_licences(package: &Path) -> Result<(), Failure> {
    let module = match package.extension().and_then(|extension| extension.to_str()) {
        Some("whl") => "zipfile",
        Some("tgz") => "tarfile",
        _ => return Ok(()),
    };
    let listed = output(venv::python()?.args(["-m", module, "-l"]).arg(package))?;
    match LICENCES.iter().find(|licence| !listed.contains(*licence)) {
        Some(missing) => Err(Failure::new(format!(
            "{} does not contain {missing}",
            package.display()
        ))),
        None => Ok(()),
    }
}

fn too_large(sizes: &[(String, u64)]) -> Option<&str> {
    sizes
        .iter()
        .find(|(name, bytes)| *bytes > limit(name))
        .map(|(name, _)| name.as_str())
}

fn limit(name: &str) -> u64 {
    if Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "crate")
    {
        CRATE_LIMIT_BYTES
    } else {
        LIMIT_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_is_allowed_and_one_byte_more_is_not() {
        assert_eq!(too_large(&[("a".into(), LIMIT_BYTES)]), None);
        assert_eq!(too_large(&[("a".into(), 1), ("b".into(), LIMIT_BYTES + 1)]), Some("b"));
        assert_eq!(too_large(&[("a.crate".into(), CRATE_LIMIT_BYTES)]), None);
        assert_eq!(too_large(&[("a.crate".into(), CRATE_LIMIT_BYTES + 1)]), Some("a.crate"));
    }
}
