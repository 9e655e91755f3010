//! Uses the Replicate client on its own: uploads the voice, runs Chatterbox, downloads the result. Paid once, even if
//! responses are lost.

#![expect(clippy::print_stdout, reason = "an example prints to the terminal")]

use std::time::Duration;

use loqui_core::replicate::{Client, Model, RunOptions};
use loqui_core::{Result, VoiceSettings};

/// Speaks a text in the voice of a WAV file. Returns a WAV file.
pub(crate) async fn speak(client: &Client, voice: Vec<u8>, text: &str) -> Result<Vec<u8>> {
    let model = Model::by_name("chatterbox")?;
    let reference = client.reference(&voice.into(), Duration::from_mins(30)).await?;
    let input = model.input(text, Some(&reference), &VoiceSettings::default(), None)?;
    let run = client.run(&model.prediction(input), &RunOptions::default()).await?;
    println!("{} took {:?} s to run", run.prediction.id, run.prediction.predict_time);
    Ok(run.wav.into())
}

#[tokio::main]
async fn main() -> Result<()> {
    // REPLICATE_API_TOKEN; and REPLICATE_BASE_URL for an emulator (`loqui emulator`).
    let client = Client::from_env()?;
    let voice = std::fs::read("tests/voices/heart.wav").expect("run it in the root of the checkout");
    let wav = speak(&client, voice, "Hello! This is my voice.").await?;
    println!("{} bytes of speech", wav.len());
    Ok(())
}
