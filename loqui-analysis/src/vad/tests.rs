use super::*;
use crate::reference::{self, largest_difference};
use crate::{Error, signals};

fn ratio(samples: &[f32]) -> f64 {
    SpeechDetector::default().detect(samples).unwrap().ratio()
}

#[test]
fn noise_tone_chords_and_silence_are_not_speech() {
    assert!(ratio(&signals::noise(3.0, 0.3, 1)) < 0.02);
    assert!(ratio(&signals::tone(3.0, 440.0, 0.5)) < 0.02);
    assert!(ratio(&signals::chords(4.0)) < 0.1);
    assert!(ratio(&vec![0.0; 48_000]) == 0.0);
}

#[test]
fn one_sample_is_one_window() {
    let map = SpeechDetector::default().detect(&[0.1]).unwrap();
    assert_eq!(map.windows().len(), 1);
    assert!(map.ratio() <= 1.0);
}

#[test]
fn invalid_samples_are_rejected() {
    let detector = SpeechDetector::default();
    assert!(matches!(detector.detect(&[]), Err(Error::Empty)));
    assert!(matches!(
        detector.detect(&[0.0, f32::NAN]),
        Err(Error::NotFinite { index: 1, .. })
    ));
}

#[test]
fn all_threads_get_the_same_result() {
    let noise = signals::noise(1.0, 0.2, 9);
    let here = SpeechDetector::default().detect(&noise).unwrap();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| SpeechDetector::default().detect(&noise).unwrap()))
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), here);
        }
    });
}

#[test]
fn probabilities_match_the_reference() {
    for voice in ["rms", "slt"] {
        let actual = probability::of_windows(&reference::voice(voice), 1.0).unwrap();
        let difference = largest_difference(&actual, &reference::values(voice, "speech"));
        assert!(difference < 1e-3, "{voice} differs by {difference}");
    }
}

#[test]
fn read_speech_is_detected_at_any_level() {
    for voice in ["rms", "slt"] {
        let samples = reference::voice(voice);
        for gain in [1.0, 0.01] {
            let quieter: Vec<f32> = samples.iter().map(|x| x * gain).collect();
            let map = SpeechDetector::default().detect(&quieter).unwrap();
            assert!(map.ratio() > 0.6, "{voice} at {gain}: {}", map.ratio());
            let covered: f64 = map.segments().iter().map(Segment::seconds).sum();
            assert!(covered >= map.speech_seconds() && covered <= map.seconds());
        }
    }
}

#[test]
fn silence_before_speech_is_not_speech() {
    let mut samples = vec![0.0; 32_000];
    samples.extend(&reference::voice("rms")[..64_000]);
    let first = SpeechDetector::default().detect(&samples).unwrap().segments()[0];
    assert!((1.9..2.5).contains(&first.start), "{first:?}");
}

#[test]
fn short_loud_sound_does_not_hide_quiet_speech() {
    let mut samples: Vec<f32> = reference::voice("rms").iter().map(|x| x * 0.01).collect();
    for (x, slam) in samples[80_000..].iter_mut().zip(signals::noise(0.2, 0.9, 4)) {
        *x += slam;
    }
    let ratio = SpeechDetector::default().detect(&samples).unwrap().ratio();
    assert!(ratio > 0.6, "{ratio}");
}
