//! Decides which frames are voiced, and removes octave errors.

use super::yin::Estimate;
use super::{PitchFrame, semitones};

/// The maximum aperiodicity of a voiced frame.
///
/// Compared with pyin of librosa on six synthetic voices, 90 % of the frames between 0.3 and 0.35
/// have the right pitch, and 70 % of those above 0.4.
const VOICED_BELOW: f32 = 0.35;

/// The level below which a frame is background, relative to the 95th percentile of power, in dB.
const QUIET_DB: f32 = -35.0;

/// The power below which a recording is silent: -80 dBFS.
const SILENT_POWER: f32 = 1e-8;

/// The minimum number of frames of a voiced run. Speech has no voiced parts of 20 ms.
const SHORTEST_RUN: usize = 3;

/// The number of frames before and after a frame that it is compared with.
const NEIGHBOURS: usize = 5;

/// The distance from the median of the neighbours above which a frame is an octave error, in
/// semitones.
const OCTAVE_ERROR: f32 = 7.0;

/// Decides which frames are voiced.
pub(super) fn decide(estimates: &[Estimate]) -> Vec<PitchFrame> {
    let floor = quiet_power(estimates);
    let mut frames: Vec<PitchFrame> = estimates
        .iter()
        .map(
            |&Estimate {
                 hz,
                 aperiodicity,
                 power,
             }| PitchFrame {
                hz,
                aperiodicity,
                voiced: aperiodicity < VOICED_BELOW && power > floor,
            },
        )
        .collect();
    let errors: Vec<usize> = (0..frames.len())
        .filter(|&index| is_octave_error(&frames, index))
        .collect();
    for index in errors {
        frames[index].voiced = false;
    }
    for run in frames.chunk_by_mut(|a, b| a.voiced == b.voiced) {
        if run.len() < SHORTEST_RUN {
            for frame in run {
                frame.voiced = false;
            }
        }
    }
    frames
}

fn quiet_power(estimates: &[Estimate]) -> f32 {
    let mut powers: Vec<f32> = estimates.iter().map(|frame| frame.power).collect();
    powers.sort_by(f32::total_cmp);
    let loud = super::quantile(&powers, 0.95).unwrap_or(0.0);
    (loud * 10.0_f32.powf(QUIET_DB / 10.0)).max(SILENT_POWER)
}

fn is_octave_error(frames: &[PitchFrame], index: usize) -> bool {
    let around = &frames[index.saturating_sub(NEIGHBOURS)..(index + NEIGHBOURS + 1).min(frames.len())];
    let mut pitches: Vec<f32> = around
        .iter()
        .filter(|frame| frame.voiced)
        .map(|frame| semitones(frame.hz))
        .collect();
    pitches.sort_by(f32::total_cmp);
    frames[index].voiced
        && super::quantile(&pitches, 0.5)
            .is_some_and(|middle| (semitones(frames[index].hz) - middle).abs() > OCTAVE_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(frames: &[(f32, f32, f32)]) -> Vec<bool> {
        let estimates: Vec<Estimate> = frames
            .iter()
            .map(|&(hz, aperiodicity, power)| Estimate {
                hz,
                aperiodicity,
                power,
            })
            .collect();
        decide(&estimates).iter().map(|frame| frame.voiced).collect()
    }

    #[test]
    fn a_single_octave_error_becomes_unvoiced() {
        let mut frames = vec![(100.0, 0.05, 0.1); 11];
        frames[5].0 = 50.0;
        let voiced = track(&frames);
        assert_eq!(voiced.iter().filter(|&&v| v).count(), 10);
        assert!(!voiced[5]);
    }

    #[test]
    fn a_voiced_run_of_two_frames_becomes_unvoiced() {
        let mut frames = vec![(100.0, 0.9, 0.1); 9];
        frames[4].1 = 0.1;
        frames[5].1 = 0.1;
        assert!(track(&frames).iter().all(|&v| !v));
    }

    #[test]
    fn hum_far_below_the_voice_is_unvoiced() {
        let mut frames = vec![(100.0, 0.05, 0.1); 20];
        frames[..10].fill((60.0, 0.05, 0.000_01));
        let voiced = track(&frames);
        assert!(voiced[..10].iter().all(|&v| !v) && voiced[10..].iter().all(|&v| v));
    }
}
