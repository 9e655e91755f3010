//! Voiceprints: speaker embeddings, which are similar for recordings of one speaker.

mod encoder;
mod likeness;
mod mel;
mod slices;
mod speakers;
mod speech_parts;

pub use likeness::Likeness;
pub use speakers::Speakers;

use crate::recording::{self, Recording};
use crate::vad::{Segment, SpeechDetector, SpeechMap};
use crate::{Error, level};
use slices::SLICE_FRAMES;
use speech_parts::SpeechParts;

/// The level of the speech at the input of the network, in dBFS.
///
/// Resemblyzer raises recordings to -30 dBFS and does not change louder ones. The input of the network is power, so its
/// output depends on the level: one clip at -12 and at -36 dBFS may have a similarity of only 0.77. With a common level
/// the lowest similarity of one speaker rose from 0.78 to 0.89 (four people, 12 clips of 10 s each, at three levels).
/// The similarity of different speakers did not change. All levels from -27 to -20 dBFS give equal results.
const TARGET_DBFS: f64 = -24.0;

/// The minimum length of speech, in samples: three quarters of one window of 1.6 s.
///
/// A shorter window is mostly padding and says little about the voice.
const MIN_SPEECH: usize = SLICE_FRAMES * mel::HOP * 3 / 4;

/// The largest deviation from 1 of the norm of a stored embedding.
const MAX_NORM_ERROR: f32 = 1e-3;

/// The number of windows in a batch. It bounds the memory. A batch of sixteen took as long and needed 21 MB more.
const BATCH: usize = 4;

/// A voice as a unit vector of 256 numbers. Recordings of one speaker have similar directions.
///
/// The network is the GE2E encoder of [Resemblyzer](https://github.com/resemble-ai/Resemblyzer). Chatterbox
/// uses the same architecture for its voice embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct Voiceprint {
    embedding: Vec<f32>,
    windows: Vec<VoiceWindow>,
}

impl Voiceprint {
    /// The version of the computation. It is raised when the same samples give another embedding, so that programs that
    /// store embeddings compute them again.
    pub const VERSION: u32 = 2;

    /// Restores a voiceprint from a stored [`embedding`](Self::embedding). It has no [`windows`](Self::windows). Returns
    /// `None` unless the embedding has 256 finite numbers of at least 0 and a norm of 1.
    ///
    /// ```
    /// use loqui_analysis::Voiceprint;
    ///
    /// let mut embedding = vec![0.0; 256];
    /// assert_eq!(Voiceprint::from_embedding(embedding.clone()), None);
    /// embedding[7] = 1.0;
    /// assert!(Voiceprint::from_embedding(embedding).is_some());
    /// ```
    pub fn from_embedding(embedding: Vec<f32>) -> Option<Self> {
        let norm = embedding.iter().map(|x| x * x).sum::<f32>().sqrt();
        let valid = embedding.len() == encoder::EMBEDDING
            && embedding.iter().all(|x| x.is_finite() && *x >= 0.0)
            && (norm - 1.0).abs() < MAX_NORM_ERROR;
        valid.then(|| Self {
            embedding,
            windows: Vec::new(),
        })
    }

    /// Computes the voiceprint of mono samples at 16 kHz.
    ///
    /// Silences longer than about 0.2 s are dropped, and the level is normalized. Windows of 1.6 s,
    /// one every 0.77 s, are embedded and averaged. 1.2 s of speech are the minimum; five seconds
    /// give a stable result. Takes about 8 ms per second of speech on one core.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotFinite`], [`Error::OutOfRange`] for invalid
    /// samples, [`Error::TooLittleSpeech`] for less than 1.2 s without long silences.
    pub fn of(samples: &[f32]) -> Result<Self, Error> {
        Self::of_speech(samples, &SpeechDetector::default().detect(samples)?)
    }

    /// Computes the voiceprint as [`Voiceprint::of`] does, with a known speech map.
    ///
    /// # Errors
    /// Those of [`Voiceprint::of`], and [`Error::MapMismatch`] if `speech` belongs to a recording of
    /// another length.
    pub fn of_speech(samples: &[f32], speech: &SpeechMap) -> Result<Self, Error> {
        Self::of_windows(samples, speech, usize::MAX)
    }

