//! The program, run as a process.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod batch;
mod keeps;
mod program;
mod survives;
mod wrong;
