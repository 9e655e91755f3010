//! Speech with the times of its characters.

use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures::TryStreamExt as _;
use futures::stream::{self, BoxStream, StreamExt as _};
use loqui_core::audio::SPEECH_RATE;
use loqui_core::ledger::GenerationRecord;
use loqui_core::script::Segment;
use loqui_core::speech::{Encoder, Encoding};
use loqui_core::{Error, SpeechChunk, SpeechStream};
use serde::Serialize;
use utoipa::ToSchema;

use super::alignment::{Alignment, Timed};
use super::parts::{Part, Parts};
use super::pauses::{Pause, pauses};

/// Speech, and when each character of the text is spoken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimedSpeech {
    /// The encoded speech, or its next part.
    audio_base64: String,
    /// The characters of the text as written. Segments and pauses are measured; times between two pauses are estimated.
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
    let mut found: Vec<Vec<Pause>> = Vec::new();
    if let Some(part) = started.all.first() {
        let speech = part.generation.speech().await?;
        let pauses = |(start, end): &(f64, f64)| {
            let position = |seconds: f64| ((seconds * f64::from(SPEECH_RATE)) as usize).min(speech.samples().len());
            pauses(&speech.samples()[position(*start)..position(*end)], *start)
        };
        found = times.iter().map(pauses).collect();
    }
    for (index, part) in started.all.iter().enumerate() {
        let own = of_part(&record.segments, part);
        let slice = |all: &[(f64, f64)]| all.get(own.clone()).unwrap_or_default().to_vec();
        let own_times = slice(&times);
        let start = own_times.first().map_or(0.0, |(start, _)| *start);
        let end = own_times.last().map_or(start, |(_, end)| *end);
        let first = written.characters.len();
        let segments = record.segments.get(own.clone()).unwrap_or_default();
        let pauses = found.get(own.clone()).unwrap_or_default();
        let since = if index == 0 { 0.0 } else { start };
        let [plain, spoken] = of_segments(&part.text, part.place.start, segments, since, &own_times, pauses);
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

/// Aligns segments, as written and as spoken. The text starts at the byte `from` and at `since`, in seconds.
pub(super) fn of_segments(
    text: &str,
    from: usize,
    segments: &[Segment],
    since: f64,
    times: &[(f64, f64)],
    pauses: &[Vec<Pause>],
) -> [Alignment; 2] {
    let (mut spoken, mut timed, mut timed_spoken) = (String::new(), Vec::new(), Vec::new());
    for ((segment, (start, end)), pauses) in segments.iter().zip(times.iter().copied()).zip(pauses) {
        let span = segment.span.start.saturating_sub(from)..segment.span.end.saturating_sub(from);
        timed.push(Timed {
            span,
            start,
            end,
            pauses: pauses.clone(),
        });
        if !spoken.is_empty() {
            spoken.push(' ');
        }
        let begin = spoken.len();
        spoken.push_str(&segment.spoken);
        timed_spoken.push(Timed {
            span: begin..spoken.len(),
            start,
            end,
            pauses: pauses.clone(),
        });
    }
    [
        Alignment::of(text, since, &timed),
        Alignment::of(&spoken, since, &timed_spoken),
    ]
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
        if let Some(chunk) = self.chunks.try_next().await? {
            return self.chunk(&chunk).map(Some);
        }
        // The last bytes of the file have no characters.
        let Some(encoder) = self.encoder.take() else {
            return Ok(None);
        };
        let tail = encoder.finish()?.tail;
        Ok((!tail.is_empty()).then(|| message(&tail, None, self.is_dialogue.then(Vec::new))))
    }

    fn chunk(&mut self, chunk: &SpeechChunk) -> Result<TimedSpeech, Error> {
        let index = chunk.segment as usize;
        let segment = self.segments.get(index);
        let at = segment.map_or(0, |segment| segment.span.start);
        let place = self.parts.partition_point(|part| part.place.end <= at);
        let Some((encoder, part)) = self.encoder.as_mut().zip(self.parts.get(place)) else {
            return Ok(message(&[], None, None));
        };
        let audio = encoder.push(&chunk.pcm16())?;
        let (times, from, until) = place_of(chunk, &self.segments, part);
        let text = part
            .text
            .get(from - part.place.start..until - part.place.start)
            .unwrap_or_default();
        let pauses = [pauses(&chunk.samples, chunk.start)];
        let one = segment.map(std::slice::from_ref).unwrap_or_default();
        let [written, spoken] = of_segments(text, from, one, chunk.start, &[times], &pauses);
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
fn place_of(chunk: &SpeechChunk, segments: &[Segment], part: &Part) -> ((f64, f64), usize, usize) {
    let (times, from, _) = place(chunk, segments, "");
    let index = chunk.segment as usize;
    let next = segments.get(index + 1).filter(|next| part.place.contains(&next.span.start));
    let until = match (segments.get(index), next) {
        (Some(segment), Some(_)) => segment.span.end,
        _ => part.place.end,
    };
    let from = from.clamp(part.place.start, part.place.end);
    (times, from, until.clamp(from, part.place.end))
}

/// Returns when the segment of a chunk is spoken, without the pause before it, and its bytes in the text, with those
/// before it that belong to no segment. The last segment includes the rest of the text.
pub(super) fn place(chunk: &SpeechChunk, segments: &[Segment], text: &str) -> ((f64, f64), usize, usize) {
    let index = chunk.segment as usize;
    let before = index.checked_sub(1).and_then(|before| segments.get(before));
    let end = chunk.start + chunk.duration().as_secs_f64();
    let pause = before.map_or(0.0, |segment| segment.pause().as_secs_f64());
    let times = ((chunk.start + pause).min(end), end);
    let from = before.map_or(0, |segment| segment.span.end);
    let until = match segments.get(index) {
        Some(segment) if index + 1 < segments.len() => segment.span.end,
        _ => text.len(),
    };
    (times, from, until)
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
