//! Pitch tracking, in steps of 10 ms.

mod voicing;
mod yin;

use std::ops::RangeInclusive;

use crate::recording::{self, Recording};
use crate::{Error, SAMPLE_RATE};

/// The range of detected fundamental frequencies, in Hz, from low creaky voices to calling children.
///
/// A sound above the range appears at a fraction of its pitch or as unvoiced.
pub const PITCH_RANGE_HZ: RangeInclusive<f32> = 60.0..=600.0;

/// The samples from one frame to the next: 10 ms.
const HOP: usize = SAMPLE_RATE as usize / 100;

/// The frames in a window of [`PitchTrack::plateau_share`]: 200 ms.
const PLATEAU_FRAMES: usize = 20;

/// The range below which a window is one held note, in semitones.
const PLATEAU_SEMITONES: f32 = 0.6;

/// The pitch of a frame of 10 ms.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PitchFrame {
    /// The fundamental frequency in Hz. A best guess if the frame is unvoiced.
    pub hz: f32,
    /// Whether the frame is voiced, as a vowel, and not a hiss or a pause.
    pub voiced: bool,
    /// The aperiodicity: 0 for a pure tone, about 1 for noise.
    pub aperiodicity: f32,
}

/// The pitch of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct PitchTrack {
    frames: Vec<PitchFrame>,
}

impl PitchTrack {
    /// Tracks the pitch of mono samples at 16 kHz. Frame `i` is centred on second `i / 100`.
    ///
    /// The error for steady tones is below 0.5 %. Takes about 1 ms per second of audio on one core.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotFinite`], [`Error::OutOfRange`] for invalid
    /// samples, [`Error::TooShort`] below 49 ms.
    ///
    /// ```
    /// use loqui_analysis::PitchTrack;
    ///
    /// let tone: Vec<f32> = (0..16_000).map(|n| (n as f32 * 0.0785).sin()).collect(); // 199.9 Hz
    /// let track = PitchTrack::of(&tone)?;
    /// assert!((track.median_hz().unwrap() - 199.9).abs() < 1.0);
    /// assert!(track.spread_semitones().unwrap() < 0.1);
    /// # Ok::<(), loqui_analysis::Error>(())
    /// ```
    pub fn of(samples: &[f32]) -> Result<Self, Error> {
        let samples = Recording::new(samples)?.samples();
        if samples.len() < yin::REACH {
            return Err(Error::TooShort {
                seconds: recording::seconds(samples.len()),
                needed: recording::seconds(yin::REACH),
            });
        }
        let mut yin = yin::Yin::default();
        let estimates: Vec<yin::Estimate> = (0..=samples.len() / HOP)
            .map(|frame| {
                // At the edges the frame is moved inside instead of being padded.
                let start = (frame * HOP)
                    .saturating_sub(yin::REACH / 2)
                    .min(samples.len() - yin::REACH);
                yin.estimate(&samples[start..start + yin::REACH])
            })
            .collect();
        Ok(Self {
            frames: voicing::decide(&estimates),
        })
    }

    /// Returns the frames, one every 10 ms.
    pub fn frames(&self) -> &[PitchFrame] {
        &self.frames
    }

    /// Returns the share of frames that are voiced, 0 to 1.
    pub fn voiced_share(&self) -> f32 {
        self.voiced_semitones().count() as f32 / self.frames.len() as f32
    }

    /// Returns the median pitch of the voiced frames in Hz, or `None` if none is voiced.
    pub fn median_hz(&self) -> Option<f32> {
        quantile(&self.sorted_semitones(), 0.5).map(hz)
    }

    /// Returns the spread of the pitch around its median in semitones, or `None` if none is voiced.
    ///
    /// It is half of the range of the middle 68 % of the voiced frames. For a normal distribution
    /// this is the standard deviation, but it is robust to a few octave errors. Lively reading has
    /// 3 to 5 semitones.
    pub fn spread_semitones(&self) -> Option<f32> {
        let sorted = self.sorted_semitones();
        Some((quantile(&sorted, 0.84)? - quantile(&sorted, 0.16)?) / 2.0)
    }

    /// Returns the median step of the pitch from one voiced frame to the next, in semitones.
    ///
    /// Speech glides all the time; singing and instruments hold notes and have smaller steps.
    /// Returns `None` without two neighbouring voiced frames.
    pub fn median_step_semitones(&self) -> Option<f32> {
        let mut steps: Vec<f32> = self
            .frames
            .windows(2)
            .filter(|pair| pair[0].voiced && pair[1].voiced)
            .map(|pair| (semitones(pair[1].hz) - semitones(pair[0].hz)).abs())
            .collect();
        steps.sort_by(f32::total_cmp);
        quantile(&steps, 0.5)
    }

    /// Returns the share of fully voiced windows of 200 ms that stay within 0.6 semitones, 0 to 1.
    ///
    /// Such windows are held notes. A high share indicates singing or music. Returns `None` without
    /// a fully voiced window.
    pub fn plateau_share(&self) -> Option<f32> {
        let (mut voiced, mut held) = (0_u32, 0_u32);
        for stretch in self
            .frames
            .windows(PLATEAU_FRAMES)
            .filter(|stretch| stretch.iter().all(|frame| frame.voiced))
        {
            let (low, high) = stretch.iter().fold((f32::MAX, f32::MIN), |(low, high), frame| {
                (low.min(semitones(frame.hz)), high.max(semitones(frame.hz)))
            });
            voiced += 1;
            held += u32::from(high - low < PLATEAU_SEMITONES);
        }
        (voiced > 0).then(|| held as f32 / voiced as f32)
    }

    fn voiced_semitones(&self) -> impl Iterator<Item = f32> {
        self.frames
            .iter()
            .filter(|frame| frame.voiced)
            .map(|frame| semitones(frame.hz))
    }

    fn sorted_semitones(&self) -> Vec<f32> {
        let mut sorted: Vec<f32> = self.voiced_semitones().collect();
        sorted.sort_by(f32::total_cmp);
        sorted
    }
}

/// Converts Hz to semitones above 1 Hz. An octave is 12.
fn semitones(hz: f32) -> f32 {
    12.0 * hz.log2()
}

/// Converts semitones above 1 Hz to Hz.
fn hz(semitones: f32) -> f32 {
    (semitones / 12.0).exp2()
}

/// Returns the quantile of sorted values, interpolated linearly.
fn quantile(sorted: &[f32], share: f32) -> Option<f32> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f32;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * place.fract())
}

#[cfg(test)]
mod tests;
