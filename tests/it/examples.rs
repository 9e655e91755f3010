//! Runs the Rust examples.

use loqui_core::replicate::Client;
use loqui_emulator::{Emulator, Fault};

#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../../examples/rust/replicate_client.rs"]
mod replicate_client;

#[tokio::test]
async fn standalone_client_pays_once() {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().next(Fault::DropAfterAccept);
    let client = Client::builder(emulator.token())
        .base_url(emulator.base_url())
        .build()
        .unwrap();
    let voice = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/voices/heart.wav")).unwrap();
    let wav = replicate_client::speak(&client, voice, "Hello! This is my voice.")
        .await
        .unwrap();
    assert_eq!(&wav[..4], b"RIFF");
    let ledger = emulator.ledger();
    assert_eq!((ledger.paid_runs(), ledger.uploads, ledger.leaks.len()), (1, 1, 0));
}

#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../../examples/rust/transcript_check.rs"]
mod transcript_check;

/// A recogniser that misrecognises the first take and records its inputs.
#[cfg(unix)]
const STAND_IN: &str = r#"#!/bin/sh
folder=$(dirname "$0")
head -c 4 "$1" >> "$folder/heard"
if [ -e "$folder/again" ]; then echo "the ferry leaves at NOON"; else echo "a berry sleeps in June"; fi
touch "$folder/again"
"#;

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn custom_recogniser_rejects_takes() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("recognise.sh");
    std::fs::write(&program, STAND_IN).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let voice = concat!(env!("CARGO_MANIFEST_DIR"), "/voices/heart.wav");
    let sample = loqui_core::Sample::open(voice).await.unwrap();
    let recogniser = transcript_check::Program::new(&program);
    let speech = transcript_check::speak(&sample, "The ferry leaves at noon.", recogniser)
        .await
        .unwrap();
    assert_eq!(
        speech.info().takes,
        2,
        "the first was misheard: {:?}",
        speech.warnings()
    );
    assert_eq!(
        std::fs::read_to_string(folder.path().join("heard")).unwrap(),
        "RIFFRIFF"
    );

    // A failing recogniser does not stop the generation.
    let missing = transcript_check::Program::new(folder.path().join("missing"));
    let speech = transcript_check::speak(&sample, "No recogniser checks this.", missing)
        .await
        .unwrap();
    assert_eq!(speech.info().takes, 1);
}
