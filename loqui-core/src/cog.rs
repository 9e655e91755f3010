//! A client for a model in your own container, over the HTTP API of Cog (<https://github.com/replicate/cog/blob/main/docs/http.md>).
//!
//! A prediction is one `PUT` request with an id that the caller chooses. Its response contains the speech, which cannot be
//! read later. A repeated request does not start a second prediction while one with this id runs. The container stops a
//! prediction when its connection closes. Predictions are free of charge.
//!
//! ```no_run
//! # // no_run: needs a container with the model.
//! # async fn speak(wav: bytes::Bytes) -> loqui_core::Result<()> {
//! use std::time::Duration;
//! use loqui_core::VoiceSettings;
//! use loqui_core::cog::{Client, Predicted};
//! use loqui_core::replicate::Model;
//!
//! let client = Client::new("http://gpu-box:5000")?;
//! client.ready().await?;
//! let reference = loqui_core::cog::data_uri(&wav);
//! let input = Model::by_name("chatterbox")?.input("Hello!", Some(&reference), &VoiceSettings::default(), Some(7))?;
//! if let Predicted::Audio(wav) = client.predict("hello-1", &input, Duration::from_secs(600)).await? {
//!     println!("{} bytes of speech", wav.len());
//! }
//! # Ok(())
//! # }
//! ```

mod address;
mod client;
mod response;

pub use client::Client;
pub use response::Predicted;

/// Returns a WAV file as a data URI, for the reference field of an input.
pub fn data_uri(wav: &[u8]) -> String {
    crate::http::data_uri::of_wav(wav)
}

#[cfg(test)]
pub(crate) mod testing;
