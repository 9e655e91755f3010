//! Plays the first segments of a generation while the others are spoken.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};

use super::Loqui;
use crate::audio::{self, SPEECH_RATE, wav};
use crate::error::{Error, Result, code};
use crate::id::GenerationId;
use crate::ledger::{ErrorRecord, SpeechRecord, Status, TakeRecord};
use crate::runtime::outage::{Backoff, Outage};
use crate::script::Segment;
use crate::speech::{Delivery, Stitcher, VoiceLevel};
use crate::store::GenerationStoreExt as _;

/// The maximum time that a listener waits for a signal before it reads the store. Another process may run the
/// generation and send no signal.
const READ_INTERVAL: Duration = Duration::from_millis(500);

/// The speech of a generation, segment by segment in the order of the script. Ends after the last segment, or with the
/// error of the generation. If the store becomes unavailable after the first read, the stream waits until it is
/// available again.
pub type SpeechStream = BoxStream<'static, Result<SpeechChunk>>;

/// One segment of finished speech, with the pause before it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct SpeechChunk {
    /// The segment, from 0.
    pub segment: u32,
    /// The number of segments.
    pub segments: u32,
    /// Its start in the stream, in seconds.
    pub start: f64,
    /// When the segment is spoken in the stream, without the silence around it, in seconds.
    pub spoken: (f64, f64),
    /// The samples, from -1 to 1, at [`SPEECH_RATE`].
    pub samples: Vec<f32>,
}

impl SpeechChunk {
    /// Returns the samples as 16-bit little-endian integers, one channel.
    pub fn pcm16(&self) -> Bytes {
        wav::pcm16(&self.samples)
    }

    /// Returns the length, with the pause before it.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(SPEECH_RATE))
    }

    /// Returns the header of a WAV file of unknown length. Write the [`pcm16`](Self::pcm16) of all chunks after it.
    /// Players read such a file to its end.
    pub fn wav_head() -> Bytes {
        wav::head(None, SPEECH_RATE, None)
    }
}

impl fmt::Debug for SpeechChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SpeechChunk({} of {}, {:?})",
            self.segment + 1,
            self.segments,
            self.duration()
        )
    }
}

pub(crate) fn stream(loqui: Loqui, generation: GenerationId) -> SpeechStream {
    let changed = loqui.runtime.shared.signals.subscribe(generation);
    let state = State {
        loqui,
        generation,
        changed,
        segments: None,
        gains_db: Vec::new(),
        ready: VecDeque::new(),
        stitcher: Some(Stitcher::new()),
        delivery: Delivery::default(),
        spoken: 0,
        samples: 0,
        backoff: Backoff::default(),
    };
    stream::unfold(state, |mut state| async move {
        let next = state.next().await?;
        if next.is_err() {
            state.stitcher = None;
        }
        Some((next, state))
    })
    .boxed()
}

struct State {
    loqui: Loqui,
    generation: GenerationId,
    changed: tokio::sync::watch::Receiver<()>,
    segments: Option<Vec<Segment>>,
    /// The gain of each segment's voice, in dB. Empty for a generation in one voice.
    gains_db: Vec<f64>,
    /// The sources of the next segments.
    ready: VecDeque<Source>,
    /// None after an error: nothing follows it.
    stitcher: Option<Stitcher>,
    /// Known once the record was read.
    delivery: Delivery,
    spoken: usize,
    samples: usize,
    /// The pauses while the store is away.
    backoff: Backoff,
}

impl State {
    async fn next(&mut self) -> Option<Result<SpeechChunk>> {
        self.stitcher.as_ref()?;
        loop {
            if let Some(source) = self.ready.pop_front() {
                return Some(self.chunk(source).await);
            }
            if self
                .segments
                .as_ref()
                .is_some_and(|segments| self.spoken == segments.len())
            {
                return None;
            }
            self.changed.mark_unchanged();
            match self.read().await {
                Err(error) if error.is_outage() && self.segments.is_some() => {
                    self.loqui.runtime.back_off(&mut self.backoff).await;
                }
                Err(error) => return Some(Err(error)),
                Ok(()) if self.ready.is_empty() => tokio::select! {
                    _ = self.changed.changed() => {}
                    () = self.loqui.runtime.clock.sleep(READ_INTERVAL) => {}
                },
                Ok(()) => {}
            }
        }
    }

