//! `bench`: comparisons with the provider's official clients, side by side in one run.

use crate::step::{Failure, Steps};
use crate::{cargo, peers};

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
