//! Recordings on their way into the library and back.

use bytes::Bytes;
use loqui_core::error::code;
use loqui_core::{Error, Generation, Loqui, Sample, SpeakOptions};

use super::uploads::Upload;

/// Keeps recordings and speaks with them.
#[derive(Debug)]
pub(crate) struct Voices {
    loqui: Loqui,
}

/// A user, as the library knows owners.
pub(crate) fn owner(account: i64) -> String {
    account.to_string()
}

impl Voices {
    /// Recordings of this library.
    pub(crate) fn new(loqui: Loqui) -> Self {
        Self { loqui }
    }

    /// Keeps a recording as a user's, with what was said of its speaker's consent; the library's number of it.
    pub(crate) async fn keep(&self, account: i64, sample: &Sample, consent: Option<String>) -> Result<i64, Error> {
        let mut adding = self.loqui.add_sample(sample).owner(owner(account));
        if let Some(consent) = consent {
            adding = adding.consent(consent);
        }
        Ok(adding.await?.id)
    }

    /// The recording as it was uploaded.
    ///
    /// # Errors
    ///
    /// `store.corrupt` if it is not there any more.
    pub(crate) async fn original(&self, upload: &Upload) -> Result<Bytes, Error> {
        self.loqui.recording(upload.sample).await.map_err(|error| {
            if error.code() == code::SAMPLE_NOT_FOUND.name() {
                // Front ends know this sentence (A26).
                Error::new(&code::STORE_CORRUPT, "Audio sample file not found on server")
            } else {
                error
            }
        })
    }

    /// Begins a generation with an upload. The same key again is the same generation.
    pub(crate) async fn submit(
        &self,
        upload: &Upload,
        text: String,
        options: SpeakOptions,
        key: Option<String>,
    ) -> Result<Generation, Error> {
        let mut request = self
            .loqui
            .submit_with(upload.sample, text)
            .owner(owner(upload.account))
            .options(options);
        if let Some(key) = key {
            request = request.idempotency_key(key);
        }
        request.await
    }

    /// Erases a recording, here and at the provider.
    pub(crate) async fn erase(&self, upload: &Upload) -> Result<(), Error> {
        match self.loqui.erase_sample(upload.sample).await {
            Err(error) if error.code() == code::SAMPLE_NOT_FOUND.name() => Ok(()),
            erased => erased.map(drop),
        }
    }
}

/// Decodes and judges a recording, away from the threads that answer.
pub(crate) async fn check(bytes: Bytes) -> Result<Sample, Error> {
    tokio::task::spawn_blocking(move || Sample::from_bytes(bytes))
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "checking a recording broke off").with_source(source))?
}
