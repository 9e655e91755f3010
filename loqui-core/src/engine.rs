//! Speech engines. An engine turns one segment of text into audio; the runtime records each call in the ledger.
//!
//! Implement [`LocalEngine`] for an engine that returns audio at once, and [`SpeechEngine`] for one whose takes run at a
//! provider. Every local engine is also a `SpeechEngine`, which is what [`LoquiBuilder::engine`] takes.
//!
//! [`LoquiBuilder::engine`]: crate::LoquiBuilder::engine

#[cfg(feature = "replicate")]
mod cog;
mod local;
mod model;
#[cfg(feature = "offline")]
mod offline;
#[cfg(feature = "replicate")]
mod openai;
mod order;
#[cfg(feature = "pocket")]
mod pocket;
mod remote;
#[cfg(feature = "replicate")]
mod replicate;

// Types of other crates in the traits, so that implementors need no dependency on those crates.
pub use async_trait::async_trait;
pub use bytes::Bytes;
#[cfg(feature = "replicate")]
pub use cog::CogEngine;
pub use local::{LocalEngine, SpokenAudio};
pub use model::{ModelInfo, Price};
#[cfg(feature = "offline")]
pub use offline::OfflineEngine;
#[cfg(feature = "replicate")]
pub use openai::{OpenAiEngine, OpenAiServer};
pub use order::Order;
#[cfg(feature = "pocket")]
pub use pocket::PocketEngine;
pub use remote::{Remote, SpeechEngine, StartError, Started};
#[cfg(feature = "replicate")]
pub use replicate::ReplicateEngine;
pub use serde_json::Value;

pub use crate::sample::Reference;
