//! The program, run as a process.

mod batch;
mod program;
mod survives;
mod wrong;
