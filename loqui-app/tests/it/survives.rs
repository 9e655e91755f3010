//! Crash recovery: a killed command continues without paying twice.

use std::time::Duration;

use loqui_emulator::{Emulator, Fault, Ledger};

use crate::program::{Program, shared};
use crate::server::Start;

/// Waits until the emulator's ledger meets a condition.
async fn until(emulator: &Emulator, seen: impl Fn(&Ledger) -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    while !seen(&emulator.ledger()) {
        ticks.tick().await;
    }
}

/// Kills `loqui speak` when the ledger meets a condition, continues the generation, and checks what was paid.
async fn killed_at(fault: Fault, moment: impl Fn(&Ledger) -> bool) {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().next(fault);
    let program = Program::at(&emulator);
    let mut speaking = program.start(&[
        "speak",
        "--sample",
        &shared("voices/heart.mp3"),
        "Do not pay twice.",
        "-o",
        "a.wav",
    ]);
    until(&emulator, moment).await;
    speaking.kill().await.unwrap();
    assert_eq!(program.files(), Vec::<String>::new(), "no half-written file");

    let said = program
        .run(&["generations", "wait", "1", "-o", "b.wav", "--json"])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.json()["status"], "COMPLETED");
    assert_eq!(said.json()["takes"], 1);
    let sound = hound::WavReader::open(program.path("b.wav")).unwrap();
    assert_eq!(
        (
            sound.spec().sample_rate,
            sound.spec().channels,
            sound.spec().bits_per_sample
        ),
        (24_000, 1, 16)
    );
    assert!(sound.duration() > 12_000);
    assert_eq!((emulator.ledger().creates.len(), emulator.ledger().paid_runs()), (1, 1));
    assert!(emulator.ledger().leaks.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_prediction_runs() {
    killed_at(Fault::SlowRun(6_000), |ledger| ledger.polls > 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_create_response_arrives() {
    killed_at(Fault::DelayAfterAccept(20_000), |ledger| !ledger.creates.is_empty()).await;
}

/// Two servers use one data directory. One is killed; the other continues its generations.
#[tokio::test(flavor = "multi_thread")]
async fn server_takes_over_the_generations_of_a_killed_server() {
    let emulator = Emulator::start().await.unwrap();
    let mut killed = Start::at(&emulator).start().await;
    let data = killed.folder.path().join("data");
    let survivor = Start::at(&emulator)
        .with_env("LOQUI_DATA_DIR", data.to_str().unwrap())
        .start()
        .await;
    let mut ids = Vec::new();
    {
        let user = killed.demo().await;
        let voice = user.voice().await;
        for number in 0..5 {
            emulator.faults().next(Fault::SlowRun(8_000));
            let created = user.create(voice, &format!("This is number {number}.")).await;
            ids.push(created.accepted(201)["audio_id"].as_i64().unwrap());
        }
    }
    until(&emulator, |ledger| ledger.creates.len() == 5).await;
    killed.child.kill().await.unwrap();
    let user = survivor.demo().await;
    for id in ids {
        let ended = tokio::time::timeout(Duration::from_mins(3), user.ended(id))
            .await
            .unwrap();
        assert_eq!(ended["status"], "COMPLETED", "{ended}");
    }
    assert_eq!(emulator.ledger().paid_runs(), 5, "nothing is paid twice");
}
