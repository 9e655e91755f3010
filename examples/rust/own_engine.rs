//! An engine of your own: it hums where others speak, and gets splitting, checking, joining and the ledger for nothing.

#![expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use loqui_core::audio::{Clip, SPEECH_RATE, wav};
use loqui_core::engine::{ModelInfo, Order, Remote, SpeechEngine, StartError, Started};
use loqui_core::error::{Error, Result, code};
use loqui_core::{Finding, Loqui, Sample, SpeakOptions, Speech};

#[derive(Debug)]
struct Hum;

/// This engine answers at once, so nothing is ever asked of it later.
fn nothing_runs_elsewhere() -> Error {
    Error::new(&code::INTERNAL, "a hum is over before anybody can ask about it")
}

#[async_trait]
impl SpeechEngine for Hum {
    fn name(&self) -> &'static str {
        "hum"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        Ok(ModelInfo::new("hum"))
    }

    fn check_options(&self, _options: &SpeakOptions) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let length = order.text.chars().count() * SPEECH_RATE as usize / 15;
        let hum = (0..length)
            .map(|n| 0.2 * (n as f32 * 0.03).sin() * (n as f32 * 0.0008).sin())
            .collect();
        Ok(Started::Audio {
            wav: wav::write(&Clip::new(hum, SPEECH_RATE), None),
            findings: Vec::new(),
        })
    }

    async fn check(&self, _remote: &str) -> Result<Remote> {
        Err(nothing_runs_elsewhere())
    }

    async fn fetch(&self, _output: &str) -> Result<Bytes> {
        Err(nothing_runs_elsewhere())
    }

    async fn cancel(&self, _remote: &str) -> Result<Remote> {
        Err(nothing_runs_elsewhere())
    }

    async fn find_lost(&self, _order: &Order) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let speech = hum("A tune of two sentences. This is the second.").await?;
    println!("{speech:?} by {}", speech.engine());
    Ok(())
}

/// Has the engine speak a text, with all that the library does around it.
pub(crate) async fn hum(text: &str) -> Result<Speech> {
    let sample = Sample::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.mp3")).await?;
    let loqui = Loqui::builder().engine(Arc::new(Hum)).build()?;
    loqui.speak(&sample, text).await
}
