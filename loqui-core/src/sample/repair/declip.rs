//! Restores short clipped peaks: samples at the ceiling are replaced by what a linear predictor expects between their
//! neighbours (Janssen, Veldhuis and Vries, 1986, <https://doi.org/10.1109/TASSP.1986.1164824>).

use std::ops::Range;

use super::super::thresholds::{CLIPPED_LEAST_PEAK, CLIPPED_RUN};
use crate::audio::Clip;

/// A sample above this share of the extreme on its side is at the ceiling.
const SHARE_OF_EXTREME: f32 = 0.998;
/// The longest run of clipped samples that is restored, in seconds. In a longer one the shape of the wave is lost.
const LONGEST_RUN: f64 = 0.002_5;
/// The minimum number of known samples on both sides, in seconds.
const CONTEXT: f64 = 0.02;
/// The largest number of samples that are restored together.
const LARGEST_GROUP: usize = 300;
/// The order of the predictor for each kilohertz of the sample rate.
const ORDER_PER_KHZ: f64 = 1.5;
const ROUNDS: usize = 3;
/// The largest restored sample, as a multiple of the ceiling.
const HIGHEST: f64 = 2.0;

/// The clipped runs of a recording.
#[derive(Clone, Debug, Default)]
pub(super) struct Clipped {
    runs: Vec<Range<usize>>,
    above: f32,
    below: f32,
}

impl Clipped {
    /// Finds the runs at the highest and at the lowest sample.
    pub(super) fn find(clip: &Clip) -> Self {
        let extremes = clip
            .samples()
            .iter()
            .fold((0.0_f32, 0.0_f32), |(low, high), x| (low.min(*x), high.max(*x)));
        let (below, above) = (extremes.0 * SHARE_OF_EXTREME, extremes.1 * SHARE_OF_EXTREME);
        let side = |x: f32| {
            i8::from(above > CLIPPED_LEAST_PEAK && x >= above) - i8::from(below < -CLIPPED_LEAST_PEAK && x <= below)
        };
        let mut start = 0;
        let runs = clip
            .samples()
            .chunk_by(|a, b| side(*a) == side(*b))
            .filter_map(|run| {
                let range = start..start + run.len();
                start = range.end;
                (side(run[0]) != 0 && run.len() >= CLIPPED_RUN).then_some(range)
            })
            .collect();
        Self { runs, above, below }
    }

    /// Returns the number of runs.
    pub(super) fn len(&self) -> usize {
        self.runs.len()
    }
}

/// Restores the short runs. Returns the clip, and the number of runs that were restored.
pub(super) fn restore(clip: &Clip, clipped: &Clipped) -> (Clip, usize) {
    let rate = f64::from(clip.sample_rate());
    let longest = (LONGEST_RUN * rate) as usize;
    let context = (CONTEXT * rate) as usize;
    let order = (ORDER_PER_KHZ * rate / 1000.0).clamp(16.0, 72.0) as usize;
    let mut samples = clip.samples().to_vec();
    let mut restored = 0;
    let short: Vec<Range<usize>> = clipped
        .runs
        .iter()
        .filter(|run| run.len() <= longest)
        .cloned()
        .collect();
    for group in groups(&short, order) {
        let unknown: Vec<usize> = group.iter().cloned().flatten().collect();
        let (first, last) = (unknown[0], unknown[unknown.len() - 1]);
        let part = first.saturating_sub(context)..(last + 1 + context).min(samples.len());
        let inside = first >= part.start + order && last + order < part.end;
        if !inside || unknown.len() > LARGEST_GROUP {
            continue;
        }
        let local: Vec<usize> = unknown.iter().map(|index| index - part.start).collect();
        let mut window: Vec<f64> = samples[part.clone()].iter().map(|x| f64::from(*x)).collect();
        if interpolate(&mut window, &local, order, clipped).is_some() {
            for (index, at) in unknown.iter().zip(&local) {
                samples[*index] = window[*at] as f32;
            }
            restored += group.len();
        }
    }
    (Clip::new(samples, clip.sample_rate()), restored)
}

/// Joins runs whose restoration depends on each other.
fn groups(runs: &[Range<usize>], distance: usize) -> impl Iterator<Item = &[Range<usize>]> {
    runs.chunk_by(move |a, b| b.start - a.end < distance)
}

/// Replaces the samples at `unknown`, in order.
fn interpolate(window: &mut [f64], unknown: &[usize], order: usize, clipped: &Clipped) -> Option<()> {
    let ceilings: Vec<f64> = unknown.iter().map(|at| window[*at]).collect();
    for _ in 0..ROUNDS {
        let error_filter = predictor(window, order)?;
        // The correlation of the filter with itself: the weights of the normal equations.
        let weights: Vec<f64> = (0..=order)
            .map(|lag| error_filter.iter().zip(&error_filter[lag..]).map(|(a, b)| a * b).sum())
            .collect();
        for at in unknown {
            window[*at] = 0.0;
        }
        let target: Vec<f64> = unknown
            .iter()
            .map(|at| {
                let near = at.saturating_sub(order)..(at + order + 1).min(window.len());
                -near
                    .map(|other| weights[other.abs_diff(*at)] * window[other])
                    .sum::<f64>()
            })
            .collect();
        let solution = solve(unknown, &weights, target)?;
        for ((at, value), ceiling) in unknown.iter().zip(solution).zip(&ceilings) {
            // The original was at least as far from zero as the ceiling.
            let farthest = HIGHEST * f64::from(if *ceiling > 0.0 { clipped.above } else { clipped.below });
            window[*at] = value.clamp(ceiling.min(farthest), ceiling.max(farthest));
        }
    }
    Some(())
}

