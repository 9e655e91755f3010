//! Changes of a voice: pitch, formants, tone and pace.

mod apply;

pub(crate) use apply::{Change, band_levels};

use serde::{Deserialize, Serialize};

use crate::bands::BANDS;

/// A change of the voice: pitch, formants, tone and pace. [`Adaptation::default`] changes nothing.
///
/// An adaptation can be stored with `serde`. [`Voice::adapted`](crate::Voice::adapted) clamps what was read.
///
/// Values are clamped to the range in which speech stays intelligible. With the feature `matching`, `Voice::matched_to`
/// finds the values that make the voice most similar to a recording.
///
/// ```
/// use loqui_offline::{Adaptation, Settings, Voice};
///
/// # fn main() -> Result<(), loqui_offline::Error> {
/// let lower = Adaptation::default().with_pitch(0.6).with_formants(0.9);
/// let voice = Voice::shared()?.adapted(lower);
/// assert!(!voice.speak("A deeper voice.", &Settings::default())?.samples().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Adaptation {
    /// The factor on the pitch, 0.35 to 1.35. The median of the unchanged voice is [`Adaptation::OWN_PITCH_HZ`].
    pub pitch: f32,
    /// The factor on the movement of the pitch around its median, 0.4 to 1.25.
    pub pitch_range: f32,
    /// The factor on the formants, 0.84 to 1.08. Values below 1 correspond to a longer vocal tract.
    pub formants: f32,
    /// The factor on the pace, 0.8 to 1.25.
    pub pace: f32,
    /// The gain on the breath noise, -6 to 6 dB.
    pub breath_db: f32,
    pub(crate) tone: Tone,
}

/// The change of each band.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tone {
    /// The gain in dB.
    pub(crate) gain_db: [f32; BANDS],
    /// The level around which [`Tone::stretch`] works, in dB as [`band_levels`] measures it.
    pub(crate) middle_db: [f32; BANDS],
    /// The expansion of the level: 0 changes nothing, 0.5 turns 10 dB above the middle level into 15 dB.
    pub(crate) stretch: [f32; BANDS],
}

impl Adaptation {
    /// The median pitch of the unchanged voice, in Hz.
    pub const OWN_PITCH_HZ: f32 = 197.0;

    // Beyond these limits speech becomes unintelligible although the similarity still rises: at 1.5, 1.5 and 1.1 a
    // speech recognizer misrecognised nearly all words.
    const PITCH: (f32, f32) = (0.35, 1.35);
    const PITCH_RANGE: (f32, f32) = (0.4, 1.25);
    const FORMANTS: (f32, f32) = (0.84, 1.08);
    const PACE: (f32, f32) = (0.8, 1.25);
    const BREATH_DB: (f32, f32) = (-6.0, 6.0);
    /// The maximum change of a band, in dB. Larger changes make speech unintelligible.
    #[cfg(feature = "matching")]
    pub(crate) const MAX_SHAPE_DB: f32 = 12.0;
    /// The maximum change of a band including the correction of the loudness, in dB.
    const MAX_GAIN_DB: f32 = 20.0;
    pub(crate) const MAX_STRETCH: f32 = 0.6;
    pub(crate) const MIN_STRETCH: f32 = -0.4;

    /// Sets the factor on the pitch.
    #[must_use]
    pub const fn with_pitch(mut self, factor: f32) -> Self {
        self.pitch = factor;
        self
    }

    /// Sets the factor on the movement of the pitch.
    #[must_use]
    pub const fn with_pitch_range(mut self, factor: f32) -> Self {
        self.pitch_range = factor;
        self
    }

    /// Sets the factor on the formants.
    #[must_use]
    pub const fn with_formants(mut self, factor: f32) -> Self {
        self.formants = factor;
        self
    }

    /// Sets the factor on the pace.
    #[must_use]
    pub const fn with_pace(mut self, factor: f32) -> Self {
        self.pace = factor;
        self
    }

    /// Sets the gain on the breath noise, in dB.
    #[must_use]
    pub const fn with_breath_db(mut self, gain: f32) -> Self {
        self.breath_db = gain;
        self
    }

    /// Clamps all values to their ranges. NaN becomes the neutral value.
    pub(crate) fn clamped(self) -> Self {
        let within = |value: f32, (low, high): (f32, f32), neutral: f32| {
            if value.is_nan() {
                neutral
            } else {
                value.clamp(low, high)
            }
        };
        Self {
            pitch: within(self.pitch, Self::PITCH, 1.0),
            pitch_range: within(self.pitch_range, Self::PITCH_RANGE, 1.0),
            formants: within(self.formants, Self::FORMANTS, 1.0),
            pace: within(self.pace, Self::PACE, 1.0),
            breath_db: within(self.breath_db, Self::BREATH_DB, 0.0),
            tone: self.tone.clamped(),
        }
    }
}

impl Tone {
    /// No change.
    pub(crate) const FLAT: Self = Self {
        gain_db: [0.0; BANDS],
        middle_db: [0.0; BANDS],
        stretch: [0.0; BANDS],
    };

    fn clamped(mut self) -> Self {
        for gain in &mut self.gain_db {
            *gain = gain.clamp(-Adaptation::MAX_GAIN_DB, Adaptation::MAX_GAIN_DB);
        }
        for stretch in &mut self.stretch {
            *stretch = stretch.clamp(Adaptation::MIN_STRETCH, Adaptation::MAX_STRETCH);
        }
        self
    }
}

impl Default for Adaptation {
    fn default() -> Self {
        Self {
            pitch: 1.0,
            pitch_range: 1.0,
            formants: 1.0,
            pace: 1.0,
            breath_db: 0.0,
            tone: Tone::FLAT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_clamped_to_the_range_of_intelligible_speech() {
        let wild = Adaptation::default()
            .with_pitch(9.0)
            .with_pitch_range(f32::NAN)
            .with_formants(0.1)
            .with_pace(-1.0)
            .with_breath_db(f32::INFINITY)
            .clamped();
        assert_eq!(
            wild,
            Adaptation {
                pitch: 1.35,
                pitch_range: 1.0,
                formants: 0.84,
                pace: 0.8,
                breath_db: 6.0,
                tone: Tone::FLAT
            }
        );
        let mild = Adaptation::default().with_pitch(0.6);
        assert_eq!(mild.clamped(), mild);
    }
}
