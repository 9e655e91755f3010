use std::path::Path;

use crate::seeded::{tiny_folder, uniform};
use crate::{Error, LoadOptions, Model, Settings, Speech, Voice, quantize};

fn sample(name: &str) -> Vec<f32> {
    uniform(name, 24_000).map(|x| 0.2 * x).collect()
}

fn model() -> Model {
    Model::load(tiny_folder().path()).unwrap()
}

/// Settings under which random weights speak for the longest time.
fn endless() -> Settings {
    Settings::default().eos_threshold(1e9)
}

fn speak(model: &Model, voice: &Voice, text: &str, settings: &Settings) -> Vec<f32> {
    model.speak(voice, text, settings).unwrap().into_samples().unwrap()
}

#[test]
fn the_same_seed_gives_the_same_samples_and_another_seed_does_not() {
    let model = model();
    let voice = model.voice(&sample("a"), 24_000).unwrap();
    let first = speak(&model, &voice, "Hello there.", &endless());
    assert_eq!(first, speak(&model, &voice, "Hello there.", &endless()));
    assert_ne!(first, speak(&model, &voice, "Hello there.", &endless().seed(1)));
    assert_ne!(first, speak(&model, &voice, "Hello again.", &endless()));
    let other = model.voice(&sample("b"), 24_000).unwrap();
    assert_ne!(first, speak(&model, &other, "Hello there.", &endless()));
}

