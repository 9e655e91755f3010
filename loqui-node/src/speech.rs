//! The native half of `Speech`.

use loqui_core::{SubtitleCues, SubtitleFormat, SubtitleOptions};
use napi::bindgen_prelude::{Buffer, Float32Array};
use napi_derive::napi;

use crate::failure::{Outcome, json, outcome};

/// Finished speech.
#[napi]
#[derive(Clone)]
pub struct Speech {
    speech: loqui_core::Speech,
}

impl From<loqui_core::Speech> for Speech {
    fn from(speech: loqui_core::Speech) -> Self {
        Self { speech }
    }
}

#[napi]
impl Speech {
    #[napi]
    pub fn wav(&self) -> Buffer {
        self.speech.wav().to_vec().into()
    }

    #[napi(catch_unwind)]
    pub fn samples(&self) -> Float32Array {
        Float32Array::new(self.speech.samples().to_vec())
    }

    #[napi]
    pub fn sample_rate(&self) -> u32 {
        self.speech.sample_rate()
    }

    #[napi]
    pub fn duration(&self) -> f64 {
        self.speech.duration().as_secs_f64()
    }

    #[napi]
    pub fn info(&self) -> napi::Result<serde_json::Value> {
        json(self.speech.info())
    }

    #[napi(catch_unwind)]
    pub fn subtitles(&self, webvtt: bool, cues: String) -> String {
        let format = if webvtt {
            SubtitleFormat::Vtt
        } else {
            SubtitleFormat::Srt
        };
        let cues = SubtitleCues::from_name(&cues).unwrap_or_default();
        self.speech.subtitles(SubtitleOptions::from(format).with_cues(cues))
    }

    #[napi]
    pub async fn encode(&self, format: String) -> Outcome<Buffer> {
        let encoded = match format.parse() {
            Ok(format) => self.speech.encode(format).await,
            Err(error) => Err(error),
        };
        outcome(encoded.map(|bytes| Vec::from(bytes).into()))
    }

    #[napi]
    pub async fn save(&self, path: String) -> Outcome<()> {
        outcome(self.speech.save(&path).await)
    }
}
