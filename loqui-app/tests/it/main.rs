//! Tests of the program as a process.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod architecture;
mod backend;
mod backup;
mod batch;
mod books;
mod browser;
mod clean;
mod deployment;
mod elevenlabs;
#[cfg(unix)]
mod formats;
mod guide;
mod keeps;
mod kubernetes;
mod mcp;
mod models;
mod needs_peers;
mod needs_postgres;
mod nodes;
mod operations;
mod page;
mod pocket;
mod program;
mod script;
mod security;
mod server;
mod settings;
mod socket;
mod speak_options;
mod survives;
mod transcript;
mod voices;
mod words;
mod wrong;
