//! Brings the long-term levels of the bands near those of a recording.

use super::measure::{Levels, Target};
use super::rehearsal::{Rehearsal, Take};
use crate::adaptation::{Adaptation, Tone};
use crate::bands::BANDS;
use crate::error::Error;
use crate::rendering::Renderer;

/// How much of the difference in liveliness of a band is taken over.
const STRETCH: f32 = 0.5;

/// Bands up to about 5 kHz. What lies above says little about a voice, and recordings often end before.
const TELLING: std::ops::Range<usize> = 1..18;

/// Returns the adaptation with the tone that should bring its levels to those of the target.
pub(super) fn tuned(
    mut adaptation: Adaptation,
    target: &Target,
    rehearsal: &Rehearsal,
    renderer: Renderer<'_>,
) -> Result<Adaptation, Error> {
    adaptation.tone = Tone::FLAT;
    let middle_db = rehearsal.middle_db(&adaptation, renderer)?;
    // What the change does to the levels is the same in the spectra as in the sound.
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

/// Returns the adaptation with its tone corrected by what it was heard to sound like.
pub(super) fn corrected(
    mut adaptation: Adaptation,
    heard: &Take,
    target: &Target,
    rehearsal: &Rehearsal,
) -> Adaptation {
    let Levels { mean_db, .. } = &heard.levels;
    let plain: [f32; BANDS] = std::array::from_fn(|band| mean_db[band] - adaptation.tone.gain_db[band]);
    adaptation.tone.gain_db = levelled(
        &difference(&target.levels.mean_db, &plain),
        &plain,
        rehearsal.levels.loudness_db,
    );
    adaptation.clamped()
}

/// Returns what is missing in each band, in dB, the mean left out: loudness is not a matter of tone.
fn difference(wanted: &[f32; BANDS], own: &[f32; BANDS]) -> [f32; BANDS] {
    let all: [f32; BANDS] = std::array::from_fn(|band| wanted[band] - own[band]);
    let mean = all[TELLING].iter().sum::<f32>() / TELLING.len() as f32;
    let limit = Adaptation::MAX_SHAPE_DB;
    all.map(|gain| (gain - mean).clamp(-limit, limit))
}

/// Raises or lowers all gains together, so that `own` levels with them are about as loud as the voice itself.
fn levelled(gains: &[f32; BANDS], own: &[f32; BANDS], loudness_db: f32) -> [f32; BANDS] {
    let power = |with: &[f32; BANDS]| {
        own.iter()
            .zip(with)
            .map(|(level, gain)| 10_f32.powf((level + gain) / 10.0))
            .sum::<f32>()
    };
    // The mean of the levels in dB lies below their loudness, by as much with the gains as without.
    let spread = loudness_db - 10.0 * power(&[0.0; BANDS]).log10();
    let louder = loudness_db - spread - 10.0 * power(gains).log10();
    gains.map(|gain| gain + louder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_bands_are_raised_within_limits_and_loudness_stays() {
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
