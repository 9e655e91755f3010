//! The offline voice, with the feature `voice`.

#[cfg(feature = "voice")]
use loqui_offline::{Error, Settings, Voice};

/// Returns nothing, because the build lacks the voice.
#[cfg(not(feature = "voice"))]
pub(crate) fn speak(_text: &str, _seed: u64, _longest: usize) -> Option<Vec<f32>> {
    None
}

/// Speaks a text, up to about `longest` samples. Returns `None` if the text cannot be spoken.
#[cfg(feature = "voice")]
pub(crate) fn speak(text: &str, seed: u64, longest: usize) -> Option<Vec<f32>> {
    match sentences(text, seed, longest) {
        Ok(samples) => Some(samples),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "offline voice");
            None
        }
    }
}

#[cfg(feature = "voice")]
fn sentences(text: &str, seed: u64, longest: usize) -> Result<Vec<f32>, Error> {
    let mut samples = Vec::new();
    for sentence in Voice::shared()?.sentences(text, &Settings::default().with_seed(seed)) {
        samples.extend(sentence?.into_samples());
        // The rest would be cut off.
        if samples.len() >= longest {
            break;
        }
    }
    Ok(samples)
}
