//! The offline voice in several variants, and artificial faults of takes.

use std::fmt;
use std::path::Path;

use async_trait::async_trait;
use loqui_core::audio::{Clip, SPEECH_RATE, decode_speech, wav};
use loqui_core::engine::{LocalEngine, ModelInfo, Order, SpokenAudio};
use loqui_core::error::code;
use loqui_core::ledger::TakeId;
use loqui_core::{Error, Result};
use loqui_offline::{Settings, Voice};

/// Output limit of the model, in seconds.
const CEILING_SECONDS: usize = 40;

/// A fault of a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Speech continues until it is cut off at 40 s.
    Ceiling,
    Silence,
    /// Half a second of extra sound after a pause.
    Tail,
    /// Speech continues for its own length and 2 s more.
    Rambling,
    /// Another speaker.
    OtherSpeaker,
    Clipped,
    /// Only the first third is present.
    Missing,
    /// Three seconds of silence in the middle.
    Gap,
}

impl Fault {
    pub(crate) const ALL: [Self; 8] = [
        Self::Ceiling,
        Self::Silence,
        Self::Tail,
        Self::Rambling,
        Self::OtherSpeaker,
        Self::Clipped,
        Self::Missing,
        Self::Gap,
    ];

    fn apply(self, take: &[f32], other: &[f32]) -> Vec<f32> {
        let second = SPEECH_RATE as usize;
        // Reversed speech sounds like speech but has no words.
        let garbage = |samples: usize| take.iter().rev().copied().cycle().take(samples);
        match self {
            Self::Ceiling => take.iter().copied().cycle().take(CEILING_SECONDS * second).collect(),
            Self::Silence => vec![0.0; take.len()],
            Self::Tail => {
                let sound = take[take.len() / 3..].iter().copied().take(second / 2);
                trimmed(take)
                    .iter()
                    .copied()
                    .chain(vec![0.0; second * 7 / 10])
                    .chain(sound)
                    .collect()
            }
            Self::Rambling => take.iter().copied().chain(garbage(take.len() + 2 * second)).collect(),
            Self::OtherSpeaker => other.iter().copied().cycle().take(take.len()).collect(),
            Self::Clipped => take.iter().map(|x| (x * 8.0).clamp(-0.5, 0.5)).collect(),
            Self::Missing => take[..take.len() / 3].to_vec(),
            Self::Gap => {
                let (one, two) = take.split_at(take.len() / 2);
                [one, &vec![0.0; 3 * second], two].concat()
            }
        }
    }
}

/// Removes trailing silence.
fn trimmed(take: &[f32]) -> &[f32] {
    let end = take
        .iter()
        .rposition(|x| x.abs() > 0.02)
        .map_or(take.len(), |last| last + 1);
    &take[..end]
}

/// A voice and its settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guise {
    pub(crate) name: &'static str,
    /// The recording that the voice is matched to. `None` uses the unmatched voice.
    matched_to: Option<&'static str>,
    /// A recording of a clearly different speaker.
    other: &'static str,
    settings: Settings,
}

impl Guise {
    /// Eight variants: four voices, slow and fast, flat and expressive, high and low.
    pub(crate) fn all() -> [Self; 8] {
        let usual = Settings::default();
        let of = |name, matched_to, other, settings| Self {
            name,
            matched_to,
            other,
            settings,
        };
        [
            of("as it is", None, "rms.wav", usual),
            of("matched to heart", Some("heart.wav"), "rms.wav", usual),
            of("matched to slt", Some("slt.wav"), "rms.wav", usual),
            of("matched to rms", Some("rms.wav"), "heart.wav", usual),
            of(
                "slow, flat",
                None,
                "rms.wav",
                usual.with_speed(0.75).with_expressiveness(0.6),
            ),
            of(
                "fast, lively",
                Some("slt.wav"),
                "rms.wav",
                usual.with_speed(1.3).with_expressiveness(1.6),
            ),
            of(
                "low, lively",
                Some("rms.wav"),
                "heart.wav",
                usual.with_pitch(-2.0).with_expressiveness(1.4),
            ),
            of("high, fast", None, "rms.wav", usual.with_pitch(3.0).with_speed(1.2)),
        ]
    }
}

fn recording(name: &str) -> Result<Clip> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/voices").join(name);
    let bytes = std::fs::read(path)
        .map_err(|source| Error::new(&code::ENGINE_FAILED, "a voice is missing").with_source(source))?;
    decode_speech(&bytes)
}

fn failed(source: loqui_offline::Error) -> Error {
    Error::new(&code::ENGINE_FAILED, "the offline voice failed").with_source(source)
}

/// Duration of a text spoken by the unmatched offline voice, in seconds.
pub(crate) fn predicted(text: &str) -> Result<f64> {
    let voice = Voice::shared().map_err(failed)?;
    voice.expected_seconds(text, &Settings::default()).map_err(failed)
}

/// Speaks with one variant. From a given segment on, the first take of each segment has a fault, cycling through all kinds.
pub(crate) struct Spoiling {
    voice: Voice,
    settings: Settings,
    other: Vec<f32>,
    spoils_from: u32,
}

impl Spoiling {
    pub(crate) fn new(guise: &Guise) -> Result<Self> {
        let own = Voice::shared().map_err(failed)?;
        let voice = match guise.matched_to {
            Some(name) => {
                let clip = recording(name)?;
                own.matched_to(clip.samples(), clip.sample_rate())
                    .map_err(failed)?
                    .voice
            }
            None => own,
        };
        Ok(Self {
            voice,
            settings: guise.settings,
            other: recording(guise.other)?.into_samples(),
            spoils_from: u32::MAX,
        })
    }

    /// Degrades first takes from this segment on. Default: none.
    pub(crate) fn spoils_from(mut self, segment: u32) -> Self {
        self.spoils_from = segment;
        self
    }

    /// The fault of a take.
    pub(crate) fn fault_of(segment: u32, number: u32, spoils_from: u32) -> Option<Fault> {
        let spoiled = number == 1 && segment >= spoils_from;
        spoiled.then(|| Fault::ALL[segment as usize % Fault::ALL.len()])
    }

    /// A recording of this variant, used as the sample.
    pub(crate) fn clean_take(&self, text: &str, seed: u32) -> Result<Clip> {
        let settings = self.settings.with_seed(seed.into());
        let audio = self.voice.speak(text, &settings).map_err(failed)?;
        Ok(Clip::new(audio.into_samples(), SPEECH_RATE))
    }
}

impl fmt::Debug for Spoiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spoiling({:?})", self.settings)
    }
}

#[async_trait]
impl LocalEngine for Spoiling {
    fn name(&self) -> &'static str {
        "spoiling"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        let mut model = ModelInfo::new("spoiling");
        model.max_output_seconds = Some(CEILING_SECONDS as f64);
        Ok(model)
    }

    async fn speak(&self, order: &Order) -> Result<SpokenAudio> {
        let take = self.clean_take(&order.text, order.seed)?;
        let id: Option<TakeId> = order.take.as_deref().and_then(|id| id.parse().ok());
        let fault = id.and_then(|id| Self::fault_of(id.segment, id.number, self.spoils_from));
        let take = match fault {
            Some(fault) => Clip::new(fault.apply(take.samples(), &self.other), SPEECH_RATE),
            None => take,
        };
        Ok(SpokenAudio::new(wav::write(&take, None)))
    }
}
