//! Whose voice it is: a fingerprint that two recordings of one speaker share.

mod encoder;
mod kept;
mod likeness;
mod mel;
mod slices;
mod speakers;

pub use likeness::Likeness;
pub use speakers::Speakers;

use crate::recording::{self, Recording};
use crate::vad::{Segment, SpeechDetector, SpeechMap};
use crate::{Error, level};
use kept::Kept;
use slices::SLICE_FRAMES;

/// Level that the speech is brought to before the network hears it, in dBFS.
///
/// Resemblyzer raises recordings to -30 dBFS and leaves louder ones as they are. The network works
/// on power, so level leaks into its answer: a clip at -12 and again at -36 dBFS may score only 0.77
/// with itself. At one level for all, the lowest score within a speaker rose from 0.78 to 0.89 (four
/// people, 12 clips of 10 s each, at three levels), and other speakers stayed where they were.
/// Anything from -27 to -20 dBFS does equally well.
const TARGET_DBFS: f64 = -24.0;

/// Least audio that a voiceprint is taken from, in samples: three quarters of one 1.6 s window.
///
/// With less, the window is mostly padding and the print says little about the voice.
const MIN_KEPT: usize = SLICE_FRAMES * mel::HOP * 3 / 4;

/// Windows that go through the network at once: bounds memory whatever the length of the recording. Sixteen took as long and
/// 21 MB more.
const BATCH: usize = 4;

/// A voice as a direction in 256 dimensions: recordings of one speaker point the same way.
///
/// The network is the GE2E encoder of Resemblyzer, whose design Chatterbox uses for its own voice
/// embedding, so it is a fair guess at what a cloning model hears in a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Voiceprint {
    embedding: Vec<f32>,
    windows: Vec<VoiceWindow>,
}

impl Voiceprint {
    /// Takes the voiceprint of mono samples at 16 kHz.
    ///
    /// Silences longer than about 0.2 s are dropped and what is left is brought to one level.
    /// Windows of 1.6 s, one every 0.77 s, are embedded and averaged. Five seconds of speech make
    /// a steady print; 1.2 s is the least. Costs about 8 ms per second of speech on one core.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotFinite`], [`Error::OutOfRange`] for samples that are no
    /// recording, [`Error::TooLittleSpeech`] if less than 1.2 s is left without the silences.
    pub fn of(samples: &[f32]) -> Result<Self, Error> {
        Self::of_speech(samples, &SpeechDetector::default().detect(samples)?)
    }

    /// Takes the voiceprint as [`Voiceprint::of`] does, where the speech is already mapped.
    ///
    /// # Errors
    /// Those of [`Voiceprint::of`], and [`Error::MapMismatch`] if `speech` was made from a recording
    /// of another length.
    pub fn of_speech(samples: &[f32], speech: &SpeechMap) -> Result<Self, Error> {
        Self::of_windows(samples, speech, usize::MAX)
    }

    /// Takes the voiceprint from at most so many windows, spread evenly: for long recordings, where each window costs
    /// about 7 ms of one core and some dozens say as much as hundreds.
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
        let kept = Kept::new(samples, speech);
        if kept.len() < MIN_KEPT {
            return Err(Error::TooLittleSpeech {
                seconds: recording::seconds(kept.len()),
                needed: recording::seconds(MIN_KEPT),
            });
        }
        let gain_db = TARGET_DBFS - level::rms_dbfs(kept.parts());
        Self::of_kept(&kept.amplified(level::amplitude(gain_db)), most)
    }

    fn of_kept(kept: &Kept<'_>, most: usize) -> Result<Self, Error> {
        let starts = slices::pruned(slices::starts(kept.len()), most);
        let mel = mel::Spectrum::default();
        let mut windows = Vec::with_capacity(starts.len());
        for batch in starts.chunks(BATCH) {
            let (frames, offsets) = frames_of(batch, &mel, kept);
            for (embedding, &start) in encoder::embed(&frames, &offsets)?.into_iter().zip(batch) {
                let span = kept.span(start * mel::HOP, (start + SLICE_FRAMES) * mel::HOP);
                if !embedding.iter().all(|x| x.is_finite()) {
                    return Err(Error::NoVoice { start: span.start });
                }
                windows.push(VoiceWindow { span, embedding });
            }
        }
        Ok(Self {
            embedding: mean_direction(&windows),
            windows,
        })
    }

    /// Compares two voices: the cosine between them, 0 to 1. [`Likeness`] puts it into words.
    pub fn similarity(&self, other: &Self) -> f32 {
        cosine(&self.embedding, &other.embedding)
    }

    /// Returns the direction: 256 numbers, none negative, of length 1.
    pub fn embedding(&self) -> &[f32] {
        &self.embedding
    }

    /// Parts the windows into the two voices that differ most; see [`Speakers`]. `None` for fewer than four windows.
    pub fn speakers(&self) -> Option<Speakers> {
        speakers::part(&self.windows)
    }

    /// Lists the voice of each 1.6 s window, in order: several speakers show as several directions.
    pub fn windows(&self) -> &[VoiceWindow] {
        &self.windows
    }
}

/// Makes the frames of these windows, and says where in them each window starts.
fn frames_of(starts: &[usize], mel: &mel::Spectrum, kept: &Kept<'_>) -> (Vec<[f32; mel::BANDS]>, Vec<usize>) {
    let frames = |from: usize, to: usize| mel.frames(from..to, |from, into| kept.copy(from, into));
    let apart = starts.windows(2).any(|pair| pair[1] - pair[0] > SLICE_FRAMES);
    if apart {
        // The frames between windows far apart are not worth making.
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
    /// Returns where in the recording the window lies; it is longer than 1.6 s if silences inside
    /// it were dropped, and shorter at the end of the recording.
    pub fn span(&self) -> Segment {
        self.span
    }

    /// Returns the direction: 256 numbers, none negative, of length 1.
    pub fn embedding(&self) -> &[f32] {
        &self.embedding
    }

    /// Compares the voices of two windows: the cosine between them, 0 to 1.
    ///
    /// A window is much shorter than a recording, so the same speaker scores lower here than
    /// [`Likeness`] asks for; average a few windows before judging.
    pub fn similarity(&self, other: &Self) -> f32 {
        cosine(&self.embedding, &other.embedding)
    }
}

/// Averages the windows and brings the result to length 1.
///
/// Each has length 1 and no negative number, so the sum cannot cancel out to nothing.
fn mean_direction(windows: &[VoiceWindow]) -> Vec<f32> {
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

/// Returns the cosine between two directions of length 1.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
