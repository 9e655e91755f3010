//! The examples do what they show.

#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../rust/own_engine.rs"]
mod own_engine;
#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../rust/speak.rs"]
mod speak;

/// The voice that the page of the examples names.
const VOICE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.mp3");

#[tokio::test(flavor = "multi_thread")]
async fn one_sample_and_one_text_become_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("speech.wav");
    speak::speak(VOICE, "Hello!", &file).await.unwrap();
    assert_eq!(&std::fs::read(file).unwrap()[..4], b"RIFF");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_of_ones_own_speaks() {
    let speech = own_engine::hum("A tune. And another.").await.unwrap();
    assert_eq!((speech.engine(), speech.info().takes), ("hum", 1));
}
