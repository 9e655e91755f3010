//! Test sentences of the voice, to measure the effect of an adaptation.

use loqui_analysis::{SpeechDetector, SpeechMap, Voiceprint};

use super::measure::{Levels, Pitch, resampled, unusable};
use crate::adaptation::{Adaptation, Change, band_levels};
use crate::bands::BANDS;
use crate::error::Error;
use crate::hidden::Hidden;
use crate::rendering::Renderer;
use crate::settings::Settings;
use crate::spectra::SAMPLE_RATE;

/// Sentences with most sounds of English and with long vowels.
#[cfg(test)]
const TEXT: [&str; 2] = [
    "My old neighbour would rather walk along the shore.",
    "She chose a quiet beach house, big enough for two.",
];

/// The phoneme ids of these sentences. With them a voice can be matched before the dictionaries are loaded.
const PHONEMES: [&[i32]; 2] = [
    &[
        55, 157, 25, 16, 156, 31, 54, 46, 16, 56, 156, 24, 44, 83, 123, 16, 65, 135, 46, 16, 123, 156, 72, 81, 83, 123,
        16, 65, 156, 76, 53, 16, 83, 54, 156, 76, 112, 16, 81, 83, 16, 131, 156, 76, 123, 4,
    ],
    &[
        131, 157, 51, 16, 133, 156, 31, 68, 16, 70, 16, 53, 65, 156, 25, 83, 62, 16, 44, 156, 51, 133, 16, 50, 156, 39,
        61, 3, 16, 44, 156, 102, 92, 16, 102, 56, 156, 138, 48, 16, 48, 76, 123, 16, 62, 156, 63, 4,
    ],
];

/// The maximum distance of speech from the loudest frame, in dB.
const SPOKEN_DB: f32 = 35.0;

/// The sentences before the last layer of the network. Each adaptation renders them again.
#[derive(Debug)]
pub(crate) struct Rehearsal {
    sentences: Vec<Hidden>,
    /// The position of the speech, which an adaptation does not change.
    speech: SpeechMap,
    /// The levels of the unchanged voice.
    pub(super) levels: Levels,
    pub(super) pitch: Option<Pitch>,
    /// [`Rehearsal::middle_db`] of the unchanged voice.
    pub(super) middle_db: [f32; BANDS],
}

/// The sentences with an adaptation.
pub(super) struct Take {
    pub(super) levels: Levels,
    narrow: Vec<f32>,
}

impl Rehearsal {
    pub(crate) fn make(renderer: Renderer<'_>) -> Result<Self, Error> {
        let mut sentences = Vec::new();
        for phonemes in PHONEMES {
            sentences.push(renderer.acoustic.on_thread(|session| session.hidden(phonemes, 1.0))?);
        }
        let unchanged = Adaptation::default();
        let wide = speak(&sentences, &unchanged, renderer)?;
        let narrow = resampled(&wide, SAMPLE_RATE as u32, loqui_analysis::SAMPLE_RATE)?;
        Ok(Self {
            middle_db: middle_db(&sentences, &unchanged, renderer)?,
            sentences,
            speech: SpeechDetector::default().detect(&narrow).map_err(unusable)?,
            levels: Levels::of(&wide, renderer.bands),
            pitch: Pitch::of(&narrow)?,
        })
    }

    /// Speaks the sentences with an adaptation.
    pub(super) fn take(&self, adaptation: &Adaptation, renderer: Renderer<'_>) -> Result<Take, Error> {
        let wide = speak(&self.sentences, adaptation, renderer)?;
        Ok(Take {
            levels: Levels::of(&wide, renderer.bands),
            narrow: resampled(&wide, SAMPLE_RATE as u32, loqui_analysis::SAMPLE_RATE)?,
        })
    }

    /// Returns the similarity of a take to a recording.
    pub(super) fn similarity(&self, take: &Take, target: &Voiceprint) -> Result<f32, Error> {
        let own = Voiceprint::of_speech(&take.narrow, &self.speech).map_err(unusable)?;
        Ok(target.similarity(&own))
    }

    /// Returns the mean level of each band during speech, as [`band_levels`] measures it, before the change of tone.
    pub(super) fn middle_db(&self, adaptation: &Adaptation, renderer: Renderer<'_>) -> Result<[f32; BANDS], Error> {
        middle_db(&self.sentences, adaptation, renderer)
    }
}

/// Averages the levels of the frames with speech.
fn middle_db(sentences: &[Hidden], adaptation: &Adaptation, renderer: Renderer<'_>) -> Result<[f32; BANDS], Error> {
    let change = Change::new(adaptation, &Settings::default());
    let mut levels: Vec<[f32; BANDS]> = Vec::new();
    for hidden in sentences {
        renderer.each_frame(hidden, &change, |frame, pitch| {
            levels.push(band_levels(frame, pitch, renderer.bands));
        })?;
    }
    let peak = |level: &[f32; BANDS]| level.iter().copied().fold(f32::MIN, f32::max);
    let loudest = levels.iter().map(peak).fold(f32::MIN, f32::max);
    let spoken: Vec<_> = levels
        .iter()
        .filter(|level| peak(level) > loudest - SPOKEN_DB)
        .collect();
    let count = spoken.len().max(1) as f32;
    Ok(std::array::from_fn(|band| {
        spoken.iter().map(|level| level[band]).sum::<f32>() / count
    }))
}

fn speak(sentences: &[Hidden], adaptation: &Adaptation, renderer: Renderer<'_>) -> Result<Vec<f32>, Error> {
    let change = Change::new(adaptation, &Settings::default());
    let mut samples = Vec::new();
    for hidden in sentences {
        samples.append(&mut renderer.waveform(hidden, &change, 0)?);
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acoustic::MAX_PHONEMES;
    use crate::phonemes::Phonemes;

    #[test]
    fn phoneme_ids_match_the_sentences() {
        let dictionaries = Phonemes::load().unwrap();
        for (text, phonemes) in TEXT.iter().zip(PHONEMES) {
            let pieces = dictionaries.pronounce(text, MAX_PHONEMES).pieces;
            assert_eq!(pieces, [phonemes], "{text}");
        }
    }
}
