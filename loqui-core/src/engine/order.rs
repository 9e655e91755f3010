//! What an engine is asked to do: one segment, one take.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::options::SpeakOptions;

/// The recording that the voice is taken from, as the engine hears it: mono WAV, 24 kHz, 16 bit.
#[derive(Clone)]
pub struct Reference {
    wav: Bytes,
    sha256: Arc<str>,
}

impl Reference {
    /// Wraps a WAV file.
    pub fn new(wav: Bytes) -> Self {
        let sha256 = hex::encode(Sha256::digest(&wav)).into();
        Self { wav, sha256 }
    }

    /// The WAV file.
    pub fn wav(&self) -> &Bytes {
        &self.wav
    }

    /// Whether there are clones of it.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.sha256) > 1
    }

    /// The SHA-256 of the file, in hexadecimal: uploads are reused by it.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({} bytes, {})", self.wav.len(), &self.sha256[..8])
    }
}

/// One take of one segment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Order {
    /// The full name of the model.
    pub model: String,
    /// What to say.
    pub text: String,
    /// Not zero; with the text it identifies a lost prediction.
    pub seed: u32,
    /// The voice; engines without cloning ignore it.
    pub reference: Reference,
    /// How to say it.
    pub options: SpeakOptions,
    /// When the intent to send it was written down.
    pub intended_at: Timestamp,
    /// It is sent before this, or not at all: whoever looks for a lost one later relies on it.
    pub send_by: Timestamp,
    /// Which take it is, as a webhook's address carries it; nothing for orders outside a generation.
    pub take: Option<String>,
    /// How long it may wait and run elsewhere before the provider ends it by itself.
    pub cancel_after: Duration,
}

impl Order {
    /// Builds an order.
    #[expect(clippy::too_many_arguments, reason = "an order has no sensible defaults")]
    pub fn new(
        model: impl Into<String>,
        text: impl Into<String>,
        seed: u32,
        reference: Reference,
        options: SpeakOptions,
        intended_at: Timestamp,
        send_by: Timestamp,
        cancel_after: Duration,
    ) -> Self {
        Self {
            model: model.into(),
            text: text.into(),
            seed,
            reference,
            options,
            intended_at,
            send_by,
            cancel_after,
            take: None,
        }
    }

    /// Names the take.
    #[must_use]
    pub fn with_take(mut self, take: impl Into<String>) -> Self {
        self.take = Some(take.into());
        self
    }
}
