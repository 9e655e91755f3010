//! Preparation of the sample of a voice.

mod resample;

pub(crate) use resample::resample;

use crate::Error;

/// Shortest sample of a voice, in seconds.
pub const MIN_SAMPLE_SECONDS: f64 = 0.5;

/// Longest sample of a voice, in seconds. Ten seconds are enough; encoding time grows with the length.
pub const MAX_SAMPLE_SECONDS: f64 = 300.0;

/// Sample rates that are accepted, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Trailing sound below the loudest part by more than this, in decibels, is cut.
const FLOOR_DB: f32 = 35.0;

/// Checks the samples that a caller passed.
pub(crate) fn check(samples: &[f32], rate: u32) -> Result<(), Error> {
    let unusable = |reason| Err(Error::Sample { reason });
    if !RATES.contains(&rate) {
        return unusable(format!("{rate} Hz, expected {} to {}", RATES.start(), RATES.end()));
    }
    let seconds = samples.len() as f64 / f64::from(rate);
    if !(MIN_SAMPLE_SECONDS..=MAX_SAMPLE_SECONDS).contains(&seconds) {
        return unusable(format!(
            "{seconds:.2} s long, expected {MIN_SAMPLE_SECONDS} to {MAX_SAMPLE_SECONDS}"
        ));
    }
    if !samples.iter().all(|sample| sample.is_finite() && sample.abs() <= 1e4) {
        return unusable("it holds values that are not finite or far above full scale".to_owned());
    }
    if samples.iter().all(|&sample| sample == 0.0) {
        return unusable("it is silent".to_owned());
    }
    Ok(())
}

/// Cuts trailing silence, fades out 20 ms and appends 80 ms of silence.
///
/// The models are trained with samples that end in the pause between two words.
pub(crate) fn end_on_pause(samples: &[f32], rate: u32) -> Vec<f32> {
    let frame = (rate as usize / 50).max(1);
    let levels: Vec<f32> = samples
        .chunks_exact(frame)
        .map(|frame| {
            let power = frame.iter().map(|x| x * x).sum::<f32>() / frame.len() as f32;
            20.0 * (power.sqrt() + 1e-12).log10()
        })
        .collect();
    let loudest = levels.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let Some(last) = levels.iter().rposition(|level| *level > loudest - FLOOR_DB) else {
        return samples.to_vec();
    };
    let end = (last + 1) * frame;
    let fade = (rate as usize / 50).min(end);
    let mut out = samples[..end].to_vec();
    for (index, sample) in out[end - fade..].iter_mut().enumerate() {
        *sample *= if fade > 1 {
            1.0 - index as f32 / (fade - 1) as f32
        } else {
            1.0
        };
    }
    out.resize(end + rate as usize * 2 / 25, 0.0);
    out
}
