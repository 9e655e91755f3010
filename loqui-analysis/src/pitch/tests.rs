use super::*;
use crate::signals;

fn median(samples: &[f32]) -> f32 {
    PitchTrack::of(samples).unwrap().median_hz().unwrap()
}

fn assert_near(actual: f32, expected: f32, tolerance: f32) {
    assert!(
        (actual - expected).abs() <= tolerance,
        "{actual} is not within {tolerance} of {expected}"
    );
}

#[test]
fn tones_are_found_across_the_range() {
    for hz in [62.0, 100.0, 147.3, 220.0, 330.0, 440.0, 590.0] {
        assert_near(median(&signals::tone(0.5, hz, 0.3)), hz, hz * 0.005);
    }
}

#[test]
fn vowels_are_found_across_the_range() {
    for hz in [70.0, 85.0, 110.0, 160.0, 233.0, 350.0, 480.0] {
        let track = PitchTrack::of(&signals::vowel(1.0, |_| hz)).unwrap();
        assert_near(track.median_hz().unwrap(), hz, hz * 0.01);
        assert!(track.voiced_share() > 0.9);
    }
}

#[test]
fn noise_does_not_change_the_pitch_of_a_vowel() {
    let mut vowel = signals::vowel(1.0, |_| 130.0);
    for (x, noise) in vowel.iter_mut().zip(signals::noise(1.0, 0.04, 7)) {
        *x += noise;
    }
    assert_near(median(&vowel), 130.0, 1.5);
}

#[test]
fn dc_offset_does_not_change_the_pitch() {
    let mut vowel = signals::vowel(0.5, |_| 180.0);
    for x in &mut vowel {
        *x += 0.4;
    }
    assert_near(median(&vowel), 180.0, 2.0);
}

#[test]
fn a_glide_over_an_octave_is_tracked() {
    let track = PitchTrack::of(&signals::vowel(2.0, |t| 100.0 * (t / 2.0).exp2())).unwrap();
    for (frame, second) in [(50, 0.5_f32), (100, 1.0), (150, 1.5)] {
        let expected = 100.0 * (second / 2.0).exp2();
        assert_near(track.frames()[frame].hz, expected, expected * 0.02);
    }
    // 68 % of a steady octave is 8.2 semitones wide.
    assert_near(track.spread_semitones().unwrap(), 4.08, 0.2);
    assert_near(track.median_hz().unwrap(), 141.4, 2.0);
}

#[test]
fn noise_and_silence_have_no_pitch() {
    let noise = PitchTrack::of(&signals::noise(1.0, 0.3, 11)).unwrap();
    assert!(noise.voiced_share() < 0.05);
    let silence = PitchTrack::of(&vec![0.0; 16_000]).unwrap();
    assert_eq!(silence.median_hz(), None);
    assert_eq!(silence.spread_semitones(), None);
    assert_eq!(silence.median_step_semitones(), None);
    assert_eq!(silence.plateau_share(), None);
}

#[test]
fn held_notes_and_gliding_speech_are_distinguished() {
    let notes = [196.0, 220.0, 247.0, 262.0];
    let sung = PitchTrack::of(&signals::vowel(4.0, |t| notes[(t * 2.0) as usize % 4])).unwrap();
    let spoken = PitchTrack::of(&signals::vowel(4.0, |t| 200.0 * (0.3 * (9.0 * t).sin()).exp2())).unwrap();
    assert!(sung.median_step_semitones().unwrap() < 0.05);
    assert!(spoken.median_step_semitones().unwrap() > 0.1);
    assert!(sung.plateau_share().unwrap() > 0.6);
    assert!(spoken.plateau_share().unwrap() < 0.2);
}

#[test]
fn recordings_shorter_than_a_frame_are_rejected() {
    assert_eq!(PitchTrack::of(&[0.1; yin::REACH]).unwrap().frames().len(), 5);
    assert!(matches!(
        PitchTrack::of(&[0.1; yin::REACH - 1]),
        Err(Error::TooShort { .. })
    ));
    assert!(matches!(PitchTrack::of(&[]), Err(Error::Empty)));
    assert!(matches!(
        PitchTrack::of(&[f32::INFINITY; 2_000]),
        Err(Error::NotFinite { .. })
    ));
}

#[test]
fn there_is_a_frame_every_ten_milliseconds() {
    assert_eq!(PitchTrack::of(&vec![0.0; 16_000]).unwrap().frames().len(), 101);
}
