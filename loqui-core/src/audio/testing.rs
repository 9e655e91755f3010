//! Synthetic recordings for the tests of this crate.

use crate::audio::Clip;

/// Builds WAV files with valid and invalid headers.
#[derive(Clone)]
pub(crate) struct WavBuilder {
    pub(crate) tag: u16,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    pub(crate) bits: u16,
    pub(crate) data: Vec<u8>,
    /// Overrides the size in the RIFF header.
    pub(crate) riff_size: Option<u32>,
    /// Overrides the size of the data chunk.
    pub(crate) data_size: Option<u32>,
    /// Raw chunks before the data chunk.
    pub(crate) before: Vec<u8>,
    /// Raw chunks after the data chunk.
    pub(crate) after: Vec<u8>,
}

impl WavBuilder {
    /// 16-bit PCM.
    pub(crate) fn pcm16(samples: &[f32], channels: u16, sample_rate: u32) -> Self {
        let data = samples
            .iter()
            .flat_map(|x| ((x * 32768.0).round().clamp(-32768.0, 32767.0) as i16).to_le_bytes());
        Self::raw(1, channels, sample_rate, 16, data.collect())
    }

    /// 32-bit float.
    pub(crate) fn float32(samples: &[f32], channels: u16, sample_rate: u32) -> Self {
        Self::raw(
            3,
            channels,
            sample_rate,
            32,
            samples.iter().flat_map(|x| x.to_le_bytes()).collect(),
        )
    }

    pub(crate) fn raw(tag: u16, channels: u16, sample_rate: u32, bits: u16, data: Vec<u8>) -> Self {
        Self {
            tag,
            channels,
            sample_rate,
            bits,
            data,
            riff_size: None,
            data_size: None,
            before: Vec::new(),
            after: Vec::new(),
        }
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let block = self.channels.wrapping_mul(self.bits / 8);
        let mut body = b"WAVEfmt \x10\0\0\0".to_vec();
        body.extend_from_slice(&self.tag.to_le_bytes());
        body.extend_from_slice(&self.channels.to_le_bytes());
        body.extend_from_slice(&self.sample_rate.to_le_bytes());
        body.extend_from_slice(&self.sample_rate.wrapping_mul(block.into()).to_le_bytes());
        body.extend_from_slice(&block.to_le_bytes());
        body.extend_from_slice(&self.bits.to_le_bytes());
        body.extend_from_slice(&self.before);
        body.extend_from_slice(b"data");
        body.extend_from_slice(&self.data_size.unwrap_or(self.data.len() as u32).to_le_bytes());
        body.extend_from_slice(&self.data);
        body.extend_from_slice(&self.after);
        let size = self.riff_size.unwrap_or(body.len() as u32);
        [b"RIFF", &size.to_le_bytes()[..], &body].concat()
    }
}

/// Returns uniform noise from -1 to 1. The same seed gives the same noise.
pub(crate) fn noise(length: usize, seed: u64) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..length).map(|_| random.f32() * 2.0 - 1.0).collect()
}

/// Returns a sine wave.
pub(crate) fn sine(hz: f32, amplitude: f32, seconds: f32, sample_rate: u32) -> Vec<f32> {
    let step = std::f32::consts::TAU * hz / sample_rate as f32;
    (0..(seconds * sample_rate as f32) as usize)
        .map(|n| amplitude * (step * n as f32).sin())
        .collect()
}

/// Returns a signal that the energy-based checks accept as clean speech: bursts of a buzz with pauses.
///
/// 0.3 s on and 0.1 s off, 150 Hz with harmonics to half the rate at most, peaks near -6 dBFS.
pub(crate) fn babble(seconds: f32, sample_rate: u32) -> Clip {
    let rate = sample_rate as f32;
    let harmonics = ((0.45 * rate / 150.0) as usize).min(60);
    let mut samples: Vec<f32> = (0..(seconds * rate) as usize)
        .map(|n| {
            let time = n as f32 / rate;
            let phase = time % 0.4;
            let envelope = if phase < 0.3 {
                (std::f32::consts::PI * phase / 0.3).sin()
            } else {
                0.0
            };
            // Different phases give the crest factor of a voice.
            let voice: f32 = (1..=harmonics)
                .map(|k| (std::f32::consts::TAU * 150.0 * k as f32 * time + (k * k) as f32).sin() / k as f32)
                .sum();
            envelope * voice
        })
        .collect();
    let peak = samples.iter().fold(1e-9_f32, |peak, x| peak.max(x.abs()));
    for x in &mut samples {
        *x *= 0.5 / peak;
    }
    // Add faint noise, as in a real room.
    samples
        .iter_mut()
        .zip(noise((seconds * rate) as usize, 7))
        .for_each(|(x, n)| *x += n * 3e-4);
    Clip::new(samples, sample_rate)
}

/// Reads one of the sample voices in `tests/voices`.
pub(crate) fn voice(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/voices")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
