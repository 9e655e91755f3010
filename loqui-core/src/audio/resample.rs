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

/// Converts a stream of samples to another sample rate, without discontinuities between its parts.
///
/// The output has the length that [`resample`] returns for the whole stream, and the filter delay is removed.
pub(crate) struct StreamResampler {
    /// None if the rates are equal.
    filter: Option<Fft<f32>>,
    rates: (u32, u32),
    /// The samples that do not fill a chunk yet.
    rest: Vec<f32>,
    /// The samples of the output that are filter delay.
    delay: usize,
    consumed: u64,
    produced: u64,
}

impl StreamResampler {
    /// Creates a converter between two rates, in Hz.
    ///
    /// # Panics
    ///
    /// If a rate is zero.
    pub(crate) fn new(from: u32, to: u32) -> Self {
        assert!(from > 0 && to > 0, "the sample rate is zero");
        let filter = (from != to).then(|| {
            Fft::<f32>::new(from as usize, to as usize, chunk(from, to), 1, FixedSync::Both)
                .expect("both rates are positive and the ratio is within the range of 32-bit rates")
        });
        Self {
            delay: filter.as_ref().map_or(0, Fft::output_delay),
            filter,
            rates: (from, to),
            rest: Vec::new(),
            consumed: 0,
            produced: 0,
        }
    }

    /// Returns the length of the output for an input of this length.
    pub(crate) fn length(&self, samples: u64) -> u64 {
        (samples as f64 * f64::from(self.rates.1) / f64::from(self.rates.0)).round() as u64
    }

    /// Converts the next samples. Returns what is ready.
    pub(crate) fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        self.consumed += samples.len() as u64;
        self.rest.extend_from_slice(samples);
        let out = self.convert();
        self.produced += out.len() as u64;
        out
    }

    /// Returns the rest of the output.
    pub(crate) fn finish(mut self) -> Vec<f32> {
        let missing = self.length(self.consumed).saturating_sub(self.produced) as usize;
        let mut out = Vec::with_capacity(missing);
        while out.len() < missing {
            let Some(frames) = self.filter.as_ref().map(Fft::input_frames_next) else {
                break;
            };
            self.rest.resize(frames, 0.0);
            out.extend(self.convert());
        }
        out.truncate(missing);
        out
    }

    fn convert(&mut self) -> Vec<f32> {
        let Some(filter) = &mut self.filter else {
            return std::mem::take(&mut self.rest);
        };
        let mut out = Vec::new();
        while self.rest.len() >= filter.input_frames_next() {
            let length = filter.input_frames_next();
            let rest = self.rest.split_off(length);
            let input = InterleavedOwned::new_from(std::mem::replace(&mut self.rest, rest), 1, length)
                .expect("one channel has as many frames as samples");
            let converted = filter
                .process(&input, None)
                .expect("the chunk has the requested length");
            out.extend(converted.take_data());
        }
        let skipped = self.delay.min(out.len());
        self.delay -= skipped;
        out.drain(..skipped);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::sine;

    #[test]
    fn a_stream_in_parts_equals_the_whole_clip() {
        let tone = sine(440.0, 0.5, 1.0, 24_000);
        for to in [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
            let whole = resample(Clip::new(tone.clone(), 24_000), to).into_samples();
            for size in [1, 999, 5_000, 100_000] {
                let mut stream = StreamResampler::new(24_000, to);
                assert_eq!(stream.length(24_000), u64::from(to));
                let mut parts: Vec<f32> = tone.chunks(size).flat_map(|part| stream.push(part)).collect();
                parts.extend(stream.finish());
                assert_eq!(parts.len(), whole.len(), "{to} in parts of {size}");
                let worst = parts.iter().zip(&whole).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(worst < 1e-5, "{to} in parts of {size}: {worst}");
            }
        }
        assert!(StreamResampler::new(24_000, 8_000).finish().is_empty());
    }

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
