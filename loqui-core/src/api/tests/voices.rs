//! Scripts with several voices, and edits.

use super::*;
use crate::api::{Edit, Voice};
use crate::audio::Level;
use crate::engine::LocalEngine;
use crate::finding::FindingCode;
use crate::ledger::GenerationInfo;
use crate::speech::verify::Checks;

/// Speaks a tone whose pitch and level depend on the reference, and records what it was asked for.
#[derive(Debug, Default)]
struct Chorus {
    orders: std::sync::Mutex<Vec<(String, String, String, VoiceSettings)>>,
}

#[async_trait]
impl LocalEngine for Chorus {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "chorus"
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        let mut model = ModelInfo::new(name.unwrap_or("first"));
        let price = if name == Some("second") { 2.0 } else { 1.0 };
        model.price = Some(Price::new(price, "2026-11-24"));
        Ok(model)
    }

    async fn speak(&self, order: &Order) -> Result<SpokenAudio> {
        let reference = order.reference.sha256().to_owned();
        let digit = u32::from(reference.as_bytes().first().copied().unwrap_or_default() % 7);
        self.orders.lock().unwrap().push((
            order.text.clone(),
            order.model.clone(),
            reference,
            order.settings.clone(),
        ));
        let (pitch, gain) = (0.02 + 0.02 * digit as f32, 0.05 + 0.03 * digit as f32);
        let seconds = order.text.len() as u32 * SPEECH_RATE / 14;
        let wave = |n: u32| gain * (n as f32 * pitch).sin() * (0.4 + (n as f32 * 0.001).sin().abs());
        let clip = Clip::new((0..seconds).map(wave).collect(), SPEECH_RATE);
        Ok(SpokenAudio::new(audio::wav::write(&clip, None)))
    }
}

impl Chorus {
    fn take(&self) -> Vec<(String, String, String, VoiceSettings)> {
        std::mem::take(&mut self.orders.lock().unwrap())
    }
}

fn world() -> (Loqui, Arc<Chorus>) {
    let engine = Arc::new(Chorus::default());
    let builder = Loqui::builder().engine(Arc::<Chorus>::clone(&engine));
    let loqui = builder
        .checks(Checks::default().with_similarity(false))
        .build()
        .unwrap();
    (loqui, engine)
}

fn sample(name: &str) -> Sample {
    Sample::from_bytes(testing::voice(name)).unwrap()
}

const PLAY: &str = "[anna]: Good morning to you, Bob. How are you?
[bob]: I am very well, thank you for asking.

A door opens slowly behind them.

[Anna]: Who could that be at this hour?";

async fn play(loqui: &Loqui) -> Generation {
    let (heart, slt, rms) = (sample("heart.mp3"), sample("slt.mp3"), sample("rms.mp3"));
    let loud = VoiceSettings {
        exaggeration: Some(1.5),
        ..VoiceSettings::default()
    };
    let request = loqui
        .submit(&heart, PLAY)
        .voice("anna", &slt)
        .voice("Bob", Voice::new(&rms).settings(loud));
    let generation = request.await.unwrap();
    generation.wait().await.unwrap();
    generation
}

fn voices(info: &GenerationInfo) -> Vec<Option<&str>> {
    info.segments.iter().map(|segment| segment.voice.as_deref()).collect()
}

#[tokio::test]
async fn each_take_has_the_reference_and_the_settings_of_its_voice() {
    let (loqui, engine) = world();
    let generation = play(&loqui).await;
    let info = generation.info().await.unwrap();
    assert_eq!(voices(&info), [Some("anna"), Some("Bob"), None, Some("anna")]);
    assert_eq!(info.voices.len(), 2);
    let mut orders = engine.take();
    orders.sort_by_key(|(text, ..)| PLAY.find(text.as_str()));
    assert_eq!(orders.len(), 4, "one take a turn");
    let reference = |name: &str| sample(name).reference().sha256().to_owned();
    let asked: Vec<_> = orders
        .iter()
        .map(|(_, _, reference, settings)| (reference.clone(), settings.exaggeration))
        .collect();
    assert_eq!(
        asked,
        [
            (reference("slt.mp3"), None),
            (reference("rms.mp3"), Some(1.5)),
            (reference("heart.mp3"), None),
            (reference("slt.mp3"), None),
        ]
    );
}

