//! An engine that speaks with the offline voice and spoils takes on purpose.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use loqui_core::audio::{Clip, SPEECH_RATE, resample, wav};
use loqui_core::engine::{ModelInfo, OfflineEngine, Order, Remote, SpeechEngine, StartError, Started};
use loqui_core::error::{Error, Result, code};
use loqui_core::{Finding, SpeakOptions};

/// What goes wrong with a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoil {
    /// The model runs into its ceiling and is cut off.
    Ceiling,
    /// Half of it is missing.
    Half,
    /// Nothing is said.
    Silence,
    /// A syllable follows after the end.
    Tail,
    /// It is said twice.
    Ramble,
    /// A long silence in the middle.
    Gap,
    /// The peaks are cut off.
    Clipped,
    /// Somebody else speaks.
    OtherVoice,
}

impl Spoil {
    pub(crate) const ALL: [Self; 8] = [
        Self::Ceiling,
        Self::Half,
        Self::Silence,
        Self::Tail,
        Self::Ramble,
        Self::Gap,
        Self::Clipped,
        Self::OtherVoice,
    ];

    /// The code of the finding that must tell it.
    pub(crate) fn code(self) -> &'static [&'static str] {
        match self {
            Self::Ceiling => &["take.truncated"],
            Self::Half => &["take.too_fast"],
            Self::Silence => &["take.silent"],
            Self::Tail => &["take.tail"],
            Self::Ramble => &["take.too_slow"],
            Self::Gap => &["take.long_silence"],
            Self::Clipped => &["take.clipped"],
            Self::OtherVoice => &["take.unlike"],
        }
    }

    fn apply(self, take: Vec<f32>) -> Vec<f32> {
        let second = SPEECH_RATE as usize;
        let half = take.len() / 2;
        match self {
            Self::Ceiling => take.iter().copied().cycle().take(40 * second).collect(),
            Self::Half => take[..half].to_vec(),
            Self::Silence => vec![0.0; take.len()],
            Self::Tail => {
                let loud = |window: &&[f32]| window.iter().map(|x| x.abs()).sum::<f32>();
                let syllable = take
                    .chunks_exact(second / 4)
                    .max_by(|a, b| loud(a).total_cmp(&loud(b)))
                    .unwrap_or_default();
                [&take[..], &vec![0.0; second], syllable].concat()
            }
            Self::Ramble => [&take[..], &take[..]].concat(),
            Self::Gap => [&take[..half], &vec![0.0; 3 * second], &take[half..]].concat(),
            Self::Clipped => take.iter().map(|x| (x * 20.0).clamp(-0.5, 0.5)).collect(),
            // Read faster, the voice is that of a smaller person.
            Self::OtherVoice => resample(Clip::new(take, SPEECH_RATE * 4 / 3), SPEECH_RATE).into_samples(),
        }
    }
}

/// The offline voice, with a fault in the first take of some segments.
#[derive(Debug)]
pub(crate) struct Faulty {
    voice: OfflineEngine,
    /// What spoils the first takes of which text.
    plan: Mutex<HashMap<String, Vec<Spoil>>>,
}

impl Faulty {
    pub(crate) fn new(plan: HashMap<String, Vec<Spoil>>) -> Self {
        Self {
            voice: OfflineEngine::new(),
            plan: Mutex::new(plan),
        }
    }
}

fn nothing_remote() -> Error {
    Error::new(&code::INTERNAL, "nothing runs elsewhere")
}

#[async_trait]
impl SpeechEngine for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        let mut model = ModelInfo::new("faulty");
        model.max_output_seconds = Some(40.0);
        Ok(model)
    }

    fn check_options(&self, _options: &SpeakOptions) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let started = self.voice.start(order).await?;
        let spoil = {
            let mut plan = self.plan.lock().expect("nobody panics with it");
            plan.get_mut(&order.text).and_then(|spoils| {
                let next = !spoils.is_empty();
                next.then(|| spoils.remove(0))
            })
        };
        match (started, spoil) {
            (Started::Audio { wav: file, findings }, Some(spoil)) => {
                let take = wav::read(&file).map(Clip::into_samples).unwrap_or_default();
                let wav = wav::write(&Clip::new(spoil.apply(take), SPEECH_RATE), None);
                Ok(Started::Audio { wav, findings })
            }
            (started, _) => Ok(started),
        }
    }

    async fn check(&self, _remote: &str) -> Result<Remote> {
        Err(nothing_remote())
    }

    async fn fetch(&self, _output: &str) -> Result<Bytes> {
        Err(nothing_remote())
    }

    async fn cancel(&self, _remote: &str) -> Result<Remote> {
        Err(nothing_remote())
    }

    async fn find_lost(&self, _order: &Order) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
