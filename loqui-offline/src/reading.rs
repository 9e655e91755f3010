//! Splits a text into sentences and speaks them one by one.

use std::fmt;
use std::sync::Arc;
use std::vec;

use crate::acoustic::MAX_PHONEMES;
use crate::adaptation::{Adaptation, Change};
use crate::audio::{Audio, Skipped};
use crate::error::Error;
use crate::normalize::{Screened, normalize, screen};
use crate::parts::Parts;
use crate::sentences::{End, split};
use crate::settings::Settings;
use crate::spectra::SAMPLE_RATE;
use crate::timeline::joined;

/// An iterator over the speech of a text, sentence by sentence.
///
/// [`Voice::sentences`](crate::Voice::sentences) returns it.
pub struct Sentences {
    parts: Arc<Parts>,
    settings: Settings,
    change: Change,
    pace: f32,
    /// The length of the text in characters, for the error message.
    characters: usize,
    /// The number of pieces so far, for the seeds.
    begun: u64,
    state: State,
}

/// The progress of the iterator.
enum State {
    /// Rejected before the first sentence. The error is returned first.
    Rejected(Error),
    Reading {
        rest: vec::IntoIter<Sentence>,
        /// Whether any sentence had audio.
        spoke: bool,
        /// The skipped parts that belong to the next audio.
        skipped: Vec<Skipped>,
    },
    Ended,
}

/// The sentences of a text.
#[derive(Debug)]
pub(crate) struct Plan {
    /// In order, never empty.
    pub(crate) sentences: Vec<Sentence>,
}

/// One sentence, ready for pronunciation.
#[derive(Debug)]
pub(crate) struct Sentence {
    /// The normalized text.
    pub(crate) words: String,
    /// The kind of boundary after it. Absent for the last one.
    pub(crate) end: Option<End>,
    /// The position in the text, in bytes.
    start: usize,
    /// The text as written, to locate words that cannot be pronounced.
    written: String,
    skipped: Vec<Skipped>,
}

/// Splits and normalizes a text, which is already in words or not. Unspeakable parts are added to the sentence before, otherwise to the one after.
pub(crate) fn plan(text: &str, in_words: bool) -> Result<Plan, Error> {
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut waiting = Vec::new();
    for span in split(text) {
        let written = &text[span.range.clone()];
        let Screened {
            text: readable,
            mut skipped,
        } = screen(written, span.range.start, in_words);
        let words = normalize(&readable, in_words);
        if words.contains(char::is_alphanumeric) {
            skipped.splice(0..0, waiting.drain(..));
            let written = written.to_owned();
            sentences.push(Sentence {
                words,
                end: Some(span.end),
                start: span.range.start,
                written,
                skipped,
            });
        } else if let Some(before) = sentences.last_mut() {
            before.skipped.extend(skipped);
            before.end = Some(span.end);
        } else {
            waiting.extend(skipped);
        }
    }
    match sentences.last_mut() {
        Some(last) => last.end = None,
        None => {
            return Err(Error::NothingToSay {
                characters: text.chars().count(),
            });
        }
    }
    Ok(Plan { sentences })
}

impl Sentences {
    pub(crate) fn new(parts: Arc<Parts>, text: &str, settings: Settings, adaptation: &Adaptation) -> Self {
        let state = match settings.check().and_then(|()| plan(text, settings.in_words)) {
            Ok(plan) => State::Reading {
                rest: plan.sentences.into_iter(),
                spoke: false,
                skipped: Vec::new(),
            },
            Err(error) => State::Rejected(error),
        };
        Self {
            parts,
            settings,
            change: Change::new(adaptation, &settings),
            pace: settings.pace(adaptation),
            characters: text.chars().count(),
            begun: 0,
            state,
        }
    }

    /// Speaks one sentence. The audio is empty if nothing can be pronounced.
    fn speak(&mut self, sentence: Sentence) -> Result<Audio, Error> {
        let pronunciation = self.parts.phonemes()?.pronounce(&sentence.words, MAX_PHONEMES);
        let (mut samples, mut words) = (Vec::new(), Vec::new());
        for (index, piece) in pronunciation.pieces.iter().enumerate() {
            let seed = self.next_seed();
            let renderer = self.parts.renderer();
            let (mut own, timeline) = renderer.speak(piece, self.pace, &self.change, seed)?;
            let offset = samples.len() as f64 / SAMPLE_RATE as f64;
            words.extend(timeline.words(&pronunciation.words, index, offset));
            samples.append(&mut own);
        }
        if !samples.is_empty() {
            let pause = self.settings.pause_after(sentence.end).as_secs_f64() * SAMPLE_RATE as f64;
            samples.resize(samples.len() + pause.round() as usize, 0.0);
        }
        let mut skipped = sentence.skipped;
        skipped.extend(pronunciation.unspoken.into_iter().map(|text| {
            let offset = sentence.written.find(&text).unwrap_or_default();
            Skipped {
                text,
                start: sentence.start + offset,
            }
        }));
        skipped.sort_by_key(|part| part.start);
        Ok(Audio::new(samples, joined(words), skipped))
    }

    /// Returns a seed for each piece. Repeated noise would be audible.
    fn next_seed(&mut self) -> u64 {
        let seed = self.settings.seed ^ self.begun.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.begun += 1;
        seed
    }
}

impl Iterator for Sentences {
    type Item = Result<Audio, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return None,
                State::Rejected(error) => return Some(Err(error)),
                State::Reading {
                    mut rest,
                    spoke,
                    mut skipped,
                } => {
                    let Some(sentence) = rest.next() else {
                        return self.finish(spoke, skipped);
                    };
                    let audio = match self.speak(sentence) {
                        Ok(audio) => audio,
                        Err(error) => return Some(Err(error)),
                    };
                    skipped.extend_from_slice(audio.skipped());
                    if audio.samples().is_empty() {
                        self.state = State::Reading { rest, spoke, skipped };
                    } else {
                        self.state = State::Reading {
                            rest,
                            spoke: true,
                            skipped: Vec::new(),
                        };
                        return Some(Ok(audio.with_skipped(skipped)));
                    }
                }
            }
        }
    }
}

impl Sentences {
    /// Returns the last item: an error if there was no audio at all, the remaining skipped parts, or nothing.
    fn finish(&self, spoke: bool, skipped: Vec<Skipped>) -> Option<Result<Audio, Error>> {
        if !spoke {
            Some(Err(Error::NothingToSay {
                characters: self.characters,
            }))
        } else if skipped.is_empty() {
            None
        } else {
            Some(Ok(Audio::new(Vec::new(), Vec::new(), skipped)))
        }
    }
}

impl std::iter::FusedIterator for Sentences {}

impl fmt::Debug for Sentences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sentences")
            .field("settings", &self.settings)
            .field("begun", &self.begun)
            .finish_non_exhaustive()
    }
}
