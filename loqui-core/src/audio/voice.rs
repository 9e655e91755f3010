//! The amount of speech in a clip, to choose between channels, tracks and parts of a recording.

use super::Clip;

/// Returns the total time of speech, in seconds. Networks detect it.
#[cfg(feature = "analysis")]
pub(crate) fn speech_seconds(clip: &Clip) -> f64 {
    use loqui_analysis::{SAMPLE_RATE, SpeechDetector};

    let mut clip = super::resample(clip.clone(), SAMPLE_RATE);
    for x in clip.samples_mut() {
        // Also turns NaN into silence.
        let valid = x.abs() <= 10.0;
        if !valid {
            *x = 0.0;
        }
    }
    SpeechDetector::default()
        .detect(clip.samples())
        .map_or(0.0, |map| map.speech_seconds())
}

/// Returns the time that is clearly louder than the quietest moments, in seconds.
#[cfg(not(feature = "analysis"))]
pub(crate) fn speech_seconds(clip: &Clip) -> f64 {
    let profile = super::channels::Profile::of(clip.samples(), 1, 0, clip.sample_rate());
    let moving = (profile.dynamics_db / 40.0).clamp(0.0, 1.0);
    moving * clip.seconds()
}
