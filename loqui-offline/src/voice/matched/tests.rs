use std::path::Path;
use std::sync::LazyLock;

use super::*;
use crate::audio::Audio;
use crate::settings::Settings;

const TEXT: &str = "Nobody was at home, so he left it with the baker.";

fn recording(name: &str) -> (Vec<f32>, u32) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/voices/{name}.wav"));
    let mut wav = hound::WavReader::open(path).unwrap();
    let samples = wav.samples::<i16>().map(|x| f32::from(x.unwrap()) / 32_768.0).collect();
    (samples, wav.spec().sample_rate)
}

fn matched_anew(name: &str) -> Match {
    let (samples, rate) = recording(name);
    Voice::shared().unwrap().matched_to(&samples, rate).unwrap()
}

/// Matches each recording once for all tests that only look at it.
fn matched(name: &str) -> Match {
    static SLT: LazyLock<Match> = LazyLock::new(|| matched_anew("slt"));
    static RMS: LazyLock<Match> = LazyLock::new(|| matched_anew("rms"));
    match name {
        "slt" => SLT.clone(),
        "rms" => RMS.clone(),
        other => matched_anew(other),
    }
}

fn pitch_of(audio: &Audio) -> f32 {
    let narrow = measure::resampled(audio.samples(), Audio::SAMPLE_RATE, loqui_analysis::SAMPLE_RATE).unwrap();
    loqui_analysis::PitchTrack::of(&narrow).unwrap().median_hz().unwrap()
}

#[test]
fn other_voices_come_nearer_also_in_words_that_were_not_rehearsed() {
    for (name, least) in [("rms", 0.15), ("slt", 0.05)] {
        let found = matched(name);
        assert!(
            found.after > found.before + least,
            "{name}: {} became {}",
            found.before,
            found.after
        );
        let similarity = |voice: &Voice| {
            let speech = voice.speak(TEXT, &Settings::default()).unwrap();
            found.similarity(speech.samples(), Audio::SAMPLE_RATE).unwrap()
        };
        let (own, near) = (similarity(&Voice::shared().unwrap()), similarity(&found.voice));
        assert!(near > own + least, "{name}: {own} became {near}");
    }
}

#[test]
fn pitch_is_that_of_the_recording_and_nothing_clips() {
    let (samples, rate) = recording("rms");
    let narrow = measure::resampled(&samples, rate, loqui_analysis::SAMPLE_RATE).unwrap();
    let wanted = loqui_analysis::PitchTrack::of(&narrow).unwrap().median_hz().unwrap();
    let speech = matched("rms").voice.speak(TEXT, &Settings::default()).unwrap();
    let pitch = pitch_of(&speech);
    assert!((pitch / wanted).log2().abs() < 2.0 / 12.0, "{pitch} Hz for {wanted} Hz");
    assert!(speech.samples().iter().all(|sample| sample.abs() < 1.0));
}

#[test]
fn the_same_recording_gives_the_same_voice() {
    let (one, other) = (matched("slt"), matched_anew("slt"));
    assert_eq!(one.voice.adaptation(), other.voice.adaptation());
    assert!((one.after - other.after).abs() < f32::EPSILON);
}

#[test]
fn its_own_voice_is_left_as_it_is() {
    let found = matched("heart");
    assert!(
        found.before > 0.85 && found.after >= found.before,
        "{} became {}",
        found.before,
        found.after
    );
    assert!(
        (found.voice.adaptation().pace - 1.0).abs() < 0.1,
        "{:?}",
        found.voice.adaptation()
    );
}

#[test]
fn the_pace_follows_the_recording() {
    let voice = Voice::shared().unwrap();
    let syllables = |speed| {
        let text = "The ferry was late, so we shared a bag of warm chestnuts. Nobody had told the children.";
        let speech = voice.speak(text, &Settings::default().with_speed(speed)).unwrap();
        measure::Levels::of(speech.samples(), voice.parts.renderer().bands).syllables
    };
    let (slow, own, fast) = (syllables(0.75), syllables(1.0), syllables(1.35));
    assert!((2.5..6.5).contains(&own), "{own} syllables a second");
    assert!(slow < 0.9 * own && fast > 1.1 * own, "{slow}, {own}, {fast}");
}

#[test]
fn what_is_no_recording_of_speech_is_refused() {
    let voice = Voice::shared().unwrap();
    let refused = |samples: &[f32], rate| matches!(voice.matched_to(samples, rate), Err(Error::Recording { .. }));
    assert!(refused(&[], 24_000));
    assert!(refused(&vec![0.0; 48_000], 24_000));
    assert!(refused(&vec![f32::NAN; 48_000], 24_000));
    assert!(refused(&vec![3_000.0; 48_000], 24_000));
    let (samples, _) = recording("slt");
    assert!(refused(&samples, 0) && refused(&samples, 1_000) && refused(&samples, u32::MAX));
    assert!(refused(&samples[..8_000], 16_000));
}
