//! Compares a cleaned recording with the original.

use std::fmt::Write as _;

use loqui_core::audio::Clip;

use crate::sound::{convolved, power};

/// The bars for speech at a signal-to-noise ratio of 10 dB.
const LEAST_GAIN_DB: f64 = 3.0;
const LEAST_QUIETER_DB: f64 = 12.0;
const LARGEST_LOSS: f64 = 0.02;
/// A block of 10 ms of the original below this share of its loud blocks is a pause.
const PAUSE: f64 = 1e-4;

/// The measurements of one recording.
#[derive(Clone, Debug)]
pub(crate) struct Scores {
    before_db: f64,
    after_db: f64,
    quieter_db: f64,
    similarity_before: f64,
    similarity_after: f64,
    seconds_per_second: f64,
    #[expect(dead_code, reason = "printed")]
    left_out: Vec<String>,
}

impl Scores {
    pub(crate) fn of(
        original: &Clip,
        dirty: &Clip,
        clean: &Clip,
        similarity: impl Fn(&Clip) -> Option<f64>,
        seconds_per_second: f64,
        left_out: Vec<String>,
    ) -> Self {
        let aligned = aligned(clean.samples(), original.samples());
        let (start, end) = part(original, clean.len(), aligned);
        let of = |samples: &[f32], offset: usize| samples[offset..offset + end - start].to_vec();
        let (reference, before) = (of(original.samples(), start), of(dirty.samples(), start));
        let after = of(clean.samples(), start.saturating_add_signed(-aligned));
        let (scale_before, before_db) = si_sdr(&before, &reference);
        let (scale_after, after_db) = si_sdr(&after, &reference);
        let block = original.sample_rate() as usize / 100;
        let noise = |samples: &[f32], scale: f64| pauses(samples, &reference, block) - 20.0 * scale.log10();
        Self {
            before_db,
            after_db,
            quieter_db: noise(&before, scale_before) - noise(&after, scale_after),
            similarity_before: similarity(dirty).unwrap_or_default(),
            similarity_after: similarity(clean).unwrap_or_default(),
            seconds_per_second,
            left_out,
        }
    }

    pub(crate) fn meets_the_bars(&self) -> bool {
        self.after_db - self.before_db >= LEAST_GAIN_DB
            && self.quieter_db >= LEAST_QUIETER_DB
            && self.similarity_after >= self.similarity_before - LARGEST_LOSS
    }

    /// A row of the table, without its first cell.
    pub(crate) fn row(all: &[Self]) -> String {
        let mean = |value: fn(&Self) -> f64| all.iter().map(value).sum::<f64>() / all.len() as f64;
        let lowest = |value: fn(&Self) -> f64| all.iter().map(value).fold(f64::INFINITY, f64::min);
        let gain = |one: &Self| one.after_db - one.before_db;
        let mut row = String::new();
        for (value, decimals) in [
            (mean(|one| one.before_db), 1),
            (mean(|one| one.after_db), 1),
            (mean(gain), 1),
            (lowest(gain), 1),
            (mean(|one| one.quieter_db), 1),
            (mean(|one| one.similarity_before), 3),
            (mean(|one| one.similarity_after), 3),
            (lowest(|one| one.similarity_after - one.similarity_before), 3),
        ] {
            let _ = write!(row, "{value:.decimals$} | ");
        }
        let _ = write!(row, "{:.0} ms |", 1000.0 * mean(|one| one.seconds_per_second));
        row
    }
}

/// The samples of the original that the cleaned recording has.
fn part(original: &Clip, clean: usize, offset: isize) -> (usize, usize) {
    let start = offset.max(0).cast_unsigned();
    let end = clean.saturating_add_signed(offset).min(original.len());
    (start, end)
}

/// Returns the position of the cleaned recording in the original: the lag with the highest correlation.
fn aligned(clean: &[f32], original: &[f32]) -> isize {
    let reversed: Vec<f32> = clean.iter().rev().copied().collect();
    let correlation = convolved(original, &reversed);
    let best = correlation.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(index, _)| index.cast_signed() - (clean.len().cast_signed() - 1))
}

/// The scale-invariant signal-to-distortion ratio, in dB (<https://arxiv.org/abs/1811.02508>), with the scale.
fn si_sdr(samples: &[f32], reference: &[f32]) -> (f64, f64) {
    let mean = |samples: &[f32]| samples.iter().map(|x| f64::from(*x)).sum::<f64>() / samples.len() as f64;
    let (offset, zero) = (mean(samples), mean(reference));
    let pairs = || {
        samples
            .iter()
            .zip(reference)
            .map(|(a, b)| (f64::from(*a) - offset, f64::from(*b) - zero))
    };
    let scale = pairs().map(|(a, b)| a * b).sum::<f64>() / pairs().map(|(_, b)| b * b).sum::<f64>();
    let target: f64 = pairs().map(|(_, b)| (scale * b).powi(2)).sum();
    let error: f64 = pairs().map(|(a, b)| (a - scale * b).powi(2)).sum();
    (scale, 10.0 * (target / error.max(1e-12)).log10())
}

/// The mean power in the pauses of the original, in dB.
fn pauses(samples: &[f32], reference: &[f32], block: usize) -> f64 {
    let loud = power(reference);
    let quiet = samples
        .chunks(block)
        .zip(reference.chunks(block))
        .filter(|(_, original)| power(original) < loud * PAUSE);
    let (sum, count) = quiet.fold((0.0, 0), |(sum, count), (samples, _)| (sum + power(samples), count + 1));
    10.0 * (sum / f64::from(count.max(1)) + 1e-14).log10()
}
