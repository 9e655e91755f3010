use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use loqui_pocket::models::AddOptions;

use super::*;
use crate::engine::SpeechEngine;
use crate::options::SpeakOptions;
use crate::{Loqui, LoquiBuilder, Sample};

/// A folder with models of random weights, by name and language.
fn models(installed: &[(&str, Option<&str>)]) -> tempfile::TempDir {
    let (source, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    loqui_pocket::testing::write_model_folder(source.path()).unwrap();
    let models = Models::new(folder.path());
    for (name, language) in installed {
        let mut options = AddOptions::default().name(*name);
        options.language = language.map(str::to_owned);
        models
            .add(source.path(), &options, &mut |_| ControlFlow::Continue(()))
            .unwrap();
    }
    folder
}

fn recording(name: &str) -> Bytes {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/voices/{name}.wav"));
    std::fs::read(path).unwrap().into()
}

fn order(text: &str, seed: u32, settings: VoiceSettings) -> Order {
    let now = Timestamp::UNIX_EPOCH;
    let reference = Reference::new(recording("rms"));
    Order::new(
        "tiny",
        text,
        seed,
        reference,
        settings,
        now,
        now,
        Duration::from_mins(1),
    )
}

fn with(change: impl FnOnce(&mut VoiceSettings)) -> VoiceSettings {
    let mut settings = VoiceSettings::default();
    change(&mut settings);
    settings
}

async fn speak(engine: &PocketEngine, order: &Order) -> Bytes {
    engine.speak(order).await.unwrap().wav
}

#[tokio::test]
async fn seed_and_temperature_decide_the_audio() {
    let folder = models(&[("tiny", Some("en"))]);
    let engine = PocketEngine::new(folder.path());
    let first = speak(&engine, &order("Good morning.", 7, VoiceSettings::default())).await;
    let clip = audio::decode_speech(&first).unwrap();
    assert!(clip.seconds() > 0.3 && clip.samples().iter().any(|sample| *sample != 0.0));

    let again = PocketEngine::new(folder.path());
    assert!(speak(&again, &order("Good morning.", 7, VoiceSettings::default())).await == first);
    assert!(speak(&again, &order("Good morning.", 8, VoiceSettings::default())).await != first);
    let warm = with(|settings| settings.temperature = Some(1.0));
    assert!(speak(&again, &order("Good morning.", 7, warm)).await != first);
}

#[tokio::test]
async fn stored_voice_gives_the_same_audio_and_a_damaged_one_is_encoded_again() {
    let folder = models(&[("tiny", Some("en"))]);
    let engine = PocketEngine::new(folder.path());
    let plain = order("Good morning.", 7, VoiceSettings::default());
    let expected = speak(&engine, &plain).await;
    let stored = LocalEngine::prepare_voice(&engine, "tiny", &plain.reference)
        .await
        .unwrap();
    let mut restored = plain.clone().with_voice(stored);
    // The reference is not needed any more.
    restored.reference = Reference::new(Bytes::from_static(b"nothing"));
    assert!(speak(&PocketEngine::new(folder.path()), &restored).await == expected);
    assert!(speak(&engine, &plain.with_voice(&b"damaged"[..])).await == expected);
}

#[tokio::test]
async fn replaced_model_has_another_voice_version() {
    let folder = models(&[("tiny", Some("en")), ("other", Some("en"))]);
    let engine = PocketEngine::new(folder.path());
    let version = |name| LocalEngine::voice_version(&engine, name);
    assert!(version("tiny").is_some());
    assert_ne!(version("tiny"), version("other"));
    assert_eq!(version("missing"), None);
}

#[test]
fn missing_model_is_an_error_with_the_command_that_gets_it() {
    let folder = models(&[]);
    let engine = PocketEngine::new(folder.path());
    for (settings, name) in [
        (VoiceSettings::default(), "english"),
        (with(|settings| settings.language = Some("de-AT".to_owned())), "german"),
        (with(|settings| settings.model = Some("italian".to_owned())), "italian"),
    ] {
        let error = LocalEngine::model_for(&engine, &settings).unwrap_err();
        assert_eq!(error.code(), "pocket.not_installed", "{error}");
        assert!(error.message().contains(name), "{error}");
        assert!(
            error.hint().unwrap().contains(&format!("`loqui models pull {name}")),
            "{error:?}"
        );
    }
    let unknown = LocalEngine::model(&engine, Some("chatterbox-turbo")).unwrap_err();
    assert_eq!(unknown.code(), "pocket.unknown_model");
}

#[test]
fn model_is_chosen_by_language() {
    let folder = models(&[("anna", Some("de")), ("bob", Some("en")), ("any", None)]);
    let engine = PocketEngine::new(folder.path());
    let chosen = |language: Option<&str>| {
        let settings = with(|settings| settings.language = language.map(str::to_owned));
        LocalEngine::model_for(&engine, &settings).map(|model| model.name)
    };
    assert_eq!(chosen(None).unwrap(), "bob");
    assert_eq!(chosen(Some("en-GB")).unwrap(), "bob");
    assert_eq!(chosen(Some("DE")).unwrap(), "anna");
    let missing = chosen(Some("fr")).unwrap_err();
    assert_eq!(missing.code(), "engine.language");
    assert_eq!(missing.hint(), Some("Run `loqui models pull french`."));
    let unpublished = chosen(Some("tlh")).unwrap_err();
    assert!(unpublished.hint().unwrap().contains("--language tlh"));

    let check = |model: &str, language: &str| {
        LocalEngine::check_settings(
            &engine,
            &with(|settings| {
                settings.model = Some(model.to_owned());
                settings.language = Some(language.to_owned());
            }),
        )
    };
    assert_eq!(check("anna", "en").unwrap_err().code(), "engine.language");
    assert_eq!(check("anna", "de-CH").unwrap(), []);
    assert_eq!(check("any", "fr").unwrap(), []);
}

#[test]
fn model_of_another_language_is_the_default_if_there_is_no_english_one() {
    let folder = models(&[("anna", Some("de"))]);
    let model = LocalEngine::model(&PocketEngine::new(folder.path()), None).unwrap();
    assert_eq!((model.name.as_str(), model.languages), ("anna", vec!["de".to_owned()]));
    assert!(model.clones_voice && model.needs_consent && model.price.is_none());
}

#[test]
fn damaged_model_is_reported() {
    let folder = models(&[("tiny", Some("en"))]);
    std::fs::write(folder.path().join("tiny/model.lock.json"), "{").unwrap();
    let error = LocalEngine::model(&PocketEngine::new(folder.path()), None).unwrap_err();
    assert_eq!(error.code(), "pocket.damaged");
}

#[test]
fn settings_without_effect_are_warnings() {
    let folder = models(&[("tiny", Some("en"))]);
    let engine = PocketEngine::new(folder.path());
    let settings = with(|settings| {
        (settings.exaggeration, settings.cfg_weight, settings.temperature) = (Some(1.0), Some(0.5), Some(0.7));
    });
    let warnings = LocalEngine::check_settings(&engine, &settings).unwrap();
    let messages: Vec<_> = warnings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the engine pocket has no option exaggeration",
            "the engine pocket has no option cfg_weight"
        ]
    );
    for wrong in [-0.1, 5.1, f64::NAN] {
        let settings = with(|settings| settings.temperature = Some(wrong));
        let error = LocalEngine::check_settings(&engine, &settings).unwrap_err();
        assert_eq!(error.code(), "option.out_of_range", "{wrong}");
    }
}

