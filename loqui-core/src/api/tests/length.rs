//! Tests of long texts: they are complete, rejected takes are repeated, one changed sentence costs one segment.

#![cfg(feature = "replicate")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::TryStreamExt as _;
use loqui_emulator::Emulator;

use crate::api::{Loqui, SpeechChunk};
use crate::audio::{Clip, SPEECH_RATE, testing, wav};
use crate::engine::{LocalEngine, ModelInfo, Order, SpokenAudio};
use crate::error::Result;
use crate::sample::Sample;

const WORDS: &[&str] = &[
    "river", "morning", "letter", "garden", "window", "winter", "silver", "market", "harbour", "teacher", "stone",
    "music", "forest", "bridge", "yellow", "paper", "summer", "travel", "quiet", "island", "kitchen", "mountain",
    "village", "friend", "story", "evening", "shadow", "bottle", "corner", "doctor", "engine", "flower", "ladder",
    "mirror", "number", "orange", "pocket", "rabbit", "ticket", "violin",
];
const LINKS: &[&str] = &[
    "and the",
    "near a",
    "with the",
    "under a",
    "beyond the",
    "without a",
    "after the",
];

/// A text of paragraphs with about this many characters, never more.
fn long_text(characters: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        let sentence = sentence(number);
        let gap = match number {
            0 => "",
            _ if number % 7 == 0 => "\n\n",
            _ => " ",
        };
        if text.len() + gap.len() + sentence.len() > characters {
            break;
        }
        text += gap;
        text += &sentence;
    }
    text
}

/// The sentence with this number.
fn sentence(number: usize) -> String {
    let pick = |list: &[&'static str], salt: usize| {
        let mixed = (number * 7 + salt + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        list[mixed % list.len()]
    };
    let mut words = vec!["The".to_owned(), pick(WORDS, 0).to_owned()];
    for part in 1..3 + number % 4 {
        words.push(pick(LINKS, part * 2).to_owned());
        words.push(pick(WORDS, part * 2 + 1).to_owned());
    }
    let last = pick(WORDS, 90);
    format!("{} met the {last}.", words.join(" "))
}

/// A fault of a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoil {
    /// The model reaches its maximum length and cuts the take off.
    Ceiling,
    /// The take is silent.
    Silence,
    /// The take has a long silence in the middle.
    Gap,
}

impl Spoil {
    fn apply(self, take: &[f32]) -> Vec<f32> {
        let second = SPEECH_RATE as usize;
        let half = take.len() / 2;
        match self {
            Self::Ceiling => take.iter().copied().cycle().take(40 * second).collect(),
            Self::Silence => vec![0.0; take.len()],
            Self::Gap => [&take[..half], &vec![0.0; 3 * second], &take[half..]].concat(),
        }
    }
}

/// Speaks with parts of a recording, as long as the text needs, and spoils takes intentionally.
#[derive(Debug)]
struct Faulty {
    voice: Vec<f32>,
    /// The faults of the first takes, by text.
    plan: Mutex<HashMap<String, Vec<Spoil>>>,
}

impl Faulty {
    fn new(plan: HashMap<String, Vec<Spoil>>) -> Self {
        Self {
            voice: wav::read(&testing::voice("heart.wav")).unwrap().into_samples(),
            plan: Mutex::new(plan),
        }
    }
}

#[async_trait]
impl LocalEngine for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        let mut model = ModelInfo::new("faulty");
        model.max_output_seconds = Some(40.0);
        Ok(model)
    }

    async fn speak(&self, order: &Order) -> Result<SpokenAudio> {
        let length = order.text.chars().count() * SPEECH_RATE as usize / 14;
        let start = 7 * SPEECH_RATE as usize / 10;
        let take = self.voice[start..start + length].to_vec();
        let spoil = {
            let mut plan = self.plan.lock().unwrap();
            let spoils = plan.get_mut(&order.text);
            spoils.and_then(|spoils| (!spoils.is_empty()).then(|| spoils.remove(0)))
        };
        let take = match spoil {
            Some(spoil) => spoil.apply(&take),
            None => take,
        };
        Ok(SpokenAudio::new(wav::write(&Clip::new(take, SPEECH_RATE), None)))
    }
}

