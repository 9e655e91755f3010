//! The program, run as a process.

mod program;
mod survives;
mod wrong;
