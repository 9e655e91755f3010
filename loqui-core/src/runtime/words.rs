//! When each word of a finished speech is spoken.
//!
//! The words are computed when somebody asks for them, and stored beside the speech. An engine that knows them stores them
//! with its take. Otherwise English is aligned with the offline voice, and other languages are estimated between pauses.

use bytes::Bytes;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};

use super::context::Runtime;
use crate::audio::{self, SPEECH_RATE, wav};
use crate::compute;
use crate::error::{Error, Result, code};
use crate::ledger::{GenerationRecord, TakeRecord};
use crate::script::Segment;
use crate::speech::{self, Delivery, SegmentWords, SpokenWord};
use crate::store::GenerationStoreExt as _;

/// The version of stored words. It is raised when the same speech gives other words.
const VERSION: u32 = 1;

/// The number of segments at a time.
const PARALLEL: usize = 2;

/// The words of a speech, as they are stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    segments: Vec<SegmentWords>,
}

/// Returns the words of each segment with their times in the speech; none before the speech is finished.
///
/// # Errors
///
/// `store.*`.
pub(crate) async fn words(
    runtime: &Runtime,
    record: &GenerationRecord,
    takes: &[TakeRecord],
) -> Result<Vec<SegmentWords>> {
    let Some(speech) = &record.speech else {
        return Ok(Vec::new());
    };
    let key = format!("generations/{}/words.json", record.id);
    if let Some(stored) = read(runtime, &key, record.segments.len()).await {
        return Ok(stored);
    }
    let head = wav::head_length((speech.seconds * f64::from(SPEECH_RATE)).round() as usize);
    let found = record.segments.iter().zip(&speech.times).map(|(segment, times)| {
        let source = Source::Speech(&speech.audio, head);
        Case::new(runtime, record, takes, segment, *times, source).words(runtime)
    });
    let found: Vec<SegmentWords> = stream::iter(found.collect::<Vec<_>>())
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    write(runtime, record, &key, &found).await;
    Ok(found)
}

/// Returns the words of a segment that is being streamed, with their times in the stream.
///
/// # Errors
///
/// `store.*`.
pub(crate) async fn words_of_segment(
    runtime: &Runtime,
    record: &GenerationRecord,
    takes: &[TakeRecord],
    segment: u32,
    times: (f64, f64),
    samples: &[f32],
) -> Result<SegmentWords> {
    let Some(segment) = record.segments.get(segment as usize) else {
        return Ok(SegmentWords::default());
    };
    let case = Case::new(runtime, record, takes, segment, times, Source::Samples(samples));
    case.words(runtime).await
}

/// Reads stored words. Words of another version are computed again.
async fn read(runtime: &Runtime, key: &str, segments: usize) -> Option<Vec<SegmentWords>> {
    let json = runtime.audio.get(key).await.ok()??;
    let stored: Stored = serde_json::from_slice(&json).ok()?;
    (stored.version == VERSION && stored.segments.len() == segments).then_some(stored.segments)
}

/// Stores words. Without them, they are computed again.
async fn write(runtime: &Runtime, record: &GenerationRecord, key: &str, words: &[SegmentWords]) {
    let stored = Stored {
        version: VERSION,
        segments: words.to_vec(),
    };
    let Ok(json) = serde_json::to_vec(&stored) else { return };
    if let Err(error) = runtime.audio.put(key, Bytes::from(json)).await {
        tracing::debug!(generation = %record.id, code = error.code(), "could not store the words: {error}");
        return;
    }
    // The generation may have been erased in the meantime.
    if matches!(runtime.store.generation(record.id).await, Ok(None)) {
        let _ = runtime.audio.delete(key).await;
    }
}

/// Returns the language in which a segment was read. An engine that cannot be used here any more is assumed to speak English
/// by default.
fn language(runtime: &Runtime, record: &GenerationRecord, segment: &Segment) -> Option<String> {
    let voice = record.cast().of(segment);
    let requested = voice.settings.language.as_deref();
    let engine = runtime.engines.named(&record.engine);
    match engine.and_then(|engine| engine.model(Some(voice.model))) {
        Ok(model) => model.language(requested).map(str::to_owned),
        Err(_) => Some(requested.unwrap_or("en").to_owned()),
    }
}

/// A segment whose words are wanted.
struct Case<'a> {
    source: Source<'a>,
    segment: &'a Segment,
    /// Its start and end in the speech, in seconds.
    times: (f64, f64),
    take: Option<&'a TakeRecord>,
    language: Option<String>,
    delivery: Delivery,
}

