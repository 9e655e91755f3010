//! `bench`: comparisons with the provider's official clients, and with the usual build of a backend, each in one run.

use std::fs;

use crate::cargo::cargo;
use crate::step::{Failure, Steps, at};
use crate::{cargo, node, peers, place, python, venv};

/// Writes the table of what each client does about each fault.
pub(crate) fn faults(steps: &mut Steps) -> Result<(), Failure> {
    let peers = peers::install(steps)?;
    let mut command = cargo::example(steps, "fault_table", false)?;
    peers.tell(&mut command);
    steps.run("Faults, three clients", command.arg("docs/benchmarks/faults.md"))
}

/// Prints what a generation costs each client in computing time and memory.
pub(crate) fn clients(steps: &mut Steps) -> Result<(), Failure> {
    let peers = peers::install(steps)?;
    let mut command = cargo::example(steps, "client_cost", true)?;
    peers.tell(&mut command);
    steps.run("Cost, three clients", &mut command)
}

/// Prints what the same work takes in the three languages, and with the official clients; with `--cancel`, what 1,000
/// cancellations leave behind.
pub(crate) fn languages(steps: &mut Steps, words: &[&str]) -> Result<(), Failure> {
    let peers = peers::install(steps)?;
    python::setup(steps)?;
    node::setup(steps)?;
    let mut build = cargo(["build", "--release", "--workspace", "--lib"]);
    build.args(["--example", "languages_loqui", "--example", "languages_emulator"]);
    steps.run("Build the three and the provider", &mut build)?;
    let built = place::target()?.join("release");
    python::place_from(steps, &built)?;
    node::place_addon(&built)?;
    let mut run = venv::python()?;
    peers.tell(&mut run);
    run.env("CARGO_TARGET_DIR", place::target()?);
    let program = place::root().join("benches/languages/run.py");
    steps.run("Three languages, one provider", run.arg(program).args(words))
}

/// Prints how the backend does beside the usual build of one, on the same provider.
pub(crate) fn backend(steps: &mut Steps) -> Result<(), Failure> {
    let folder = place::root().join("benches/guide_backend");
    let file = folder.join("requirements.txt");
    let requirements = fs::read_to_string(&file).map_err(at(&file))?;
    let requirements: Vec<String> = requirements.lines().map(str::to_owned).collect();
    venv::install(steps, "backend", &requirements)?;
    let mut build = cargo(["build", "--release", "--workspace", "--bin", "loqui", "--example"]);
    steps.run("Build loqui and the provider", build.arg("languages_emulator"))?;
    let mut run = venv::python()?;
    run.env("CARGO_TARGET_DIR", place::target()?);
    steps.run("Two backends, one provider", run.arg(folder.join("run.py")))
}

/// The splitter that Python programs use most, and the crate `sentencex` in its Python form.
const SPLITTERS: [&str; 2] = ["pysbd==0.3.4", "sentencex==1.0.32"];

/// Writes the table of where sentences end in many languages, by four splitters.
pub(crate) fn splitter(steps: &mut Steps) -> Result<(), Failure> {
    venv::install(steps, "splitter", &SPLITTERS.map(str::to_owned))?;
    let mut command = cargo::example(steps, "splitter", false)?;
    command.env("LOQUI_BENCH_PYTHON", venv::program("python")?);
    steps.run("Sentences, four splitters", command.arg("docs/benchmarks/splitter.md"))
}
