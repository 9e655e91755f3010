//! Checks every take with a speech recogniser: any program that takes a WAV file and prints the recognised words. Takes with
//! wrong words are repeated.
//!
//! `cargo run --example transcript_check -- ./recognise.sh "A text to be spoken."`, where `recognise.sh` calls, for instance,
//! `whisper-cli --no-timestamps --no-prints --model base.en.bin "$1"`.

#![expect(clippy::print_stdout, reason = "an example prints to the terminal")]

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use loqui_core::audio::{Clip, wav};
use loqui_core::error::code;
use loqui_core::speech::verify::{Checks, TranscriptCheck};
use loqui_core::{Error, Loqui, Result, Sample, Severity, Speech};
use tokio::process::Command;

/// A recogniser that runs an external program.
#[derive(Debug)]
pub(crate) struct Program {
    path: PathBuf,
}

impl Program {
    /// The program at this path.
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Makes the error of a failed recogniser. The runtime logs it and keeps the take.
    fn failed(&self, source: std::io::Error) -> Error {
        let message = format!("the recogniser {} failed", self.path.display());
        Error::new(&code::ENGINE_FAILED, message).with_source(source)
    }
}

#[async_trait]
impl TranscriptCheck for Program {
    async fn transcribe(&self, take: &Clip, _language: Option<&str>) -> Result<String> {
        let folder = tempfile::tempdir().map_err(|source| self.failed(source))?;
        let file = folder.path().join("take.wav");
        std::fs::write(&file, wav::write(take, None)).map_err(|source| self.failed(source))?;
        let output = Command::new(&self.path).arg(&file).output().await;
        let output = output.map_err(|source| self.failed(source))?;
        if !output.status.success() {
            return Err(self.failed(std::io::Error::other(output.status.to_string())));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Speaks a text with the offline voice and checks every take.
///
/// # Errors
///
/// Those of [`Loqui::speak`].
pub(crate) async fn speak(sample: &Sample, text: &str, recogniser: impl TranscriptCheck) -> Result<Speech> {
    let checks = Checks::default().with_transcript(Arc::new(recogniser));
    let loqui = Loqui::builder().engine_named("offline").checks(checks).build()?;
    loqui.speak(sample, text).await
}

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [program, text] = words.as_slice() else {
        println!("usage: transcript_check PROGRAM TEXT");
        return Ok(());
    };
    let sample = Sample::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.mp3")).await?;
    let speech = speak(&sample, text, Program::new(program)).await?;
    println!("{speech:?} after {} takes", speech.info().takes);
    for finding in speech
        .warnings()
        .iter()
        .filter(|found| found.severity != Severity::Note)
    {
        println!("{}", finding.message);
    }
    Ok(())
}
