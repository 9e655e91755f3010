//! What an engine is asked to do: one segment, one take.

use std::time::Duration;

use jiff::Timestamp;

use crate::options::SpeakOptions;
use crate::sample::Reference;

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
