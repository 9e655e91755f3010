//! Levels, for the normalization of recordings.

use crate::SAMPLE_RATE;

/// The length of a block: 400 ms, as the gating blocks of ITU-R BS.1770
/// (<https://www.itu.int/rec/R-REC-BS.1770>).
const BLOCK: usize = SAMPLE_RATE as usize * 400 / 1000;

/// Quieter blocks are digital silence and do not count (the absolute gate of BS.1770).
const SILENCE_DBFS: f64 = -70.0;

/// The share of the blocks that are quieter than the level of the loud parts.
///
/// It is high, so that pauses do not count, and below 1, so that a slammed door does not count.
/// With the relative gate of BS.1770 one slam would hide speech that is 30 dB quieter.
const LOUD_QUANTILE: f64 = 0.9;

/// Returns the root mean square of all parts, in dBFS. Silence is minus infinity.
pub(crate) fn rms_dbfs<'a>(parts: impl Iterator<Item = &'a [f32]>) -> f64 {
    let (power, count) = parts.fold((0.0, 0), |(power, count), part| {
        (power + sum_of_squares(part), count + part.len())
    });
    dbfs(power / count as f64)
}

/// Returns the level of the loud parts, in dBFS, or `None` for digital silence.
pub(crate) fn loud_dbfs(samples: &[f32]) -> Option<f64> {
    let mut levels: Vec<f64> = samples
        .chunks(BLOCK)
        .map(|block| dbfs(sum_of_squares(block) / block.len() as f64))
        .filter(|&level| level > SILENCE_DBFS)
        .collect();
    levels.sort_by(f64::total_cmp);
    let last = levels.len().checked_sub(1)?;
    Some(levels[(LOUD_QUANTILE * last as f64) as usize])
}

/// Converts decibels to an amplitude ratio: 0 dB is 1, 20 dB is 10, -6 dB is about 0.5.
pub(crate) fn amplitude(db: f64) -> f32 {
    10.0_f64.powf(db / 20.0) as f32
}

fn sum_of_squares(samples: &[f32]) -> f64 {
    samples.iter().map(|&x| f64::from(x) * f64::from(x)).sum()
}

fn dbfs(power: f64) -> f64 {
    10.0 * power.log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals;

    #[test]
    fn full_scale_sine_is_three_db_below_full_scale() {
        let sine = signals::tone(1.0, 1_000.0, 1.0);
        assert!((rms_dbfs(sine.chunks(7_000)) + 3.01).abs() < 0.01);
        assert!((loud_dbfs(&sine).unwrap() + 3.01).abs() < 0.01);
    }

    #[test]
    fn pauses_and_short_loud_sounds_do_not_change_the_loud_level() {
        let mut samples = signals::tone(4.0, 500.0, 0.01);
        let alone = loud_dbfs(&samples).unwrap();
        samples.extend(signals::noise(4.0, 0.0005, 1));
        samples.extend(signals::noise(0.4, 0.9, 2));
        assert!((loud_dbfs(&samples).unwrap() - alone).abs() < 0.1);
    }

    #[test]
    fn digital_silence_has_no_level() {
        assert_eq!(loud_dbfs(&vec![0.0; 16_000]), None);
    }
}
