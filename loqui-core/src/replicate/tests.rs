//! Tests of the client against the emulator and its faults.

mod creates;
mod downloads;
mod polls;
mod reads;
mod recorded;
mod references;
mod runs;
