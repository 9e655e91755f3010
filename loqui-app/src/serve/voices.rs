//! Samples of users in the library.

use bytes::Bytes;
use loqui_core::{CancelOnDrop, Error, ErrorKind, Generation, Loqui, Request, Sample, SampleId, SpeakOptions};

use super::uploads::Upload;
use crate::code;

/// Stores samples, and starts generations with them.
#[derive(Debug)]
pub(crate) struct Voices {
    loqui: Loqui,
}

/// Returns the owner that stands for a user in the library.
pub(crate) fn owner(account: i64) -> String {
    account.to_string()
}

impl Voices {
    /// Uses this library.
    pub(crate) fn new(loqui: Loqui) -> Self {
        Self { loqui }
    }

    /// Stores a sample for a user, with the statement of consent. Returns the library's id of the sample.
    pub(crate) async fn keep(&self, account: i64, sample: &Sample, consent: Option<String>) -> Result<SampleId, Error> {
        let mut adding = self.loqui.add_sample(sample).owner(owner(account));
        if let Some(consent) = consent {
            adding = adding.consent(consent);
        }
        Ok(adding.await?.id)
    }

    /// Returns the recording as it was uploaded.
    ///
    /// # Errors
    ///
    /// `store.corrupt` if it does not exist.
    pub(crate) async fn original(&self, upload: &Upload) -> Result<Bytes, Error> {
        self.loqui.recording(upload.sample).await.map_err(|error| {
            if error.is(&code::SAMPLE_NOT_FOUND) {
                // Frontends compare this message.
                Error::new(&code::STORE_CORRUPT, "Audio sample file not found on server")
            } else {
                error
            }
        })
    }

    /// Starts a generation with an upload. The same idempotency key returns the same generation.
    pub(crate) async fn submit(
        &self,
        upload: &Upload,
        text: String,
        options: SpeakOptions,
        key: Option<String>,
    ) -> Result<Generation, Error> {
        let mut request = self.request(upload, text, options);
        if let Some(key) = key {
            request = request.idempotency_key(key);
        }
        request.await
    }

    /// Starts a generation for a caller that waits for the speech, or joins an equal one that its caller has just left.
    pub(crate) async fn submit_awaited(
        &self,
        upload: &Upload,
        text: String,
        options: SpeakOptions,
    ) -> Result<CancelOnDrop, Error> {
        self.request(upload, text, options).awaited().await
    }

    fn request(&self, upload: &Upload, text: String, options: SpeakOptions) -> Request<Generation> {
        self.loqui
            .submit_with(upload.sample, text)
            .owner(owner(upload.account))
            .options(options)
    }

    /// Erases a sample, here and at the provider. An error of the provider does not undo the erasure here, and the provider
    /// deletes its copies after a day.
    pub(crate) async fn erase(&self, upload: &Upload) -> Result<(), Error> {
        match self.loqui.erase_sample(upload.sample).await {
            Err(error) if error.is(&code::SAMPLE_NOT_FOUND) => Ok(()),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Authentication | ErrorKind::Payment | ErrorKind::Provider
                ) =>
            {
                tracing::warn!(
                    target: "loqui", sample = upload.sample.get(), code = error.code(),
                    "the provider did not delete its copies of an erased sample: {error}"
                );
                Ok(())
            }
            erased => erased.map(drop),
        }
    }
}

/// Decodes and checks a recording on a blocking thread.
pub(crate) async fn check(bytes: Bytes) -> Result<Sample, Error> {
    tokio::task::spawn_blocking(move || Sample::from_bytes(bytes))
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "checking a recording was interrupted").with_source(source))?
}
