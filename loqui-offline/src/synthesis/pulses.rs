//! The pulse train of the vocal folds: all harmonics of the pitch at the same level.

use crate::spectra::{HOP, SAMPLE_RATE};

/// The minimum pitch of a voiced frame, in Hz.
pub(crate) const VOICED_FROM_HZ: f32 = 40.0;
/// The maximum frequency of a harmonic, slightly below the Nyquist frequency, in Hz.
const HIGHEST_HARMONIC_HZ: f32 = 11_000.0;

/// Renders a pitch curve (one value per frame, in Hz) as a band-limited pulse train with `HOP` samples per frame.
///
/// The sum of the cosines of all harmonics up to `n` has the closed form of the Dirichlet kernel,
/// `sin((n + 1/2) t) / (2 sin(t/2)) - 1/2`. Unvoiced samples are zero.
pub(super) fn pulse_train(pitch_hz: &[f32]) -> Vec<f32> {
    let mut cycles = 0.0_f64;
    (0..pitch_hz.len() * HOP)
        .map(|sample| {
            let pitch = pitch_at(pitch_hz, sample);
            // The phase continues through unvoiced parts, so that voiced parts start at arbitrary phases.
            cycles = (cycles + f64::from(pitch.max(VOICED_FROM_HZ)) / SAMPLE_RATE as f64).fract();
            if pitch > VOICED_FROM_HZ {
                dirichlet(cycles, pitch)
            } else {
                0.0
            }
        })
        .collect()
}

/// Interpolates the pitch between frame centres: sample `j` of frame `k` is at `k + (j + 1/2) / HOP - 1/2`.
fn pitch_at(pitch_hz: &[f32], sample: usize) -> f32 {
    let (frame, offset) = (sample / HOP, sample % HOP);
    let position = (offset as f32 + 0.5) / HOP as f32 - 0.5;
    let here = pitch_hz[frame];
    let neighbour = if position < 0.0 {
        pitch_hz[frame.saturating_sub(1)]
    } else {
        pitch_hz[(frame + 1).min(pitch_hz.len() - 1)]
    };
    here + (neighbour - here) * position.abs()
}

/// Sums the cosines of all harmonics below the limit, at a phase given in cycles.
fn dirichlet(cycles: f64, pitch: f32) -> f32 {
    let harmonics = f64::from((HIGHEST_HARMONIC_HZ / pitch).floor()) + 0.5;
    let angle = std::f64::consts::TAU * cycles;
    let below = 2.0 * (angle / 2.0).sin();
    let sum = if below.abs() < 1e-6 {
        harmonics
    } else {
        (harmonics * angle).sin() / below
    };
    (sum - 0.5) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_form_equals_the_sum_of_cosines() {
        for (cycles, pitch) in [(0.0, 200.0), (0.013, 200.0), (0.37, 333.3), (0.999_999_9, 95.0)] {
            let harmonics = (HIGHEST_HARMONIC_HZ / pitch).floor() as i32;
            let sum: f64 = (1..=harmonics)
                .map(|harmonic| (std::f64::consts::TAU * cycles * f64::from(harmonic)).cos())
                .sum();
            let actual = f64::from(dirichlet(cycles, pitch));
            assert!(
                (actual - sum).abs() < 1e-2,
                "{cycles} cycles at {pitch} Hz: {actual} against {sum}"
            );
        }
    }

    #[test]
    fn a_steady_pitch_gives_one_pulse_per_period() {
        let train = pulse_train(&[200.0; 80]);
        assert_eq!(train.len(), 24_000);
        let peaks = train.iter().filter(|&&sample| sample > 50.0).count();
        assert_eq!(peaks, 200, "200 Hz for one second");
    }

    #[test]
    fn unvoiced_frames_are_silent_and_pitch_is_interpolated() {
        assert!(pulse_train(&[0.0; 8]).iter().all(|&sample| sample == 0.0));
        assert!((pitch_at(&[100.0, 200.0], HOP) - 150.0).abs() < 0.5);
        assert!((pitch_at(&[100.0, 200.0], 0) - 100.0).abs() < f32::EPSILON);
    }
}
