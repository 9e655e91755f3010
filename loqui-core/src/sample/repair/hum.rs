//! Hum of the mains: steady tones at 50 or 60 Hz and their multiples.

use realfft::RealFftPlanner;

use super::filter::{Biquad, without_delay};
use crate::audio::{Clip, power_dbfs};

/// The highest frequency of a tone that counts as hum, in Hz.
const HIGHEST_HZ: f64 = 2_000.0;
/// More multiples than are below that frequency.
const MOST_TONES: u16 = 1_000;
/// The deviation of the mains from their frequency that is searched, as a share. Clocks of recorders add to it.
const DEVIATION: f64 = 0.006;
/// The steps of the search, as a share of the frequency.
const STEP: f64 = 0.000_5;
/// The minimum level of a tone above the spectrum around it, in dB.
const PROMINENCE_DB: f64 = 10.0;
/// The minimum number of such tones among the first eight. A single one may be a fan.
const LEAST_TONES: usize = 2;
/// The minimum level of the hum, in dBFS.
const AUDIBLE_DBFS: f64 = -66.0;
/// The width of a notch, in Hz.
const NOTCH_HZ: f64 = 2.0;
/// The share of windows that are quieter at a frequency than its level. A voice passes through each frequency; hum stays.
const QUIET_SHARE: f64 = 0.25;

/// The hum of a recording.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hum {
    /// The frequencies of the tones, in Hz.
    pub(super) tones: Vec<f64>,
    /// 50 or 60 Hz.
    pub(super) mains_hz: u32,
    pub(super) level_dbfs: f64,
}

/// Finds hum. Recordings of less than two seconds are too short.
pub(super) fn find(clip: &Clip) -> Option<Hum> {
    let spectrum = Spectrum::of(clip)?;
    [50, 60]
        .into_iter()
        .filter_map(|mains_hz| spectrum.hum(mains_hz))
        .max_by(|a, b| a.level_dbfs.total_cmp(&b.level_dbfs))
}

/// Removes the tones.
pub(super) fn remove(clip: &Clip, hum: &Hum) -> Clip {
    let rate = f64::from(clip.sample_rate());
    let notches: Vec<Biquad> = hum.tones.iter().map(|hz| Biquad::notch(*hz, NOTCH_HZ, rate)).collect();
    Clip::new(
        without_delay(clip.samples(), &notches, clip.sample_rate() as usize),
        clip.sample_rate(),
    )
}

/// The steady part of the spectrum at low frequencies.
struct Spectrum {
    /// The power of each bin.
    powers: Vec<f64>,
    hz_per_bin: f64,
}

impl Spectrum {
    fn of(clip: &Clip) -> Option<Self> {
        let rate = clip.sample_rate() as usize;
        // Windows of two seconds separate tones that are 1 Hz apart.
        let length = 2 * rate;
        if clip.len() < length {
            return None;
        }
        let starts = (0..=clip.len() - length).step_by(rate / 2);
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(length);
        let window: Vec<f32> = (0..length)
            .map(|n| (std::f32::consts::PI * (n as f32 + 0.5) / length as f32).sin().powi(2))
            .collect();
        // A tone of amplitude 1 has the power 0.5 in its bin: the sum of the window is half its length.
        let scale = 8.0 / (length as f64).powi(2);
        let bins = ((HIGHEST_HZ * 2.0) as usize + 60).min(length / 2);
        let mut windows: Vec<Vec<f64>> = Vec::new();
        let (mut input, mut output) = (fft.make_input_vec(), fft.make_output_vec());
        for start in starts {
            let part = &clip.samples()[start..start + length];
            for ((slot, x), weight) in input.iter_mut().zip(part).zip(&window) {
                *slot = x * weight;
            }
            fft.process(&mut input, &mut output).ok()?;
            windows.push(
                output[..bins]
                    .iter()
                    .map(|bin| f64::from(bin.norm_sqr()) * scale)
                    .collect(),
            );
        }
        let index = (windows.len() as f64 * QUIET_SHARE) as usize;
        let powers = (0..bins)
            .map(|bin| {
                let mut values: Vec<f64> = windows.iter().map(|window| window[bin]).collect();
                values.sort_by(f64::total_cmp);
                values[index.min(values.len() - 1)].max(1e-14)
            })
            .collect();
        Some(Self {
            powers,
            hz_per_bin: 0.5,
        })
    }

