//! An order: one take of one segment.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::options::SpeakOptions;

/// The reference recording of the voice: mono WAV, 24 kHz, 16 bit.
#[derive(Clone)]
pub struct Reference {
    wav: Bytes,
    sha256: Arc<str>,
}

impl Reference {
    /// Creates a reference from a WAV file.
    pub fn new(wav: Bytes) -> Self {
        let sha256 = hex::encode(Sha256::digest(&wav)).into();
        Self { wav, sha256 }
    }

    /// Returns the WAV file.
    pub fn wav(&self) -> &Bytes {
        &self.wav
    }

    /// Returns true if other clones exist.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.sha256) > 1
    }

    /// Returns the SHA-256 of the file in hexadecimal. Uploads are reused by this digest.
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
    /// Full name of the model.
    pub model: String,
    /// Text to speak.
    pub text: String,
    /// Random seed, not zero. Seed and text identify a prediction whose response was lost.
    pub seed: u32,
    /// The voice. Engines that do not clone voices may ignore it.
    pub reference: Reference,
    /// Speak options.
    pub options: SpeakOptions,
    /// Time at which the intent to send the order was recorded.
    pub intended_at: Timestamp,
    /// The order must not be sent after this time. The search for lost orders relies on it.
    pub send_by: Timestamp,
    /// Name of the take, as in the URL of a webhook. Absent outside a generation.
    pub take: Option<String>,
    /// Time after which the provider ends the prediction.
    pub cancel_after: Duration,
}

impl Order {
    /// Creates an order.
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

    /// Sets the name of the take.
    #[must_use]
    pub fn with_take(mut self, take: impl Into<String>) -> Self {
        self.take = Some(take.into());
        self
    }
}
