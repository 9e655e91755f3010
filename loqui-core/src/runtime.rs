//! Carries generations on: claims them, performs the steps that the plan asks for, and records each result.

pub(crate) mod concurrency;
pub(crate) mod driver;
mod finish;
pub(crate) mod judge;
mod late_predictions;
pub(crate) mod references;
mod retention;
pub(crate) mod reuse;
pub(crate) mod runner;
pub(crate) mod signals;
#[cfg(test)]
mod simulation;
pub(crate) mod steps;
pub(crate) mod watch;
mod worker;
