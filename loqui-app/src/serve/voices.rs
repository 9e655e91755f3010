//! Samples of users in the library.

use bytes::Bytes;
use loqui_core::{CancelOnDrop, Edit, Error, Generation, Loqui, Request, Sample, SpeakOptions, Voice};

use super::accounts::Account;
use super::jobs::NewJob;
use super::uploads::{NewUpload, Upload};
use crate::code;

/// A script with several voices.
#[derive(Debug)]
pub(crate) struct VoicedScript {
    /// The recording that speaks text without a label.
    pub(crate) upload: Option<Upload>,
    /// The voice of each label.
    pub(crate) voices: Vec<(String, Voice)>,
    pub(crate) text: String,
    pub(crate) options: SpeakOptions,
    /// The idempotency key.
    pub(crate) key: Option<String>,
}

/// Stores samples, and starts generations with them.
#[derive(Debug)]
pub(crate) struct Voices {
    loqui: Loqui,
}

impl Voices {
    /// Uses this library.
    pub(crate) fn new(loqui: Loqui) -> Self {
        Self { loqui }
    }

    /// Decodes and checks a recording, unless the library has a sample of it.
    ///
    /// # Errors
    ///
    /// `sample.*` if it cannot be decoded.
    pub(crate) async fn check(&self, recording: Bytes) -> Result<Sample, Error> {
        self.loqui.read_sample(recording).await
    }

    /// Stores a sample for a user, with the statement of consent and the upload.
    pub(crate) async fn keep(
        &self,
        account: &Account,
        sample: &Sample,
        consent: Option<String>,
        upload: NewUpload,
    ) -> Result<(), Error> {
        let mut adding = self
            .loqui
            .add_sample(sample)
            .owner(&account.owner)
            .in_transaction(|transaction, sample| upload.record(transaction, sample.id));
        if let Some(consent) = consent {
            adding = adding.consent(consent);
        }
        adding.await.map(drop)
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

    /// Starts a generation with an upload, and records its job. The same idempotency key returns the same generation.
    pub(crate) async fn submit(
        &self,
        upload: &Upload,
        text: String,
        options: SpeakOptions,
        key: Option<String>,
        job: NewJob,
    ) -> Result<Generation, Error> {
        let mut request = self.request(upload, text, options, job);
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
        job: NewJob,
    ) -> Result<CancelOnDrop, Error> {
        self.request(upload, text, options, job).awaited().await
    }

    /// Starts a generation of a script with several voices, and records its job. `upload` speaks text without a label.
    pub(crate) async fn submit_script(&self, script: VoicedScript, job: NewJob) -> Result<Generation, Error> {
        let key = script.key.clone();
        let mut request = self.voiced(script, job);
        if let Some(key) = key {
            request = request.idempotency_key(key);
        }
        request.await
    }

    /// Starts a generation of a script with several voices like [`submit_awaited`](Self::submit_awaited).
    pub(crate) async fn submit_script_awaited(&self, script: VoicedScript, job: NewJob) -> Result<CancelOnDrop, Error> {
        self.voiced(script, job).awaited().await
    }

    fn voiced(&self, script: VoicedScript, job: NewJob) -> Request<Generation> {
        let request = match &script.upload {
            Some(upload) => self.loqui.submit_with(upload.sample, script.text),
            None => self.loqui.submit_script(script.text),
        };
        script
            .voices
            .into_iter()
            .fold(request, |request, (label, voice)| request.voice(label, voice))
            .owner(&job.owner)
            .options(script.options)
            // The clients of other services cannot name a language.
            .accept_other_language()
            .in_transaction(|transaction, submitted| job.record(transaction, submitted.generation.id, submitted.is_new))
    }

    /// Edits a generation, and records the job of the new one.
    pub(crate) async fn edit(
        &self,
        generation: &Generation,
        edits: Vec<Edit>,
        budget: Option<f64>,
        key: Option<String>,
        job: NewJob,
    ) -> Result<Generation, Error> {
        let mut request = generation.edit(edits).in_transaction(|transaction, submitted| {
            job.record(transaction, submitted.generation.id, submitted.is_new)
        });
        if let Some(budget) = budget {
            request = request.budget(budget);
        }
        if let Some(key) = key {
            request = request.idempotency_key(key);
        }
        request.await
    }

    fn request(&self, upload: &Upload, text: String, options: SpeakOptions, job: NewJob) -> Request<Generation> {
        self.loqui
            .submit_with(upload.sample, text)
            .owner(&job.owner)
            .options(options)
            // The clients of the guide cannot name a language.
            .accept_other_language()
            .in_transaction(|transaction, submitted| job.record(transaction, submitted.generation.id, submitted.is_new))
    }
}