fn builder(folder: &Path) -> LoquiBuilder {
    Loqui::builder().models_dir(folder).engine_named("pocket")
}

fn sample() -> Sample {
    Sample::from_bytes(recording("rms")).unwrap()
}

#[tokio::test]
async fn consent_is_required_unless_the_operator_declares_it() {
    let folder = models(&[]);
    let error = builder(folder.path())
        .build()
        .unwrap()
        .speak(&sample(), "Hello.")
        .await
        .unwrap_err();
    assert_eq!(
        error.code(),
        "pocket.not_installed",
        "reported before the missing consent"
    );

    let folder = models(&[("tiny", Some("en"))]);
    let loqui = builder(folder.path()).build().unwrap();
    let error = loqui.submit(&sample(), "Hello.").await.unwrap_err();
    assert_eq!(error.code(), "sample.no_consent");
    assert!(error.message().contains("tiny"));
    let added = loqui.add_sample(&sample()).await.unwrap();
    let error = loqui.submit_with(added.id, "Hello.").await.unwrap_err();
    assert_eq!(error.code(), "sample.no_consent");

    loqui
        .submit(&sample(), "Hello.")
        .consent("I am the speaker.")
        .await
        .unwrap();
    // It is stored with the sample from now on.
    loqui.submit(&sample(), "Hello again.").await.unwrap();
    loqui.submit_with(added.id, "Hello again.").await.unwrap();

    let declared = builder(folder.path()).consent_declared(true).build().unwrap();
    declared.submit(&sample(), "Hello.").await.unwrap();
    let strict = builder(folder.path())
        .consent_declared(true)
        .require_consent(true)
        .build()
        .unwrap();
    let error = strict.submit(&sample(), "Hello.").await.unwrap_err();
    assert_eq!(error.code(), "sample.no_consent");
}

