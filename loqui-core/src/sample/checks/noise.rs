//! How far does speech stand above the noise?

use super::super::envelope::{BLOCKS_PER_SECOND, percentile};
use super::super::report::{Measures, SpeechBy};
use super::super::signal::Signal;
use super::super::thresholds::{NOISY_ERROR_SNR_DB, NOISY_WARNING_FLOOR_DBFS, NOISY_WARNING_SNR_DB};
use crate::audio::power_dbfs;
use crate::error::code;
use crate::finding::Finding;

/// With fewer blocks between words (0.3 s) the noise is guessed from the quietest moments.
const LEAST_QUIET_BLOCKS: usize = 3 * BLOCKS_PER_SECOND / 10;
/// Below the noise of 16-bit samples there is nothing to measure (-96 dBFS).
const LEAST_NOISE: f64 = 2.5e-10;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    pub(crate) floor_dbfs: f64,
    pub(crate) snr_db: f64,
}

/// Compares the power of speech with that of the gaps; absent if there is nothing to compare.
pub(crate) fn measure(signal: &Signal) -> Option<Noise> {
    let powers = signal.envelope.powers();
    let mut quiet: Vec<f64> = signal.speech.quiet_blocks().map(|block| powers[block]).collect();
    // The median leaves out breath and clicks.
    let noise = if quiet.len() >= LEAST_QUIET_BLOCKS {
        percentile(&mut quiet, 0.5)
    } else {
        percentile(&mut powers.to_vec(), 0.05)
    };
    let loud = || {
        powers
            .iter()
            .zip(signal.speech.mask())
            .filter(|(_, speech)| **speech)
            .map(|(power, _)| *power)
    };
    let count = loud().count();
    if count == 0 && signal.speech.by() == SpeechBy::Network {
        return None;
    }
    // Without a word by energy, all is one steady sound: the whole of it over its quietest moments.
    let mean = if count > 0 {
        loud().sum::<f64>() / count as f64
    } else {
        powers.iter().sum::<f64>() / powers.len() as f64
    };
    let noise = noise.max(LEAST_NOISE);
    (mean > LEAST_NOISE).then(|| Noise {
        floor_dbfs: power_dbfs(noise),
        snr_db: power_dbfs(((mean - noise) / noise).max(0.1)),
    })
}

pub(super) fn check(measures: &Measures, findings: &mut Vec<Finding>) {
    let (Some(snr), Some(floor)) = (measures.snr_db, measures.noise_floor_dbfs) else {
        return;
    };
    if snr < NOISY_ERROR_SNR_DB {
        let message = format!("the voice is only {snr:.0} dB above the noise");
        findings.push(super::error(&code::SAMPLE_NOISY, message).with_measure(snr, NOISY_ERROR_SNR_DB, "dB"));
    } else if snr < NOISY_WARNING_SNR_DB {
        let message = format!("the voice is {snr:.0} dB above the noise, which will be audible in the copy");
        findings.push(super::warning(&code::SAMPLE_NOISY, message).with_measure(snr, NOISY_WARNING_SNR_DB, "dB"));
    } else if floor > NOISY_WARNING_FLOOR_DBFS {
        let message = format!("the noise between words is audible ({floor:.0} dBFS)");
        findings.push(super::warning(&code::SAMPLE_NOISY, message).with_measure(
            floor,
            NOISY_WARNING_FLOOR_DBFS,
            "dBFS",
        ));
    }
}
