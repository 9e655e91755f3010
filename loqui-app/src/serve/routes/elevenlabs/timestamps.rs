//! Speech with the times of its characters.

use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures::TryStreamExt as _;
use futures::stream::{self, BoxStream, StreamExt as _};
use loqui_core::ledger::GenerationRecord;
use loqui_core::script::Segment;
use loqui_core::speech::{Encoder, Encoding, SegmentWords};
use loqui_core::{Error, SpeechChunk, SpeechStream};
use serde::Serialize;
use utoipa::ToSchema;

use super::alignment::Alignment;
use super::parts::{Part, Parts};

/// Speech, and when each character of the text is spoken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimedSpeech {
    /// The encoded speech, or its next part.
    audio_base64: String,
    /// The characters of the text as written. The characters of a word share its time.
    alignment: Option<Alignment>,
    /// The characters of the text as spoken, with numbers and abbreviations written out.
    normalized_alignment: Option<Alignment>,
    /// Which voice speaks when. Only in dialogues.
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_segments: Option<Vec<VoiceSegment>>,
}

/// The time and the text of an input of a dialogue.
#[derive(Debug, Serialize, ToSchema)]
struct VoiceSegment {
    voice_id: String,
    start_time_seconds: f64,
    end_time_seconds: f64,
    character_start_index: usize,
    character_end_index: usize,
    dialogue_input_index: usize,
}

/// Returns finished speech with times.
pub(super) async fn whole(
    started: &Parts,
    record: &GenerationRecord,
    encoding: Encoding,
    is_dialogue: bool,
) -> Result<TimedSpeech, Error> {
    let audio: Vec<Bytes> = started.encoded(encoding).await?.try_collect().await?;
    let (mut written, mut normalized) = (Alignment::default(), Alignment::default());
    let mut voices = Vec::new();
    let times: Vec<(f64, f64)> = record.speech.as_ref().map(|it| it.times.clone()).unwrap_or_default();
    let words = match started.all.first() {
        Some(part) => part.generation.words().await?,
        None => Vec::new(),
    };
    for (index, part) in started.all.iter().enumerate() {
        let own = of_part(&record.segments, part);
        let own_times = times.get(own.clone()).unwrap_or_default();
        let start = own_times.first().map_or(0.0, |(start, _)| *start);
        let end = own_times.last().map_or(start, |(_, end)| *end);
        let first = written.characters.len();
        let segments = record.segments.get(own.clone()).unwrap_or_default();
        let words = words.get(own.clone()).unwrap_or_default();
        let since = if index == 0 { 0.0 } else { start };
        let [plain, spoken] = Alignment::of_segments(&part.text, part.place.start, segments, since, words);
        written.append(plain.moved(0.0, started.speed));
        normalized.append(spoken.moved(0.0, started.speed));
        voices.push(VoiceSegment {
            voice_id: part.voice.clone(),
            start_time_seconds: start / started.speed,
            end_time_seconds: end / started.speed,
            character_start_index: first,
            character_end_index: written.characters.len(),
            dialogue_input_index: index,
        });
    }
    Ok(TimedSpeech {
        audio_base64: BASE64_STANDARD.encode(audio.concat()),
        alignment: Some(written),
        normalized_alignment: Some(normalized),
        voice_segments: is_dialogue.then_some(voices),
    })
}

/// The segments of a part.
fn of_part(segments: &[Segment], part: &Part) -> Range<usize> {
    let first = segments.partition_point(|segment| segment.span.start < part.place.start);
    let last = segments.partition_point(|segment| segment.span.start < part.place.end);
    first..last.max(first)
}

/// Streams speech with times, one message for each segment.
pub(super) async fn streamed(
    started: &Parts,
    encoding: Encoding,
    is_dialogue: bool,
) -> Result<BoxStream<'static, Result<TimedSpeech, Error>>, Error> {
    let encoder = started.encoder(encoding).await?;
    let Some(first) = started.all.first() else {
        return Ok(stream::empty().boxed());
    };
    let state = Streaming {
        segments: first.generation.record().await?.segments,
        chunks: first.generation.audio(),
        parts: started.all.clone(),
        speed: started.speed,
        is_dialogue,
        encoder: Some(encoder),
        characters: 0,
    };
    let messages = stream::try_unfold(state, |mut state| async move {
        let next = state.next().await?;
        Ok(next.map(|message| (message, state)))
    });
    Ok(messages.boxed())
}