/// Writes a licence into the record of an installed model.
fn license(folder: &Path, model: &str) {
    let path = folder.join(model).join(loqui_pocket::models::LOCK_FILE);
    let mut lock: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    lock["attribution"] = serde_json::json!({
        "title": "Tiny", "author": "Somebody", "source": "https://example.com/tiny",
        "licence": "CC-BY-4.0", "licence_url": "https://example.com/by",
    });
    std::fs::write(path, lock.to_string()).unwrap();
}

#[tokio::test]
async fn voice_is_encoded_once_and_the_speech_names_its_model() {
    let (folder, data) = (models(&[("tiny", Some("en"))]), tempfile::tempdir().unwrap());
    license(folder.path(), "tiny");
    let open = || {
        builder(folder.path())
            .data_dir(data.path())
            .consent_declared(true)
            .build()
            .unwrap()
    };
    let loqui = open();
    let mut options = SpeakOptions::default();
    options.voice.seed = Some(3);
    let spoken = loqui
        .speak(&sample(), "Good morning to you.")
        .options(options.clone())
        .await
        .unwrap();
    let made = loqui.counts().artefacts_made;
    assert!(made > 0);
    let again = loqui
        .speak(&sample(), "Good morning to you.")
        .options(options.clone())
        .await
        .unwrap();
    assert_eq!(loqui.counts().artefacts_made, made, "the voice is stored");
    let other = open();
    let restored = other
        .speak(&sample(), "Good morning to you.")
        .options(options)
        .await
        .unwrap();
    assert_eq!(other.counts().artefacts_made, 0);
    let audio = |speech: &crate::Speech| audio::wav::read(speech.wav()).unwrap().into_samples();
    assert!(
        audio(&spoken) == audio(&again) && audio(&spoken) == audio(&restored),
        "the seed decides"
    );

    let attribution = "Tiny by Somebody, https://example.com/tiny, licensed under CC-BY-4.0 (https://example.com/by)";
    let provenance = audio::wav::provenance(spoken.wav()).unwrap();
    assert_eq!(provenance.attribution(), Some(attribution));
    assert!(provenance.comment.contains("engine=pocket, model=tiny"));
    let manifest = serde_json::to_value(spoken.manifest()).unwrap();
    assert_eq!(manifest["provenance"]["attribution"], attribution);
    let note = spoken
        .info()
        .warnings
        .iter()
        .find(|finding| finding.code == "model.attribution");
    assert_eq!(note.unwrap().message, attribution);
    assert!(spoken.info().cost_usd.abs() < f64::EPSILON);
}

/// Random weights make noise, which the checks of takes reject. The best of the rejected takes is kept with a warning.
#[tokio::test]
async fn takes_are_judged_and_repeated() {
    let folder = models(&[("tiny", Some("en"))]);
    let loqui = builder(folder.path()).consent_declared(true).build().unwrap();
    let text = "This is a sentence of some length.";
    let speech = loqui.speak(&sample(), text).max_takes(2).await.unwrap();
    let warnings = &speech.info().warnings;
    assert_eq!(speech.info().takes, 2, "{warnings:?}");
    assert!(
        warnings.iter().any(|finding| finding.code == "take.kept_anyway"),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn dropped_take_frees_its_core() {
    let folder = models(&[("tiny", Some("en"))]);
    let engine = PocketEngine::new(folder.path());
    let all = cores();
    let text = "A long sentence that goes on, and on, and on. ".repeat(200);
    let order = order(&text, 7, VoiceSettings::default());
    for _ in 0..2 * all {
        let mut take = Box::pin(engine.speak(&order));
        assert!(futures::poll!(&mut take).is_pending());
        drop(take);
    }
    let short = self::order("Hello.", 7, VoiceSettings::default());
    let waited = tokio::time::timeout(Duration::from_mins(1), engine.speak(&short));
    waited.await.expect("a core becomes free").unwrap();
    assert_eq!(SpeechEngine::name(&engine), "pocket");
}
