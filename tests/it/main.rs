//! Tests across crates and languages. `spec/` holds the vectors and tables that all languages read.

mod cases;
mod chaos;
mod errors;
mod examples;
mod findings_page;
mod needs_peers;
mod settings_page;
mod takes;
mod voices;
