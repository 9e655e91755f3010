//! The native half of `Sample`.

use loqui_core::audio::Limits;
use napi::bindgen_prelude::{Buffer, spawn_blocking};
use napi_derive::napi;

use crate::failure::{Outcome, json, outcome};

/// A checked recording of a voice.
#[napi]
#[derive(Clone)]
pub struct Sample {
    pub(crate) sample: loqui_core::Sample,
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

    /// The largest accepted size, in bytes.
    #[napi]
    pub fn max_bytes() -> i64 {
        i64::try_from(Limits::default().bytes).unwrap_or(i64::MAX)
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
