//! The models in memory, shared by all takes of this process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loqui_pocket::models::Installed;
use loqui_pocket::{LoadOptions, Model, Voice};

use super::failure;
use crate::audio::wav;
use crate::engine::Reference;
use crate::error::{Error, Result, code};

/// The most models that stay in memory. The largest takes about 700 MB.
const MAX_LOADED: usize = 2;

/// The models that were used last, without their voice encoders.
#[derive(Debug, Default)]
pub(super) struct LoadedModels {
    /// The model that was used last is at the end.
    slots: Mutex<Vec<(String, Slot)>>,
}

/// Empty while its first user loads the model and others wait.
type Slot = Arc<Mutex<Option<Model>>>;

impl LoadedModels {
    /// Returns a model for speaking, and loads it if necessary.
    ///
    /// # Errors
    ///
    /// `pocket.damaged`, `pocket.invalid_model`, `pocket.storage`.
    pub(super) fn get(&self, installed: &Installed) -> Result<Model> {
        let slot = self.slot(installed);
        let mut loaded = lock(&slot);
        if let Some(model) = &*loaded {
            return Ok(model.clone());
        }
        let without_encoder = LoadOptions::default().voice_encoder(false);
        let model = installed.load_with(without_encoder).map_err(failure::of_models)?;
        Ok(loaded.insert(model).clone())
    }

    /// Encodes the voice of a reference. The voice encoder is loaded for it and dropped afterwards, because most takes use a
    /// stored voice.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get); `engine.failed` if the reference cannot be encoded.
    pub(super) fn encode(&self, installed: &Installed, reference: &Reference) -> Result<Voice> {
        let clip = wav::read(reference.wav())
            .ok_or_else(|| Error::new(&code::ENGINE_FAILED, "the reference of the sample cannot be read"))?;
        let model = installed.load().map_err(failure::of_models)?;
        let voice = model
            .voice(clip.samples(), clip.sample_rate())
            .map_err(failure::of_speech)?;
        let mut speaking = model;
        speaking.drop_voice_encoder();
        lock(&self.slot(installed)).get_or_insert(speaking);
        Ok(voice)
    }

    fn slot(&self, installed: &Installed) -> Slot {
        let key = identity(installed);
        let mut slots = lock(&self.slots);
        let slot = match slots.iter().position(|(used, _)| *used == key) {
            Some(index) => slots.remove(index).1,
            None => Slot::default(),
        };
        slots.push((key, Arc::clone(&slot)));
        let surplus = slots.len().saturating_sub(MAX_LOADED);
        slots.drain(..surplus);
        slot
    }
}

/// Identifies the name and the files of an installed model. A model that was replaced has another identity.
pub(super) fn identity(installed: &Installed) -> String {
    let hashes = installed
        .files()
        .iter()
        .map(|file| file.sha256.get(..16).unwrap_or(&file.sha256));
    [installed.name()]
        .into_iter()
        .chain(hashes)
        .collect::<Vec<_>>()
        .join(".")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