    fn hum(&self, mains_hz: u32) -> Option<Hum> {
        let nominal = f64::from(mains_hz);
        let steps = (DEVIATION / STEP) as i32;
        let score = |base: f64| -> f64 {
            (1..=8)
                .map(|multiple| self.prominence(base * f64::from(multiple)).clamp(0.0, 40.0))
                .sum()
        };
        let base = (-steps..=steps)
            .map(|step| nominal * (1.0 + f64::from(step) * STEP))
            .max_by(|a, b| score(*a).total_cmp(&score(*b)))?;
        let stands_out = |hz: &f64| self.prominence(*hz) >= PROMINENCE_DB;
        let tones: Vec<f64> = (1..=MOST_TONES)
            .map(|multiple| base * f64::from(multiple))
            .take_while(|hz| *hz < HIGHEST_HZ && self.bin(*hz) + 50 < self.powers.len())
            .filter(stands_out)
            .collect();
        let low = tones.iter().filter(|hz| **hz < 8.5 * base).count();
        let power: f64 = tones.iter().map(|hz| self.power(*hz)).sum();
        let level_dbfs = power_dbfs(power);
        (low >= LEAST_TONES && level_dbfs > AUDIBLE_DBFS).then_some(Hum {
            tones,
            mains_hz,
            level_dbfs,
        })
    }

    fn bin(&self, hz: f64) -> usize {
        (hz / self.hz_per_bin).round() as usize
    }

    /// The power of the tone nearest to a frequency.
    fn power(&self, hz: f64) -> f64 {
        let bin = self.bin(hz);
        self.powers[bin.saturating_sub(1)..(bin + 2).min(self.powers.len())]
            .iter()
            .copied()
            .fold(0.0, f64::max)
    }

    /// The level of a frequency above the median of those around it, in dB.
    fn prominence(&self, hz: f64) -> f64 {
        let bin = self.bin(hz);
        let (near, far) = (6, 24);
        let mut around: Vec<f64> = (bin.saturating_sub(far)..(bin + far + 1).min(self.powers.len()))
            .filter(|other| other.abs_diff(bin) > near)
            .map(|other| self.powers[other])
            .collect();
        if around.is_empty() {
            return 0.0;
        }
        let middle = around.len() / 2;
        let median = *around.select_nth_unstable_by(middle, f64::total_cmp).1;
        10.0 * (self.power(hz) / median).log10()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{noise, sine, voice};
    use crate::audio::wav;

    fn with_hum(clip: &Clip, hz: f32, amplitude: f32) -> Clip {
        let mut samples = clip.samples().to_vec();
        for (multiple, share) in [(1.0, 1.0), (2.0, 0.6), (3.0, 0.4), (5.0, 0.2)] {
            let tone = sine(
                hz * multiple,
                amplitude * share,
                clip.seconds() as f32 + 1.0,
                clip.sample_rate(),
            );
            samples.iter_mut().zip(tone).for_each(|(x, hum)| *x += hum);
        }
        Clip::new(samples, clip.sample_rate())
    }

    #[test]
    fn hum_is_found_with_the_frequency_of_the_mains_and_removed() {
        for name in ["heart.wav", "rms.wav", "slt.wav"] {
            let clean = wav::read(&voice(name)).unwrap();
            for (hz, mains) in [(50.0, 50), (59.9, 60)] {
                let dirty = with_hum(&clean, hz, 0.02);
                let hum = find(&dirty).unwrap();
                assert_eq!(hum.mains_hz, mains, "{name}: {hum:?}");
                assert!((hum.tones[0] - f64::from(hz)).abs() < 0.5, "{name}: {hum:?}");
                let repaired = remove(&dirty, &hum);
                let error = |clip: &Clip| -> f64 {
                    let pairs = clip.samples().iter().zip(clean.samples());
                    pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum()
                };
                let better = 10.0 * (error(&dirty) / error(&repaired)).log10();
                // A low voice has parts of its own at these frequencies.
                assert!(better > 2.0, "{name}: {better}");
            }
        }
    }

    #[test]
    fn voices_and_noise_have_no_hum() {
        for name in ["heart.wav", "rms.wav", "slt.wav"] {
            assert_eq!(find(&wav::read(&voice(name)).unwrap()), None, "{name}");
        }
        let hiss = noise(80_000, 5).iter().map(|x| x * 0.1).collect();
        assert_eq!(find(&Clip::new(hiss, 16_000)), None);
        assert_eq!(find(&Clip::new(vec![0.1; 1_000], 16_000)), None);
    }
}
