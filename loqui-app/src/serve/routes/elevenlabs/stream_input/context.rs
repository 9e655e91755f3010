//! A stream of text that is spoken: the only one of a socket, or one of several.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use loqui_core::script::Segment;
use loqui_core::speech::{Encoder, SegmentWords};
use loqui_core::{Error, SpeechChunk};
use serde_json::{Value, json};

use super::sentences;
use crate::serve::routes::audio::Guard as _;
use crate::serve::routes::elevenlabs::alignment::Alignment;
use crate::serve::routes::elevenlabs::parts::{Guards, Part, Parts};
use crate::serve::routes::elevenlabs::timestamps;
use crate::serve::routes::elevenlabs::voice_settings::VoiceSettings;

/// A segment of speech, with what its alignment needs.
pub(super) struct Piece {
    text: String,
    segments: Vec<Segment>,
    chunk: SpeechChunk,
    words: SegmentWords,
}

/// Text that is received in pieces, and its speech.
#[derive(Default)]
pub(super) struct Context {
    /// The name that the client gave it.
    pub(super) id: Option<String>,
    /// The settings from its first message.
    pub(super) settings: Option<VoiceSettings>,
    /// The text that is not spoken yet.
    pub(super) text: String,
    /// The speech of each generation, in order.
    pub(super) speech: VecDeque<BoxStream<'static, Result<Piece, Error>>>,
    pub(super) guards: Guards,
    /// Created with the first generation, because its settings contain the tempo.
    pub(super) encoder: Option<Encoder>,
    pub(super) speed: f64,
    /// No more text follows.
    pub(super) is_closing: bool,
}

impl Context {
    /// Adds text, and returns the text to speak now: the closed sentences, or everything if `all`.
    pub(super) fn take(&mut self, text: &str, all: bool, language: Option<&str>) -> Option<String> {
        // Blank text keeps the socket open. It is no text by itself.
        if !self.text.is_empty() || !text.trim().is_empty() {
            self.text.push_str(text);
        }
        let ready = if all {
            std::mem::take(&mut self.text)
        } else {
            sentences::take_closed(&mut self.text, language)
        };
        ready
            .chars()
            .any(char::is_alphanumeric)
            .then(|| ready.trim().to_owned())
    }

    /// Adds started speech.
    pub(super) fn add(&mut self, started: Parts) {
        self.speed = started.speed;
        self.guards.extend(started.guard);
        self.speech.extend(started.all.into_iter().map(pieces));
    }

    /// Returns true once all speech was sent.
    pub(super) fn is_finished(&self) -> bool {
        self.is_closing && self.speech.is_empty()
    }

    /// Returns the message with a segment of speech. Times are relative to the start of its speech.
    pub(super) fn message(&mut self, piece: &Piece) -> Result<Option<Value>, Error> {
        let Some(encoder) = &mut self.encoder else {
            return Ok(None);
        };
        let audio = encoder.push(&piece.chunk.pcm16())?;
        let (from, until) = timestamps::place(&piece.chunk, &piece.segments, &piece.text);
        let segment = piece
            .segments
            .get(piece.chunk.segment as usize)
            .map(std::slice::from_ref);
        let text = piece.text.get(from..until).unwrap_or_default();
        let start = piece.chunk.start;
        let words = std::slice::from_ref(&piece.words);
        let [written, spoken] = Alignment::of_segments(text, from, segment.unwrap_or_default(), start, words)
            .map(|alignment| in_milliseconds(&alignment.moved(-start, self.speed)));
        Ok(Some(self.named(json!({
            "audio": BASE64_STANDARD.encode(audio),
            "isFinal": null,
            "alignment": written,
            "normalizedAlignment": spoken,
        }))))
    }

    /// Returns the last messages: the rest of the audio, and the end.
    pub(super) fn last_messages(&mut self) -> Result<Vec<Value>, Error> {
        let mut messages = Vec::new();
        if let Some(encoder) = self.encoder.take() {
            let tail = encoder.finish()?.tail;
            if !tail.is_empty() {
                messages.push(self.named(json!({
                    "audio": BASE64_STANDARD.encode(tail),
                    "isFinal": null,
                    "alignment": null,
                    "normalizedAlignment": null,
                })));
            }
        }
        messages.push(self.named(json!({ "audio": null, "isFinal": true })));
        self.guards.complete();
        Ok(messages)
    }

    fn named(&self, mut message: Value) -> Value {
        if let Some(id) = &self.id {
            message["contextId"] = json!(id);
        }
        message
    }
}

/// Streams the segments of a part.
fn pieces(part: Part) -> BoxStream<'static, Result<Piece, Error>> {
    let record = {
        let generation = part.generation.clone();
        async move { generation.record().await }
    };
    stream::once(record)
        .map_ok(move |record| {
            let (text, segments) = (part.text.clone(), record.segments);
            let generation = part.generation.clone();
            part.generation.audio().and_then(move |chunk| {
                let (text, segments, generation) = (text.clone(), segments.clone(), generation.clone());
                async move {
                    Ok(Piece {
                        words: generation.words_of(&chunk).await?,
                        text,
                        segments,
                        chunk,
                    })
                }
            })
        })
        .try_flatten()
        .boxed()
}

/// Returns an alignment in the shape of sockets: starts and durations in milliseconds.
fn in_milliseconds(alignment: &Alignment) -> Value {
    let milliseconds = |seconds: f64| (seconds * 1000.0).round() as i64;
    let starts: Vec<i64> = alignment
        .character_start_times_seconds
        .iter()
        .map(|time| milliseconds(*time))
        .collect();
    let durations: Vec<i64> = alignment
        .character_end_times_seconds
        .iter()
        .zip(&starts)
        .map(|(end, start)| milliseconds(*end) - start)
        .collect();
    json!({ "chars": alignment.characters, "charStartTimesMs": starts, "charDurationsMs": durations })
}
