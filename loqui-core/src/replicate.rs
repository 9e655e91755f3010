//! A client for Replicate's Chatterbox models. It can be used without generations and stores.
//!
//! [`Client::run`] runs a model from input to audio and pays once. Each step is also available on its own:
//!
//! * A create is sent once and never repeated. [`CreateError`] tells whether it may have been paid.
//! * All other calls are retried with the delays that the API asks for. Clients of one token share one rate limiter.
//! * The token is sent to the API only. Outputs are downloaded from Replicate's hosts only.
//!
//! The API is described at <https://replicate.com/docs/reference/http>.
//!
//! ```no_run
//! # // no_run: needs a token, and is paid for.
//! # async fn speak(wav: bytes::Bytes) -> loqui_core::Result<()> {
//! use std::time::Duration;
//! use loqui_core::VoiceSettings;
//! use loqui_core::replicate::{Client, Model, RunOptions};
//!
//! let client = Client::new("r8_...")?;
//! let model = Model::by_name("chatterbox")?;
//! let reference = client.reference(&wav, Duration::from_secs(600)).await?;
//! let input = model.input("Hello!", Some(&reference), &VoiceSettings::default(), Some(7))?;
//! let run = client.run(&model.prediction(input), &RunOptions::default()).await?;
//! println!("{} bytes of speech by {}", run.wav.len(), run.prediction.id);
//! # Ok(())
//! # }
//! ```

mod breaker;
mod builder;
mod client;
mod failure;
mod files;
mod latency;
mod limiter;
mod models;
mod origin;
mod outputs;
mod poller;
mod predictions;
mod progress;
mod reference;
mod schema;
mod shared;
mod token;
pub mod webhooks;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use builder::ClientBuilder;
pub use bytes::Bytes;
pub use client::Client;
pub use files::RemoteFile;
pub use models::{Model, ModelChoice, ModelPrice, PriceBasis};
pub use origin::DEFAULT_BASE_URL;
pub(crate) use predictions::earliest_creation;
pub use predictions::{
    CreateError, FoundPredictions, NewPrediction, Prediction, PredictionFilter, PredictionPage, Route, Run, RunOptions,
    Status, WaitOptions,
};
pub use progress::progress;
pub use reference::MAX_INLINE_BYTES;
pub use schema::SchemaDrift;
pub use serde_json::{Map, Value};
pub use token::Token;
// Types of other crates in this module's functions.
pub use url::Url;
