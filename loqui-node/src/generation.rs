//! The native half of `Generation`.

use futures::StreamExt as _;
use loqui_core::speech::SpeechFormat;
use napi_derive::napi;

use crate::audio::Audio;
use crate::failure::{Outcome, json, outcome, outcome_json};
use crate::speech::Speech;

/// The handle of a generation.
#[napi]
#[derive(Clone)]
pub struct Generation {
    generation: loqui_core::Generation,
}

impl From<loqui_core::Generation> for Generation {
    fn from(generation: loqui_core::Generation) -> Self {
        Self { generation }
    }
}

#[napi]
impl Generation {
    #[napi]
    pub fn id(&self) -> i64 {
        self.generation.id().get()
    }

    #[napi]
    pub async fn info(&self, words: bool) -> Outcome<serde_json::Value> {
        outcome_json(if words {
            self.generation.info_with_words().await
        } else {
            self.generation.info().await
        })
    }

    /// Returns the next event with a number above `after`, or `null` after the last one. The caller keeps the position, so
    /// a cancelled wait loses no event.
    #[napi]
    pub async fn next_event(&self, after: i64) -> Outcome<Option<serde_json::Value>> {
        match self
            .generation
            .events_after(u64::try_from(after).unwrap_or(0))
            .next()
            .await
        {
            None => outcome(Ok(None)),
            Some(Ok(event)) => outcome(Ok(Some(json(&event)?))),
            Some(Err(error)) => outcome(Err(error)),
        }
    }

    #[napi]
    pub async fn finish(&self) -> Outcome<serde_json::Value> {
        outcome_json(self.generation.finish().await)
    }

    #[napi]
    pub async fn progress_estimate(&self) -> Outcome<serde_json::Value> {
        outcome_json(self.generation.progress_estimate().await)
    }

    #[napi]
    pub async fn save(&self, path: String) -> Outcome<()> {
        outcome(self.generation.save(&path).await)
    }

    #[napi]
    pub async fn audio(&self, format: String) -> Outcome<Audio> {
        let format = match format.parse::<SpeechFormat>() {
            Ok(format) => format,
            Err(error) => return outcome(Err(error)),
        };
        outcome(self.generation.audio_as(format).await.map(Into::into))
    }

    #[napi]
    pub async fn wait(&self) -> Outcome<Speech> {
        outcome(self.generation.wait().await.map(Into::into))
    }

    #[napi]
    pub async fn speech(&self) -> Outcome<Speech> {
        outcome(self.generation.speech().await.map(Into::into))
    }

    #[napi]
    pub async fn cancel(&self) -> Outcome<()> {
        outcome(self.generation.cancel().await)
    }

    #[napi]
    pub async fn retry(&self) -> Outcome<()> {
        outcome(self.generation.retry().await)
    }

    #[napi]
    pub async fn erase(&self) -> Outcome<()> {
        outcome(self.generation.erase().await)
    }
}
