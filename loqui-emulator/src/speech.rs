//! The offline voice, behind the feature `voice`.

use loqui_offline::{Error, Settings, Voice};

/// Speaks a text up to about `longest` samples; `None` if there is nothing in it to say.
pub(crate) fn speak(text: &str, seed: u64, longest: usize) -> Option<Vec<f32>> {
    match sentences(text, seed, longest) {
        Ok(samples) => Some(samples),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "offline voice");
            None
        }
    }
}

fn sentences(text: &str, seed: u64, longest: usize) -> Result<Vec<f32>, Error> {
    let mut samples = Vec::new();
    for sentence in Voice::shared()?.sentences(text, &Settings::default().with_seed(seed)) {
        samples.extend(sentence?.into_samples());
        // The rest would be cut off anyway, and costs seconds.
        if samples.len() >= longest {
            break;
        }
    }
    Ok(samples)
}
