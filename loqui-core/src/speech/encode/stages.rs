//! The conversions before a codec: tempo, then sample rate.

use bytes::Bytes;

use crate::audio::{SPEECH_RATE, StreamResampler, Tempo, wav};
use crate::speech::Encoding;

/// The conversions of an encoding. Without any, samples pass unchanged.
pub(super) struct Stages {
    tempo: Option<Tempo>,
    rate: Option<StreamResampler>,
}

impl Stages {
    pub(super) fn new(encoding: &Encoding) -> Self {
        let changes_tempo = (encoding.speed() - 1.0).abs() > 1e-6;
        Self {
            tempo: changes_tempo.then(|| Tempo::new(encoding.speed())),
            rate: (encoding.sample_rate() != SPEECH_RATE)
                .then(|| StreamResampler::new(SPEECH_RATE, encoding.sample_rate())),
        }
    }

    /// Returns the number of samples of the output for an input of this many samples.
    pub(super) fn length(&self, samples: usize) -> usize {
        let samples = self.tempo.as_ref().map_or(samples, |tempo| tempo.length(samples));
        self.rate
            .as_ref()
            .map_or(samples, |rate| rate.length(samples as u64) as usize)
    }

    /// Converts samples (16-bit little-endian); `None` if nothing changes.
    pub(super) fn push(&mut self, pcm16: &[u8]) -> Option<Bytes> {
        if self.tempo.is_none() && self.rate.is_none() {
            return None;
        }
        let mut samples: Vec<f32> = pcm16
            .chunks_exact(2)
            .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
            .collect();
        if let Some(tempo) = &mut self.tempo {
            samples = tempo.push(&samples);
        }
        if let Some(rate) = &mut self.rate {
            samples = rate.push(&samples);
        }
        Some(wav::pcm16(&samples))
    }

    /// Returns the rest of the samples.
    pub(super) fn finish(&mut self) -> Bytes {
        let mut samples = self.tempo.take().map(Tempo::finish).unwrap_or_default();
        if let Some(mut rate) = self.rate.take() {
            samples = rate.push(&samples);
            samples.extend(rate.finish());
        }
        wav::pcm16(&samples)
    }
}
