//! A model in a container of your own: the HTTP API of Cog, which every model at Replicate is packed with. Usable alone.
//!
//! A prediction is one `PUT` under a name of the caller's choosing, and its answer is the speech: the container cannot be
//! asked for it later. The name makes it safe to repeat: while a prediction of that name runs, no second one is begun.
//! Where the connection ends, the container stops what it was doing. Nothing is paid for.
//!
//! ```no_run
//! # // no_run: needs a container with the model.
//! # async fn speak(wav: bytes::Bytes) -> loqui_core::Result<()> {
//! use std::time::Duration;
//! use loqui_core::SpeakOptions;
//! use loqui_core::cog::{Client, Predicted};
//! use loqui_core::replicate::Model;
//!
//! let client = Client::new("http://gpu-box:5000")?;
//! client.ready().await?;
//! let reference = loqui_core::cog::data_uri(&wav);
//! let input = Model::by_name("chatterbox")?.input("Hello!", Some(&reference), &SpeakOptions::default(), Some(7))?;
//! if let Predicted::Audio(wav) = client.predict("hello-1", &input, Duration::from_secs(600)).await? {
//!     println!("{} bytes of speech", wav.len());
//! }
//! # Ok(())
//! # }
//! ```

mod address;
mod answer;
mod client;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

pub use answer::Predicted;
pub use client::Client;

/// Returns a WAV file as an address that carries it: how a container gets a recording.
pub fn data_uri(wav: &[u8]) -> String {
    format!("data:audio/wav;base64,{}", BASE64_STANDARD.encode(wav))
}

#[cfg(test)]
pub(crate) mod testing;
