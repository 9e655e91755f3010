//! The bands in which the tone is measured and changed: evenly spaced on the mel scale, from 100 Hz to 11 kHz.

use crate::spectra::{BINS, SAMPLE_RATE};

/// The number of bands.
pub(crate) const BANDS: usize = 24;

const LOWEST_HZ: f32 = 100.0;
const HIGHEST_HZ: f32 = 11_000.0;

/// The position of a bin between two band centres, for interpolation.
#[derive(Debug, Clone, Copy)]
struct Place {
    band: usize,
    /// The share of the next band, 0 to 1.
    next: f32,
}

/// Converts between bins and bands.
#[derive(Debug)]
pub(crate) struct Bands {
    places: Vec<Place>,
    /// The sum of the weights of each band.
    weights: [f32; BANDS],
}

impl Bands {
    pub(crate) fn new() -> Self {
        let places: Vec<Place> = (0..BINS).map(|bin| place(hz(bin))).collect();
        let mut weights = [0.0; BANDS];
        for place in &places {
            weights[place.band] += 1.0 - place.next;
            if place.next > 0.0 {
                weights[place.band + 1] += place.next;
            }
        }
        Self { places, weights }
    }

    /// Returns the mean power of each band from [`BINS`] bins.
    pub(crate) fn average(&self, power: impl Iterator<Item = f32>) -> [f32; BANDS] {
        let mut sums = [0.0; BANDS];
        for (place, power) in self.places.iter().zip(power) {
            sums[place.band] += (1.0 - place.next) * power;
            if place.next > 0.0 {
                sums[place.band + 1] += place.next * power;
            }
        }
        std::array::from_fn(|band| sums[band] / self.weights[band])
    }

    /// Interpolates the values of the bands linearly at each bin.
    pub(crate) fn spread<'a>(&'a self, curve: &'a [f32; BANDS]) -> impl Iterator<Item = f32> + 'a {
        self.places.iter().map(|place| {
            let here = curve[place.band];
            if place.next > 0.0 {
                here + (curve[place.band + 1] - here) * place.next
            } else {
                here
            }
        })
    }
}

/// Returns the frequency of a bin, in Hz.
fn hz(bin: usize) -> f32 {
    (bin * SAMPLE_RATE) as f32 / (2 * (BINS - 1)) as f32
}

/// Converts Hz to mel (O'Shaughnessy): nearly linear up to 1 kHz, logarithmic above.
fn mel(hz: f32) -> f32 {
    2_595.0 * (1.0 + hz / 700.0).log10()
}

/// Returns the position of a frequency. Beyond the outer centres it belongs to the outer bands.
fn place(hz: f32) -> Place {
    let step = (mel(HIGHEST_HZ) - mel(LOWEST_HZ)) / (BANDS - 1) as f32;
    let position = ((mel(hz) - mel(LOWEST_HZ)) / step).clamp(0.0, (BANDS - 1) as f32);
    Place {
        band: position as usize,
        next: position.fract(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_spectrum_stays_flat_in_bands_and_bins() {
        let bands = Bands::new();
        let flat = bands.average(std::iter::repeat_n(3.0, BINS));
        assert!(flat.iter().all(|power| (power - 3.0).abs() < 1e-4), "{flat:?}");
        assert!(bands.spread(&flat).all(|power| (power - 3.0).abs() < 1e-4));
    }

    #[test]
    fn each_band_has_bins_and_a_tone_is_in_its_band() {
        let bands = Bands::new();
        assert!(bands.weights.iter().all(|weight| *weight > 1.0), "{:?}", bands.weights);
        let tone = bands.average((0..BINS).map(|bin| f32::from(u8::from(bin == 50)))); // 1 kHz
        let loudest = (0..BANDS).max_by(|&a, &b| tone[a].total_cmp(&tone[b])).unwrap();
        let curve: [f32; BANDS] = std::array::from_fn(|band| f32::from(u8::from(band == loudest)));
        let heard: Vec<f32> = bands.spread(&curve).collect();
        assert!(heard[50] > 0.5 && heard[5].abs() < 1e-6 && heard[400].abs() < 1e-6);
    }
}
