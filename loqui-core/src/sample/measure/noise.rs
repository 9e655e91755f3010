//! The noise floor and the signal-to-noise ratio.

use super::super::report::SpeechBy;
use super::envelope::{BLOCKS_PER_SECOND, Envelope, percentile};
use super::speech::SpeechMask;
use crate::audio::power_dbfs;

/// With fewer blocks between words (0.3 s) the quietest moments give the noise.
const LEAST_QUIET_BLOCKS: usize = 3 * BLOCKS_PER_SECOND / 10;
/// The power of the quantization noise of 16-bit samples (-96 dBFS), below which nothing can be measured.
const LEAST_NOISE: f64 = 2.5e-10;

/// The noise of a recording.
#[derive(Clone, Copy, Debug)]
pub(in crate::sample) struct Noise {
    pub(in crate::sample) floor_dbfs: f64,
    pub(in crate::sample) snr_db: f64,
}

/// Compares the power of speech with that of the gaps. Returns nothing if there is nothing to compare.
pub(super) fn measure(envelope: &Envelope, mask: &SpeechMask) -> Option<Noise> {
    let powers = envelope.powers();
    let mut quiet: Vec<f64> = mask.quiet_blocks().map(|block| powers[block]).collect();
    // The median ignores breath and clicks.
    let noise = if quiet.len() >= LEAST_QUIET_BLOCKS {
        percentile(&mut quiet, 0.5)
    } else {
        percentile(&mut powers.to_vec(), 0.05)
    };
    let speech = || {
        powers
            .iter()
            .zip(mask.mask())
            .filter(|(_, speech)| **speech)
            .map(|(power, _)| *power)
    };
    let count = speech().count();
    if count == 0 && mask.by() == SpeechBy::Network {
        return None;
    }
    // If the energy detector finds no speech, the recording is one steady sound: compare all of it.
    let mean = if count > 0 {
        speech().sum::<f64>() / count as f64
    } else {
        powers.iter().sum::<f64>() / powers.len() as f64
    };
    let noise = noise.max(LEAST_NOISE);
    (mean > LEAST_NOISE).then(|| Noise {
        floor_dbfs: power_dbfs(noise),
        snr_db: power_dbfs(((mean - noise) / noise).max(0.1)),
    })
}
