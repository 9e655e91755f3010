//! Runs the examples.

#[expect(dead_code, reason = "`main` is not called by the test")]
#[path = "../rust/own_engine.rs"]
mod own_engine;
#[expect(dead_code, reason = "`main` is not called by the test")]
#[path = "../rust/speak.rs"]
mod speak;

/// The voice used in the README of the examples.
const VOICE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.mp3");

#[tokio::test(flavor = "multi_thread")]
async fn speak_example_writes_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("speech.wav");
    speak::speak(VOICE, "Hello!", &file).await.unwrap();
    assert_eq!(&std::fs::read(file).unwrap()[..4], b"RIFF");
}

#[tokio::test(flavor = "multi_thread")]
async fn custom_engine_speaks() {
    let speech = own_engine::hum("A tune. And another.").await.unwrap();
    assert_eq!((speech.engine(), speech.info().takes), ("hum", 1));
}
