//! The program, run as a process.

mod backend;
#[cfg(unix)]
mod guide;
mod operations;
mod program;
mod security;
mod server;
mod survives;
mod wrong;
