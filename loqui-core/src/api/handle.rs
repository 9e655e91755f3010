//! The handle of one generation.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _};

use super::Loqui;
use super::Speech;
use super::audio::{self, SpeechChunk, SpeechStream};
use super::edit::{Edit, EditRequest};
use super::events::{self, Events, READ_INTERVAL};
use crate::audio::SPEECH_RATE;
use crate::clock::{later, since};
use crate::error::{Error, Result, code};
use crate::id::GenerationId;
use crate::ledger::{ErrorRecord, GenerationInfo, GenerationRecord, ProgressEstimate, Status};
use crate::runtime::driver::Driven;
use crate::runtime::outage::Outage;
use crate::runtime::{Runtime, Waiters, provenance, words, words_of_segment};
use crate::speech::{Encoder, Encoding, Piece, SegmentWords, SpeechFormat, encode_stream, encoded, samples_of};
use crate::store::{AudioReader, GenerationStoreExt as _};

/// The size of a piece of a range, in bytes.
const RANGE_BYTES: u64 = 1 << 20;

/// How often a caller that waits checks for an outage after the deadline.
const OVERDUE_INTERVAL: Duration = Duration::from_secs(1);

/// How long after the deadline a caller waits for an event of a generation that is left to workers.
const WORKER_OVERTIME: Duration = Duration::from_mins(1);

/// A generation in the store. Cheap to clone. Dropping the handle does not stop the generation.
#[derive(Clone)]
pub struct Generation {
    pub(super) loqui: Loqui,
    id: GenerationId,
}

impl Generation {
    pub(crate) fn new(loqui: Loqui, id: GenerationId) -> Self {
        Self { loqui, id }
    }

    /// Returns the id in the store. [`Loqui::generation`] returns a handle for it.
    pub fn id(&self) -> GenerationId {
        self.id
    }

    pub(super) fn runtime(&self) -> &Runtime {
        &self.loqui.runtime
    }

    pub(super) fn waiters(&self) -> &Waiters {
        &self.loqui.runtime.shared.waiters
    }

