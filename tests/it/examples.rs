//! The examples do what they show.

use loqui_core::replicate::Client;
use loqui_emulator::{Emulator, Fault};

#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../../examples/rust/replicate_client.rs"]
mod replicate_client;

#[tokio::test]
async fn the_client_alone_speaks_and_pays_once() {
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
