//! The results of the neural networks and of the pitch tracker: speech, pitch and speakers.

use std::borrow::Cow;

use loqui_analysis::{PitchTrack, SAMPLE_RATE, Segment, SpeechDetector, SpeechMap, Voiceprint};

use crate::audio::{Clip, resample};

/// The number of windows of 1.6 s that are compared first. The network is the most expensive part of a check.
const FIRST_WINDOWS: usize = 8;
/// The number of windows that are compared if the first ones differ; more do not improve the result.
const MOST_WINDOWS: usize = 16;
/// The similarity of two parts of the first windows below which more are compared. One speaker has at least 0.86.
const UNCERTAIN: f32 = 0.88;
/// The length and the number of the excerpts in which the pitch is tracked, if the recording is longer than all of them.
const PITCH_SAMPLES: usize = SAMPLE_RATE as usize * 5 / 2;
const PITCH_EXCERPTS: usize = 4;

/// The results for one recording.
#[derive(Debug)]
pub(super) struct NetworkResults {
    /// Speech, in seconds.
    pub(super) speech: Vec<Segment>,
    pub(super) pitch: Option<PitchStatistics>,
    pub(super) speakers: Option<SpeakerSplit>,
}

/// The movement of the pitch.
#[derive(Clone, Copy, Debug)]
pub(super) struct PitchStatistics {
    /// The time with a pitch, in seconds.
    pub(super) voiced_seconds: f64,
    /// The median pitch step in 10 ms, in semitones.
    pub(super) step_semitones: f64,
    /// The share of voiced stretches of 200 ms that hold a note.
    pub(super) plateau_share: f64,
}

/// The division of the speech into the two voices that differ most.
#[derive(Debug)]
pub(super) struct SpeakerSplit {
    /// The cosine similarity of the two, 0 to 1.
    pub(super) similarity: f64,
    /// The share of speech of the second one, 0 to 0.5.
    pub(super) minority_share: f64,
    /// The speech of the second one, in seconds.
    pub(super) minority: Vec<Segment>,
}

/// Runs the networks on a clip. Returns nothing if they reject it.
pub(super) fn run(clip: &Clip) -> Option<NetworkResults> {
    let clip = resample(clip.clone(), SAMPLE_RATE);
    let samples = clip.samples();
    match SpeechDetector::default().detect(samples) {
        Ok(map) => Some(NetworkResults {
            speech: map.segments().to_vec(),
            pitch: pitch(samples),
            speakers: speakers(samples, &map),
        }),
        Err(error) => {
            tracing::warn!(%error, "the speech detector rejected the recording; detecting speech by energy");
            None
        }
    }
}

fn pitch(samples: &[f32]) -> Option<PitchStatistics> {
    let excerpts = excerpts(samples);
    let track = PitchTrack::of(&excerpts).ok()?;
    let voiced = track.frames().iter().filter(|frame| frame.voiced).count();
    Some(PitchStatistics {
        voiced_seconds: voiced as f64 / 100.0 * samples.len() as f64 / excerpts.len() as f64,
        step_semitones: track.median_step_semitones()?.into(),
        plateau_share: track.plateau_share().unwrap_or(0.0).into(),
    })
}

/// Returns evenly spaced excerpts of a recording in one piece, all of a short one.
fn excerpts(samples: &[f32]) -> Cow<'_, [f32]> {
    let Some(rest) = samples.len().checked_sub(PITCH_EXCERPTS * PITCH_SAMPLES) else {
        return samples.into();
    };
    let start = |index: usize| index * PITCH_SAMPLES + rest * index / (PITCH_EXCERPTS - 1);
    let excerpts = (0..PITCH_EXCERPTS).flat_map(|index| &samples[start(index)..start(index) + PITCH_SAMPLES]);
    excerpts.copied().collect()
}

fn speakers(samples: &[f32], map: &SpeechMap) -> Option<SpeakerSplit> {
    let of = |windows| Voiceprint::of_windows(samples, map, windows).ok()?.speakers();
    let mut split = of(FIRST_WINDOWS)?;
    if split.similarity() < UNCERTAIN {
        split = of(MOST_WINDOWS)?;
    }
    Some(SpeakerSplit {
        similarity: split.similarity().into(),
        minority_share: split.minority_share().into(),
        minority: split.minority().to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{babble, noise, voice};
    use crate::audio::wav;

    fn speech_seconds(clip: &Clip) -> f64 {
        run(clip).expect("accepted").speech.iter().map(Segment::seconds).sum()
    }

    #[test]
    fn speech_is_detected_and_a_buzz_and_noise_are_not() {
        let voice = wav::read(&voice("heart.wav")).unwrap();
        let seconds = speech_seconds(&voice);
        assert!((9.0..13.5).contains(&seconds), "{seconds}");
        assert!(speech_seconds(&babble(5.0, 16_000)) < 1.0);
        assert!(speech_seconds(&Clip::new(noise(48_000, 1), 16_000)).abs() < 1e-9);
    }

    #[test]
    fn samples_far_above_full_scale_are_rejected() {
        assert!(run(&Clip::new(vec![50.0; 16_000], 16_000)).is_none());
    }
}