async fn heart() -> Sample {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/voices/heart.wav");
    Sample::open(path).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn long_text_is_streamed_before_its_end_and_one_changed_sentence_costs_one_segment() {
    let emulator = Emulator::start().await.unwrap();
    let loqui = Loqui::builder().token(emulator.token()).base_url(emulator.base_url());
    let loqui = loqui.build().unwrap();
    let sample = heart().await;
    let text = long_text(2_500);
    let estimate = loqui.estimate(&text, None).unwrap();

    let generation = loqui.submit(&sample, &text).await.unwrap();
    let chunks: Vec<SpeechChunk> = generation.audio().try_collect().await.unwrap();
    let speech = generation.wait().await.unwrap();
    let creates = emulator.ledger().creates;
    assert_eq!(creates.len(), estimate.segments);
    assert_eq!(speech.segments().len(), estimate.segments);
    assert_eq!(chunks.len(), estimate.segments);
    assert_eq!(
        chunks.iter().map(|chunk| chunk.samples.len()).sum::<usize>(),
        speech.samples().len(),
        "the stream is as long as the file"
    );
    let said: Vec<&str> = speech
        .segments()
        .iter()
        .flat_map(|s| s.text.split_whitespace())
        .collect();
    assert_eq!(said, text.split_whitespace().collect::<Vec<_>>());
    for pair in speech.segments().windows(2) {
        let pause = pair[1].start.unwrap() - pair[0].end.unwrap();
        assert!((0.0..0.5).contains(&pause), "{pause}");
    }
    let last = speech.segments().last().unwrap();
    assert!((last.end.unwrap() - speech.duration().as_secs_f64()).abs() < 0.001);

    let changed = sentence(10);
    let edited = text.replace(
        &changed,
        "Somebody rewrote this one, and made it quite a bit longer than it was.",
    );
    assert_ne!(edited, text);
    let again = loqui.submit(&sample, &edited).budget(0.02).await.unwrap();
    let second = again.wait().await.unwrap();
    let new = &emulator.ledger().creates[creates.len()..];
    assert_eq!(new.len(), 1, "{new:?}");
    assert!(new[0].text.contains("Somebody rewrote this one"));
    assert_eq!(second.info().takes, 1);
    assert!(
        second.cost_usd() < 0.02 && second.cost_usd() > 0.0,
        "{}",
        second.cost_usd()
    );
    let said: Vec<&str> = second
        .segments()
        .iter()
        .flat_map(|s| s.text.split_whitespace())
        .collect();
    assert_eq!(said, edited.split_whitespace().collect::<Vec<_>>());

    let anew = loqui.submit(&sample, &edited).await.unwrap().wait().await.unwrap();
    assert_eq!(
        anew.info().takes,
        anew.segments().len(),
        "an identical script is spoken again"
    );
    let free = loqui
        .submit(&sample, &edited)
        .reuse(true)
        .await
        .unwrap()
        .wait()
        .await
        .unwrap();
    assert_eq!((free.info().takes, free.cost_usd()), (0, 0.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn best_take_is_kept_with_a_warning_if_all_are_rejected() {
    let text = "The old river turned slowly under the stone bridge at noon.";
    let plan = HashMap::from([(text.to_owned(), vec![Spoil::Silence, Spoil::Gap, Spoil::Ceiling])]);
    let loqui = Loqui::builder().engine(Arc::new(Faulty::new(plan))).build().unwrap();
    let speech = loqui.speak(&heart().await, text).await.unwrap();
    assert_eq!(speech.info().takes, 3);
    let warning = speech
        .warnings()
        .iter()
        .find(|found| found.code == "take.kept_anyway")
        .unwrap();
    assert!(warning.message.contains("a silence of"), "{}", warning.message);

    let plan = HashMap::from([(text.to_owned(), vec![Spoil::Silence; 3])]);
    let loqui = Loqui::builder().engine(Arc::new(Faulty::new(plan))).build().unwrap();
    let error = loqui.speak(&heart().await, text).await.unwrap_err();
    assert_eq!(error.code(), "generation.takes_exhausted", "silence is never kept");
}
