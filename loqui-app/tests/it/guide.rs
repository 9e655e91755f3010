//! The guide, statement by statement: one file a chapter, the number of the statement in the name of its test.
//! `docs/guide-parity.md` says where each of the others is kept.

mod create;
mod download;
mod implied;
mod script;
mod service;
mod status;
mod upload;
