//! Assembles the waveform from three parts per frame: filtered pulses, shaped noise, and bursts with their own phase.
//!
//! `S = e^harmonic e^(i pi tanh(turn)) STFT(pulses) + e^noise Z + e^free e^(i phase)`, then one inverse transform.

use std::f32::consts::PI;

use realfft::num_complex::Complex32;

use super::istft::Transform;
use super::noise::Noise;
use super::pulses::pulse_train;
use crate::spectra::{BINS, Frame, HOP};

/// The maximum log magnitude. It bounds the effect of an outlier of the network.
const LOG_CEILING: f32 = 7.0;

/// The level above which samples are compressed towards full scale.
const KNEE: f32 = 0.85;

/// Assembles samples at 24 kHz frame by frame. The same frames, pitch and seed give the same samples.
pub(crate) struct Assembly {
    pulses: Vec<f32>,
    noise: Noise,
    transform: Transform,
    bins: Vec<Complex32>,
    padded: Vec<f32>,
    /// The number of frames so far.
    added: usize,
}

impl Assembly {
    /// Starts a sentence with the pitch of each frame, in Hz.
    pub(crate) fn new(pitch_hz: &[f32], seed: u64) -> Self {
        Self {
            pulses: pulse_train(pitch_hz),
            noise: Noise::new(seed),
            transform: Transform::new(),
            bins: vec![Complex32::default(); BINS],
            padded: vec![0.0; Transform::padded_len(pitch_hz.len())],
            added: 0,
        }
    }

    /// Adds the next frame. There may be as many as pitch values.
    pub(crate) fn add(&mut self, frame: Frame<'_>) {
        self.transform.analyse(&self.pulses, self.added, &mut self.bins);
        for (bin, value) in self.bins.iter_mut().enumerate() {
            let voiced = *value * polar(frame.harmonic[bin], PI * frame.harmonic_turn[bin].tanh());
            let (re, im) = self.noise.draw();
            let hiss = Complex32::new(re, im) * magnitude(frame.noise[bin]);
            *value = voiced + hiss + polar(frame.free[bin], frame.free_phase[bin]);
        }
        self.transform.add(&mut self.bins, self.added, &mut self.padded);
        self.added += 1;
    }

    /// Returns the samples without the first `unheard` frames.
    pub(crate) fn finish(self, unheard: usize) -> Vec<f32> {
        let mut samples = self.transform.finish(self.padded, self.added);
        samples.drain(..unheard * HOP);
        for sample in &mut samples {
            *sample = limited(*sample);
        }
        samples
    }
}

/// Compresses samples near full scale, so that a louder voice does not clip. Quieter samples do not change.
fn limited(sample: f32) -> f32 {
    let above = sample.abs() - KNEE;
    if above <= 0.0 {
        return sample;
    }
    // Stay below full scale even if the hyperbolic tangent is rounded to 1.
    (KNEE + (0.999 - KNEE) * (above / (1.0 - KNEE)).tanh()).copysign(sample)
}

fn magnitude(log: f32) -> f32 {
    log.min(LOG_CEILING).exp()
}

fn polar(log_magnitude: f32, angle: f32) -> Complex32 {
    Complex32::from_polar(magnitude(log_magnitude), angle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spectra::Spectra;

    const SILENT: f32 = -40.0;

    /// Ten equal frames at 200 Hz with zero phases.
    fn steady(harmonic: &[f32], noise: f32, free: f32) -> Vec<f32> {
        let plane = |value: f32| vec![value; BINS];
        [harmonic, &plane(0.0), &plane(noise), &plane(free), &plane(0.0)]
            .concat()
            .repeat(10)
    }

    fn speak(rows: Vec<f32>, unheard: usize, seed: u64) -> Vec<f32> {
        let pitch_hz = vec![200.0; 10];
        let mut assembly = Assembly::new(&pitch_hz, seed);
        for frame in Spectra::new(rows, pitch_hz).unwrap().frames() {
            assembly.add(frame);
        }
        assembly.finish(unheard)
    }

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn silent_spectra_give_silence_of_the_expected_length() {
        let samples = speak(steady(&[SILENT; BINS], SILENT, SILENT), 0, 1);
        assert_eq!(samples.len(), 10 * HOP);
        assert!(rms(&samples) < 1e-9);
    }

    #[test]
    fn one_harmonic_gives_a_cosine() {
        // The third harmonic of 200 Hz is bin 30. A cosine of amplitude a has the magnitude 300 a in the inverse transform.
        let mut harmonic = [SILENT; BINS];
        harmonic[28..=32].fill((0.5_f32 * 300.0).ln());
        let samples = speak(steady(&harmonic, SILENT, SILENT), 0, 1);
        let middle = &samples[4 * HOP..6 * HOP];
        assert!((rms(middle) - 0.5 / 2.0_f32.sqrt()).abs() < 0.01, "{}", rms(middle));
        let crossings = middle.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        assert_eq!(crossings, 15, "600 Hz for 25 ms");
    }

    #[test]
    fn only_the_noise_depends_on_the_seed() {
        let quiet = steady(&[SILENT; BINS], SILENT, -3.0);
        let differences = speak(quiet.clone(), 0, 1)
            .into_iter()
            .zip(speak(quiet, 0, 2))
            .map(|(one, two)| one - two);
        assert!(rms(&differences.collect::<Vec<_>>()) < 1e-9);
        let hissing = steady(&[SILENT; BINS], -1.0, -3.0);
        assert!(speak(hissing.clone(), 0, 1) == speak(hissing.clone(), 0, 1));
        assert!(speak(hissing.clone(), 0, 1) != speak(hissing, 0, 2));
    }

    #[test]
    fn unheard_frames_are_dropped_at_the_start() {
        let hissing = steady(&[SILENT; BINS], -1.0, SILENT);
        assert!(speak(hissing.clone(), 4, 1) == speak(hissing, 0, 1)[4 * HOP..]);
    }

    #[test]
    fn outliers_give_finite_samples() {
        let mut harmonic = [SILENT; BINS];
        harmonic[99] = 1e30;
        let samples = speak(steady(&harmonic, f32::MAX, SILENT), 0, 0);
        assert!(samples.iter().all(|sample| sample.is_finite()));
    }
}