#[tokio::test]
async fn all_missing_voices_are_one_error_and_nothing_is_stored() {
    let (loqui, engine) = world();
    let slt = sample("slt.mp3");
    let error = loqui.submit_script(PLAY).voice("bob", &slt).await.unwrap_err();
    assert_eq!(error.code(), "script.voice_missing");
    assert!(
        error.message().contains("\"anna\"") && error.message().contains("A door opens"),
        "{error}"
    );
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("--voice anna=FILE") && hint.contains("--sample FILE"),
        "{hint}"
    );
    let plain = loqui.submit(&slt, PLAY).await.unwrap_err();
    assert!(
        plain.message().contains("anna") && plain.message().contains("bob"),
        "{plain}"
    );
    let none = loqui.submit_script(PLAY).await.unwrap_err();
    assert!(
        none.message().contains("\"anna\", \"bob\" and text without a label"),
        "{none}"
    );
    assert_eq!(loqui.samples(&SampleFilter::default()).await.unwrap(), []);
    assert!(engine.take().is_empty());

    let bad = loqui.submit(&slt, "Hello there.").voice("a]b", &slt).await.unwrap_err();
    assert_eq!(bad.code(), "option.out_of_range");
    let loud = Voice::new(&slt).gain_db(90.0);
    let bad = loqui
        .submit(&slt, "Hello there.")
        .voice("anna", loud)
        .await
        .unwrap_err();
    assert_eq!(bad.code(), "option.out_of_range");
    assert!(bad.message().contains("anna"), "{bad}");
}

#[tokio::test]
async fn voice_without_a_line_is_a_warning() {
    let (loqui, _) = world();
    let slt = sample("slt.mp3");
    let speech = loqui
        .speak(&slt, "Hello there, world.")
        .voice("bob", &slt)
        .await
        .unwrap();
    let unused = |finding: &Finding| finding.code == FindingCode::ScriptVoiceUnused;
    assert!(speech.warnings().iter().any(unused), "{:?}", speech.warnings());
}

#[tokio::test]
async fn script_without_labels_is_stored_as_before() {
    let (loqui, _) = world();
    let generation = loqui.submit(&sample("slt.mp3"), "Hello there, world.").await.unwrap();
    let record = serde_json::to_value(generation.record().await.unwrap()).unwrap();
    for new in ["voices", "lineage"] {
        assert!(record.get(new).is_none(), "{new}");
    }
    let segment = record["segments"][0].as_object().unwrap();
    let names: Vec<_> = segment.keys().map(String::as_str).collect();
    assert_eq!(names, ["boundary", "index", "span", "spoken", "text"]);
    let info = serde_json::to_value(generation.info().await.unwrap()).unwrap();
    for new in ["voices", "parent"] {
        assert!(info.get(new).is_none(), "{new}");
    }
    assert!(info["segments"][0].get("voice").is_none() && info["segments"][0].get("id").is_none());
}

/// The loudness of each voice of a speech, in LUFS.
fn loudness(speech: &crate::Speech, voice: Option<&str>) -> f64 {
    let samples = speech.samples();
    let at = |seconds: f64| (seconds * f64::from(SPEECH_RATE)) as usize;
    let own = speech
        .segments()
        .iter()
        .filter(|segment| segment.voice.as_deref() == voice);
    let parts = own.flat_map(|segment| &samples[at(segment.start.unwrap())..at(segment.end.unwrap())]);
    Level::of(&Clip::new(parts.copied().collect(), SPEECH_RATE)).loudness_lufs
}

#[tokio::test]
async fn voices_are_equally_loud_except_for_their_gain() {
    let (loqui, engine) = world();
    let (slt, rms) = (sample("slt.mp3"), sample("rms.mp3"));
    let text = "[a]: The first voice says something here.\n[b]: The second voice says something as well.";
    let request = |gain| {
        let second = Voice::new(&rms).gain_db(gain);
        loqui.speak_script(text).voice("a", &slt).voice("b", second).reuse(true)
    };
    let equal = request(0.0).await.unwrap();
    let (a, b) = (loudness(&equal, Some("a")), loudness(&equal, Some("b")));
    assert!((a - b).abs() < 1.0, "{a} and {b} LUFS");
    assert_eq!(engine.take().len(), 2);
    let quiet = request(-6.0).await.unwrap();
    let (a, b) = (loudness(&quiet, Some("a")), loudness(&quiet, Some("b")));
    assert!((a - b - 6.0).abs() < 1.0, "{a} and {b} LUFS");
    assert_eq!(engine.take().len(), 0, "another gain costs nothing");
}

