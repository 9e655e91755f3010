//! One generation, as users hold it.

use std::fmt;
use std::path::Path;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _};

use super::Loqui;
use super::Speech;
use super::audio::{self, SpeechStream};
use super::events::{self, Events};
use crate::error::{Error, Result, code};
use crate::ledger::{ErrorRecord, GenerationInfo, GenerationRecord, ProgressEstimate, Status};
use crate::speech::{Encoder, Piece, Provenance, SpeechFormat, encoded, samples_of, save_stream};
use crate::store::{AudioReader, GenerationStoreExt as _};

/// A generation in the store. Cheap to clone; dropping it does not stop anything.
#[derive(Clone)]
pub struct Generation {
    loqui: Loqui,
    id: i64,
}

impl Generation {
    pub(crate) fn new(loqui: Loqui, id: i64) -> Self {
        Self { loqui, id }
    }

    /// Its number in the store: give it to [`Loqui::generation`] to come back to it.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Where it stands.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn status(&self) -> Result<Status> {
        Ok(self.record().await?.status)
    }

    /// Everything that is known of it, as JSON shows it.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn info(&self) -> Result<GenerationInfo> {
        let record = self.record().await?;
        let takes = self.loqui.inner.store.takes(self.id).await?;
        Ok(GenerationInfo::new(&record, &takes))
    }

    /// Its events from the first on; ends after the last.
    pub fn events(&self) -> Events {
        self.events_after(0)
    }

    /// Its events after the one of that number: how a listener goes on where it stopped.
    pub fn events_after(&self, number: u64) -> Events {
        events::events(self.loqui.clone(), self.id, number)
    }

    /// Its speech while it is made: each segment as soon as all before it are spoken.
    ///
    /// The finished file may differ in loudness by a few decibels: all takes are brought to the level of the first one
    /// here, and to the level that suits all of them there.
    pub fn audio(&self) -> SpeechStream {
        audio::stream(self.loqui.clone(), self.id)
    }

    /// How far it has come: segments, seconds, money, and the time that is left at this pace.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn progress_estimate(&self) -> Result<ProgressEstimate> {
        let record = self.record().await?;
        let takes = self.loqui.inner.store.takes(self.id).await?;
        Ok(ProgressEstimate::new(&record, &takes, self.loqui.inner.clock.now()))
    }

    /// Waits for its end as [`wait`](Self::wait) does, without reading the speech into memory: for books.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub async fn finish(&self) -> Result<GenerationInfo> {
        let record = self.ended().await?;
        let takes = self.loqui.inner.store.takes(self.id).await?;
        Ok(GenerationInfo::new(&record, &takes))
    }

    /// Its speech as a file in this format, piece by piece, while it is made; once it is finished, the finished one.
    ///
    /// ```no_run
    /// # async fn play(_: bytes::Bytes) {}
    /// # async fn listen(generation: loqui_core::Generation) -> loqui_core::Result<()> {
    /// use futures::TryStreamExt as _;
    /// use loqui_core::speech::SpeechFormat;
    ///
    /// let mut file = generation.audio_as(SpeechFormat::Mp3).await?;
    /// while let Some(bytes) = file.try_next().await? {
    ///     play(bytes).await;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `output.format` if this build does not write that format; `store.*`. The stream ends with the error that the
    /// generation failed with.
    pub async fn audio_as(&self, format: SpeechFormat) -> Result<BoxStream<'static, Result<Bytes>>> {
        let record = self.record().await?;
        let file = if record.speech.is_some() {
            self.pieces(&record, format, |encoder| encoder).await?
        } else {
            let now = self.loqui.inner.clock.now();
            let encoder = Encoder::new(format, Some(&Provenance::of_speech(&record.engine, &record.model, now)))?;
            let samples = self.audio().map_ok(|chunk| chunk.pcm16());
            encoded(samples.boxed(), encoder)
        };
        let next = |piece| async move {
            match piece {
                Piece::Next(bytes) => Ok(Some(bytes)),
                Piece::Head(_) => Ok(None),
            }
        };
        Ok(file.try_filter_map(next).boxed())
    }

    /// The finished WAV with its size, piece by piece: for servers, which have no memory for books.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `store.*`.
    pub async fn file(&self) -> Result<AudioReader> {
        self.reader(&self.record().await?).await
    }

    async fn reader(&self, record: &GenerationRecord) -> Result<AudioReader> {
        let Some(speech) = record.speech.as_ref() else {
            return Err(self.not_finished(record));
        };
        let reader = self.loqui.inner.audio.reader(&speech.audio).await?;
        reader.ok_or_else(|| self.speech_missing())
    }

    /// Writes the finished speech to a file, in the format that its name asks for. It never is in memory as a whole.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `output.unwritable`, `output.format`, `store.*`.
    pub async fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let format = SpeechFormat::of(path)?;
        let record = self.record().await?;
        save_stream(path, self.pieces(&record, format, Encoder::rewindable).await?).await
    }

    /// The finished speech in a format.
    async fn pieces(
        &self,
        record: &GenerationRecord,
        format: SpeechFormat,
        prepared: impl FnOnce(Encoder) -> Encoder,
    ) -> Result<BoxStream<'static, Result<Piece>>> {
        let file = self.reader(record).await?.stream;
        if format == SpeechFormat::Wav {
            return Ok(file.map_ok(Piece::Next).boxed());
        }
        let made = record.completed_at.unwrap_or(record.created_at);
        let origin = Provenance::of_speech(&record.engine, &record.model, made);
        let (count, samples) = samples_of(file).await?;
        let encoder = Encoder::new(format, Some(&origin))?.with_samples(count);
        Ok(encoded(samples, prepared(encoder)))
    }

    /// Waits for its end, and carries it on if nobody else does.
    ///
    /// Dropping the future stops the waiting only.
    ///
    /// # Errors
    ///
    /// The error it failed with; `store.*`; `replicate.missing_token` if its engine cannot be used here.
    pub async fn wait(&self) -> Result<Speech> {
        let record = self.ended().await?;
        self.load(&record).await
    }

    /// The record of the generation once it is completed.
    async fn ended(&self) -> Result<GenerationRecord> {
        loop {
            let record = self.record().await?;
            match record.status {
                Status::Completed => return Ok(record),
                Status::Failed => {
                    let error = record.error.as_ref().map_or_else(
                        || {
                            Error::new(
                                &code::STORE_CORRUPT,
                                format!("generation {} failed without an error", self.id),
                            )
                        },
                        ErrorRecord::to_error,
                    );
                    return Err(error.with_generation(self.id));
                }
                Status::Pending | Status::Processing if self.loqui.inner.leave_to_workers => {
                    let mut events = self.events();
                    while let Some(event) = events.next().await {
                        event?;
                    }
                }
                Status::Pending | Status::Processing => {
                    self.loqui
                        .drive(self.id)
                        .await
                        .map_err(|error| error.again().with_generation(self.id))?;
                }
            }
        }
    }

    /// The finished speech.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `store.*`.
    pub async fn speech(&self) -> Result<Speech> {
        let record = self.record().await?;
        if record.status == Status::Completed {
            return self.load(&record).await;
        }
        Err(self.not_finished(&record))
    }

    fn not_finished(&self, record: &GenerationRecord) -> Error {
        let message = format!("generation {} is {}", self.id, record.status);
        Error::new(&code::GENERATION_NOT_FINISHED, message).with_generation(self.id)
    }

    fn speech_missing(&self) -> Error {
        let message = format!("the speech of generation {} is missing", self.id);
        Error::new(&code::STORE_CORRUPT, message).with_generation(self.id)
    }

    /// Asks to stop it, here and at the provider; what is paid for already is kept for a retry. Returns at once:
    /// [`wait`](Self::wait) tells when it has ended, with `generation.cancelled` unless it was done before.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn cancel(&self) -> Result<()> {
        if self.loqui.inner.store.request_cancel(self.id).await? {
            self.loqui.inner.drivers.cancel(self.id);
            self.loqui.start(self.id);
        }
        Ok(())
    }

    /// Starts it anew after it has failed; segments that were good are kept and not paid again.
    ///
    /// # Errors
    ///
    /// `generation.not_failed`; `sample.not_found` if its sample was erased; `store.*`.
    pub async fn retry(&self) -> Result<()> {
        let inner = &self.loqui.inner;
        // Without its voice it would only fail again.
        self.loqui.sample(self.record().await?.sample).await?;
        if !inner.store.reopen(self.id, inner.clock.now()).await? {
            let status = self.status().await?;
            let message = format!("generation {} is {status}", self.id);
            return Err(Error::new(&code::GENERATION_NOT_FAILED, message).with_generation(self.id));
        }
        self.loqui.start(self.id);
        Ok(())
    }

    /// Erases its words, takes and speech; what was spent on it stays in the books.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`: cancel it first; `store.*`: erase it again then.
    pub async fn erase(&self) -> Result<()> {
        let inner = &self.loqui.inner;
        if !inner.store.erase_generation(self.id, inner.clock.now()).await? {
            let message = format!("there is no generation {}", self.id);
            return Err(Error::new(&code::GENERATION_NOT_FOUND, message).with_generation(self.id));
        }
        inner.audio.delete_all(&format!("generations/{}", self.id)).await?;
        tracing::info!(generation = self.id, "erased a generation: its words, takes and speech");
        Ok(())
    }

    /// Everything that is written down of it but its takes: whose it is, its script and options.
    ///
    /// # Errors
    ///
    /// `generation.not_found` once it was erased; `store.*`.
    pub async fn record(&self) -> Result<GenerationRecord> {
        self.loqui.record(self.id).await
    }

    async fn load(&self, record: &GenerationRecord) -> Result<Speech> {
        let takes = self.loqui.inner.store.takes(self.id).await?;
        let key = record
            .speech
            .as_ref()
            .map(|speech| speech.audio.as_str())
            .unwrap_or_default();
        let wav = self.loqui.inner.audio.get(key).await?;
        let wav = wav.ok_or_else(|| self.speech_missing())?;
        Speech::new(wav, GenerationInfo::new(record, &takes))
    }
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generation({})", self.id)
    }
}
