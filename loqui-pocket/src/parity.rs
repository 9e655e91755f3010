//! Comparison with tensors of the reference package, stage by stage.
//!
//! `tests/golden/make.py` makes the tensors from seeded weights in the shapes of the published models, and feeds every
//! stage with the output of the reference for the previous stage. The weights are computed again here.

use std::path::{Path, PathBuf};

use crate::Config;
use crate::mimi::{MimiDecoder, MimiEncoder};
use crate::model::{Model, VoiceEncoder};
use crate::nn::{KvCache, Scratch};
use crate::sample::{end_on_pause, resample};
use crate::seeded::{name_hash, uniform, write_model};
use crate::text::split;
use crate::tokenizer::Tokenizer;
use crate::weights::{Dtype, Loader, SafetensorsFile};

const TOKENS: usize = 12;
const STEPS: usize = 8;

pub(crate) fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Golden tensors of one file.
struct Golden(SafetensorsFile<std::io::BufReader<std::fs::File>>);

impl Golden {
    fn open(name: &str) -> Self {
        Self(SafetensorsFile::open(&golden(&format!("{name}.safetensors"))).unwrap())
    }

    fn get(&mut self, name: &str) -> Vec<f32> {
        self.0.tensor(name).unwrap().unwrap().into_f32()
    }

    /// Compares within `1e-4 * max(1, |reference|)`.
    fn compare(&mut self, name: &str, got: &[f32]) {
        self.compare_within(name, got, 1e-4);
    }

    fn compare_within(&mut self, name: &str, got: &[f32], tolerance: f32) {
        let want = self.get(name);
        assert_eq!(got.len(), want.len(), "{name}");
        let error = |(got, want): (&f32, &f32)| (got - want).abs() / want.abs().max(1.0);
        let worst = got.iter().zip(&want).map(error).fold(0.0, f32::max);
        assert!(worst <= tolerance, "{}: {name} differs by {worst}", self.0.name());
    }
}

fn every(values: &[f32], step: usize) -> impl Iterator<Item = f32> {
    values.iter().step_by(step).copied()
}

/// Every 61st value of the cache of each layer between two positions.
fn cached(caches: &[KvCache], first: usize, last: usize) -> Vec<f32> {
    let mut out = Vec::new();
    for cache in caches {
        let mut values = Vec::new();
        for which in 0..2 {
            for position in first..last {
                for head in 0..cache.head_count() {
                    cache.get(which, position, head, &mut values);
                }
            }
        }
        out.extend(every(&values, 61));
    }
    out
}

fn load(name: &str, dtype: Dtype) -> Model {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::builtin(name).unwrap();
    let path = folder.path().join("model.safetensors");
    write_model(&path, &config, dtype).unwrap();
    let tokenizer = std::fs::read(golden("identity.model")).unwrap();
    let tokenizer = Tokenizer::parse(&tokenizer, false, 520).unwrap();
    Model::assemble(config, tokenizer, &path, true).unwrap()
}

fn voice_encoder(model: &Model) -> &VoiceEncoder {
    model.voice_encoder().unwrap()
}

/// Compares all stages of a model with the reference.
fn compare(name: &str, dtype: Dtype, tolerance: f32) {
    let model = load(name, dtype);
    let mut golden = Golden::open(name);
    let lm = &model.inner.flow_lm;

    let audio: Vec<f32> = uniform("audio", 17_000).map(|x| 0.3 * x).collect();
    let audio = end_on_pause(&audio, 24_000);
    golden.compare_within("encoder_latents", &voice_encoder(&model).mimi.encode(&audio), tolerance);
    let condition = voice_encoder(&model).condition(&audio);
    golden.compare_within("voice_condition", &every(&condition, 7).collect::<Vec<_>>(), tolerance);

    let (mut caches, mut scratch) = (lm.caches(), Scratch::default());
    lm.read_voice(&condition, &mut caches, &mut scratch);
    let voice = caches[0].position();
    golden.compare_within("voice_state", &cached(&caches, 0, voice), tolerance);

    let bins = model.config().fields.flow_lm.lookup_table.n_bins as u64;
    let tokens: Vec<u32> = (0..TOKENS)
        .map(|index| (name_hash(&format!("token{index}")) % bins) as u32)
        .collect();
    let text = voice + TOKENS;
    lm.read_text(&tokens, &mut caches, &mut scratch);
    golden.compare_within("text_state", &cached(&caches, voice, text), tolerance);

    let latents = golden.get("latents");
    let schedule = lm.head.schedule(1);
    let (mut conditions, mut logits, mut sampled, mut frames) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut last_condition = Vec::new();
    let mut decoder = model.inner.decoder.state();
    for (step, latent) in latents.chunks(lm.latent()).enumerate() {
        let before = step
            .checked_sub(1)
            .map(|before| &latents[before * lm.latent()..][..lm.latent()]);
        let condition = lm.step(before, &mut caches, &mut scratch);
        let noise: Vec<f32> = uniform(&format!("noise{step}"), lm.latent()).map(|x| 0.5 * x).collect();
        sampled.extend(lm.head.sample(&condition, &noise, &schedule));
        logits.push(lm.eos_logit(&condition));
        conditions.extend(every(&condition, 3));
        last_condition = condition;
        let samples = model.inner.decoder.decode(&lm.denormalize(latent), &mut decoder);
        frames.extend(every(&samples, 3));
    }
    if golden.0.tensors().contains_key("two_steps") {
        let noise: Vec<f32> = uniform(&format!("noise{}", STEPS - 1), lm.latent())
            .map(|x| 0.5 * x)
            .collect();
        let sampled = lm.head.sample(&last_condition, &noise, &lm.head.schedule(2));
        golden.compare_within("two_steps", &sampled, tolerance);
    }
    golden.compare_within("conditions", &conditions, tolerance);
    golden.compare_within("eos_logits", &logits, tolerance);
    golden.compare_within("latents", &sampled, tolerance);
    golden.compare_within("step_state", &cached(&caches, text, text + STEPS), tolerance);
    golden.compare_within("frames", &frames, tolerance);
}

