//! The virtual environment in the target folder, for the Python tests and for tools distributed as wheels.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place;
use crate::step::{Failure, Steps, at, output};

/// A script that reads lists of requirements from a pyproject.toml. The first argument is the file, the others name lists.
const READ_REQUIREMENTS: &str = "
import sys, tomllib
with open(sys.argv[1], 'rb') as file:
    project = tomllib.load(file)
for path in sys.argv[2:]:
    found = project
    for key in path.split('/'):
        found = found[key]
    print(*found, sep='\\n')
";

/// The folder of the environment.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    Ok(place::target()?.join("venv"))
}

/// Returns the path of a program in the environment.
pub(crate) fn program(name: &str) -> Result<PathBuf, Failure> {
    let inside = if cfg!(windows) { "Scripts" } else { "bin" };
    Ok(folder()?
        .join(inside)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Creates a command for the environment's Python in the root of the workspace.
pub(crate) fn python() -> Result<Command, Failure> {
    let mut command = Command::new(program("python")?);
    command.current_dir(place::root());
    Ok(command)
}

/// Creates the environment if it does not exist or its Python is gone.
pub(crate) fn make(steps: &mut Steps) -> Result<(), Failure> {
    let works = python()?
        .args(["-m", "pip", "--version"])
        .output()
        .is_ok_and(|run| run.status.success());
    if works {
        return Ok(());
    }
    let python = system_python()?;
    let folder = folder()?;
    let mut command = Command::new(python);
    command.args(["-m", "venv", "--clear"]).arg(folder);
    steps.run("Create the Python environment", &mut command)
}

/// Installs requirements, unless they are installed.
pub(crate) fn install(steps: &mut Steps, name: &str, requirements: &[String]) -> Result<(), Failure> {
    make(steps)?;
    let stamp = folder()?.join(format!("loqui-{name}.txt"));
    let wanted = requirements.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut command = python()?;
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    steps.run(
        &format!("Install for Python: {}", requirements.join(" ")),
        command.args(requirements),
    )?;
    fs::write(&stamp, wanted).map_err(at(&stamp))
}

/// Reads requirements from `pyproject`. The keys name a list, for example `build-system/requires`.
pub(crate) fn requirements(pyproject: &Path, lists: &[&str]) -> Result<Vec<String>, Failure> {
    let listed = output(python()?.args(["-c", READ_REQUIREMENTS]).arg(pyproject).args(lists))?;
    Ok(listed.lines().map(str::to_owned).collect())
}

/// Adds a folder to the import path of the environment.
pub(crate) fn put_on_path(packages: &Path) -> Result<(), Failure> {
    let site = output(python()?.args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]))?;
    let file = Path::new(&site).join("loqui.pth");
    fs::write(&file, format!("{}\n", packages.display())).map_err(at(&file))
}

fn system_python() -> Result<&'static str, Failure> {
    ["python3", "python"]
        .into_iter()
        .find(|name| {
            let check = "import sys; sys.exit(sys.version_info < (3, 11))";
            Command::new(name)
                .args(["-c", check])
                .output()
                .is_ok_and(|run| run.status.success())
        })
        .ok_or_else(|| Failure::new("no Python 3.11 or later on the path: install one, with its venv module"))
}
