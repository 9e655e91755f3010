//! The program, run as a process.

mod keeps;
mod program;
mod survives;
mod wrong;
