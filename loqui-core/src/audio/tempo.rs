//! Changes the tempo of speech without changing its pitch.
//!
//! The method is WSOLA (W. Verhelst, M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high
//! quality time-scale modification of speech", ICASSP 1993, <https://doi.org/10.1109/ICASSP.1993.319366>): overlapping
//! frames are copied from the input, each shifted by a few milliseconds to where it continues the previous one best.

/// The length of half a frame at 24 kHz, in samples: 15 ms. Frames overlap by half.
const HOP: usize = 360;
/// The maximum shift of a frame, in samples: 10 ms, more than half a period of a deep voice.
const SEARCH: usize = 240;

/// Changes the tempo of a stream of samples at 24 kHz.
pub(crate) struct Tempo {
    speed: f64,
    /// The part of the input that is still needed.
    input: Vec<f32>,
    /// The position of `input` in the stream.
    start: usize,
    /// The number of frames so far.
    frames: usize,
    /// The position of the latest frame in the stream.
    latest: usize,
    /// The second half of the latest frame, faded out.
    tail: Vec<f32>,
    consumed: usize,
    produced: usize,
}

impl Tempo {
    /// Creates a converter. `speed` 2 halves the duration.
    pub(crate) fn new(speed: f64) -> Self {
        Self {
            speed,
            input: Vec::new(),
            start: 0,
            frames: 0,
            latest: 0,
            tail: Vec::new(),
            consumed: 0,
            produced: 0,
        }
    }

    /// Returns the length of the output for an input of this length.
    pub(crate) fn length(&self, samples: usize) -> usize {
        (samples as f64 / self.speed).round() as usize
    }

    /// Converts the next samples. Returns what is ready.
    pub(crate) fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        self.consumed += samples.len();
        self.input.extend_from_slice(samples);
        let mut out = Vec::new();
        let most = self.length(self.consumed);
        // A frame of accelerated speech may be longer than the speech so far.
        while self.target() + SEARCH + 2 * HOP <= self.start + self.input.len()
            && self.produced + out.len() + HOP <= most
        {
            self.frame(&mut out);
        }
        self.produced += out.len();
        out
    }

    /// Returns the rest of the output.
    pub(crate) fn finish(mut self) -> Vec<f32> {
        let missing = self.length(self.consumed).saturating_sub(self.produced);
        let mut out = Vec::new();
        while out.len() < missing {
            let needed = (self.target() + SEARCH + 2 * HOP).saturating_sub(self.start);
            self.input.resize(needed.max(self.input.len()), 0.0);
            self.frame(&mut out);
        }
        out.truncate(missing);
        out
    }

    /// Returns the position of the next frame before its shift.
    fn target(&self) -> usize {
        ((self.frames * HOP) as f64 * self.speed).round() as usize
    }

    /// Adds the next frame. The input must contain the frame and its search range.
    fn frame(&mut self, out: &mut Vec<f32>) {
        let position = if self.frames == 0 { 0 } else { self.best() };
        let frame = &self.input[position - self.start..][..2 * HOP];
        if self.frames == 0 {
            out.extend_from_slice(&frame[..HOP]);
        } else {
            out.extend((0..HOP).map(|n| self.tail[n] + fade(n) * frame[n]));
        }
        self.tail = (0..HOP).map(|n| (1.0 - fade(n)) * frame[HOP + n]).collect();
        self.latest = position;
        self.frames += 1;
        // The next frame is compared with the continuation of this one.
        let needed = (self.latest + HOP).min(self.target().saturating_sub(SEARCH));
        let unused = needed.saturating_sub(self.start).min(self.input.len());
        self.input.drain(..unused);
        self.start += unused;
    }

    /// Returns the position near the target that continues the latest frame best.
    fn best(&self) -> usize {
        let natural = &self.input[self.latest + HOP - self.start..][..HOP];
        let target = self.target();
        let first = target.saturating_sub(SEARCH).max(self.start);
        let mut best = (f32::NEG_INFINITY, target);
        for position in first..=target + SEARCH {
            let candidate = &self.input[position - self.start..][..HOP];
            let (mut product, mut energy) = (0.0, 1e-6);
            for (a, b) in natural.iter().zip(candidate) {
                product += a * b;
                energy += b * b;
            }
            let likeness = product / energy.sqrt();
            // Of equal candidates, for instance in silence, the one at the target keeps the tempo even.
            if likeness > best.0 + 1e-9 || (likeness >= best.0 && position == target) {
                best = (likeness, position);
            }
        }
        best.1
    }
}

/// Returns the weight of a sample in the first half of a frame. The weights of both halves add up to 1.
fn fade(n: usize) -> f32 {
    0.5 - 0.5 * (std::f32::consts::PI * (n as f32 + 0.5) / HOP as f32).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{sine, voice};
    use crate::audio::wav;

    fn at_speed(samples: &[f32], speed: f64, part: usize) -> Vec<f32> {
        let mut tempo = Tempo::new(speed);
        let mut out: Vec<f32> = samples.chunks(part).flat_map(|part| tempo.push(part)).collect();
        out.extend(tempo.finish());
        out
    }

    /// Returns the frequency of a tone by its zero crossings, in Hz.
    fn frequency(samples: &[f32]) -> f64 {
        let crossings = samples
            .windows(2)
            .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0)
            .count();
        crossings as f64 * 24_000.0 / samples.len() as f64
    }

    #[test]
    fn duration_changes_and_pitch_and_level_do_not() {
        let tone = sine(150.0, 0.5, 2.0, 24_000);
        for speed in [0.25, 0.7, 0.9, 1.1, 1.5, 2.0, 4.0] {
            let out = at_speed(&tone, speed, 7_000);
            assert_eq!(out.len(), (48_000.0 / speed).round() as usize);
            let middle = &out[out.len() / 8..out.len() - out.len() / 8];
            assert!(
                (frequency(middle) - 150.0).abs() < 4.0,
                "{speed}: {} Hz",
                frequency(middle)
            );
            let peak = middle.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!((0.45..0.55).contains(&peak), "{speed}: {peak}");
        }
    }

    #[test]
    fn parts_of_any_size_give_the_same_output() {
        let speech = wav::read(&voice("heart.wav")).unwrap().into_samples();
        let speech = &speech[..48_000];
        let whole = at_speed(speech, 1.3, speech.len());
        for part in [1, 360, 5_000] {
            assert_eq!(at_speed(speech, 1.3, part), whole, "{part}");
        }
    }

    #[test]
    fn short_and_empty_input_have_the_exact_length() {
        assert!(at_speed(&[], 1.5, 1).is_empty());
        assert_eq!(at_speed(&[0.5; 10], 0.5, 3).len(), 20);
        assert_eq!(at_speed(&[0.5; 1_000], 3.0, 3).len(), 333);
    }
}
