//! The statements of the guide: one file per chapter, with the number of the statement in the name of the test.
//! `docs/guide-parity.md` lists where the other statements are tested.

mod create;
mod download;
mod implied;
mod script;
mod service;
mod status;
mod upload;
