//! A client for Replicate's Chatterbox models, usable alone: it knows no generations and no stores.
//!
//! [`Client::run`] does it all and pays once. The steps are there one by one as well: a create is sent once and never
//! repeated; what its error says about payment is in [`CreateError`]. Everything else is
//! retried with the provider's hints, at one pace for all who share a [`Client`]. The token goes to the API and nowhere
//! else; outputs come from Replicate's own hosts only.
//!
//! ```no_run
//! # // no_run: needs a token, and is paid for.
//! # async fn speak(wav: bytes::Bytes) -> loqui_core::Result<()> {
//! use std::time::Duration;
//! use loqui_core::SpeakOptions;
//! use loqui_core::replicate::{Client, Model, RunOptions};
//!
//! let client = Client::new("r8_...")?;
//! let model = Model::by_name("chatterbox")?;
//! let reference = client.reference(&wav, Duration::from_secs(600)).await?;
//! let input = model.input("Hello!", Some(&reference), &SpeakOptions::default(), Some(7))?;
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
pub(crate) mod http;
mod latency;
mod limiter;
mod models;
mod origin;
mod outputs;
mod poller;
mod predictions;
mod progress;
mod public_dns;
mod redact;
mod reference;
mod retry;
mod schema;
mod shared;
mod token;
pub mod webhooks;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use builder::ClientBuilder;
pub use client::Client;
pub use files::RemoteFile;
pub use models::{Model, ModelChoice, ModelPrice, PriceBasis};
pub use origin::DEFAULT_BASE_URL;
pub use predictions::{
    CreateError, Found, NewPrediction, Prediction, PredictionFilter, PredictionPage, Route, Run, RunOptions, Status,
    WaitOptions,
};
pub use progress::progress;
pub use reference::MAX_INLINE_BYTES;
pub use schema::SchemaDrift;
pub use token::Token;
