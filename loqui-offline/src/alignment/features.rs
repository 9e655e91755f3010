//! What the frames of two voices are compared by.

use std::ops::Range;

use realfft::num_complex::Complex32;

use super::FRAME_SECONDS;
use crate::bands::{BANDS, Bands};
use crate::spectra::{BINS, HOP};
use crate::synthesis::Transform;

/// The bands that are compared, up to about 5 kHz.
const COMPARED: usize = 18;
/// The values of a frame: the bands, the level, and how each of them changes.
pub(super) const VALUES: usize = 2 * (COMPARED + 1);
/// The distance from the loud frames below which a frame is silent, in dB.
const SILENT_DB: f32 = 35.0;
/// A recording whose loud frames are below this level is silent, in dB.
const SILENCE_DB: f32 = -90.0;
/// The distance from the loud bands below which levels do not matter, in dB.
const FLOOR_DB: f32 = 60.0;
/// The frames over which changes are measured, on each side.
const CHANGE_REACH: usize = 2;
/// The weight of the changes.
const CHANGE_WEIGHT: f32 = 0.7;
/// The shortest pause, in frames: 100 ms. Stop consonants are shorter.
const PAUSE_FRAMES: usize = 8;

/// The frames of speech.
pub(super) struct Features {
    values: Vec<[f32; VALUES]>,
    silent: Vec<bool>,
    /// The number of frames before the first one.
    offset: usize,
}

impl Features {
    /// Measures samples at 24 kHz.
    pub(super) fn of_recording(samples: &[f32], bands: &Bands) -> Self {
        let mut transform = Transform::new();
        let mut bins = vec![Complex32::default(); BINS];
        let levels = (0..samples.len() / HOP).map(|index| {
            transform.analyse(samples, index, &mut bins);
            bands
                .average(bins.iter().map(Complex32::norm_sqr))
                .map(|power| 10.0 * (power + 1e-12).log10())
        });
        Self::of_levels(levels.collect())
    }

    /// Compares frames by their levels, in dB.
    pub(super) fn of_levels(levels: Vec<[f32; BANDS]>) -> Self {
        let totals: Vec<f32> = levels.iter().map(total_db).collect();
        let loud = percentile(totals.clone(), 0.9);
        let is_silent = |level: &f32| *level < loud - SILENT_DB || loud < SILENCE_DB;
        let silent: Vec<bool> = totals.iter().map(is_silent).collect();
        let loud_band = percentile(
            levels
                .iter()
                .flat_map(|level| level[..COMPARED].iter().copied())
                .collect(),
            0.95,
        );
        let floored = |level: &[f32; BANDS]| -> [f32; COMPARED] {
            std::array::from_fn(|band| level[band].max(loud_band - FLOOR_DB))
        };
        let mean = mean(
            levels
                .iter()
                .zip(&silent)
                .filter(|(_, silent)| !**silent)
                .map(|(level, _)| floored(level)),
        );
        let plain: Vec<[f32; COMPARED + 1]> = levels
            .iter()
            .zip(&totals)
            .map(|(level, total)| {
                let bands = floored(level);
                std::array::from_fn(|value| match bands.get(value) {
                    Some(band) => band - mean[value],
                    None => (total - loud).max(-FLOOR_DB),
                })
            })
            .collect();
        let values = (0..plain.len()).map(|index| with_change(&plain, index)).collect();
        Self {
            values,
            silent,
            offset: 0,
        }
    }

    /// Returns the frames from the first to the last sound; `None` for silence.
    pub(super) fn spoken(self) -> Option<Self> {
        let first = self.silent.iter().position(|silent| !silent)?;
        let last = self.silent.iter().rposition(|silent| !silent)?;
        Some(Self {
            values: self.values[first..=last].to_vec(),
            silent: self.silent[first..=last].to_vec(),
            offset: self.offset + first,
        })
    }

    pub(super) fn frames(&self) -> usize {
        self.values.len()
    }

    pub(super) fn seconds(&self) -> f64 {
        self.frames() as f64 * FRAME_SECONDS
    }

    /// Returns the time of a frame, in seconds.
    pub(super) fn time(&self, frame: usize) -> f64 {
        (self.offset + frame) as f64 * FRAME_SECONDS
    }

    /// Returns the frame at a time, with a fraction.
    pub(super) fn position(&self, seconds: f64) -> f64 {
        seconds / FRAME_SECONDS - self.offset as f64
    }

    pub(super) fn is_silent(&self, frame: usize) -> bool {
        self.silent.get(frame).copied().unwrap_or(true)
    }

    /// Returns the distance of a frame from a frame of another voice.
    pub(super) fn distance(&self, frame: usize, other: &Self, at: usize) -> f32 {
        let pairs = self.values[frame].iter().zip(&other.values[at]);
        pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
    }
}

/// Returns the pauses, in frames.
pub(super) fn silences(features: &Features) -> impl Iterator<Item = Range<usize>> {
    let mut start = None;
    (0..=features.frames()).filter_map(move |frame| {
        if frame < features.frames() && features.is_silent(frame) {
            start.get_or_insert(frame);
            return None;
        }
        let start = start.take()?;
        (frame - start >= PAUSE_FRAMES).then_some(start..frame)
    })
}

fn with_change(plain: &[[f32; COMPARED + 1]], index: usize) -> [f32; VALUES] {
    let last = plain.len() - 1;
    let (before, after) = (index.saturating_sub(CHANGE_REACH), (index + CHANGE_REACH).min(last));
    std::array::from_fn(|value| match value.checked_sub(COMPARED + 1) {
        None => plain[index][value],
        Some(value) => CHANGE_WEIGHT * (plain[after][value] - plain[before][value]),
    })
}

/// Returns the power of all bands, in dB.
fn total_db(levels: &[f32; BANDS]) -> f32 {
    let power: f32 = levels.iter().map(|level| 10_f32.powf(level / 10.0)).sum();
    10.0 * (power + 1e-12).log10()
}

fn mean(levels: impl Iterator<Item = [f32; COMPARED]>) -> [f32; COMPARED] {
    let (mut sums, mut count) = ([0.0; COMPARED], 0.0_f32);
    for level in levels {
        sums.iter_mut().zip(level).for_each(|(sum, level)| *sum += level);
        count += 1.0;
    }
    sums.map(|sum| sum / count.max(1.0))
}

fn percentile(mut values: Vec<f32>, share: f32) -> f32 {
    values.sort_by(f32::total_cmp);
    let index = (values.len() as f32 * share) as usize;
    values
        .get(index.min(values.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}
