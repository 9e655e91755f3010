//! Recordings on their way into the library: kept as they came, and ready to be spoken with.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use loqui_core::error::code;
use loqui_core::store::AudioStore;
use loqui_core::{Error, Generation, Loqui, Sample, SpeakOptions};

use super::uploads::Upload;

/// So many checked recordings are kept ready; another one is read and checked again when it is spoken with.
const READY: usize = 64;

/// Keeps recordings and speaks with them.
#[derive(Debug)]
pub(crate) struct Voices {
    loqui: Loqui,
    audio: AudioStore,
    ready: Mutex<VecDeque<(i64, Sample)>>,
}

impl Voices {
    /// Recordings among this audio, spoken with by this library.
    pub(crate) fn new(loqui: Loqui, audio: AudioStore) -> Self {
        Self {
            loqui,
            audio,
            ready: Mutex::default(),
        }
    }

    /// Keeps a recording under a key.
    pub(crate) async fn keep(&self, key: &str, sample: &Sample) -> Result<(), Error> {
        self.audio.put(key, sample.original().clone()).await
    }

    /// Has a checked recording ready for the upload it became.
    pub(crate) fn make_ready(&self, upload: i64, sample: Sample) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.retain(|(id, _)| *id != upload);
        if ready.len() >= READY {
            ready.pop_front();
        }
        ready.push_back((upload, sample));
    }

    /// The recording as it was uploaded.
    ///
    /// # Errors
    ///
    /// `store.corrupt` if it is not there any more.
    pub(crate) async fn original(&self, upload: &Upload) -> Result<Bytes, Error> {
        self.audio.get(&upload.path()).await?.ok_or_else(|| {
            // Front ends know this sentence (A26).
            Error::new(&code::STORE_CORRUPT, "Audio sample file not found on server")
        })
    }

    /// Begins a generation with an upload.
    pub(crate) async fn submit(
        &self,
        upload: &Upload,
        text: String,
        options: SpeakOptions,
    ) -> Result<Generation, Error> {
        let sample = self.sample(upload).await?;
        self.loqui.submit(&sample, text).options(options).await
    }

    /// Forgets a recording's bytes.
    pub(crate) async fn forget(&self, upload: &Upload) -> Result<(), Error> {
        self.ready
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(id, _)| *id != upload.id);
        self.audio.delete(&upload.path()).await
    }

    /// Whether audio can be written and read back right now.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        let key = "checks/ready";
        self.audio.put(key, Bytes::from_static(b"ready")).await?;
        match self.audio.get(key).await? {
            Some(bytes) if bytes == "ready" => Ok(()),
            _ => Err(Error::new(&code::STORE_CORRUPT, "audio that was written cannot be read back")),
        }
    }

    async fn sample(&self, upload: &Upload) -> Result<Sample, Error> {
        let ready = self
            .ready
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find(|(id, _)| *id == upload.id)
            .map(|(_, sample)| sample.clone());
        if let Some(sample) = ready {
            return Ok(sample);
        }
        let bytes = self.original(upload).await?;
        let sample = check(bytes).await?.with_name(&upload.name);
        self.make_ready(upload.id, sample.clone());
        Ok(sample)
    }
}

/// Decodes and judges a recording, away from the threads that answer.
pub(crate) async fn check(bytes: Bytes) -> Result<Sample, Error> {
    tokio::task::spawn_blocking(move || Sample::from_bytes(bytes))
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "checking a recording broke off").with_source(source))?
}
