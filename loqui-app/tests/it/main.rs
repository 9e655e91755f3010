//! The program, run as a process.

mod batch;
mod keeps;
mod program;
mod survives;
mod wrong;
