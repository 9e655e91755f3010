//! Speech with the times of its characters.

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
use super::parts::{self, GAP, Part, Parts};

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
        let words = part.generation.words().await?;
        let seconds = record.speech.as_ref().map_or(0.0, |speech| speech.seconds);
        let first = written.characters.len();
        let [mut own, spoken] = Alignment::of_segments(&part.text, 0, &record.segments, 0.0, &words);
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
                let words = part.generation.words_of(&chunk).await?;
                return self.chunk(&part, &chunk, words).map(Some);
            }
            self.current = None;
            self.index += 1;
        }
    }

    fn chunk(&mut self, part: &Part, chunk: &SpeechChunk, words: SegmentWords) -> Result<TimedSpeech, Error> {
        let Some((encoder, current)) = self.encoder.as_mut().zip(self.current.as_ref()) else {
            return Ok(message(&[], None, None));
        };
        let mut samples = chunk.pcm16();
        if chunk.segment == 0 && self.index > 0 {
            samples = [parts::silence(), samples].concat().into();
        }
        let audio = encoder.push(&samples)?;
        let (from, until) = place(chunk, &current.segments, &part.text);
        let times = chunk.spoken;
        let segment = current.segments.get(chunk.segment as usize).map(std::slice::from_ref);
        let text = part.text.get(from..until).unwrap_or_default();
        let segment = segment.unwrap_or_default();
        let [written, spoken] = Alignment::of_segments(text, from, segment, chunk.start, &[words]);
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
