//! The emulator over HTTP, as its callers meet it.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

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
