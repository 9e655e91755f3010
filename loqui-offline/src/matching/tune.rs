//! Matches the long-term levels of the bands to those of a recording.

use super::measure::{Levels, Target};
use super::rehearsal::{Rehearsal, Take};
use crate::adaptation::{Adaptation, Tone};
use crate::bands::BANDS;
use crate::error::Error;
use crate::rendering::Renderer;

/// The share of the difference in the variation of a band that is applied.
const STRETCH: f32 = 0.5;

/// The bands up to about 5 kHz. Higher bands say little about a voice, and many recordings lack them.
const RELEVANT: std::ops::Range<usize> = 1..18;

/// Returns the adaptation with a tone that matches the predicted levels to those of the target.
pub(super) fn tuned(
    mut adaptation: Adaptation,
    target: &Target,
    rehearsal: &Rehearsal,
    renderer: Renderer<'_>,
) -> Result<Adaptation, Error> {
    adaptation.tone = Tone::FLAT;
    let middle_db = rehearsal.middle_db(&adaptation, renderer)?;
    // An adaptation has the same effect on the levels of the spectra as on those of the audio.
    let own: [f32; BANDS] =
        std::array::from_fn(|band| rehearsal.levels.mean_db[band] + middle_db[band] - rehearsal.middle_db[band]);
    adaptation.tone = Tone {
        gain_db: levelled(
            &difference(&target.levels.mean_db, &own),
            &own,
            rehearsal.levels.loudness_db,
        ),
        middle_db,
        stretch: std::array::from_fn(|band| {
            let ratio = target.levels.deviation_db[band] / rehearsal.levels.deviation_db[band].max(1.0);
            STRETCH * (ratio - 1.0)
        }),
    };
    Ok(adaptation.clamped())
}

/// Returns the adaptation with its tone corrected by the measured levels of a take.
pub(super) fn corrected(mut adaptation: Adaptation, take: &Take, target: &Target, rehearsal: &Rehearsal) -> Adaptation {
    let Levels { mean_db, .. } = &take.levels;
    let plain: [f32; BANDS] = std::array::from_fn(|band| mean_db[band] - adaptation.tone.gain_db[band]);
    adaptation.tone.gain_db = levelled(
        &difference(&target.levels.mean_db, &plain),
        &plain,
        rehearsal.levels.loudness_db,
    );
    adaptation.clamped()
}

/// Returns the difference of each band without its mean, in dB. The mean is a matter of loudness, not of tone.
fn difference(wanted: &[f32; BANDS], own: &[f32; BANDS]) -> [f32; BANDS] {
    let all: [f32; BANDS] = std::array::from_fn(|band| wanted[band] - own[band]);
    let mean = all[RELEVANT].iter().sum::<f32>() / RELEVANT.len() as f32;
    let limit = Adaptation::MAX_SHAPE_DB;
    all.map(|gain| (gain - mean).clamp(-limit, limit))
}

/// Shifts all gains so that the loudness of `own` with them is about that of the voice.
fn levelled(gains: &[f32; BANDS], own: &[f32; BANDS], loudness_db: f32) -> [f32; BANDS] {
    let power = |with: &[f32; BANDS]| {
        own.iter()
            .zip(with)
            .map(|(level, gain)| 10_f32.powf((level + gain) / 10.0))
            .sum::<f32>()
    };
    // The mean of the levels in dB is below their loudness, by about the same amount with and without the gains.
    let spread = loudness_db - 10.0 * power(&[0.0; BANDS]).log10();
    let louder = loudness_db - spread - 10.0 * power(gains).log10();
    gains.map(|gain| gain + louder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_bands_are_raised_within_limits_at_constant_loudness() {
        let own = [-30.0; BANDS];
        let mut wanted = [-50.0; BANDS];
        wanted[4] = -44.0;
        wanted[8] = -150.0;
        let gains = levelled(&difference(&wanted, &own), &own, -10.0);
        assert!((gains[4] - gains[5] - 6.0).abs() < 1e-3, "{gains:?}");
        assert!(gains[8] >= gains[5] - 2.0 * Adaptation::MAX_SHAPE_DB, "{gains:?}");
        let power: f32 = gains.iter().map(|gain| 10_f32.powf((gain - 30.0) / 10.0)).sum();
        assert!((10.0 * power.log10() - (10.0 * (BANDS as f32).log10() - 30.0)).abs() < 0.1);
    }
}
