//! Speaks one text with one sample, prints progress, and writes a WAV file.

#![expect(clippy::print_stdout, reason = "an example prints to the terminal")]

use std::path::Path;

use futures::StreamExt as _;
use loqui_core::{Loqui, LoquiBuilder, Sample};

#[tokio::main]
async fn main() -> loqui_core::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let voice = arguments.next().unwrap_or_default();
    let text = arguments.next().unwrap_or_else(|| "Hello! This is a test.".to_owned());
    speak(&voice, &text, "speech.wav".as_ref()).await?;
    println!("speech.wav");
    Ok(())
}

/// Speaks a text in the voice of `sample` and writes the speech to `output`.
pub(crate) async fn speak(voice: &str, text: &str, out: &Path) -> loqui_core::Result<()> {
    let sample = Sample::open(voice).await?;
    let builder = LoquiBuilder::from_env();
    let engine = if builder.has_token() { "replicate" } else { "offline" };
    let loqui: Loqui = builder.engine_named(engine).build()?;

    let generation = loqui.submit(&sample, text).await?;
    let mut events = generation.events();
    while let Some(event) = events.next().await {
        let event = event?;
        println!("{:>3} % {}", event.progress, event.message);
    }
    generation.wait().await?.save(out).await
}