    /// Returns the status.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn status(&self) -> Result<Status> {
        Ok(self.record().await?.status)
    }

    /// Returns the generation in its JSON form.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn info(&self) -> Result<GenerationInfo> {
        let record = self.record().await?;
        let takes = self.loqui.runtime.store.takes(self.id).await?;
        Ok(GenerationInfo::new(&record, &takes))
    }

    /// The generation as JSON shows it, with the words of each segment and their times.
    ///
    /// The offline voice knows its words. For other engines they are aligned at the first call, which takes about 15 ms of
    /// processor time for each second of English speech, and then stored. In other languages they are estimated.
    ///
    /// # Cancellation safety
    ///
    /// Safe: if the future is dropped, the next call aligns the words.
    ///
    /// # Errors
    ///
    /// `store.*`. An unfinished generation has no words.
    pub async fn info_with_words(&self) -> Result<GenerationInfo> {
        let record = self.record().await?;
        let takes = self.loqui.runtime.store.takes(self.id).await?;
        let words = words(&self.loqui.runtime, &record, &takes).await?;
        Ok(GenerationInfo::new(&record, &takes).with_words(words))
    }

    /// The words of each segment with their times in the speech: as written and as spoken. See
    /// [`info_with_words`](Self::info_with_words).
    ///
    /// # Cancellation safety
    ///
    /// Safe: if the future is dropped, the next call aligns the words.
    ///
    /// # Errors
    ///
    /// `store.*`. An unfinished generation has no words.
    pub async fn words(&self) -> Result<Vec<SegmentWords>> {
        let record = self.record().await?;
        let takes = self.loqui.runtime.store.takes(self.id).await?;
        words(&self.loqui.runtime, &record, &takes).await
    }

    /// The words of a segment of [`audio`](Self::audio), with their times in the stream. See
    /// [`info_with_words`](Self::info_with_words).
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn words_of(&self, chunk: &SpeechChunk) -> Result<SegmentWords> {
        let record = self.record().await?;
        let takes = self.loqui.runtime.store.takes(self.id).await?;
        let (start, end) = chunk.spoken;
        let place = |seconds: f64| {
            let samples = ((seconds - chunk.start).max(0.0) * f64::from(SPEECH_RATE)).round() as usize;
            samples.min(chunk.samples.len())
        };
        let samples = chunk.samples.get(place(start)..place(end)).unwrap_or_default();
        words_of_segment(
            &self.loqui.runtime,
            &record,
            &takes,
            chunk.segment,
            chunk.spoken,
            samples,
        )
        .await
    }

    /// Streams all events. Ends after the last one.
    pub fn events(&self) -> Events {
        self.events_after(0)
    }

    /// Streams the events after the one with this number, so that a listener can continue where it stopped.
    pub fn events_after(&self, number: u64) -> Events {
        events::events(self.loqui.clone(), self.id, number)
    }

    /// Streams the speech while the generation runs: each segment as soon as it and all segments before it have a kept
    /// take.
    ///
    /// The loudness of the finished file may differ by a few decibels: the stream has the level of the first take, and
    /// the file has the common level of all takes.
    pub fn audio(&self) -> SpeechStream {
        audio::stream(self.loqui.clone(), self.id)
    }

    /// Returns the progress: segments, seconds, cost and remaining time.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn progress_estimate(&self) -> Result<ProgressEstimate> {
        let record = self.record().await?;
        let takes = self.loqui.runtime.store.takes(self.id).await?;
        Ok(ProgressEstimate::new(&record, &takes, self.loqui.runtime.clock.now()))
    }

    /// Waits until the generation ends, as [`wait`](Self::wait) does, but does not read the speech into memory. Use it
    /// for long texts.
    ///
    /// # Errors
    ///
    /// The errors of [`wait`](Self::wait).
    pub async fn finish(&self) -> Result<GenerationInfo> {
        let record = self.ended().await?;
        let takes = self.loqui.runtime.store.takes(self.id).await?;
        Ok(GenerationInfo::new(&record, &takes))
    }

    /// Streams the speech as a file in this format. While the generation runs, pieces arrive as segments are spoken.
    /// Afterwards they come from the finished speech.
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
    /// `output.format` if this build does not write that format; `store.*`. If the generation fails, the stream ends with its
    /// error.
    pub async fn audio_as(&self, encoding: impl Into<Encoding> + Send) -> Result<BoxStream<'static, Result<Bytes>>> {
        let encoding = encoding.into();
        let record = self.record().await?;
        if record.speech.is_none() {
            let now = self.loqui.runtime.clock.now();
            let encoder = Encoder::new(encoding, Some(&provenance(&record, now)))?;
            let samples = self.audio().map_ok(|chunk| chunk.pcm16());
            return Ok(encode_stream(samples.boxed(), encoder));
        }
        let file = self.pieces(&record, encoding).await?;
        let next = |piece| async move {
            match piece {
                Piece::Next(bytes) => Ok(Some(bytes)),
                Piece::Head(_) => Ok(None),
            }
        };
        Ok(file.try_filter_map(next).boxed())
    }

    /// Returns the size of the finished WAV file and a stream of its bytes, so that long speech need not fit into
    /// memory.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `store.*`.
    pub async fn file(&self) -> Result<AudioReader> {
        self.reader(&self.record().await?).await
    }

    /// Streams a range of the bytes of the finished WAV file.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `store.*`. The stream ends with `store.unavailable` for a range beyond the end.
    pub async fn file_range(&self, bytes: Range<u64>) -> Result<BoxStream<'static, Result<Bytes>>> {
        let record = self.record().await?;
        let Some(speech) = record.speech.as_ref() else {
            return Err(self.not_finished(&record));
        };
        let state = (self.clone(), speech.audio.clone(), bytes);
        let pieces = futures::stream::try_unfold(state, |(generation, key, left)| async move {
            if left.is_empty() {
                return Ok(None);
            }
            let end = left.end.min(left.start + RANGE_BYTES);
            let piece = generation.loqui.runtime.audio.range(&key, left.start..end).await?;
            let piece = piece.ok_or_else(|| generation.speech_missing())?;
            Ok(Some((piece, (generation, key, end..left.end))))
        });
        Ok(pieces.boxed())
    }

    pub(super) async fn reader(&self, record: &GenerationRecord) -> Result<AudioReader> {
        let Some(speech) = record.speech.as_ref() else {
            return Err(self.not_finished(record));
        };
        let reader = self.loqui.runtime.audio.reader(&speech.audio).await?;
        reader.ok_or_else(|| self.speech_missing())
    }

    /// Writes the finished speech to a file, in the format of its extension: [`export`](Self::export) with the titles and chapters
    /// of the script. The speech is never in memory as a whole.
    ///
    /// # Cancellation safety
    ///
    /// If the future is dropped, no incomplete file has this name. A temporary file beside it may remain.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `output.unwritable`, `output.format`, `store.*`.
    pub async fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.export(path, &super::ExportOptions::default()).await.map(drop)
    }

    /// The finished speech in a format.
    async fn pieces(&self, record: &GenerationRecord, encoding: Encoding) -> Result<BoxStream<'static, Result<Piece>>> {
        let file = self.reader(record).await?.stream;
        if encoding == SpeechFormat::Wav.into() {
            return Ok(file.map_ok(Piece::Next).boxed());
        }
        let made = record.completed_at.unwrap_or(record.created_at);
        let origin = provenance(record, made);
        let (count, samples) = samples_of(file).await?;
        let encoder = Encoder::tagged(encoding, Some(&origin), &self.tags_of(record)?)?.with_samples(count);
        Ok(encoded(samples, encoder))
    }

    /// Waits until the generation ends and returns the speech. Runs the generation in this process, unless another
    /// process holds it or generations are [left to workers](super::LoquiBuilder::leave_to_workers).
    ///
    /// # Cancellation safety
    ///
    /// Safe: dropping the future stops the waiting only. To cancel the generation as well, use
    /// [`CancelOnDrop`](super::CancelOnDrop).
    ///
    /// # Errors
    ///
    /// The error with which the generation failed; `store.*`; `replicate.missing_token` and similar if its engine
    /// cannot be used here. If an outage of the store or the network lasts beyond the deadline, `generation.deadline`
    /// is returned a few seconds after the deadline, and the generation itself ends after the outage.
    pub async fn wait(&self) -> Result<Speech> {
        let record = self.ended().await?;
        // The speech is paid for: an outage of the audio store only delays it.
        let outage = Outage::default();
        outage.expect_end(&record);
        let load = self.loqui.runtime.persist(&outage, || self.load(&record));
        self.until_overdue(load, &outage).await
    }

    /// The record of the generation once it is completed.
    async fn ended(&self) -> Result<GenerationRecord> {
        let runtime = &self.loqui.runtime;
        let mut outage = Outage::default();
        let mut is_known = false;
        loop {
            // A generation that runs here is waited for also while the store is away.
            if let Some((driven, waited_for)) = runtime.drivers.driver(self.id) {
                is_known = true;
                self.driven(driven, &waited_for).await?;
                outage = waited_for;
            }
            let record = if is_known {
                let read = runtime.persist(&outage, || self.record());
                self.until_overdue(read, &outage).await?
            } else {
                self.record().await?
            };
            is_known = true;
            outage.expect_end(&record);
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
                Status::Pending | Status::Processing if runtime.settings.leave_to_workers => {
                    self.ended_elsewhere(&outage).await?;
                }
                Status::Pending | Status::Processing => drop(runtime.drive(self.id)),
            }
        }
    }

    /// Waits until a worker has ended the generation.
    async fn ended_elsewhere(&self, outage: &Outage) -> Result<()> {
        let clock = &self.loqui.runtime.clock;
        let mut events = self.events();
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(event) => drop(event?),
                    None => return Ok(()),
                },
                () = clock.sleep(WORKER_OVERTIME) => {
                    let over = outage.deadline().map(|deadline| later(deadline, WORKER_OVERTIME));
                    if over.is_some_and(|over| over <= clock.now()) {
                        let message = "the deadline of the generation has passed, and no worker has ended it";
                        return Err(Error::new(&code::GENERATION_DEADLINE, message)
                            .with_hint("Check that a worker runs on this store.")
                            .with_generation(self.id));
                    }
                }
            }
        }
    }

    /// Waits for the driver of the generation.
    async fn driven(&self, driven: Driven, outage: &Outage) -> Result<()> {
        let driven = async {
            let driven = driven.await;
            driven.map_err(|error| error.again().with_generation(self.id))
        };
        self.until_overdue(driven, outage).await
    }

    /// Waits for `work`, or until the deadline of the generation has passed while it waits for something that is away. The
    /// generation then ends once it is back.
    async fn until_overdue<T>(&self, work: impl Future<Output = Result<T>> + Send, outage: &Outage) -> Result<T> {
        let clock = &self.loqui.runtime.clock;
        let mut work = std::pin::pin!(work);
        loop {
            let now = clock.now();
            if let Some(error) = outage.overdue(now) {
                return Err(error.with_generation(self.id));
            }
            // The deadline may become known later.
            let left = outage.deadline().map_or(READ_INTERVAL, |deadline| since(now, deadline));
            tokio::select! {
                done = &mut work => return done,
                () = clock.sleep(left.clamp(OVERDUE_INTERVAL, READ_INTERVAL)) => {}
            }
        }
    }

    /// Returns the error of the outage that delays the generation in this process: the store, the network or the
    /// provider is unavailable. `None` if there is no outage, if it has lasted less than five seconds, or if another
    /// process runs the generation.
    ///
    /// During an outage of the store no [event](Self::events) can be written about it.
    pub fn waiting_for(&self) -> Option<ErrorRecord> {
        let runtime = &self.loqui.runtime;
        let (_, outage) = runtime.drivers.driver(self.id)?;
        outage.lasting(runtime.clock.now())
    }

    /// Returns the finished speech.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
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

    pub(super) fn not_finished(&self, record: &GenerationRecord) -> Error {
        let message = format!("generation {} is {}", self.id, record.status);
        Error::new(&code::GENERATION_NOT_FINISHED, message).with_generation(self.id)
    }

    pub(super) fn speech_missing(&self) -> Error {
        let message = format!("the speech of generation {} is missing", self.id);
        Error::new(&code::STORE_CORRUPT, message).with_generation(self.id)
    }

    /// Requests cancellation, here and at the provider. Paid takes are kept for a retry.
    ///
    /// Does not wait for the end. [`wait`](Self::wait) returns when the generation has ended: with
    /// `generation.cancelled`, or with the speech if the generation completed first.
    ///
    /// # Cancellation safety
    ///
    /// The request may or may not have been recorded when the future is dropped. Repeat it.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn cancel(&self) -> Result<()> {
        if self.loqui.runtime.store.request_cancel(self.id).await? {
            self.loqui.runtime.drivers.cancel(self.id);
            self.loqui.runtime.start(self.id);
        }
        Ok(())
    }

    /// Restarts a failed generation. Kept takes are not paid again.
    ///
    /// # Cancellation safety
    ///
    /// If the future is dropped, the generation may be `PENDING` without running. [`wait`](Self::wait) runs it.
    ///
    /// # Errors
    ///
    /// `generation.not_failed`; `sample.not_found` if its sample was erased; `store.*`.
    pub async fn retry(&self) -> Result<()> {
        let loqui = &self.loqui;
        // Without its samples it would fail again.
        for sample in self.record().await?.samples() {
            self.loqui.sample(sample).await?;
        }
        if !loqui.runtime.store.reopen(self.id, loqui.runtime.clock.now()).await? {
            let status = self.status().await?;
            let message = format!("generation {} is {status}", self.id);
            return Err(Error::new(&code::GENERATION_NOT_FAILED, message).with_generation(self.id));
        }
        self.loqui.runtime.start(self.id);
        Ok(())
    }

    /// Edits a finished generation: makes a new one with these changes, in order. This one never changes.
    ///
    /// The new generation takes over the audio of all sentences that did not change, so only new text and sentences that are
    /// spoken again are paid. [Speak a script as editable](super::Request::editable) to change single sentences. Otherwise a
    /// generation can be edited if none of its segments has several sentences.
    ///
    /// ```no_run
    /// # async fn edit(generation: loqui_core::Generation) -> loqui_core::Result<()> {
    /// use loqui_core::Edit;
    ///
    /// let text = "Nobody came.".to_owned();
    /// let change = Edit::Change { sentence: 3, text, voice: None };
    /// let edited = generation.edit([change, Edit::Retake { sentence: 5 }]).await?;
    /// edited.wait().await?.save("edited.wav").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `generation.not_editable`, `generation.no_sentence`, `generation.budget`, `script.*`,
    /// `sample.not_found`, `store.*`.
    pub fn edit(&self, edits: impl IntoIterator<Item = Edit>) -> EditRequest {
        EditRequest::new(self.clone(), edits.into_iter().collect())
    }

    /// Erases the text, the takes and the speech. The cost stays in the usage.
    ///
    /// # Cancellation safety
    ///
    /// If the future is dropped, audio may remain. Repeat it.
    ///
    /// # Errors
    ///
    /// `generation.not_finished` while the generation runs: cancel it first. After `store.*`, repeat the call.
    pub async fn erase(&self) -> Result<()> {
        self.loqui.runtime.erase(self.id).await
    }

    /// Returns the record: owner, script, options, status. It does not contain the takes.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `generation.not_found` once it was erased; `store.*`.
    pub async fn record(&self) -> Result<GenerationRecord> {
        self.loqui.record(self.id).await
    }

    async fn load(&self, record: &GenerationRecord) -> Result<Speech> {
        let takes = self.loqui.runtime.store.takes(self.id).await?;
        let key = record
            .speech
            .as_ref()
            .map(|speech| speech.audio.as_str())
            .unwrap_or_default();
        let wav = self.loqui.runtime.audio.get(key).await?;
        let wav = wav.ok_or_else(|| self.speech_missing())?;
        let words = words(&self.loqui.runtime, record, &takes).await?;
        Speech::new(wav, GenerationInfo::new(record, &takes).with_words(words))
    }
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generation({})", self.id)
    }
}
