//! Changes the sample rate.

use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{Fft, FixedSync, Resampler as _};

use super::Clip;

/// Frames at a time, at least: long enough for steep filters, short enough to stay in the cache.
const CHUNK: usize = 1024;

/// An even number of the shortest blocks that are whole at both rates: the delay is half a chunk, and half a sample
/// of it would be left over if a chunk were odd.
fn chunk(from: u32, to: u32) -> usize {
    let (mut a, mut b) = (from as usize, to as usize);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    let shortest = from as usize / a;
    shortest * CHUNK.div_ceil(shortest).next_multiple_of(2)
}

/// Changes the rate of a clip. The duration stays, rounded to a whole sample; nothing is lost at the edges.
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
    assert!(rate > 0, "a sample rate of zero has no duration");
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
    fn a_tone_keeps_its_level_and_its_place() {
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
            // The filter rings at the edges, where the tone starts and stops abruptly.
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
    fn a_click_at_either_edge_survives() {
        for at in [0, 999] {
            let mut samples = vec![0.0; 1_000];
            samples[at] = 1.0;
            let clip = resample(Clip::new(samples, 16_000), 24_000);
            assert_eq!(clip.len(), 1_500);
            let place = (at as f64 * 1.5) as usize;
            let near = &clip.samples()[place.saturating_sub(2)..(place + 3).min(1_500)];
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