#[test]
fn the_2m_shape_agrees_with_the_reference() {
    compare("english_2m_2026-10", Dtype::Bf16, 1e-4);
}

#[test]
fn the_7m_shape_agrees_with_the_reference() {
    compare("english_7m_2026-10", Dtype::Bf16, 1e-4);
}

#[test]
fn the_18m_shape_agrees_with_the_reference() {
    compare("english_18m_2026-10", Dtype::Bf16, 1e-4);
}

#[test]
fn the_english_shape_agrees_with_the_reference() {
    compare("english", Dtype::Bf16, 1e-4);
}

#[test]
fn single_precision_weights_agree_with_the_reference() {
    compare("english_2m_2026-10", Dtype::F32, 1e-4);
}

#[test]
fn half_precision_weights_agree_with_the_reference() {
    // Values below 2^-14 lose bits in half precision.
    compare("english_2m_2026-10", Dtype::F16, 1e-3);
}

#[test]
fn the_codec_agrees_beyond_its_attention_windows() {
    for name in ["english_2m_2026-10", "english"] {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::builtin(name).unwrap();
        let path = folder.path().join("model.safetensors");
        write_model(&path, &config, Dtype::F32).unwrap();
        let mut loader = Loader::new(SafetensorsFile::open(&path).unwrap(), name);
        let mut golden = Golden::open(&format!("{name}.long"));

        let encoder = MimiEncoder::load(&mut loader, &config.fields.mimi).unwrap();
        let audio: Vec<f32> = uniform("long audio", 24 * 1920).map(|x| 0.3 * x).collect();
        golden.compare("encoder_latents", &encoder.encode(&audio));

        let decoder = MimiDecoder::load(&mut loader, &config.fields.mimi).unwrap();
        let mut state = decoder.state();
        let mut frames = Vec::new();
        for step in 0..40 {
            let latent: Vec<f32> = uniform(&format!("latent{step}"), 32).collect();
            frames.extend(every(&decoder.decode(&latent, &mut state), 96));
        }
        golden.compare("frames", &frames);
    }
}

#[test]
fn resampling_and_the_end_of_a_sample_agree_with_the_reference() {
    let mut golden = Golden::open("sounds");
    let audio: Vec<f32> = uniform("resampled", 3000).collect();
    for rate in [8_000, 16_000, 22_050, 44_100, 48_000, 11_111] {
        let resampled = resample(&audio, rate, 24_000);
        golden.compare(&format!("resampled_{rate}"), &every(&resampled, 5).collect::<Vec<_>>());
    }
    let mut quiet = audio.repeat(3);
    for x in &mut quiet[5000..] {
        *x *= 1e-4;
    }
    golden.compare("paused", &end_on_pause(&quiet, 24_000));
}

#[test]
fn tokens_and_chunks_agree_with_the_reference() {
    #[derive(serde::Deserialize)]
    struct Case {
        tokenizer: String,
        config: String,
        text: String,
        chunks: Vec<Spoken>,
    }
    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Spoken {
        text: String,
        tail: usize,
        tokens: Vec<u32>,
    }
    let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(golden("texts.json")).unwrap()).unwrap();
    assert!(cases.len() > 200);
    let mut wrong = Vec::new();
    for case in cases {
        let bytes = std::fs::read(golden(&case.tokenizer)).unwrap();
        let json = case.tokenizer.contains(".json");
        let tokenizer = Tokenizer::parse(&bytes, json, 520).unwrap();
        let config = Config::builtin(&case.config).unwrap();
        let got: Vec<Spoken> = split(&case.text, &config.fields, &tokenizer, 50)
            .unwrap()
            .into_iter()
            .map(|chunk| Spoken {
                text: chunk.text,
                tail: chunk.tail,
                tokens: chunk.tokens,
            })
            .collect();
        if got != case.chunks {
            wrong.push(format!(
                "{} {} {:?}\n got {got:?}\nwant {:?}",
                case.tokenizer, case.config, case.text, case.chunks
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(6)].join("\n")
    );
}
