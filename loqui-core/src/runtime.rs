//! Runs generations: claims them, performs the steps of the plan, and records each result.
//!
//! [`Runtime`] holds the state that the generations of a process share. A driver claims a generation and renews the
//! lease, the runner asks the plan and records results, and the steps call the engine and the audio store. The
//! decisions are in [`ledger::plan`](crate::ledger::plan).

pub(crate) mod artefacts;
pub(crate) mod concurrency;
mod context;
pub(crate) mod driver;
mod finish;
mod judge;
mod late_predictions;
mod lease;
pub(crate) mod outage;
mod references;
mod retention;
pub(crate) mod reuse;
mod runner;
mod signals;
#[cfg(test)]
mod simulation;
mod steady;
mod steps;
#[cfg(all(test, any(feature = "sqlite", feature = "postgres")))]
pub(crate) mod testing;
mod voice;
mod waiters;
mod watch;
mod words;
mod worker;

pub(crate) use context::{Engines, Runtime, Settings, Shared};
pub(crate) use finish::provenance;
pub(crate) use voice::policy_for;
pub(crate) use waiters::Waiters;
pub(crate) use watch::watch;
pub(crate) use words::{words, words_of_segment};
