//! One file for each command.

pub(crate) mod batch;
pub(crate) mod check;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod estimate;
pub(crate) mod generations;
pub(crate) mod samples;
pub(crate) mod serve;
pub(crate) mod speak;
pub(crate) mod usage;
pub(crate) mod users;
pub(crate) mod worker;
