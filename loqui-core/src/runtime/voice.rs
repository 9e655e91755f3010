//! What speaks a generation: the engine with its model, and the reference of the sample.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::OnceCell;

use super::artefacts::{ArtefactKey, Artefacts, EngineVoice};
use super::context::Runtime;
use super::judge::{Judge, Speaker};
use crate::engine::{ModelInfo, Reference, SpeechEngine};
use crate::error::{Error, Result, code};
use crate::ledger::GenerationRecord;
use crate::store::GenerationStoreExt as _;

/// What speaks a generation, and how its takes are judged.
#[derive(Debug)]
pub(super) struct Voice {
    pub(super) engine: Arc<dyn SpeechEngine>,
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
    /// Collects what speaks a generation.
    ///
    /// # Errors
    ///
    /// Those of [`Engines::named`](super::Engines::named); `model.unknown`; `store.corrupt` if the sample or its audio is
    /// missing; `store.unavailable`.
    pub(super) async fn of(runtime: &Runtime, generation: &GenerationRecord) -> Result<Self> {
        let engine = runtime.engines.named(&generation.engine)?;
        let model = engine.model(Some(&generation.model))?;
        let id = generation.sample;
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
            engine,
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
    pub(super) async fn prepared(&self, artefacts: &Artefacts) -> Result<Option<Bytes>> {
        let Self {
            engine,
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