/// The state of a stream with times.
struct Streaming {
    parts: Vec<Part>,
    segments: Vec<Segment>,
    chunks: SpeechStream,
    speed: f64,
    is_dialogue: bool,
    /// None after the last message.
    encoder: Option<Encoder>,
    /// The number of characters so far.
    characters: usize,
}

impl Streaming {
    async fn next(&mut self) -> Result<Option<TimedSpeech>, Error> {
        if self.encoder.is_none() {
            return Ok(None);
        }
        if let Some(chunk) = self.chunks.try_next().await? {
            let words = match self.parts.first() {
                Some(part) => part.generation.words_of(&chunk).await?,
                None => SegmentWords::default(),
            };
            return self.chunk(&chunk, words).map(Some);
        }
        // The last bytes of the file have no characters.
        let Some(encoder) = self.encoder.take() else {
            return Ok(None);
        };
        let tail = encoder.finish()?.tail;
        Ok((!tail.is_empty()).then(|| message(&tail, None, self.is_dialogue.then(Vec::new))))
    }

    fn chunk(&mut self, chunk: &SpeechChunk, words: SegmentWords) -> Result<TimedSpeech, Error> {
        let index = chunk.segment as usize;
        let segment = self.segments.get(index);
        let at = segment.map_or(0, |segment| segment.span.start);
        let place = self.parts.partition_point(|part| part.place.end <= at);
        let Some((encoder, part)) = self.encoder.as_mut().zip(self.parts.get(place)) else {
            return Ok(message(&[], None, None));
        };
        let audio = encoder.push(&chunk.pcm16())?;
        let times = chunk.spoken;
        let (from, until) = place_of(chunk, &self.segments, part);
        let text = part
            .text
            .get(from - part.place.start..until - part.place.start)
            .unwrap_or_default();
        let one = segment.map(std::slice::from_ref).unwrap_or_default();
        let [written, spoken] = Alignment::of_segments(text, from, one, chunk.start, &[words]);
        let first = self.characters;
        self.characters += written.characters.len();
        let voices = self.is_dialogue.then(|| {
            vec![VoiceSegment {
                voice_id: part.voice.clone(),
                start_time_seconds: times.0 / self.speed,
                end_time_seconds: times.1 / self.speed,
                character_start_index: first,
                character_end_index: self.characters,
                dialogue_input_index: place,
            }]
        });
        let aligned = [written.moved(0.0, self.speed), spoken.moved(0.0, self.speed)];
        Ok(message(&audio, Some(aligned), voices))
    }
}

/// As [`place`], within a part: its first segment includes the text before it, and its last one the rest.
fn place_of(chunk: &SpeechChunk, segments: &[Segment], part: &Part) -> (usize, usize) {
    let (from, _) = place(chunk, segments, "");
    let index = chunk.segment as usize;
    let next = segments
        .get(index + 1)
        .filter(|next| part.place.contains(&next.span.start));
    let until = match (segments.get(index), next) {
        (Some(segment), Some(_)) => segment.span.end,
        _ => part.place.end,
    };
    let from = from.clamp(part.place.start, part.place.end);
    (from, until.clamp(from, part.place.end))
}

/// Returns the bytes of the segment of a chunk in the text, with those before it that belong to no segment. The last segment
/// includes the rest of the text.
pub(super) fn place(chunk: &SpeechChunk, segments: &[Segment], text: &str) -> (usize, usize) {
    let index = chunk.segment as usize;
    let before = index.checked_sub(1).and_then(|before| segments.get(before));
    let from = before.map_or(0, |segment| segment.span.end);
    let until = match segments.get(index) {
        Some(segment) if index + 1 < segments.len() => segment.span.end,
        _ => text.len(),
    };
    (from, until)
}

fn message(audio: &[u8], aligned: Option<[Alignment; 2]>, voices: Option<Vec<VoiceSegment>>) -> TimedSpeech {
    let (alignment, normalized_alignment) = aligned.map(|[written, spoken]| (written, spoken)).unzip();
    TimedSpeech {
        audio_base64: BASE64_STANDARD.encode(audio),
        alignment,
        normalized_alignment,
        voice_segments: voices,
    }
}
