//! From single frames to a track: which of them are voiced, and which are mistakes.

use super::yin::Heard;
use super::{PitchFrame, semitones};

/// Frames that repeat themselves at least this well may be voiced.
///
/// Against librosa's pyin on six synthetic voices, nine of ten frames between 0.3 and 0.35 still have
/// the right pitch; above 0.4 only seven do.
const VOICED_BELOW: f32 = 0.35;

/// Frames this far below the loud ones (95th percentile of power) are background, in dB.
const QUIET_DB: f32 = -35.0;

/// Power below which a whole recording is silence: -80 dBFS.
const SILENT_POWER: f32 = 1e-8;

/// Voiced runs shorter than this many frames are accidents: vocal folds do not swing for 20 ms.
const SHORTEST_RUN: usize = 3;

/// A frame is compared with the voiced frames this many places before and after it.
const NEIGHBOURS: usize = 5;

/// A frame further from the middle of its neighbours than this is an octave error, in semitones.
const LEAP: f32 = 7.0;

/// Decides which frames are voiced.
pub(super) fn decide(heard: &[Heard]) -> Vec<PitchFrame> {
    let floor = quiet_power(heard);
    let mut frames: Vec<PitchFrame> = heard
        .iter()
        .map(
            |&Heard {
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
    let leaps: Vec<usize> = (0..frames.len()).filter(|&index| is_leap(&frames, index)).collect();
    for index in leaps {
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

fn quiet_power(heard: &[Heard]) -> f32 {
    let mut powers: Vec<f32> = heard.iter().map(|frame| frame.power).collect();
    powers.sort_by(f32::total_cmp);
    let loud = super::quantile(&powers, 0.95).unwrap_or(0.0);
    (loud * 10.0_f32.powf(QUIET_DB / 10.0)).max(SILENT_POWER)
}

fn is_leap(frames: &[PitchFrame], index: usize) -> bool {
    let around = &frames[index.saturating_sub(NEIGHBOURS)..(index + NEIGHBOURS + 1).min(frames.len())];
    let mut pitches: Vec<f32> = around
        .iter()
        .filter(|frame| frame.voiced)
        .map(|frame| semitones(frame.hz))
        .collect();
    pitches.sort_by(f32::total_cmp);
    frames[index].voiced
        && super::quantile(&pitches, 0.5).is_some_and(|middle| (semitones(frames[index].hz) - middle).abs() > LEAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(frames: &[(f32, f32, f32)]) -> Vec<bool> {
        let heard: Vec<Heard> = frames
            .iter()
            .map(|&(hz, aperiodicity, power)| Heard {
                hz,
                aperiodicity,
                power,
            })
            .collect();
        decide(&heard).iter().map(|frame| frame.voiced).collect()
    }

    #[test]
    fn lone_octave_error_is_unvoiced() {
        let mut frames = vec![(100.0, 0.05, 0.1); 11];
        frames[5].0 = 50.0;
        let voiced = track(&frames);
        assert_eq!(voiced.iter().filter(|&&v| v).count(), 10);
        assert!(!voiced[5]);
    }

    #[test]
    fn accident_of_two_frames_is_unvoiced() {
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
