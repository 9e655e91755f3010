//! Sets up, installs and tests the Node package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Failure, Steps, at, output};
use crate::{cargo, place, put};

/// A script that prints the name of this platform in the file names of addons.
const MACHINE: &str = "
const { platform, arch, report } = process;
const glibc = () => report.getReport().header.glibcVersionRuntime;
const abi = platform === 'win32' ? '-msvc' : platform !== 'linux' ? '' : glibc() ? '-gnu' : '-musl';
console.log(`${platform}-${arch}${abi}`);
";

/// Installs the development dependencies of the package, unless they are installed.
pub(crate) fn setup(steps: &mut Steps) -> Result<(), Failure> {
    match package(steps) {
        Some(package) => install(steps, "Install for Node", &package),
        None => Ok(()),
    }
}

/// Installs the development dependencies in this folder, unless they are installed.
pub(crate) fn install(steps: &mut Steps, title: &str, package: &Path) -> Result<(), Failure> {
    let stamp = package.join("node_modules/.loqui-installed");
    let wanted = wanted(package)?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut command = npm(package);
    command.args(["install", "--no-audit", "--no-fund", "--no-save"]);
    if !package.join("package-lock.json").is_file() {
        command.arg("--no-package-lock");
    }
    steps.run(title, &mut command)?;
    let folder = package.join("node_modules");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    fs::write(&stamp, wanted).map_err(at(&stamp))
}

/// Installs the addon and runs the tests. The libraries must be built.
pub(crate) fn test(steps: &mut Steps) -> Result<(), Failure> {
    let Some(package) = package(steps) else {
        return Ok(());
    };
    setup(steps)?;
    place_addon(&place::built()?)?;
    steps.run("Node tests", Command::new("node").arg("--test").current_dir(&package))?;
    steps.run("Node types", npm(&package).args(["run", "--if-present", "types"]))
}

/// Copies the addon from this build folder into the package.
pub(crate) fn place_addon(built: &Path) -> Result<(), Failure> {
    let machine = output(Command::new("node").args(["-e", MACHINE]))?;
    put::copy(
        &cargo::dynamic_library(built, "loqui_node"),
        &place::root().join(format!("loqui-node/loqui.{machine}.node")),
    )
}

pub(crate) fn npm(package: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(package);
    command
}

pub(crate) fn package(steps: &Steps) -> Option<PathBuf> {
    let package = place::root().join("loqui-node");
    if package.join("package.json").is_file() {
        return Some(package);
    }
    steps.skip("Node", "loqui-node/package.json does not exist");
    None
}

/// Returns the files that determine the installation.
fn wanted(package: &Path) -> Result<String, Failure> {
    let manifest = package.join("package.json");
    let text = fs::read_to_string(&manifest).map_err(at(&manifest))?;
    let lock = fs::read_to_string(package.join("package-lock.json")).unwrap_or_default();
    Ok(text + &lock)
}