#[tokio::test]
async fn edited_script_speaks_only_the_changed_turn() {
    let (loqui, engine) = world();
    let (slt, rms) = (sample("slt.mp3"), sample("rms.mp3"));
    let speak = |text: String, label: &'static str| {
        loqui
            .speak_script(text)
            .voice(label, &slt)
            .voice("bob", &rms)
            .into_future()
    };
    let text = "[anna]: Good morning to you, Bob.\n[bob]: I am very well, thank you.\n[anna]: That is good.";
    speak(text.to_owned(), "anna").await.unwrap();
    assert_eq!(engine.take().len(), 3);
    speak(text.replace("very well", "not well"), "anna").await.unwrap();
    assert_eq!(engine.take().len(), 1);
    // Another label for the same voice.
    let renamed = text.replace("anna", "ann").replace("That is good.", "That is bad.");
    speak(renamed, "ann").await.unwrap();
    assert_eq!(engine.take().len(), 1);
    // The same words in another voice.
    speak(text.replace("[bob]", "[anna]"), "anna").await.unwrap();
    assert_eq!(engine.take().len(), 1);
}

#[tokio::test]
async fn budget_and_cost_follow_the_model_of_each_voice() {
    let (loqui, _) = world();
    let (slt, rms) = (sample("slt.mp3"), sample("rms.mp3"));
    let text = "[a]: Ten characters and some more here.\n[b]: Ten characters and some more here.";
    let second = VoiceSettings {
        model: Some("second".to_owned()),
        ..VoiceSettings::default()
    };
    let request = || {
        let b = Voice::new(&rms).settings(second.clone());
        loqui.speak_script(text).voice("a", &slt).voice("b", b).reuse(false)
    };
    let speech = request().await.unwrap();
    let characters = "Ten characters and some more here.".len() as f64;
    assert!(
        (speech.cost_usd() - 3.0 * characters / 1000.0).abs() < 1e-9,
        "{}",
        speech.cost_usd()
    );
    let error = request().budget(2.5 * characters / 1000.0).await.unwrap_err();
    assert_eq!(error.code(), "generation.budget");
    request().budget(3.0 * characters / 1000.0).await.unwrap();
}

