use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::engine::Reference;

fn voice(name: &str) -> Reference {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/voices/{name}.wav"));
    Reference::new(std::fs::read(path).unwrap().into())
}

fn silence() -> Reference {
    Reference::new(audio::wav::write(&Clip::new(vec![0.0; 48_000], 24_000), None))
}

fn order(text: &str, reference: Reference, settings: VoiceSettings) -> Order {
    let now = Timestamp::UNIX_EPOCH;
    Order::new("hibari", text, 7, reference, settings, now, now, Duration::from_mins(1))
}

async fn speak(engine: &OfflineEngine, order: &Order) -> (Vec<u8>, Vec<Finding>) {
    let spoken = engine.speak(order).await.unwrap();
    (spoken.wav.to_vec(), spoken.findings)
}

#[tokio::test]
#[cfg(feature = "analysis")]
async fn voice_is_matched_to_the_sample_reproducibly() {
    let engine = OfflineEngine::new();
    let order = order("Good morning.", voice("rms"), VoiceSettings::default());
    let (wav, findings) = speak(&engine, &order).await;
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].code.as_str(), findings[0].severity),
        ("voice.matched", Severity::Note)
    );
    let (after, before) = (findings[0].value.unwrap(), findings[0].limit.unwrap());
    assert!(after > before + 0.1, "{before} became {after}");

    // The sample is a male voice, well below the 200 Hz of the unmatched voice.
    let clip = audio::decode_speech(&wav).unwrap();
    let narrow = audio::resample(clip, loqui_analysis::SAMPLE_RATE).into_samples();
    let pitch = loqui_analysis::PitchTrack::of(&narrow).unwrap().median_hz().unwrap();
    assert!((80.0..140.0).contains(&pitch), "{pitch} Hz");

    assert!(speak(&engine, &order).await.0 == wav, "from the cache");
    assert!(speak(&OfflineEngine::new(), &order).await.0 == wav, "matched again");
}

/// The stored match needs no reference: it speaks the same audio, with the same findings.
#[tokio::test]
#[cfg(feature = "analysis")]
async fn stored_match_speaks_the_same_audio() {
    let matched = order("Good morning.", voice("rms"), VoiceSettings::default());
    let (wav, findings) = speak(&OfflineEngine::new(), &matched).await;
    let engine = OfflineEngine::new();
    assert!(LocalEngine::voice_version(&engine, MODEL).is_some());
    let stored = LocalEngine::prepare_voice(&engine, MODEL, &voice("rms")).await.unwrap();
    assert!(stored.len() < 8_000, "{} bytes", stored.len());

    let restored = order("Good morning.", silence(), VoiceSettings::default()).with_voice(stored);
    assert!(speak(&OfflineEngine::new(), &restored).await == (wav.clone(), findings.clone()));
    let damaged = matched.with_voice("{}".as_bytes());
    assert!(
        speak(&OfflineEngine::new(), &damaged).await == (wav, findings),
        "matched again"
    );
}

#[test]
fn exaggeration_has_the_range_of_chatterbox() {
    let check = |exaggeration| {
        let settings = VoiceSettings {
            exaggeration: Some(exaggeration),
            ..VoiceSettings::default()
        };
        OfflineEngine::new()
            .check_settings(&settings)
            .map_err(|error| error.code())
    };
    for wrong in [-1.0, 0.24, 2.01, f64::NAN] {
        assert_eq!(check(wrong).unwrap_err(), "option.out_of_range", "{wrong}");
    }
    assert!(check(0.25).is_ok() && check(2.0).is_ok());
}

#[tokio::test]
#[cfg(feature = "analysis")]
async fn segments_have_the_similarity_of_the_matched_voice() {
    let loqui = crate::Loqui::builder().engine_named("offline").build().unwrap();
    let sample = crate::Sample::from_bytes(voice("rms").wav().clone()).unwrap();
    let speech = loqui.speak(&sample, "Good morning to you.").await.unwrap();
    let similarity = speech.segments()[0].similarity.unwrap();
    assert!((0.6..1.0).contains(&similarity), "{similarity}");
}

#[tokio::test]
async fn sample_without_speech_leads_to_a_finding() {
    let order = order("Good morning.", silence(), VoiceSettings::default());
    let (_, findings) = speak(&OfflineEngine::new(), &order).await;
    assert_eq!(
        (findings[0].code.as_str(), findings[0].severity),
        ("voice.unmatched", Severity::Warning)
    );
}

#[tokio::test]
async fn exaggeration_has_an_effect_and_ignored_options_are_warnings() {
    let engine = OfflineEngine::new();
    let mut settings = VoiceSettings {
        exaggeration: Some(0.5),
        ..VoiceSettings::default()
    };
    assert_eq!(engine.check_settings(&settings).unwrap(), []);
    let neutral = speak(&engine, &order("Really?", silence(), settings.clone())).await.0;
    let default = speak(&engine, &order("Really?", silence(), VoiceSettings::default()))
        .await
        .0;
    assert!(neutral == default);
    settings.exaggeration = Some(2.0);
    let lively = speak(&engine, &order("Really?", silence(), settings.clone())).await.0;
    assert!(lively != neutral && lively.len() == neutral.len());

    settings.cfg_weight = Some(0.3);
    settings.temperature = Some(1.0);
    let warnings = engine.check_settings(&settings).unwrap();
    let codes: Vec<_> = warnings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["option.ignored", "option.ignored"]);
}

#[test]
fn other_languages_are_refused_with_a_hint() {
    let settings = VoiceSettings {
        language: Some("de".to_owned()),
        ..VoiceSettings::default()
    };
    let error = OfflineEngine::new().check_settings(&settings).unwrap_err();
    assert_eq!(error.code(), "engine.language");
    assert!(error.hint().unwrap().contains("chatterbox-multilingual"));
}
