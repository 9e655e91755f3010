//! Tests of the emulator over HTTP.

#![expect(clippy::unwrap_used, reason = "an error fails the test")]

mod control;
mod creating;
mod faults;
mod files;
mod lifecycle;
mod limits;
mod listing;
mod outputs;
mod support;
mod webhooks;
