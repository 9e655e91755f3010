//! A custom local engine. It hums instead of speaking; the library splits the text, checks and joins the takes, and keeps
//! the ledger.

#![expect(clippy::print_stdout, reason = "an example prints its result")]

use std::sync::Arc;

use loqui_core::audio::{Clip, SPEECH_RATE, wav};
use loqui_core::engine::{LocalEngine, ModelInfo, Order, SpokenAudio, async_trait};
use loqui_core::{Loqui, Result, Sample, Speech};

#[derive(Debug)]
struct Hum;

#[async_trait]
impl LocalEngine for Hum {
    fn name(&self) -> &'static str {
        "hum"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        Ok(ModelInfo::new("hum"))
    }

    async fn speak(&self, order: &Order) -> Result<SpokenAudio> {
        let length = order.text.chars().count() * SPEECH_RATE as usize / 15;
        let hum = (0..length)
            .map(|n| 0.2 * (n as f32 * 0.03).sin() * (n as f32 * 0.0008).sin())
            .collect();
        Ok(SpokenAudio::new(wav::write(&Clip::new(hum, SPEECH_RATE), None)))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let speech = hum("A tune of two sentences. This is the second.").await?;
    println!("{speech:?} by {}", speech.engine());
    Ok(())
}

/// Speaks a text with the engine.
pub(crate) async fn hum(text: &str) -> Result<Speech> {
    let sample = Sample::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.mp3")).await?;
    let loqui = Loqui::builder().engine(Arc::new(Hum)).build()?;
    loqui.speak(&sample, text).await
}
