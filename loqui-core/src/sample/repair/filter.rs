//! Second-order filters that are run forwards and backwards, so that they do not shift the phase.

use std::f64::consts::PI;

/// A second-order filter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

impl Biquad {
    /// Removes frequencies below `hz`. Two of them with the `q` of [`BUTTERWORTH`] are a Butterworth filter.
    pub(super) fn high_pass(hz: f64, q: f64, rate: f64) -> Self {
        let (cos, alpha) = angle(hz, q, rate);
        let scale = 1.0 + alpha;
        let edge = f64::midpoint(1.0, cos) / scale;
        Self {
            b: [edge, -2.0 * edge, edge],
            a: [-2.0 * cos / scale, (1.0 - alpha) / scale],
        }
    }

    /// Removes a band of `width_hz` around `hz`.
    pub(super) fn notch(hz: f64, width_hz: f64, rate: f64) -> Self {
        let (cos, alpha) = angle(hz, hz / width_hz, rate);
        let scale = 1.0 + alpha;
        Self {
            b: [1.0 / scale, -2.0 * cos / scale, 1.0 / scale],
            a: [-2.0 * cos / scale, (1.0 - alpha) / scale],
        }
    }

    fn run(&self, samples: &mut [f64]) {
        let Self { b, a } = self;
        let (mut one, mut two) = (0.0, 0.0);
        for x in samples {
            let y = b[0] * *x + one;
            one = b[1] * *x - a[0] * y + two;
            two = b[2] * *x - a[1] * y;
            *x = y;
        }
    }
}

/// The quality factors of the two sections of a Butterworth filter of fourth order.
pub(super) const BUTTERWORTH: [f64; 2] = [0.541_196_1, 1.306_562_965];

fn angle(hz: f64, q: f64, rate: f64) -> (f64, f64) {
    let (sin, cos) = (2.0 * PI * hz / rate).sin_cos();
    (cos, sin / (2.0 * q))
}

/// Runs the filters forwards and backwards. The recording is mirrored at its ends over `settle` samples, so that the filters
/// have settled where it starts.
pub(super) fn without_delay(samples: &[f32], filters: &[Biquad], settle: usize) -> Vec<f32> {
    let margin = settle.min(samples.len().saturating_sub(1));
    let before = samples[..=margin.min(samples.len() - 1)].iter().skip(1).rev();
    let after = samples.iter().rev().skip(1).take(margin);
    let mut work: Vec<f64> = before
        .chain(samples)
        .chain(after)
        .map(|sample| f64::from(*sample))
        .collect();
    for _ in 0..2 {
        for filter in filters {
            filter.run(&mut work);
        }
        work.reverse();
    }
    work[margin..margin + samples.len()].iter().map(|x| *x as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::sine;

    fn gain_db(hz: f32, filters: &[Biquad]) -> f64 {
        let tone = sine(hz, 0.5, 2.0, 16_000);
        let filtered = without_delay(&tone, filters, 8_000);
        let power = |samples: &[f32]| samples[4_000..28_000].iter().map(|x| f64::from(x * x)).sum::<f64>();
        10.0 * (power(&filtered) / power(&tone)).log10()
    }

    #[test]
    fn high_pass_removes_rumble_and_keeps_a_low_voice() {
        let filters = BUTTERWORTH.map(|q| Biquad::high_pass(60.0, q, 16_000.0));
        assert!(gain_db(20.0, &filters) < -60.0);
        assert!(gain_db(85.0, &filters) > -1.0);
    }

    #[test]
    fn notch_removes_only_its_band() {
        let notch = [Biquad::notch(100.0, 3.0, 16_000.0)];
        assert!(gain_db(100.0, &notch) < -30.0);
        assert!(gain_db(110.0, &notch) > -1.0);
    }

    #[test]
    fn phase_is_kept_and_short_recordings_are_filtered() {
        let tone = sine(440.0, 0.5, 0.5, 16_000);
        let filters = BUTTERWORTH.map(|q| Biquad::high_pass(60.0, q, 16_000.0));
        let filtered = without_delay(&tone, &filters, 1_000);
        // The mirrored ends of a tone are not a tone.
        let inside = tone.iter().zip(&filtered).skip(1_000).take(6_000);
        let worst = inside.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 0.01, "{worst}");
        assert_eq!(without_delay(&[0.5], &filters, 1_000).len(), 1);
    }
}
