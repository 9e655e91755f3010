//! Sample rate conversion.

use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{Fft, FixedSync, Resampler as _};

use super::Clip;

/// The minimum chunk size: long enough for steep filters, short enough for the cache.
const CHUNK: usize = 1024;

/// Returns the chunk size: an even multiple of the shortest block with a whole number of samples at both rates. The delay
/// is half a chunk, which is a whole number of samples only for an even chunk.
fn chunk(from: u32, to: u32) -> usize {
    let (mut a, mut b) = (from as usize, to as usize);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    let shortest = from as usize / a;
    shortest * CHUNK.div_ceil(shortest).next_multiple_of(2)
}

/// Converts a clip to another sample rate.
///
/// The duration stays the same, rounded to a whole sample, and the filter delay is removed.
///
/// # Panics
///
/// If `rate` is zero.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::{Clip, resample};
///
/// let clip = resample(Clip::new(vec![0.0; 44_100], 44_100), 24_000);
/// assert_eq!((clip.len(), clip.sample_rate()), (24_000, 24_000));
/// ```
pub fn resample(clip: Clip, rate: u32) -> Clip {
    assert!(rate > 0, "the sample rate is zero");
    let from = clip.sample_rate();
    if from == rate || clip.is_empty() {
        return Clip::new(clip.into_samples(), rate);
    }
    let length = clip.len();
    let exact = (length as f64 * f64::from(rate) / f64::from(from)).round() as usize;
    let input =
        InterleavedOwned::new_from(clip.into_samples(), 1, length).expect("one channel has as many frames as samples");
    let mut resampler = Fft::<f32>::new(from as usize, rate as usize, chunk(from, rate), 1, FixedSync::Both)
        .expect("both rates are positive and the ratio is within the range of 32-bit rates");
    let output = resampler
        .process_all(&input, length, None)
        .expect("the output is allocated to fit");
    let mut samples = output.take_data();
    samples.resize(exact, 0.0);
    Clip::new(samples, rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::sine;

    #[test]
    fn a_tone_keeps_its_level_and_phase() {
        for (from, to) in [
            (44_100, 24_000),
            (16_000, 24_000),
            (48_000, 24_000),
            (8_000, 24_000),
            (11_025, 24_000),
        ] {
            let clip = resample(Clip::new(sine(440.0, 0.5, 1.0, from), from), to);
            let expected = sine(440.0, 0.5, 1.0, to);
            assert_eq!(clip.len(), expected.len(), "{from} to {to}");
            // Skip the edges: the filter rings where the tone starts and ends.
            let worst = clip
                .samples()
                .iter()
                .zip(&expected)
                .skip(600)
                .take(expected.len() - 1200);
            let worst = worst.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 2e-3, "{from} to {to}: {worst}");
        }
    }

    #[test]
    fn a_click_at_the_first_and_last_sample_is_kept() {
        for at in [0, 999] {
            let mut samples = vec![0.0; 1_000];
            samples[at] = 1.0;
            let clip = resample(Clip::new(samples, 16_000), 24_000);
            assert_eq!(clip.len(), 1_500);
            let position = (at as f64 * 1.5) as usize;
            let near = &clip.samples()[position.saturating_sub(2)..(position + 3).min(1_500)];
            assert!(near.iter().any(|x| x.abs() > 0.4), "{near:?}");
        }
    }

    #[test]
    fn lengths_round_to_the_nearest_sample() {
        for (length, from, expected) in [
            (1, 24_000, 1),
            (1, 48_000, 1),
            (3, 48_000, 2),
            (100, 44_101, 54),
            (0, 8_000, 0),
        ] {
            assert_eq!(
                resample(Clip::new(vec![0.1; length], from), 24_000).len(),
                expected,
                "{length} at {from}"
            );
        }
    }
}
