//! The native half of `Sample`.

use loqui_core::audio::Limits;
use loqui_core::sample::Preparation;
use napi::bindgen_prelude::{Buffer, spawn_blocking};
use napi_derive::napi;

use crate::failure::{Outcome, json, outcome};

/// A checked recording of a voice.
#[napi]
#[derive(Clone)]
pub struct Sample {
    pub(crate) sample: loqui_core::Sample,
}

/// A speaker as JSON data, and the preview.
#[napi(object)]
pub struct Speaker {
    pub speaker: serde_json::Value,
    pub preview: Buffer,
}

#[napi]
impl Sample {
    #[napi]
    pub async fn open(path: String) -> Outcome<Sample> {
        outcome(loqui_core::Sample::open(&path).await.map(|sample| Self { sample }))
    }

    #[napi]
    pub async fn from_bytes(data: Buffer) -> Outcome<Sample> {
        let data: Vec<u8> = data.to_vec();
        let checked = spawn_blocking(move || loqui_core::Sample::from_bytes(data)).await;
        let checked = checked.map_err(|error| napi::Error::from_reason(error.to_string()))?;
        outcome(checked.map(|sample| Self { sample }))
    }

    /// Makes one sample of this one and others, after choosing a speaker and cleaning each.
    #[napi]
    pub async fn prepared(&self, others: Vec<&Sample>, clean: bool, speaker: Option<u32>) -> Outcome<Sample> {
        let others = others.into_iter().map(|other| other.sample.clone());
        let samples = std::iter::once(self.sample.clone()).chain(others).collect();
        let preparation = Preparation::default().with_clean(clean).with_speaker(speaker);
        outcome(preparation.prepare(samples).await.map(|sample| Self { sample }))
    }

    #[napi]
    pub async fn speakers(&self) -> Outcome<Vec<Speaker>> {
        let sample = self.sample.clone();
        let found = spawn_blocking(move || sample.speakers()).await;
        match found.map_err(|error| napi::Error::from_reason(error.to_string()))? {
            Ok(found) => {
                let speaker = |speaker: &loqui_core::sample::Speaker| {
                    Ok(Speaker {
                        speaker: json(speaker)?,
                        preview: speaker.preview.to_vec().into(),
                    })
                };
                outcome(Ok(found.iter().map(speaker).collect::<napi::Result<_>>()?))
            }
            Err(error) => outcome(Err(error)),
        }
    }

    /// Returns the recording as a WAV file.
    #[napi]
    pub async fn to_wav(&self) -> Outcome<Buffer> {
        let sample = self.sample.clone();
        let wav = spawn_blocking(move || sample.to_wav()).await;
        let wav = wav.map_err(|error| napi::Error::from_reason(error.to_string()))?;
        outcome(wav.map(|wav| wav.to_vec().into()))
    }

    /// The largest accepted size of a recording in memory, in bytes.
    #[napi]
    pub fn max_bytes() -> i64 {
        i64::try_from(Limits::IN_MEMORY).unwrap_or(i64::MAX)
    }

    #[napi]
    pub fn with_name(&self, name: String) -> Sample {
        Self {
            sample: self.sample.clone().with_name(&name),
        }
    }

    #[napi]
    pub fn name(&self) -> String {
        self.sample.name().to_owned()
    }

    #[napi]
    pub fn report(&self) -> napi::Result<serde_json::Value> {
        json(self.sample.report())
    }

    #[napi]
    pub fn duration(&self) -> f64 {
        self.sample.duration().as_secs_f64()
    }
}
