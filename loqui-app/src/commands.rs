//! One file for each command.

pub(crate) mod batch;
pub(crate) mod check;
pub(crate) mod emulator;
pub(crate) mod estimate;
pub(crate) mod generations;
pub(crate) mod samples;
pub(crate) mod speak;
pub(crate) mod usage;
