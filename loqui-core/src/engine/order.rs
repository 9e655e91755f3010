//! An order: one take of one segment.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use crate::options::VoiceSettings;
use crate::sample::Reference;

/// One take of one segment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Order {
    /// Full name of the model.
    pub model: String,
    /// Text to speak.
    pub text: String,
    /// Random seed. Seed and text identify a prediction whose response was lost. It is 0 in a search for predictions of the
    /// text with any seed, and never in an order to send.
    pub seed: u32,
    /// The voice. Engines that do not clone voices may ignore it.
    pub reference: Reference,
    /// The result of [`SpeechEngine::prepare_voice`](super::SpeechEngine::prepare_voice) for the reference. Absent if
    /// the engine computes nothing from a reference, and outside a generation.
    pub voice: Option<Bytes>,
    /// The options that change the sound.
    pub settings: VoiceSettings,
    /// Time at which the intent to send the order was recorded.
    pub intended_at: Timestamp,
    /// The order must not be sent after this time. The search for lost orders relies on it.
    pub send_by: Timestamp,
    /// Name of the sample. Absent outside a generation.
    pub sample_name: Option<String>,
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
        settings: VoiceSettings,
        intended_at: Timestamp,
        send_by: Timestamp,
        cancel_after: Duration,
    ) -> Self {
        Self {
            model: model.into(),
            text: text.into(),
            seed,
            reference,
            voice: None,
            settings,
            intended_at,
            send_by,
            cancel_after,
            sample_name: None,
            take: None,
        }
    }

    /// Sets the result of [`SpeechEngine::prepare_voice`](super::SpeechEngine::prepare_voice).
    #[must_use]
    pub fn with_voice(mut self, voice: impl Into<Bytes>) -> Self {
        self.voice = Some(voice.into());
        self
    }

    /// Sets the name of the sample.
    #[must_use]
    pub fn with_sample_name(mut self, name: impl Into<String>) -> Self {
        self.sample_name = Some(name.into());
        self
    }

    /// Sets the name of the take.
    #[must_use]
    pub fn with_take(mut self, take: impl Into<String>) -> Self {
        self.take = Some(take.into());
        self
    }
}