/// The prediction error filter of a window, by the autocorrelation method (Levinson and Durbin).
fn predictor(window: &[f64], order: usize) -> Option<Vec<f64>> {
    let length = window.len();
    let tapered: Vec<f64> = window
        .iter()
        .enumerate()
        .map(|(n, x)| x * (std::f64::consts::PI * (n as f64 + 0.5) / length as f64).sin().powi(2))
        .collect();
    let correlation: Vec<f64> = (0..=order)
        .map(|lag| {
            tapered
                .iter()
                .zip(&tapered[lag.min(length)..])
                .map(|(a, b)| a * b)
                .sum()
        })
        .collect();
    let mut error = correlation[0] * (1.0 + 1e-9);
    if error <= 0.0 {
        return None;
    }
    let mut filter = vec![0.0; order + 1];
    filter[0] = 1.0;
    for step in 1..=order {
        let sum: f64 = (0..step).map(|n| filter[n] * correlation[step - n]).sum();
        let reflection = -sum / error;
        let before = filter.clone();
        for n in 1..=step {
            filter[n] = before[n] + reflection * before[step - n];
        }
        error *= 1.0 - reflection * reflection;
        if error <= 0.0 {
            return None;
        }
    }
    Some(filter)
}

/// Solves the normal equations, whose matrix has `weights[distance of the samples]`, by Cholesky's method. Samples farther apart
/// than the order of the predictor do not depend on each other, so only a band of the matrix is not zero.
fn solve(unknown: &[usize], weights: &[f64], mut target: Vec<f64>) -> Option<Vec<f64>> {
    let (size, band) = (unknown.len(), weights.len());
    let first = |row: usize| row.saturating_sub(band);
    let weight = |a: usize, b: usize| weights.get(unknown[a].abs_diff(unknown[b])).copied().unwrap_or(0.0);
    let mut lower = vec![vec![0.0; size]; size];
    for row in 0..size {
        for column in first(row)..=row {
            let dot: f64 = (first(row)..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = weight(row, column) - dot;
            lower[row][column] = if row == column {
                if rest <= 0.0 {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / lower[column][column]
            };
        }
    }
    for row in 0..size {
        let known: f64 = (first(row)..row).map(|k| lower[row][k] * target[k]).sum();
        target[row] = (target[row] - known) / lower[row][row];
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..(row + 1 + band).min(size))
            .map(|k| lower[k][row] * target[k])
            .sum();
        target[row] = (target[row] - known) / lower[row][row];
    }
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::voice;
    use crate::audio::wav;

    fn clipped_at(clip: &Clip, share: f32) -> Clip {
        let ceiling = share * clip.samples().iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        let samples = clip.samples().iter().map(|x| x.clamp(-ceiling, ceiling)).collect();
        Clip::new(samples, clip.sample_rate())
    }

    fn error_db(clip: &Clip, original: &Clip) -> f64 {
        let pairs = || clip.samples().iter().zip(original.samples());
        let error: f64 = pairs().map(|(a, b)| f64::from(a - b).powi(2)).sum();
        10.0 * (error / pairs().map(|(_, b)| f64::from(*b).powi(2)).sum::<f64>()).log10()
    }

    #[test]
    fn clipped_peaks_come_closer_to_the_original() {
        for name in ["heart.wav", "rms.wav", "slt.wav"] {
            let original = wav::read(&voice(name)).unwrap();
            for (share, least) in [(0.67, 6.0), (0.33, 3.0)] {
                let dirty = clipped_at(&original, share);
                let clipped = Clipped::find(&dirty);
                assert!(clipped.len() > 3);
                let (repaired, restored) = restore(&dirty, &clipped);
                let better = error_db(&dirty, &original) - error_db(&repaired, &original);
                assert!(
                    restored > 0 && better > least,
                    "{name} at {share}: {better} dB, {restored} runs"
                );
            }
        }
    }

    #[test]
    fn clean_recordings_and_silence_have_no_clipped_runs() {
        let original = wav::read(&voice("heart.wav")).unwrap();
        assert!(Clipped::find(&original).len() <= 1);
        assert_eq!(Clipped::find(&Clip::new(vec![0.0; 100], 8_000)).len(), 0);
        let flat = Clip::new(vec![0.5; 100], 8_000);
        assert_eq!(restore(&flat, &Clipped::find(&flat)).1, 0);
    }
}
