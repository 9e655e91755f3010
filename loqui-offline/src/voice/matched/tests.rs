use std::path::Path;
use std::sync::LazyLock;

use super::*;
use crate::audio::Audio;
use crate::matching::Levels;
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

/// Returns a cached match.
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
    let narrow = resampled(audio.samples(), Audio::SAMPLE_RATE, loqui_analysis::SAMPLE_RATE).unwrap();
    loqui_analysis::PitchTrack::of(&narrow).unwrap().median_hz().unwrap()
}

#[test]
fn stored_adaptation_speaks_the_same_samples() {
    let voice = matched("rms").voice;
    let stored = serde_json::to_string(voice.adaptation()).unwrap();
    let adaptation: crate::Adaptation = serde_json::from_str(&stored).unwrap();
    assert_eq!(&adaptation, voice.adaptation());
    let restored = Voice::shared().unwrap().adapted(adaptation);
    let speak = |voice: &Voice| voice.speak("Good morning.", &Settings::default()).unwrap();
    assert_eq!(speak(&restored).samples(), speak(&voice).samples());
}

#[test]
fn matching_raises_the_similarity_of_other_sentences_as_well() {
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
fn matched_voice_has_the_pitch_of_the_recording_without_clipping() {
    let (samples, rate) = recording("rms");
    let narrow = resampled(&samples, rate, loqui_analysis::SAMPLE_RATE).unwrap();
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
fn a_recording_of_the_voice_itself_changes_little() {
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
fn the_syllable_rate_follows_the_speed() {
    let voice = Voice::shared().unwrap();
    let syllables = |speed| {
        let text = "The ferry was late, so we shared a bag of warm chestnuts. Nobody had told the children.";
        let speech = voice.speak(text, &Settings::default().with_speed(speed)).unwrap();
        Levels::of(speech.samples(), voice.parts.renderer().bands).syllables
    };
    let (slow, own, fast) = (syllables(0.75), syllables(1.0), syllables(1.35));
    assert!((2.5..6.5).contains(&own), "{own} syllables a second");
    assert!(slow < 0.9 * own && fast > 1.1 * own, "{slow}, {own}, {fast}");
}

#[test]
fn unusable_recordings_are_rejected() {
    let voice = Voice::shared().unwrap();
    let rejected = |samples: &[f32], rate| matches!(voice.matched_to(samples, rate), Err(Error::Recording { .. }));
    assert!(rejected(&[], 24_000));
    assert!(rejected(&vec![0.0; 48_000], 24_000));
    assert!(rejected(&vec![f32::NAN; 48_000], 24_000));
    assert!(rejected(&vec![3_000.0; 48_000], 24_000));
    let (samples, _) = recording("slt");
    assert!(rejected(&samples, 0) && rejected(&samples, 1_000) && rejected(&samples, u32::MAX));
    assert!(rejected(&samples[..8_000], 16_000));
}