#[test]
fn threads_share_a_model() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Model>();
    shared::<Voice>();
    shared::<Speech>();
    let model = model();
    let voice = model.voice(&sample("a"), 24_000).unwrap();
    let alone = speak(&model, &voice, "Hello there.", &endless());
    std::thread::scope(|scope| {
        let speak = || speak(&model, &voice, "Hello there.", &endless());
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(speak)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

#[test]
fn speech_comes_in_frames_of_chunks_that_fade_in() {
    let model = model();
    let voice = model.voice(&sample("a"), 24_000).unwrap();
    let text = "This is the first sentence of all. And this is the second, which is longer. A third.";
    let settings = endless().max_tokens(20);
    let mut speech = model.speak(&voice, text, &settings).unwrap();
    let chunks: Vec<String> = speech.chunks().map(str::to_owned).collect();
    assert_eq!(chunks.len(), 3, "{chunks:?}");
    let frames: Vec<_> = speech.by_ref().map(Result::unwrap).collect();
    assert!(speech.next().is_none());
    assert_eq!(speech.overlong(), [0, 1, 2]);
    for (chunk, text) in chunks.iter().enumerate() {
        let frames: Vec<_> = frames.iter().filter(|frame| frame.chunk() == chunk).collect();
        let tokens = model.inner.tokenizer.encode(text).len();
        assert_eq!(frames.len(), ((tokens as f64 / 3.0 + 2.0) * 12.5).ceil() as usize);
        assert!(frames.iter().all(|frame| frame.len() == 1920));
        assert!(frames[0][0].abs() < f32::MIN_POSITIVE);
    }
}

#[test]
fn speech_ends_a_few_frames_after_the_logit() {
    let model = model();
    let voice = model.voice(&sample("a"), 24_000).unwrap();
    let settings = Settings::default().eos_threshold(-1e9);
    // The end is ignored in the first six frames; five more follow a short text, three a longer one.
    assert_eq!(speak(&model, &voice, "Hello.", &settings).len(), 11 * 1920);
    assert_eq!(
        speak(&model, &voice, "One two three four five.", &settings).len(),
        9 * 1920
    );
    let settings = settings.frames_after_eos(0);
    assert_eq!(speak(&model, &voice, "Hello.", &settings).len(), 6 * 1920);
}

#[test]
fn a_stored_voice_gives_the_same_samples() {
    let model = model();
    let voice = model.voice(&sample("a"), 16_000).unwrap();
    let bytes = voice.to_bytes();
    let stored = Voice::from_bytes(&bytes).unwrap();
    assert_eq!(stored.to_bytes(), bytes);
    assert_eq!(stored.positions(), voice.positions());
    assert_eq!(stored.fingerprint(), Some(model.fingerprint()));
    assert_eq!(
        speak(&model, &stored, "Hello there.", &endless()),
        speak(&model, &voice, "Hello there.", &endless())
    );
}

#[test]
fn a_voice_of_other_weights_is_refused() {
    let folder = tiny_folder();
    let model = Model::load(folder.path()).unwrap();
    let voice = model.voice(&sample("a"), 24_000).unwrap();
    let path = folder.path().join("model.safetensors");
    let mut bytes = std::fs::read(&path).unwrap();
    let header = 8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    bytes[header..][..4].copy_from_slice(&0.25_f32.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    let other = Model::load(folder.path()).unwrap();
    let error = other.speak(&voice, "Hello.", &Settings::default()).unwrap_err();
    assert!(error.to_string().contains("other weights"), "{error}");
}

#[test]
fn damaged_voices_are_refused_without_a_panic() {
    let model = model();
    let bytes = model.voice(&sample("a"), 24_000).unwrap().to_bytes();
    let header = 8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    let mut state = 3_u64;
    let mut next = move |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % limit
    };
    let mut refused = 0;
    for _ in 0..500 {
        let mut changed = bytes.clone();
        let index = next(header);
        changed[index] = b"0123456789[]{},:\""[next(17)];
        if next(4) == 0 {
            changed.truncate(next(changed.len()));
        }
        match Voice::from_bytes(&changed) {
            Err(_) => refused += 1,
            Ok(voice) => {
                let _ = model
                    .speak(&voice, "Hello.", &Settings::default())
                    .map(|mut speech| speech.next());
            }
        }
    }
    assert!(refused > 300, "{refused}");
}

#[test]
fn a_quantised_model_takes_the_voices_of_its_source() {
    let folder = tiny_folder();
    let model = Model::load(folder.path()).unwrap();
    let voice = model.voice(&sample("a"), 24_000).unwrap();
    let small = tiny_folder();
    let weights = "model.safetensors";
    quantize(&folder.path().join(weights), &small.path().join(weights)).unwrap();
    let small = Model::load(small.path()).unwrap();
    assert_eq!(small.fingerprint(), model.fingerprint());
    let exact = speak(&model, &voice, "Hello.", &endless());
    let close = speak(&small, &voice, "Hello.", &endless());
    let difference: f32 = exact[..1920].iter().zip(&close).map(|(a, b)| (a - b).powi(2)).sum();
    let power: f32 = exact[..1920].iter().map(|a| a.powi(2)).sum();
    assert!(difference < 0.01 * power, "{difference} of {power}");
}

#[test]
fn a_model_without_its_voice_encoder_speaks_stored_voices_only() {
    let folder = tiny_folder();
    let mut model = Model::load(folder.path()).unwrap();
    let voice = model.voice(&sample("a"), 24_000).unwrap();
    let light = Model::load_with(folder.path(), LoadOptions::default().voice_encoder(false)).unwrap();
    model.drop_voice_encoder();
    for model in [model, light] {
        assert!(!model.clones_voices());
        assert!(matches!(
            model.voice(&sample("a"), 24_000),
            Err(Error::NoVoiceEncoder { .. })
        ));
        assert!(!speak(&model, &voice, "Hello.", &Settings::default()).is_empty());
    }
}

#[test]
fn weights_without_voice_cloning_load_but_refuse_new_voices() {
    let folder = tiny_folder();
    let path = folder.path().join("model.safetensors");
    let bytes = std::fs::read(&path).unwrap();
    let header = 8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    let text = String::from_utf8(bytes[8..header].to_vec()).unwrap();
    let info: serde_json::Value = serde_json::from_str(&text).unwrap();
    let offset = |end: usize| {
        info["flow_lm.speaker_proj_weight"]["data_offsets"][end]
            .as_u64()
            .unwrap() as usize
    };
    let range = header + offset(0)..header + offset(1);
    for value in [0.0_f32, f32::NAN] {
        let mut blank = bytes.clone();
        for bytes in blank[range.clone()].chunks_exact_mut(4) {
            bytes.copy_from_slice(&value.to_le_bytes());
        }
        std::fs::write(&path, blank).unwrap();
        let model = Model::load(folder.path()).unwrap();
        let error = model.voice(&sample("a"), 24_000).unwrap_err();
        assert!(error.to_string().contains("without voice cloning"), "{error}");
    }
}

#[test]
fn unusable_samples_texts_and_settings_are_errors() {
    let model = model();
    let voice = model.voice(&sample("a"), 24_000).unwrap();
    let silent = vec![0.0; 24_000];
    let broken = vec![f32::NAN; 24_000];
    for (samples, rate, named) in [
        (&silent[..], 24_000, "silent"),
        (&broken, 24_000, "not finite"),
        (&sample("a")[..100], 24_000, "0.00 s long"),
        (&sample("a"), 0, "0 Hz"),
    ] {
        let error = model.voice(samples, rate).unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
    }
    assert!(matches!(
        model.speak(&voice, " \n ", &Settings::default()),
        Err(Error::EmptyText)
    ));
    for settings in [
        Settings::default().temperature(-1.0),
        Settings::default().temperature(f32::NAN),
        Settings::default().steps(0),
        Settings::default().max_tokens(0),
    ] {
        assert!(
            matches!(model.speak(&voice, "Hello.", &settings), Err(Error::Setting { .. })),
            "{settings:?}"
        );
    }
}

#[test]
fn an_error_names_the_missing_file() {
    let missing = |file: &str| {
        let folder = tiny_folder();
        std::fs::remove_file(folder.path().join(file)).unwrap();
        Model::load(folder.path()).unwrap_err().to_string()
    };
    assert!(missing("tokenizer.model").starts_with("no tokenizer.json or tokenizer.model in "));
    assert!(missing("model.safetensors").starts_with("no model.safetensors in "));
    assert!(missing("config.json").starts_with("unknown configuration "));
    assert!(matches!(
        Model::load(Path::new("/nowhere/english")),
        Err(Error::MissingFile { .. })
    ));
}
