//! Applies changes to spectra, before synthesis, which avoids the artefacts of a vocoder.

use super::{Adaptation, Tone};
use crate::bands::{BANDS, Bands};
use crate::settings::Settings;
use crate::spectra::{BINS, Frame, Planes, SAMPLE_RATE, Spectra};
use crate::synthesis::VOICED_FROM_HZ;

/// The number of frames over which level-dependent gains are smoothed.
const SMOOTHING: usize = 7;

/// The maximum of a level-dependent gain, in dB.
const MAX_FOLLOWING_DB: f32 = 9.0;

/// The natural logarithm of the amplitude ratio of 1 dB.
const LOG_PER_DB: f32 = std::f32::consts::LN_10 / 20.0;

/// The minimum and the maximum pitch, in Hz.
const PITCH_HZ: (f32, f32) = (55.0, 500.0);

/// The change of one sentence: the adaptation of the voice combined with the settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pitch: f32,
    pitch_range: f32,
    formants: f32,
    breath_db: f32,
    tone: Tone,
}

impl Change {
    pub(crate) fn new(adaptation: &Adaptation, settings: &Settings) -> Self {
        let adaptation = adaptation.clamped();
        Self {
            pitch: adaptation.pitch * (settings.pitch / 12.0).exp2(),
            pitch_range: adaptation.pitch_range * settings.expressiveness,
            formants: adaptation.formants,
            breath_db: adaptation.breath_db,
            tone: adaptation.tone,
        }
    }

    /// The number of frames before and after a frame that affect its change.
    pub(crate) const REACH: usize = SMOOTHING / 2;

    /// Returns the changed pitch. The change is linear in logarithmic pitch, as pitch is perceived.
    pub(crate) fn melody(&self, pitch_hz: &[f32]) -> Vec<f32> {
        let mut melody = pitch_hz.to_vec();
        if self.moves_pitch() {
            for hz in melody.iter_mut().filter(|hz| **hz > VOICED_FROM_HZ) {
                let octaves = (*hz / Adaptation::OWN_PITCH_HZ).log2() * self.pitch_range;
                *hz = (Adaptation::OWN_PITCH_HZ * self.pitch * octaves.exp2()).clamp(PITCH_HZ.0, PITCH_HZ.1);
            }
        }
        melody
    }

    /// Changes spectra that have the pitch of [`Change::melody`].
    pub(crate) fn apply(&self, spectra: &mut Spectra, bands: &Bands) {
        self.carry_pitch(spectra);
        self.warp(spectra);
        self.apply_tone(spectra, bands);
    }

    fn moves_pitch(&self) -> bool {
        differs(self.pitch, 1.0) || differs(self.pitch_range, 1.0)
    }

    /// Compensates the level: half as many pulses have half the power.
    fn carry_pitch(&self, spectra: &mut Spectra) {
        if !self.moves_pitch() {
            return;
        }
        let gain = self.pitch.ln() / 2.0;
        for planes in spectra.frames_mut() {
            planes.harmonic.iter_mut().for_each(|log| *log += gain);
        }
    }

    /// Stretches the envelopes along the frequency axis.
    fn warp(&self, spectra: &mut Spectra) {
        if !differs(self.formants, 1.0) {
            return;
        }
        let from: Vec<(usize, f32)> = (0..BINS)
            .map(|bin| {
                let position = (bin as f32 / self.formants).min((BINS - 1) as f32 - 0.001);
                (position as usize, position.fract())
            })
            .collect();
        let mut copy = vec![0.0; BINS];
        for planes in spectra.frames_mut() {
            let Planes {
                harmonic,
                harmonic_turn,
                noise,
                free,
                free_phase,
            } = planes;
            for plane in [harmonic, harmonic_turn, noise, free] {
                copy.copy_from_slice(plane);
                for (value, &(below, share)) in plane.iter_mut().zip(&from) {
                    *value = copy[below] + (copy[below + 1] - copy[below]) * share;
                }
            }
            // Angles cannot be interpolated: use the nearer one.
            copy.copy_from_slice(free_phase);
            for (value, &(below, share)) in free_phase.iter_mut().zip(&from) {
                *value = copy[below + usize::from(share >= 0.5)];
            }
        }
    }

    /// Applies the gains of the bands, the level-dependent gains and the gain on the breath noise.
    fn apply_tone(&self, spectra: &mut Spectra, bands: &Bands) {
        let breath = self.breath_db * LOG_PER_DB;
        if self.tone == Tone::FLAT {
            if breath != 0.0 {
                for planes in spectra.frames_mut() {
                    planes.noise.iter_mut().for_each(|log| *log += breath);
                }
            }
            return;
        }
        let gains = self.gains(spectra, bands);
        for (planes, gain) in spectra.frames_mut().zip(&gains) {
            for (bin, gain_db) in bands.spread(gain).enumerate() {
                let log = gain_db * LOG_PER_DB;
                planes.harmonic[bin] += log;
                planes.noise[bin] += log + breath;
                planes.free[bin] += log;
            }
        }
    }

    /// Returns the gain of each band in each frame, in dB.
    fn gains(&self, spectra: &Spectra, bands: &Bands) -> Vec<[f32; BANDS]> {
        let tone = &self.tone;
        let following: Vec<[f32; BANDS]> = spectra
            .frames()
            .zip(&spectra.pitch_hz)
            .map(|(frame, &pitch)| {
                let level = band_levels(frame, pitch, bands);
                std::array::from_fn(|band| {
                    ((level[band] - tone.middle_db[band]) * tone.stretch[band])
                        .clamp(-MAX_FOLLOWING_DB, MAX_FOLLOWING_DB)
                })
            })
            .collect();
        (0..following.len())
            .map(|frame| {
                let around = &following[frame.saturating_sub(SMOOTHING / 2)..];
                let around = &around[..around.len().min(SMOOTHING)];
                std::array::from_fn(|band| {
                    let sum: f32 = around.iter().map(|gains| gains[band]).sum();
                    tone.gain_db[band] + sum / around.len() as f32
                })
            })
            .collect()
    }
}

/// Returns the expected level of each band in a frame with this pitch in Hz, in dB.
pub(crate) fn band_levels(frame: Frame<'_>, pitch: f32, bands: &Bands) -> [f32; BANDS] {
    let power = bands.average(powers(frame, pitch));
    power.map(|power| 10.0 * (power + 1e-9).log10())
}

/// Returns the expected power of each bin. Harmonics have a distance of `pitch` Hz and a magnitude of 1, and the window
/// spreads 1.5 times the power of a bin.
fn powers(frame: Frame<'_>, pitch: f32) -> impl Iterator<Item = f32> {
    let bins_per_harmonic = pitch / (SAMPLE_RATE as f32 / (2 * (BINS - 1)) as f32);
    let voiced = if pitch > VOICED_FROM_HZ {
        1.5 / bins_per_harmonic
    } else {
        0.0
    };
    (0..BINS).map(move |bin| {
        let square = |log: f32| (2.0 * log.min(7.0)).exp();
        voiced * square(frame.harmonic[bin]) + 2.0 * square(frame.noise[bin]) + square(frame.free[bin])
    })
}

fn differs(value: f32, neutral: f32) -> bool {
    (value - neutral).abs() > 1e-4
}
