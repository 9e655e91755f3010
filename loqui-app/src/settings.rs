//! The settings of the program, for every command.
//!
//! A flag overrides an environment variable, which overrides the configuration file, which overrides the default. The
//! library reads its own variables ([`Environment`](loqui_core::Environment)); `clap` reads the others.

mod engine;
mod file;
mod library;
mod server;
mod web;

pub(crate) use engine::{Engine, EngineFlags};
pub(crate) use file::File;
pub(crate) use library::{LibraryFlags, LibrarySettings};
pub(crate) use server::{LogFormat, ServerFlags, ServerSettings};
pub(crate) use web::BasePath;

/// Removes surrounding blanks. A blank value counts as not set.
fn not_blank(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
