//! `bench`: comparisons with the provider's official clients, side by side in one run.

use crate::step::{Failure, Steps};
use crate::{cargo, peers, venv};

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

/// The splitter that Python programs use most, and the crate `sentencex` in its Python form.
const SPLITTERS: [&str; 2] = ["pysbd==0.3.4", "sentencex==1.0.32"];

/// Writes the table of where sentences end in many languages, by four splitters.
pub(crate) fn splitter(steps: &mut Steps) -> Result<(), Failure> {
    venv::install(steps, "splitter", &SPLITTERS.map(str::to_owned))?;
    let mut command = cargo::example(steps, "splitter", false)?;
    command.env("LOQUI_BENCH_PYTHON", venv::program("python")?);
    steps.run("Sentences, four splitters", command.arg("docs/benchmarks/splitter.md"))
}