    /// Computes the voiceprint from at most `most` evenly spaced windows.
    ///
    /// A window takes about 7 ms on one core. For long recordings some dozens of windows give the same result as hundreds.
    ///
    /// # Errors
    /// Those of [`Voiceprint::of_speech`].
    pub fn of_windows(samples: &[f32], speech: &SpeechMap, most: usize) -> Result<Self, Error> {
        let samples = Recording::new(samples)?.samples();
        if speech.samples() != samples.len() {
            return Err(Error::MapMismatch {
                mapped: speech.samples(),
                samples: samples.len(),
            });
        }
        let parts = SpeechParts::new(samples, speech);
        if parts.len() < MIN_SPEECH {
            return Err(Error::TooLittleSpeech {
                seconds: recording::seconds(parts.len()),
                needed: recording::seconds(MIN_SPEECH),
            });
        }
        let gain_db = TARGET_DBFS - level::rms_dbfs(parts.parts());
        Self::of_parts(&parts.amplified(level::amplitude(gain_db)), most)
    }

    fn of_parts(parts: &SpeechParts<'_>, most: usize) -> Result<Self, Error> {
        let starts = slices::pruned(slices::starts(parts.len()), most);
        let mel = mel::Spectrum::default();
        let mut windows = Vec::with_capacity(starts.len());
        for batch in starts.chunks(BATCH) {
            let (frames, offsets) = frames_of(batch, &mel, parts);
            for (embedding, &start) in encoder::embed(&frames, &offsets)?.into_iter().zip(batch) {
                let span = parts.span(start * mel::HOP, (start + SLICE_FRAMES) * mel::HOP);
                if !embedding.iter().all(|x| x.is_finite()) {
                    return Err(Error::NoVoice { start: span.start });
                }
                windows.push(VoiceWindow { span, embedding });
            }
        }
        Ok(Self {
            embedding: mean_embedding(&windows),
            windows,
        })
    }

    /// Returns the cosine similarity of two voices, 0 to 1. [`Likeness`] classifies it.
    pub fn similarity(&self, other: &Self) -> f32 {
        cosine(&self.embedding, &other.embedding)
    }

    /// Returns the vector: 256 numbers of at least 0, with a norm of 1.
    pub fn embedding(&self) -> &[f32] {
        &self.embedding
    }

    /// Divides the windows into the two voices that differ most; see [`Speakers`]. Returns `None` for fewer than four windows.
    pub fn speakers(&self) -> Option<Speakers> {
        speakers::divide(&self.windows)
    }

    /// Returns the voice of each window of 1.6 s, in order. Different speakers have different directions.
    pub fn windows(&self) -> &[VoiceWindow] {
        &self.windows
    }
}

/// Returns the frames of these windows, and the index of the first frame of each window.
fn frames_of(starts: &[usize], mel: &mel::Spectrum, parts: &SpeechParts<'_>) -> (Vec<[f32; mel::BANDS]>, Vec<usize>) {
    let frames = |from: usize, to: usize| mel.frames(from..to, |from, into| parts.copy(from, into));
    let apart = starts.windows(2).any(|pair| pair[1] - pair[0] > SLICE_FRAMES);
    if apart {
        // Skip the frames between windows that are far apart.
        let all = starts.iter().flat_map(|start| frames(*start, start + SLICE_FRAMES));
        return (
            all.collect(),
            (0..starts.len()).map(|index| index * SLICE_FRAMES).collect(),
        );
    }
    let first = starts[0];
    let last = starts[starts.len() - 1] + SLICE_FRAMES;
    (frames(first, last), starts.iter().map(|start| start - first).collect())
}

/// The voice in one window of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct VoiceWindow {
    span: Segment,
    embedding: Vec<f32>,
}

impl VoiceWindow {
    /// Returns the position in the recording. It is longer than 1.6 s if silences were dropped within
    /// it, and shorter at the end of the recording.
    pub fn span(&self) -> Segment {
        self.span
    }

    /// Returns the vector: 256 numbers of at least 0, with a norm of 1.
    pub fn embedding(&self) -> &[f32] {
        &self.embedding
    }

    /// Returns the cosine similarity of two windows, 0 to 1.
    ///
    /// Windows are short, so one speaker scores lower than the bounds of [`Likeness`]. Average several
    /// windows.
    pub fn similarity(&self, other: &Self) -> f32 {
        cosine(&self.embedding, &other.embedding)
    }
}

/// Returns the normalized mean of the windows.
///
/// All are unit vectors without negative numbers, so the sum is not zero.
fn mean_embedding(windows: &[VoiceWindow]) -> Vec<f32> {
    let mut sum = vec![0.0_f32; encoder::EMBEDDING];
    for window in windows {
        for (total, x) in sum.iter_mut().zip(&window.embedding) {
            *total += x;
        }
    }
    let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
    for x in &mut sum {
        *x /= length;
    }
    sum
}

/// Returns the cosine of two unit vectors.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
