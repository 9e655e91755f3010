//! What the networks and the pitch tracker make of a recording: words, melody, voices.

use loqui_analysis::{PitchTrack, SAMPLE_RATE, Segment, SpeechDetector, SpeechMap, Voiceprint};

use crate::audio::{Clip, resample};

/// So many windows of 1.6 s say as much about the voices in a recording as hundreds would, in bounded time: one batch of
/// the network, which costs most of a check.
const MOST_WINDOWS: usize = 16;

/// What was heard.
#[derive(Debug)]
pub(super) struct Hearing {
    /// Stretches of speech, in seconds.
    pub(super) words: Vec<Segment>,
    pub(super) melody: Option<Melody>,
    pub(super) voices: Option<Voices>,
}

/// How the pitch moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Melody {
    /// How much of the recording has a pitch, in seconds.
    pub(super) voiced_seconds: f64,
    /// The middle step of pitch in 10 ms, in semitones.
    pub(super) step_semitones: f64,
    /// The share of stretches of 200 ms that hold a note.
    pub(super) plateau_share: f64,
}

/// The two voices that differ most.
#[derive(Debug)]
pub(super) struct Voices {
    pub(super) similarity: f64,
    pub(super) minority_share: f64,
    /// Where the smaller part lies, in seconds.
    pub(super) minority: Vec<Segment>,
}

/// Listens to a clip; absent if the networks refuse it.
pub(super) fn listen(clip: &Clip) -> Option<Hearing> {
    let clip = resample(clip.clone(), SAMPLE_RATE);
    let samples = clip.samples();
    match SpeechDetector::default().detect(samples) {
        Ok(map) => Some(Hearing {
            words: map.segments().to_vec(),
            melody: melody(samples),
            voices: voices(samples, &map),
        }),
        Err(error) => {
            tracing::warn!(%error, "speech is told by its energy: the network refused the recording");
            None
        }
    }
}

fn melody(samples: &[f32]) -> Option<Melody> {
    let track = PitchTrack::of(samples).ok()?;
    let voiced = track.frames().iter().filter(|frame| frame.voiced).count();
    Some(Melody {
        voiced_seconds: voiced as f64 / 100.0,
        step_semitones: track.median_step_semitones()?.into(),
        plateau_share: track.plateau_share().unwrap_or(0.0).into(),
    })
}

fn voices(samples: &[f32], map: &SpeechMap) -> Option<Voices> {
    let parted = Voiceprint::of_windows(samples, map, MOST_WINDOWS).ok()?.speakers()?;
    Some(Voices {
        similarity: parted.similarity().into(),
        minority_share: parted.minority_share().into(),
        minority: parted.minority().to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{babble, noise, voice};
    use crate::audio::wav;

    fn seconds_of_words(clip: &Clip) -> f64 {
        listen(clip)
            .expect("is listened to")
            .words
            .iter()
            .map(Segment::seconds)
            .sum()
    }

    #[test]
    fn words_are_heard_and_a_buzz_is_not() {
        let voice = wav::read(&voice("heart.wav")).unwrap();
        let seconds = seconds_of_words(&voice);
        assert!((9.0..13.5).contains(&seconds), "{seconds}");
        assert!(seconds_of_words(&babble(5.0, 16_000)) < 1.0);
        assert!(seconds_of_words(&Clip::new(noise(48_000, 1), 16_000)).abs() < 1e-9);
    }

    #[test]
    fn what_the_network_refuses_is_left_to_energy() {
        assert!(listen(&Clip::new(vec![50.0; 16_000], 16_000)).is_none());
    }
}
