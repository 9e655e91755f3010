//! A quiet room tone: noise with more energy at low frequencies, as in a treated room.

/// The RMS level of the tone, in dBFS: below the noise floor that ACX permits, above digital silence.
const LEVEL_DBFS: f64 = -70.0;
/// The coefficient of the low-pass filter: about 600 Hz at 24 kHz.
const SMOOTHING: f32 = 0.15;

/// A generator of noise. The same for each file.
pub(super) struct RoomTone {
    random: fastrand::Rng,
    filtered: f32,
    gain: f32,
}

impl Default for RoomTone {
    fn default() -> Self {
        // The variance of uniform noise from -1 to 1 is a third; the filter leaves a / (2 - a) of it.
        let variance = f64::from(SMOOTHING) / (2.0 - f64::from(SMOOTHING)) / 3.0;
        Self {
            random: fastrand::Rng::with_seed(1),
            filtered: 0.0,
            gain: (10_f64.powf(LEVEL_DBFS / 20.0) / variance.sqrt()) as f32,
        }
    }
}

impl RoomTone {
    pub(super) fn add(&mut self, samples: &mut [f32]) {
        for sample in samples {
            let noise = self.random.f32() * 2.0 - 1.0;
            self.filtered += SMOOTHING * (noise - self.filtered);
            *sample += self.gain * self.filtered;
        }
    }
}
