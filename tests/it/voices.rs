//! Dialogues and edits at the provider: one paid run a turn, and one for each change.

use std::path::Path;

use loqui_core::audio::{Clip, Level, SPEECH_RATE};
use loqui_core::{Edit, Loqui, Sample, Speech, Voice};
use loqui_emulator::Emulator;

async fn sample(name: &str) -> Sample {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("voices");
    Sample::open(folder.join(name))
        .await
        .expect("the recording is in the project")
}

const PLAY: &str = "[anna]: Good morning to you, Bob. Did you sleep well last night?
[bob]: I slept very well, thank you for asking me.
[cid]: And I did not sleep at all, because of the two of you.
[anna]: We are so sorry to hear that.";

#[tokio::test(flavor = "multi_thread")]
async fn each_turn_and_each_changed_sentence_is_one_paid_run() {
    let emulator = Emulator::start().await.unwrap();
    let loqui = Loqui::builder().token(emulator.token()).base_url(emulator.base_url());
    let loqui = loqui.build().unwrap();
    let (heart, slt, rms) = (
        sample("heart.mp3").await,
        sample("slt.mp3").await,
        sample("rms.mp3").await,
    );
    let script = |text: &str| {
        let request = loqui.submit_script(text).voice("anna", &heart).voice("bob", &slt);
        request.voice("cid", Voice::new(&rms).gain_db(-1.0)).editable(true)
    };
    let first = script(PLAY).await.unwrap();
    first.wait().await.unwrap();
    let info = first.info().await.unwrap();
    let turns = info.segments.len();
    assert_eq!(turns, 5, "{:?}", info.segments);
    assert_eq!(emulator.ledger().paid_runs(), turns);

    let change = Edit::Change {
        sentence: 3,
        text: "I slept very badly, thank you for asking me.".to_owned(),
        voice: None,
    };
    let second = first.edit([change]).await.unwrap();
    let speech = second.wait().await.unwrap();
    assert_eq!(emulator.ledger().paid_runs(), turns + 1);
    assert_eq!(speech.segments().len(), turns);

    let edits = [
        Edit::Retake { sentence: 5 },
        Edit::Move { sentence: 4, after: 0 },
        Edit::Delete { sentence: 2 },
    ];
    let third = second.edit(edits).await.unwrap();
    third.wait().await.unwrap();
    assert_eq!(emulator.ledger().paid_runs(), turns + 2);
    let fourth = third.edit([Edit::Pick { sentence: 5, take: 1 }]).await.unwrap();
    fourth.wait().await.unwrap();
    assert_eq!(emulator.ledger().paid_runs(), turns + 2, "a choice costs nothing");
    assert!(emulator.ledger().leaks.is_empty());

    // The parent can go: nothing of the edited generation is kept with it.
    third.erase().await.unwrap();
    assert!(fourth.speech().await.is_ok());
}

/// The loudness of a voice, in LUFS.
fn loudness(speech: &Speech, voice: &str) -> f64 {
    let samples = speech.samples();
    let at = |seconds: Option<f64>| (seconds.expect("the speech is finished") * f64::from(SPEECH_RATE)) as usize;
    let own = speech
        .segments()
        .iter()
        .filter(|segment| segment.voice.as_deref() == Some(voice));
    let parts = own.flat_map(|segment| &samples[at(segment.start)..at(segment.end)]);
    Level::of(&Clip::new(parts.copied().collect(), SPEECH_RATE)).loudness_lufs
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_voices_are_equally_loud() {
    let loqui = Loqui::builder().engine_named("offline").build().unwrap();
    let (heart, slt, rms) = (
        sample("heart.mp3").await,
        sample("slt.mp3").await,
        sample("rms.mp3").await,
    );
    let request = loqui.speak_script(PLAY).voice("anna", &heart).voice("bob", &slt);
    let speech = request.voice("cid", &rms).await.unwrap();
    let levels = ["anna", "bob", "cid"].map(|voice| loudness(&speech, voice));
    let (low, high) = levels.iter().fold((f64::MAX, f64::MIN), |(low, high), level| {
        (low.min(*level), high.max(*level))
    });
    assert!(high - low < 1.0, "{levels:?} LUFS");
    let [one, two, ..] = speech.segments() else {
        panic!("{:?}", speech.segments());
    };
    let gap = two.start.unwrap() - one.end.unwrap();
    assert!((0.3..0.45).contains(&gap), "{gap} s between turns");
}
