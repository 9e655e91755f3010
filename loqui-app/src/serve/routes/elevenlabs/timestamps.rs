//! Speech with the times of its characters.

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
use super::parts::{self, GAP, Part, Parts};
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

/// Returns finished speech with times. `records` are the records of the parts.
pub(super) async fn whole(
    started: &Parts,
    records: &[GenerationRecord],
    encoding: Encoding,
    is_dialogue: bool,
) -> Result<TimedSpeech, Error> {
    let audio: Vec<Bytes> = started.encoded(encoding).await?.try_collect().await?;
    let (mut written, mut normalized) = (Alignment::default(), Alignment::default());
    let mut voices = Vec::new();
    let mut offset = 0.0;
    for (index, (part, record)) in started.all.iter().zip(records).enumerate() {
        let speech = part.generation.speech().await?;
        let times: Vec<(f64, f64)> = record.speech.as_ref().map(|it| it.times.clone()).unwrap_or_default();
        let seconds = record.speech.as_ref().map_or(0.0, |speech| speech.seconds);
        let first = written.characters.len();
        let pauses = |(start, end): &(f64, f64)| {
            let position = |seconds: f64| ((seconds * f64::from(SPEECH_RATE)) as usize).min(speech.samples().len());
            pauses(&speech.samples()[position(*start)..position(*end)], *start)
        };
        let pauses: Vec<Vec<Pause>> = times.iter().map(pauses).collect();
        let [mut own, spoken] = of_segments(&part.text, 0, &record.segments, 0.0, &times, &pauses);
        own = own.moved(offset, started.speed);
        written.append(own);
        normalized.append(spoken.moved(offset, started.speed));
        voices.push(VoiceSegment {
            voice_id: part.voice.clone(),
            start_time_seconds: offset / started.speed,
            end_time_seconds: (offset + seconds) / started.speed,
            character_start_index: first,
            character_end_index: written.characters.len(),
            dialogue_input_index: index,
        });
        offset += seconds + GAP.as_secs_f64();
    }
    Ok(TimedSpeech {
        audio_base64: BASE64_STANDARD.encode(audio.concat()),
        alignment: Some(written),
        normalized_alignment: Some(normalized),
        voice_segments: is_dialogue.then_some(voices),
    })
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
    let state = Streaming {
        parts: started.all.clone(),
        speed: started.speed,
        is_dialogue,
        encoder: Some(encoder),
        index: 0,
        current: None,
        time: 0.0,
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
    speed: f64,
    is_dialogue: bool,
    /// None after the last message.
    encoder: Option<Encoder>,
    /// The part that is spoken.
    index: usize,
    current: Option<Current>,
    /// The length of the audio so far, in seconds before the change of tempo.
    time: f64,
    /// The number of characters so far.
    characters: usize,
}

/// The part that is spoken.
struct Current {
    chunks: SpeechStream,
    segments: Vec<Segment>,
    /// When the part starts, in seconds.
    offset: f64,
}

impl Streaming {
    async fn next(&mut self) -> Result<Option<TimedSpeech>, Error> {
        loop {
            let Some(part) = self.parts.get(self.index) else {
                // The last bytes of the file have no characters.
                let Some(encoder) = self.encoder.take() else {
                    return Ok(None);
                };
                let tail = encoder.finish()?.tail;
                return Ok((!tail.is_empty()).then(|| message(&tail, None, self.is_dialogue.then(Vec::new))));
            };
            let part = part.clone();
            if self.current.is_none() {
                let segments = part.generation.record().await?.segments;
                if self.index > 0 {
                    self.time += GAP.as_secs_f64();
                }
                self.current = Some(Current {
                    chunks: part.generation.audio(),
                    segments,
                    offset: self.time,
                });
            }
            let Some(current) = &mut self.current else { continue };
            if let Some(chunk) = current.chunks.try_next().await? {
                return self.chunk(&part, &chunk).map(Some);
            }
            self.current = None;
            self.index += 1;
        }
    }

    fn chunk(&mut self, part: &Part, chunk: &SpeechChunk) -> Result<TimedSpeech, Error> {
        let Some((encoder, current)) = self.encoder.as_mut().zip(self.current.as_ref()) else {
            return Ok(message(&[], None, None));
        };
        let mut samples = chunk.pcm16();
        if chunk.segment == 0 && self.index > 0 {
            samples = [parts::silence(), samples].concat().into();
        }
        let audio = encoder.push(&samples)?;
        let (times, from, until) = place(chunk, &current.segments, &part.text);
        let segment = current.segments.get(chunk.segment as usize).map(std::slice::from_ref);
        let text = part.text.get(from..until).unwrap_or_default();
        let pauses = [pauses(&chunk.samples, chunk.start)];
        let [written, spoken] = of_segments(text, from, segment.unwrap_or_default(), chunk.start, &[times], &pauses);
        let (first, offset) = (self.characters, current.offset);
        self.characters += written.characters.len();
        self.time = offset + times.1;
        let voices = self.is_dialogue.then(|| {
            vec![VoiceSegment {
                voice_id: part.voice.clone(),
                start_time_seconds: (offset + times.0) / self.speed,
                end_time_seconds: (offset + times.1) / self.speed,
                character_start_index: first,
                character_end_index: self.characters,
                dialogue_input_index: self.index,
            }]
        });
        let aligned = [written.moved(offset, self.speed), spoken.moved(offset, self.speed)];
        Ok(message(&audio, Some(aligned), voices))
    }
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
