//! What speaks a generation: the engine, and each of its voices with its model and the reference of its sample.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::OnceCell;

use super::artefacts::{ArtefactKey, Artefacts, EngineVoice};
use super::context::Runtime;
use super::judge::{Judge, Speaker};
use crate::engine::{ModelInfo, Reference, SpeechEngine};
use crate::error::{Error, Result, code};
use crate::id::SampleId;
use crate::ledger::cast::SegmentVoice;
use crate::ledger::{GenerationRecord, Policy};
use crate::store::GenerationStoreExt as _;

/// What speaks a generation, and how its takes are judged.
#[derive(Debug)]
pub(super) struct Voices {
    pub(super) engine: Arc<dyn SpeechEngine>,
    /// The voice of text without a label.
    default: Arc<Voice>,
    /// By label.
    named: HashMap<String, Arc<Voice>>,
}

impl Voices {
    /// Collects what speaks a generation.
    ///
    /// # Errors
    ///
    /// Those of [`Engines::named`](super::Engines::named); `model.unknown`; `store.corrupt` if a sample or its audio is
    /// missing; `store.unavailable`.
    pub(super) async fn of(runtime: &Runtime, generation: &GenerationRecord) -> Result<Self> {
        let engine = runtime.engines.named(&generation.engine)?;
        let cast = generation.cast();
        let mut made: Vec<(SampleId, String, Arc<Voice>)> = Vec::new();
        let mut named = HashMap::new();
        let default = Voice::shared(runtime, engine.as_ref(), &cast.default_voice(), &mut made).await?;
        for record in cast.voices {
            let voice = SegmentVoice {
                sample: record.sample,
                model: &record.model,
                ..cast.default_voice()
            };
            let voice = Voice::shared(runtime, engine.as_ref(), &voice, &mut made).await?;
            named.insert(record.label.clone(), voice);
        }
        Ok(Self { engine, default, named })
    }

    /// The voice of a label, or of text without one.
    pub(super) fn get(&self, label: Option<&str>) -> &Voice {
        label.and_then(|label| self.named.get(label)).unwrap_or(&self.default)
    }
}

/// The policy for a generation of an engine.
///
/// # Errors
///
/// `model.unknown`.
pub(crate) fn policy_for(policy: &Policy, engine: &dyn SpeechEngine, generation: &GenerationRecord) -> Result<Policy> {
    let model = engine.model(Some(&generation.model))?;
    let mut voices = Vec::new();
    for voice in &generation.voices {
        voices.push((voice.label.as_str(), engine.model(Some(&voice.model))?));
    }
    Ok(policy.for_models(&model, voices.iter().map(|(label, model)| (*label, model))))
}

/// One voice.
#[derive(Debug)]
pub(super) struct Voice {
    pub(super) model: ModelInfo,
    pub(super) reference: Reference,
    /// The name of the sample.
    pub(super) sample_name: String,
    pub(super) judge: Judge,
    /// The SHA-256 of the recording.
    recording: String,
    /// What the engine computed from the reference, from the first take on.
    prepared: OnceCell<Option<Bytes>>,
}

impl Voice {
    /// The voice of a sample with a model. Labels with the same sample and model share one, with its history of takes.
    async fn shared(
        runtime: &Runtime,
        engine: &dyn SpeechEngine,
        voice: &SegmentVoice<'_>,
        made: &mut Vec<(SampleId, String, Arc<Self>)>,
    ) -> Result<Arc<Self>> {
        let is_same = |(sample, model, _): &&(SampleId, String, Arc<Self>)| {
            *sample == voice.sample && model.as_str() == voice.model
        };
        if let Some((_, _, known)) = made.iter().find(is_same) {
            return Ok(Arc::clone(known));
        }
        let new = Arc::new(Self::of(runtime, engine, voice).await?);
        made.push((voice.sample, voice.model.to_owned(), Arc::clone(&new)));
        Ok(new)
    }

    async fn of(runtime: &Runtime, engine: &dyn SpeechEngine, voice: &SegmentVoice<'_>) -> Result<Self> {
        let model = engine.model(Some(voice.model))?;
        let id = voice.sample;
        let corrupt = |message: String| Error::new(&code::STORE_CORRUPT, message);
        let sample = runtime.store.sample(id).await?;
        let sample = sample.ok_or_else(|| corrupt(format!("sample {id} is missing in the records")))?;
        let reference = runtime
            .shared
            .references
            .read(&runtime.audio, &sample.reference)
            .await?;
        let reference = reference.ok_or_else(|| corrupt(format!("the audio of sample {id} is missing")))?;
        // The takes of a model that does not clone voices are not compared with the sample.
        let speaker = model.clones_voice.then(|| Speaker {
            artefacts: Arc::clone(&runtime.artefacts),
            sha256: sample.sha256.clone(),
            reference: reference.clone(),
        });
        Ok(Self {
            model,
            reference,
            sample_name: sample.name,
            judge: Judge::new(runtime.settings.checks.clone(), speaker),
            recording: sample.sha256,
            prepared: OnceCell::new(),
        })
    }

    /// What the engine computes from the reference once, if it does; stored with the recording.
    ///
    /// # Errors
    ///
    /// Those of the engine.
    pub(super) async fn prepared(&self, engine: &dyn SpeechEngine, artefacts: &Artefacts) -> Result<Option<Bytes>> {
        let Self {
            model,
            reference,
            recording,
            prepared,
            ..
        } = self;
        let made = prepared.get_or_try_init(async || {
            let Some(version) = engine.voice_version(&model.name) else {
                return Ok(None);
            };
            let key = ArtefactKey::voice(recording, engine.name(), &model.name, &version, reference);
            let make = async || Ok(EngineVoice(engine.prepare_voice(&model.name, reference).await?));
            let voice = artefacts.get_or_make(key, make).await?;
            Ok::<_, Error>(Some(voice.0))
        });
        Ok(made.await?.clone())
    }
}