/// Where the samples of a segment are.
enum Source<'a> {
    /// In the speech with this key, behind a header of this length.
    Speech(&'a str, usize),
    Samples(&'a [f32]),
}

impl<'a> Case<'a> {
    fn new(
        runtime: &Runtime,
        record: &GenerationRecord,
        takes: &'a [TakeRecord],
        segment: &'a Segment,
        times: (f64, f64),
        source: Source<'a>,
    ) -> Self {
        Self {
            source,
            segment,
            times,
            take: takes
                .iter()
                .find(|take| take.segment == segment.index && take.is_kept()),
            language: language(runtime, record, segment),
            delivery: Delivery::from(&record.options.delivery),
        }
    }

    async fn words(self, runtime: &Runtime) -> Result<SegmentWords> {
        let (text, spoken) = (self.segment.text.clone(), self.segment.spoken.clone());
        let language = self.language.clone();
        let (start, end) = self.times;
        if let Some((words, trimmed)) = self.known(runtime).await? {
            let speed = self.delivery.speed;
            return blocking(move || {
                let known = SegmentWords::of(&text, &spoken, language.as_deref(), &words, false);
                known.map_times(|time| (start + (time - trimmed) / speed).clamp(start, end))
            })
            .await;
        }
        let samples = self.samples(runtime).await?;
        blocking(move || {
            let aligned = aligned(&spoken, language.as_deref(), &samples);
            let is_estimate = aligned.is_empty();
            let timed = if is_estimate {
                speech::estimated(&spoken, &samples)
            } else {
                aligned
            };
            let words = SegmentWords::of(&text, &spoken, language.as_deref(), &timed, is_estimate);
            words.map_times(|time| (start + time).clamp(start, end))
        })
        .await
    }

    /// Returns the words that the engine stored with the take, and where the take begins after trimming, in seconds.
    async fn known(&self, runtime: &Runtime) -> Result<Option<(Vec<SpokenWord>, f64)>> {
        // Only engines that return audio at once know their words.
        let local = self.take.filter(|take| take.prediction_id().is_none());
        let Some(key) = local.and_then(TakeRecord::audio) else {
            return Ok(None);
        };
        let Some(file) = runtime.audio.get(key).await? else {
            return Ok(None);
        };
        blocking(move || {
            let words = speech::embedded(&file);
            if words.is_empty() {
                return None;
            }
            let start = audio::decode_speech(&file).and_then(|take| speech::trimmed_start(&take));
            Some((words, start.ok()?))
        })
        .await
    }

    /// Returns the samples of the segment.
    async fn samples(&self, runtime: &Runtime) -> Result<Vec<f32>> {
        let (key, head) = match self.source {
            Source::Speech(key, head) => (key, head),
            Source::Samples(samples) => return Ok(samples.to_vec()),
        };
        let head = head as u64;
        let byte = |seconds: f64| head + 2 * (seconds * f64::from(SPEECH_RATE)).round() as u64;
        let range = byte(self.times.0)..byte(self.times.1);
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let pcm = runtime.audio.range(key, range).await?;
        let pcm = pcm.ok_or_else(|| Error::new(&code::STORE_CORRUPT, "the audio of the speech is missing"))?;
        Ok(pcm
            .chunks_exact(2)
            .map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) / 32_768.0)
            .collect())
    }
}

/// Aligns the words with the offline voice; none if it does not speak the language or the text.
#[cfg(feature = "offline")]
fn aligned(spoken: &str, language: Option<&str>, samples: &[f32]) -> Vec<SpokenWord> {
    use loqui_offline::{Settings, Voice};

    if !language.is_some_and(|language| language.to_ascii_lowercase().starts_with("en")) {
        return Vec::new();
    }
    let settings = Settings::default().with_text_in_words(true);
    match Voice::shared().and_then(|voice| voice.align(spoken, &settings, samples)) {
        Ok(words) => words
            .into_iter()
            .map(|word| SpokenWord::new(word.text, word.start, word.end))
            .collect(),
        Err(error) => {
            tracing::debug!("the words were not aligned: {error}");
            Vec::new()
        }
    }
}

#[cfg(not(feature = "offline"))]
const fn aligned(_: &str, _: Option<&str>, _: &[f32]) -> Vec<SpokenWord> {
    Vec::new()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    compute::run(work)
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "aligning the words was aborted").with_source(source))
}
