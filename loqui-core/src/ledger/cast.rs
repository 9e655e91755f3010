//! The voices of a generation, and what speaks each of its segments.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::record::{GenerationRecord, NewGeneration};
use crate::id::SampleId;
use crate::options::VoiceSettings;
use crate::script::Segment;

/// A voice that the script of a generation names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VoiceRecord {
    /// The label by which segments name it ([`Segment::voice`]).
    pub label: String,
    /// The id of the sample.
    pub sample: SampleId,
    /// The model's full name.
    pub model: String,
    /// The settings: those of the generation, with those of this voice in front.
    #[serde(default)]
    pub settings: VoiceSettings,
    /// The change of its loudness, in dB. It does not change the takes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gain_db: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(gain_db: &f64) -> bool {
    gain_db.abs() < f64::EPSILON
}

impl VoiceRecord {
    /// A voice without a change of its loudness.
    pub fn new(
        label: impl Into<String>,
        sample: impl Into<SampleId>,
        model: impl Into<String>,
        settings: VoiceSettings,
    ) -> Self {
        Self {
            label: label.into(),
            sample: sample.into(),
            model: model.into(),
            settings,
            gain_db: 0.0,
        }
    }
}

/// What speaks a segment.
#[derive(Clone, Debug)]
pub(crate) struct SegmentVoice<'a> {
    /// The label; none for text without a label.
    pub(crate) label: Option<&'a str>,
    pub(crate) sample: SampleId,
    pub(crate) model: &'a str,
    pub(crate) settings: Cow<'a, VoiceSettings>,
    pub(crate) gain_db: f64,
}

impl SegmentVoice<'_> {
    /// True if both sound alike: the label and the gain do not matter.
    pub(crate) fn sounds_like(&self, other: &SegmentVoice<'_>) -> bool {
        self.sample == other.sample && self.settings.with_model(self.model) == other.settings.with_model(other.model)
    }
}

/// The parts of a record from which the voice of a segment follows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cast<'a> {
    pub(crate) sample: SampleId,
    pub(crate) model: &'a str,
    pub(crate) settings: &'a VoiceSettings,
    pub(crate) voices: &'a [VoiceRecord],
}

impl<'a> Cast<'a> {
    /// The voice of text without a label.
    pub(crate) fn default_voice(self) -> SegmentVoice<'a> {
        SegmentVoice {
            label: None,
            sample: self.sample,
            model: self.model,
            settings: Cow::Borrowed(self.settings),
            gain_db: 0.0,
        }
    }

    /// One of the voices.
    pub(crate) fn named(self, voice: &'a VoiceRecord) -> SegmentVoice<'a> {
        SegmentVoice {
            label: Some(&voice.label),
            sample: voice.sample,
            model: &voice.model,
            settings: Cow::Borrowed(&voice.settings),
            gain_db: voice.gain_db,
        }
    }

    /// The voice of a segment. A label without a voice has the default voice; submissions refuse such a label.
    pub(crate) fn of(self, segment: &Segment) -> SegmentVoice<'a> {
        let label = segment.voice.as_deref();
        let named = label.and_then(|label| self.voices.iter().find(|voice| voice.label == label));
        let mut voice = named.map_or_else(|| self.default_voice(), |voice| self.named(voice));
        if segment.language.is_some() || !segment.settings.is_empty() {
            let settings = voice.settings.to_mut();
            settings.language = segment.language.clone().or_else(|| settings.language.take());
            settings.set_parameters(&segment.settings);
        }
        voice
    }
}

impl GenerationRecord {
    /// The voices of the generation.
    pub(crate) fn cast(&self) -> Cast<'_> {
        Cast {
            sample: self.sample,
            model: &self.model,
            settings: &self.options.voice,
            voices: &self.voices,
        }
    }

    /// Returns the samples that the generation speaks with, each once. The first is [`sample`](Self::sample).
    pub fn samples(&self) -> Vec<SampleId> {
        samples(self.sample, &self.voices)
    }
}

impl NewGeneration {
    /// Returns the samples that the generation speaks with, each once. The first is [`sample`](Self::sample).
    pub fn samples(&self) -> Vec<SampleId> {
        samples(self.sample, &self.voices)
    }
}

fn samples(first: SampleId, voices: &[VoiceRecord]) -> Vec<SampleId> {
    let mut all = vec![first];
    for voice in voices {
        if !all.contains(&voice.sample) {
            all.push(voice.sample);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::script::Boundary;

    fn segment(voice: Option<&str>) -> Segment {
        let mut segment = Segment::new(0, "Hi.".to_owned(), "Hi.".to_owned(), 0..3, Boundary::End);
        segment.voice = voice.map(str::to_owned);
        segment
    }

    #[test]
    fn segments_have_the_voice_that_they_name() {
        let mut new = NewGeneration::new(1, "offline", "offline", "script", Timestamp::UNIX_EPOCH);
        let mut bob = VoiceRecord::new("bob", 2, "other", VoiceSettings::default());
        bob.gain_db = -3.0;
        new.voices = vec![VoiceRecord::new("anna", 1, "offline", VoiceSettings::default()), bob];
        let (anna, bob, none) = (segment(Some("anna")), segment(Some("bob")), segment(None));
        let cast = Cast {
            sample: new.sample,
            model: &new.model,
            settings: &new.options.voice,
            voices: &new.voices,
        };
        assert_eq!((cast.of(&bob).sample, cast.of(&bob).model), (SampleId::new(2), "other"));
        assert!(cast.of(&anna).sounds_like(&cast.of(&none)));
        assert!(!cast.of(&anna).sounds_like(&cast.of(&bob)));
        assert_eq!(new.samples(), [SampleId::new(1), SampleId::new(2)]);
    }

    #[test]
    fn voice_without_a_gain_stores_none() {
        let voice = VoiceRecord::new("anna", 1, "offline", VoiceSettings::default());
        let json = serde_json::to_value(&voice).unwrap();
        assert!(json.get("gain_db").is_none(), "{json}");
        assert_eq!(serde_json::from_value::<VoiceRecord>(json).unwrap(), voice);
    }
}