    /// Reads which segments can be played now.
    async fn read(&mut self) -> Result<()> {
        // The record is read first: if it has ended, the takes that are read afterwards are final.
        let record = self.loqui.record(self.generation).await?;
        let takes = self.loqui.runtime.store.takes(self.generation).await?;
        self.backoff = Backoff::default();
        if self.segments.is_none() {
            self.delivery = Delivery::from(&record.options.delivery);
            self.stitcher = Some(Stitcher::new().with_delivery(self.delivery));
        }
        if self.segments.is_none() && !record.voices.is_empty() {
            let gain_db = |segment| record.cast().of(segment).gain_db;
            self.gains_db = record.segments.iter().map(gain_db).collect();
        }
        let segments = self.segments.get_or_insert(record.segments);
        for segment in &segments[self.spoken..] {
            let kept = takes
                .iter()
                .find(|take| take.segment == segment.index && take.is_kept());
            let source = match (kept.and_then(TakeRecord::audio), &record.speech) {
                (Some(key), _) => Source::Take(key.to_owned()),
                (None, Some(speech)) => Source::Speech(part(speech, segment.index as usize)),
                (None, None) => break,
            };
            self.ready.push_back(source);
        }
        if !self.ready.is_empty() {
            return Ok(());
        }
        match (record.status, &record.error) {
            (Status::Failed, Some(error)) => Err(ErrorRecord::to_error(error).with_generation(self.generation)),
            (Status::Completed | Status::Failed, _) => Err(missing(self.generation, self.spoken)),
            _ => {
                self.loqui.runtime.start(self.generation);
                Ok(())
            }
        }
    }

    async fn chunk(&mut self, source: Source) -> Result<SpeechChunk> {
        let index = self.spoken;
        let (samples, spoken) = match source {
            Source::Take(key) => {
                let (mut samples, times) = self.joined(&key).await?;
                if self
                    .segments
                    .as_ref()
                    .is_some_and(|segments| index + 1 == segments.len())
                {
                    samples.resize(samples.len() + self.delivery.trailing_samples(), 0.0);
                }
                (samples, times)
            }
            Source::Speech(part) => (self.cut(&part).await?, part.times),
        };
        let start = self.samples as f64 / f64::from(SPEECH_RATE);
        self.spoken += 1;
        self.samples += samples.len();
        Ok(SpeechChunk {
            segment: index as u32,
            segments: self.segments.as_ref().map_or(0, Vec::len) as u32,
            start,
            spoken,
            samples,
        })
    }

    /// The next take, joined to the previous ones, with its start and end in the stream.
    async fn joined(&mut self, key: &str) -> Result<(Vec<f32>, (f64, f64))> {
        let gone = missing(self.generation, self.spoken);
        let runtime = &self.loqui.runtime;
        let Some(wav) = runtime.persist(&Outage::default(), || runtime.audio.get(key)).await? else {
            return Err(gone);
        };
        let pause = self.segments.as_deref().unwrap_or_default()[self.spoken].pause();
        let Some(mut stitcher) = self.stitcher.take() else {
            return Err(gone);
        };
        let level = self
            .gains_db
            .get(self.spoken)
            .map(|gain_db| VoiceLevel::new(None, *gain_db));
        let (samples, stitcher) = tokio::task::spawn_blocking(move || {
            let clip = audio::decode_speech(&wav)?;
            let samples = match level {
                Some(level) => stitcher.push_at(&clip, pause, level)?,
                None => stitcher.push(&clip, pause)?,
            };
            Ok::<_, Error>((samples, stitcher))
        })
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "joining the takes was aborted").with_source(source))??;
        let times = stitcher.latest().unwrap_or_default();
        self.stitcher = Some(stitcher);
        Ok((samples, times))
    }

    /// The next segment, cut from the finished speech.
    async fn cut(&self, part: &Part) -> Result<Vec<f32>> {
        let runtime = &self.loqui.runtime;
        let outage = Outage::default();
        let read = runtime.persist(&outage, || runtime.audio.range(&part.key, part.bytes.clone()));
        let pcm = read.await?;
        let pcm = pcm.ok_or_else(|| missing(self.generation, self.spoken))?;
        Ok(pcm
            .chunks_exact(2)
            .map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) / 32_768.0)
            .collect())
    }
}

/// The source of a segment.
enum Source {
    /// The key of its take.
    Take(String),
    /// The takes were pruned after they were joined (see `runtime/retention.rs`).
    Speech(Part),
}

/// A part of a stored speech.
struct Part {
    key: String,
    bytes: Range<u64>,
    /// When the segment is spoken, in seconds.
    times: (f64, f64),
}

/// The segment with this index, with the pause before it.
fn part(speech: &SpeechRecord, segment: usize) -> Part {
    let samples = (speech.seconds * f64::from(SPEECH_RATE)).round() as usize;
    let head = wav::head_length(samples) as u64;
    let place = |seconds: f64| head + 2 * (seconds * f64::from(SPEECH_RATE)).round() as u64;
    // The silence after the last segment belongs to it.
    let end = |segment: usize| match speech.times.get(segment) {
        Some(times) if segment + 1 < speech.times.len() => times.1,
        _ => speech.seconds,
    };
    let start = segment.checked_sub(1).map_or(0.0, end);
    Part {
        key: speech.audio.clone(),
        bytes: place(start)..place(end(segment)),
        times: speech.times.get(segment).copied().unwrap_or((start, start)),
    }
}

fn missing(generation: GenerationId, segment: usize) -> Error {
    let message = format!("the audio of segment {} is missing", segment + 1);
    Error::new(&code::STORE_CORRUPT, message).with_generation(generation)
}