#[tokio::test]
async fn sample_of_any_voice_is_in_use_and_takes_its_speech_with_it() {
    let (loqui, _) = world();
    let generation = play(&loqui).await;
    let used = generation.record().await.unwrap().samples();
    assert_eq!(used.len(), 3);
    let erased = loqui.erase_sample_and_speech(used[2]).await.unwrap();
    assert_eq!(erased.generations, [generation.id()]);
    let left = loqui
        .generations(&Filter::default().with_sample(used[0]))
        .await
        .unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn consent_is_required_for_each_voice() {
    let (slt, rms) = (sample("slt.mp3"), sample("rms.mp3"));
    let engine = Arc::new(Chorus::default());
    let loqui = Loqui::builder().engine(engine).require_consent(true).build().unwrap();
    let text = "[a]: Something is said here.\n[b]: And something else there.";
    let request = |consent: bool| {
        let first = Voice::new(&slt).consent("I am the speaker");
        let second = if consent {
            Voice::new(&rms).consent("So am I")
        } else {
            Voice::new(&rms)
        };
        loqui
            .submit_script(text)
            .voice("a", first)
            .voice("b", second)
            .into_future()
    };
    assert_eq!(request(false).await.unwrap_err().code(), "sample.no_consent");
    request(true).await.unwrap();
}

const STORY: &str = "The first sentence stands here. The second sentence follows it. The third sentence ends it all.";

#[tokio::test]
async fn edits_make_new_generations_and_speak_only_what_changed() {
    let (loqui, engine) = world();
    let first = loqui.submit(&sample("slt.mp3"), STORY).editable(true).await.unwrap();
    first.wait().await.unwrap();
    assert_eq!(engine.take().len(), 3);
    let before = first.record().await.unwrap();

    let text = "Another second sentence replaces it.".to_owned();
    let change = Edit::Change {
        sentence: 2,
        text,
        voice: None,
    };
    let second = first.edit([change]).await.unwrap();
    let speech = second.wait().await.unwrap();
    let orders = engine.take();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(orders[0].0, "Another second sentence replaces it.");
    assert_eq!(speech.info().parent, Some(first.id()));
    assert_eq!(speech.segments().len(), 3);
    assert_eq!(first.record().await.unwrap(), before, "the parent never changes");
    assert!((speech.cost_usd() - 0.036).abs() < 1e-9, "{}", speech.cost_usd());

    let third = second.edit([Edit::Retake { sentence: 1 }]).await.unwrap();
    let info = third.finish().await.unwrap();
    assert_eq!(engine.take().len(), 1);
    let choices: Vec<_> = info.segments[0]
        .choices
        .iter()
        .map(|choice| (choice.take, choice.kept))
        .collect();
    assert_eq!(choices, [(1, false), (2, true)]);
    assert_ne!(info.segments[0].seed, first.info().await.unwrap().segments[0].seed);

    let fourth = third
        .edit([
            Edit::Pick { sentence: 1, take: 1 },
            Edit::Move { sentence: 3, after: 0 },
            Edit::Delete { sentence: 2 },
        ])
        .await
        .unwrap();
    let info = fourth.finish().await.unwrap();
    assert_eq!(engine.take().len(), 0, "nothing is spoken");
    assert!(info.cost_usd.abs() < 1e-9);
    let texts: Vec<_> = info
        .segments
        .iter()
        .map(|segment| (segment.number(), segment.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (3, "The third sentence ends it all."),
            (1, "The first sentence stands here.")
        ]
    );
    assert_eq!(info.segments[1].seed, first.info().await.unwrap().segments[0].seed);
}

#[tokio::test]
async fn edit_within_the_budget_is_repeatable_by_its_key() {
    let (loqui, engine) = world();
    let first = loqui.submit(&sample("slt.mp3"), STORY).editable(true).await.unwrap();
    let retake = || first.edit([Edit::Retake { sentence: 1 }]);
    assert_eq!(retake().await.unwrap_err().code(), "generation.not_finished");
    first.wait().await.unwrap();
    engine.take();
    let error = retake().budget(0.000_1).await.unwrap_err();
    assert_eq!(error.code(), "generation.budget");
    let one = retake().idempotency_key("k").await.unwrap();
    let again = retake().idempotency_key("k").await.unwrap();
    assert_eq!(one.id(), again.id());
    one.wait().await.unwrap();
    assert_eq!(engine.take().len(), 1);
    let other = first.edit([Edit::Delete { sentence: 1 }]).idempotency_key("k").await;
    assert_eq!(other.unwrap_err().code(), "generation.key_reused");
}

#[tokio::test]
async fn edited_play_keeps_its_voices() {
    let (loqui, engine) = world();
    let generation = play(&loqui).await;
    engine.take();
    let insert = Edit::Insert {
        after: 4,
        text: "[bob]: I have no idea at all.".to_owned(),
        voice: None,
    };
    // The first turn has two sentences.
    let error = generation.edit([insert.clone()]).await.unwrap_err();
    assert_eq!(error.code(), "generation.not_editable");
    let edited = generation.edit([Edit::Retake { sentence: 2 }]).await.unwrap();
    edited.wait().await.unwrap();
    let orders = engine.take();
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].3.exaggeration, Some(1.5));
}

#[tokio::test]
async fn each_of_many_turns_of_ten_voices_is_one_take() {
    let (loqui, engine) = world();
    let slt = sample("slt.mp3");
    let label = |voice: usize| format!("voice {}", char::from(b'a' + voice as u8));
    let turns: Vec<String> = (0..200)
        .map(|turn| format!("[{}]: Turn {turn} is spoken.", label(turn % 10)))
        .collect();
    let request = (0..10).fold(loqui.submit_script(turns.join("\n")), |request, voice| {
        let own = VoiceSettings {
            exaggeration: Some(0.5 + voice as f64 / 100.0),
            ..VoiceSettings::default()
        };
        request.voice(label(voice), Voice::new(&slt).settings(own))
    });
    let info = request.await.unwrap().finish().await.unwrap();
    assert_eq!((info.segments.len(), info.takes), (200, 200));
    assert_eq!(engine.take().len(), 200);
}
