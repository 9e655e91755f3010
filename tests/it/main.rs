//! What crosses crates and languages; `spec/` holds the tables that the tests of all languages read.

mod cases;
mod chaos;
mod errors;
mod examples;
mod needs_peers;
mod settings_page;
mod takes;
