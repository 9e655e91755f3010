//! When the phonemes of a sentence are spoken, and with them its words.

use crate::audio::SpokenWord;
use crate::hidden::Hidden;
use crate::phonemes::WordPlace;
use crate::spectra::{HOP, SAMPLE_RATE};

/// How far the sound of a phoneme is ahead of the frames that the network assigns to it, in seconds, at pace 1. It is
/// proportional to the square root of the length of the phonemes. Measured with `benches/words`.
const AHEAD_SECONDS: f64 = 0.0625;

/// The longest gap between two words of a phrase, in seconds. A longer gap is a pause.
const WORD_GAP_SECONDS: f64 = 0.12;

/// When the phonemes of a sentence are spoken.
#[derive(Debug)]
pub(crate) struct Timeline {
    /// As in [`Hidden::starts`].
    starts: Vec<usize>,
    unheard: usize,
    frames: usize,
    ahead_seconds: f64,
}

impl Timeline {
    pub(crate) fn of(hidden: &Hidden, pace: f32) -> Self {
        Self {
            ahead_seconds: AHEAD_SECONDS / f64::from(pace).sqrt(),
            starts: hidden.starts.clone(),
            unheard: hidden.unheard,
            frames: hidden.pitch_hz.len(),
        }
    }

    /// Returns the words of a piece of the text. Its audio begins at `offset`, in seconds.
    pub(crate) fn words<'a>(
        &'a self,
        places: &'a [WordPlace],
        piece: usize,
        offset: f64,
    ) -> impl Iterator<Item = SpokenWord> + 'a {
        // The first id is the silence before the sentence.
        places
            .iter()
            .filter(move |place| place.piece == piece)
            .map(move |place| SpokenWord {
                text: place.text.clone(),
                start: offset + self.seconds(place.ids.start + 1),
                end: offset + self.seconds(place.ids.end + 1),
            })
    }

    /// Returns the start of an id in the audio, in seconds.
    fn seconds(&self, id: usize) -> f64 {
        let frame = self.starts.get(id).copied().unwrap_or(self.frames);
        let frames = frame.saturating_sub(self.unheard);
        let length = self.frames.saturating_sub(self.unheard);
        let per_frame = HOP as f64 / SAMPLE_RATE as f64;
        (frames as f64 * per_frame - self.ahead_seconds).clamp(0.0, length as f64 * per_frame)
    }
}

/// Joins words that are spoken without a pause: the gap between them is divided.
pub(crate) fn joined(mut words: Vec<SpokenWord>) -> Vec<SpokenWord> {
    for index in 1..words.len() {
        let (end, start) = (words[index - 1].end, words[index].start);
        if start - end < WORD_GAP_SECONDS {
            let middle = f64::midpoint(end, start);
            words[index - 1].end = middle;
            words[index].start = middle;
        }
    }
    words
}
