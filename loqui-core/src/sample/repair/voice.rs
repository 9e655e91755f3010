//! Compares the voice before and after a step.

use crate::audio::Clip;

/// The share of the speech that a step may lose. Its detection varies by that much with the noise.
#[cfg(feature = "analysis")]
const LEAST_SPEECH_SHARE: f64 = 0.85;
/// The number of windows of a voiceprint.
#[cfg(feature = "analysis")]
const WINDOWS: usize = 16;

/// What is heard in a recording: how much speech, and whose. Nothing without networks.
#[derive(Clone, Debug, Default)]
pub(in crate::sample) struct Voice {
    #[cfg(feature = "analysis")]
    speech_seconds: Option<f64>,
    #[cfg(feature = "analysis")]
    print: Option<loqui_analysis::Voiceprint>,
}

impl Voice {
    #[cfg(feature = "analysis")]
    pub(in crate::sample) fn of(clip: &Clip) -> Self {
        use loqui_analysis::{SAMPLE_RATE, SpeechDetector, Voiceprint};

        let clip = crate::audio::resample(clip.clone(), SAMPLE_RATE);
        let Ok(speech) = SpeechDetector::default().detect(clip.samples()) else {
            return Self::default();
        };
        Self {
            speech_seconds: Some(speech.speech_seconds()),
            print: Voiceprint::of_windows(clip.samples(), &speech, WINDOWS).ok(),
        }
    }

    #[cfg(not(feature = "analysis"))]
    pub(in crate::sample) fn of(_: &Clip) -> Self {
        Self::default()
    }

    /// Returns the similarity of two voices, 0 to 1.
    #[cfg(feature = "analysis")]
    pub(in crate::sample) fn similarity(&self, other: &Self) -> Option<f64> {
        let similarity = self.print.as_ref()?.similarity(other.print.as_ref()?);
        Some(similarity.into())
    }

    #[cfg(not(feature = "analysis"))]
    #[expect(clippy::unused_self, reason = "without networks there is nothing to compare")]
    pub(in crate::sample) fn similarity(&self, _: &Self) -> Option<f64> {
        None
    }

    /// Returns what a step would lose, if it is too much.
    #[cfg(feature = "analysis")]
    pub(super) fn loss(&self, after: &Self, least_similarity: f64) -> Option<String> {
        if let (Some(before), Some(after)) = (self.speech_seconds, after.speech_seconds)
            && after < before * LEAST_SPEECH_SHARE
        {
            return Some(format!(
                "it would lose {:.1} of {before:.1} s of speech",
                before - after
            ));
        }
        if self.print.is_some() && after.print.is_none() {
            return Some("it would lose the voice".to_owned());
        }
        let similarity = self.similarity(after)?;
        (similarity < least_similarity).then(|| {
            format!(
                "it would change the voice: the similarity is {similarity:.2}; the minimum is {least_similarity:.2}"
            )
        })
    }

    #[cfg(not(feature = "analysis"))]
    #[expect(clippy::unused_self, reason = "without networks there is nothing to compare")]
    pub(super) fn loss(&self, _: &Self, _: f64) -> Option<String> {
        None
    }
}

/// Returns the minimum similarity of the voice before and after noise reduction. Noise itself changes a voiceprint, so the
/// same voice with less noise is less similar.
pub(super) fn least_similarity(snr_db: f64) -> f64 {
    (0.50 + 0.015 * snr_db).clamp(0.50, 0.90)
}
