//! Repeatable Gaussian noise.

/// A generator whose sequence depends on its seed alone.
#[derive(Clone, Debug)]
pub(crate) struct Noise {
    state: u64,
}

impl Noise {
    /// Starts the sequence of a chunk. Chunks of one seed have independent sequences.
    pub(crate) fn new(seed: u64, chunk: u64) -> Self {
        let mut start = Self { state: seed };
        let mixed = start.next_u64();
        Self {
            state: mixed ^ chunk.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        }
    }

    /// [SplitMix64](https://prng.di.unimi.it/splitmix64.c).
    fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A value above 0 and at most 1.
    fn unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// A normal value, by the method of Box and Muller.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.unit().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Fills `out` with normal values, drawn again while they are larger than `clamp`.
    pub(crate) fn fill(&mut self, deviation: f32, clamp: Option<f32>, out: &mut [f32]) {
        for value in out {
            *value = loop {
                let value = self.normal() as f32 * deviation;
                if clamp.is_none_or(|clamp| value.abs() <= clamp) {
                    break value;
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Noise;

    fn draw(seed: u64, chunk: u64) -> Vec<f32> {
        let mut values = vec![0.0; 20_000];
        Noise::new(seed, chunk).fill(0.5, None, &mut values);
        values
    }

    #[test]
    fn noise_has_the_asked_deviation_and_depends_on_seed_and_chunk() {
        let values = draw(1, 0);
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let deviation = (values.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / values.len() as f32).sqrt();
        assert!(
            mean.abs() < 0.02 && (deviation - 0.5).abs() < 0.01,
            "{mean} {deviation}"
        );
        assert_eq!(values, draw(1, 0));
        assert_ne!(values, draw(1, 1));
        assert_ne!(values, draw(2, 0));
    }

    #[test]
    fn a_clamp_bounds_every_value() {
        let mut values = vec![0.0; 2_000];
        Noise::new(7, 0).fill(1.0, Some(0.3), &mut values);
        assert!(values.iter().all(|value| value.abs() <= 0.3));
    }
}
