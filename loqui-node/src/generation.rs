//! The native half of `Generation`.

use futures::StreamExt as _;
use loqui_core::error::code;
use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, ExportFields, ExportOptions};
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

/// The options of an export, from the fields that the JavaScript half writes.
fn export(options: serde_json::Value) -> loqui_core::Result<ExportOptions> {
    let fields: ExportFields =
        serde_json::from_value(options).map_err(|error| Error::new(&code::OPTION_OUT_OF_RANGE, error.to_string()))?;
    fields.options()
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
    pub async fn save(&self, path: String, options: serde_json::Value) -> Outcome<()> {
        let written = async { self.generation.export(&path, &export(options)?).await.map(drop) };
        outcome(written.await)
    }

    #[napi]
    pub async fn save_chapters(
        &self,
        folder: String,
        format: String,
        options: serde_json::Value,
    ) -> Outcome<serde_json::Value> {
        let written = async {
            let format = format.parse::<SpeechFormat>()?;
            self.generation
                .export_chapters(&folder, format, &export(options)?)
                .await
        };
        outcome_json(written.await)
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

    /// Makes an edited generation.
    #[napi]
    pub async fn edit(
        &self,
        edits: serde_json::Value,
        budget: Option<f64>,
        key: Option<String>,
    ) -> Outcome<Generation> {
        let edits: Vec<loqui_core::Edit> = serde_json::from_value(edits)
            .map_err(|error| napi::Error::new(napi::Status::InvalidArg, format!("edits: {error}")))?;
        let mut request = self.generation.edit(edits);
        if let Some(budget) = budget {
            request = request.budget(budget);
        }
        if let Some(key) = key {
            request = request.idempotency_key(key);
        }
        outcome(request.await.map(Into::into))
    }

    #[napi]
    pub async fn erase(&self) -> Outcome<()> {
        outcome(self.generation.erase().await)
    }
}
