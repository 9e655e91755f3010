//! An engine and a recording for tests of the runtime with real stores.

use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;

use crate::audio::{self, Clip, SPEECH_RATE, testing};
use crate::clock::{Clock as _, System};
use crate::engine::{LocalEngine, ModelInfo, Order, SpokenAudio};
use crate::error::Result;
use crate::sample::Sample;

/// Speaks every text after this time.
#[derive(Debug)]
pub(crate) struct Steady(pub(crate) Duration);

#[async_trait]
impl LocalEngine for Steady {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "steady"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        Ok(ModelInfo::new("model"))
    }

    async fn speak(&self, _order: &Order) -> Result<SpokenAudio> {
        System.sleep(self.0).await;
        let wave = |n: u32| 0.3 * (n as f32 * 0.05).sin() * (n as f32 * 0.001).sin();
        let clip = Clip::new((0..SPEECH_RATE).map(wave).collect(), SPEECH_RATE);
        Ok(SpokenAudio::new(audio::wav::write(&clip, None)))
    }
}

/// Decoded and checked once, because that takes time.
pub(crate) fn voice() -> Sample {
    static VOICE: LazyLock<Sample> =
        LazyLock::new(|| Sample::from_bytes(testing::voice("heart.mp3")).expect("the recording is usable"));
    VOICE.clone()
}
