//! Backups: written while a server runs, read back elsewhere, and what happens in the middle.

use std::path::Path;

use loqui_emulator::Emulator;
use serde_json::Value;

use crate::program::{Program, Said, shared};
use crate::server::{Server, Start, TEXT};

/// A program whose records have one sample and one completed generation.
async fn spoken() -> Program {
    let program = Program::offline();
    let voice = shared("voices/heart.mp3");
    let said = program
        .run(&[
            "speak",
            "-s",
            &voice,
            "Hello there.",
            "--engine",
            "offline",
            "-o",
            "a.wav",
        ])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    program
}

async fn ok(program: &Program, arguments: &[&str]) -> Said {
    let said = program.run(arguments).await;
    assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
    said
}

async fn code(program: &Program, arguments: &[&str]) -> String {
    let said = program.run(&[arguments, &["--json"]].concat()).await;
    assert_eq!(said.code, 1, "{arguments:?}: {said:?}");
    said.json()["error"]["code"].as_str().unwrap().to_owned()
}

fn file(program: &Program, name: &str) -> String {
    program.path(name).to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_restores_records_and_audio() {
    let original = spoken().await;
    let said = ok(&original, &["backup", "all.tar", "--json"]).await;
    assert!(said.json()["audio_files"].as_u64().unwrap() >= 4, "{said:?}");
    let copy = Program::offline();
    ok(&copy, &["restore", &file(&original, "all.tar")]).await;
    ok(&copy, &["generations", "wait", "1", "-o", "b.wav"]).await;
    let read = |program: &Program, name| std::fs::read(program.path(name)).unwrap();
    assert_eq!(read(&original, "a.wav"), read(&copy, "b.wav"));
    for command in [&["samples", "list", "--json"][..], &["generations", "list", "--json"]] {
        assert_eq!(ok(&original, command).await.stdout, ok(&copy, command).await.stdout);
    }
    let doctor = ok(&copy, &["doctor"]).await;
    assert!(doctor.stdout.contains("✓ integrity"), "{doctor:?}");
    // Ids continue.
    let voice = shared("voices/slt.mp3");
    let added = ok(&copy, &["samples", "add", &voice, "--json"]).await;
    assert_eq!(added.json()["sample"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_audio_are_reported_by_the_doctor() {
    let original = spoken().await;
    let said = original.feed(&["backup", "-", "--records-only", "--json"], b"").await;
    let written = original.path("records.tar");
    assert!(
        said.stdout.starts_with(b"loqui-backup.json"),
        "the results are on stderr"
    );
    std::fs::write(&written, said.stdout).unwrap();
    let copy = Program::offline();
    ok(&copy, &["restore", written.to_str().unwrap()]).await;
    let said = copy.run(&["doctor"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.stdout
            .contains("the audio of 2 is missing: sample 1, generation 1"),
        "{said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_of_a_running_server_is_a_server() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.create(sample, TEXT).await.accepted(201);
    assert_eq!(user.ended(1).await["status"], "COMPLETED");
    // Generations run meanwhile.
    for _ in 0..3 {
        user.create(sample, TEXT).await.accepted(201);
    }
    let at = beside(&server);
    let backup = server.folder.path().join("server.tar");
    ok(&at, &["backup", backup.to_str().unwrap()]).await;

    let folder = tempfile::tempdir().unwrap();
    let there = Program::offline().with_env(vec![("LOQUI_DATA_DIR", data(folder.path()))]);
    ok(&there, &["restore", backup.to_str().unwrap()]).await;
    let restored = Start::offline().start_in(folder).await;
    let user = restored.demo().await;
    assert_eq!(user.get("/api/library/download/generated/1").await.status, 200);
    // What had not ended goes on: the offline voice costs nothing.
    for id in 2..=4 {
        assert_eq!(user.ended(id).await["status"], "COMPLETED");
    }
    assert_eq!(
        code(&at, &["restore", backup.to_str().unwrap()]).await,
        "store.not_empty"
    );
    assert_eq!(
        code(&at, &["restore", backup.to_str().unwrap(), "--force"]).await,
        "store.in_use"
    );
    assert_eq!(server.get("/readyz").await.status, 200);
}

fn data(folder: &Path) -> String {
    folder.join("data").to_str().unwrap().to_owned()
}

/// The program with the data of a server.
fn beside(server: &Server) -> Program {
    Program::offline().with_env(vec![("LOQUI_DATA_DIR", data(server.folder.path()))])
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_replaced_only_with_force() {
    let first = spoken().await;
    ok(&first, &["backup", "first.tar"]).await;
    let second = spoken().await;
    let voice = shared("voices/slt.mp3");
    ok(&second, &["samples", "add", &voice]).await;
    let backup = file(&first, "first.tar");
    assert_eq!(code(&second, &["restore", &backup]).await, "store.not_empty");
    let samples = |said: Said| said.json().as_array().unwrap().len();
    assert_eq!(samples(ok(&second, &["samples", "list", "--json"]).await), 2);
    ok(&second, &["restore", &backup, "--force"]).await;
    assert_eq!(samples(ok(&second, &["samples", "list", "--json"]).await), 1);
    // The audio of the second sample is gone: no record could erase it.
    let folders = std::fs::read_dir(second.path("data/audio/samples")).unwrap();
    let kept = folders.filter(|folder| folder.as_ref().unwrap().path().join("original").exists());
    assert_eq!(kept.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_records_are_replaced_by_a_backup() {
    let original = spoken().await;
    ok(&original, &["backup", "all.tar"]).await;
    let path = original.path("data/loqui.db");
    std::fs::write(&path, vec![7; 20_000]).unwrap();
    assert_eq!(original.run(&["generations", "list"]).await.code, 1);
    ok(&original, &["restore", "all.tar", "--force"]).await;
    ok(&original, &["generations", "show", "1"]).await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&original.path("all.tar"))), (0o600, 0o600));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_backups_change_nothing() {
    let original = spoken().await;
    ok(&original, &["backup", "all.tar"]).await;
    let whole = std::fs::read(original.path("all.tar")).unwrap();
    let target = Program::offline();
    let refused = |bytes: Vec<u8>| {
        let (path, target) = (original.path("damaged.tar"), &target);
        std::fs::write(&path, bytes).unwrap();
        async move { code(target, &["restore", path.to_str().unwrap()]).await }
    };
    for end in [0, 100, 512, 700, whole.len() / 3, whole.len() / 2, whole.len() - 3_000] {
        assert_eq!(
            refused(whole[..end].to_vec()).await,
            "backup.damaged",
            "the first {end} bytes"
        );
    }
    for place in [600, 3_000, whole.len() / 2, whole.len() - 4_000] {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x55;
        assert_eq!(refused(damaged).await, "backup.damaged", "byte {place}");
    }
    assert_eq!(refused(b"RIFF not an archive".to_vec()).await, "backup.damaged");
    assert_eq!(code(&target, &["restore", "no-such.tar"]).await, "file.not_found");
    assert!(!target.path("data/loqui.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_backup_leaves_no_file() {
    let program = spoken().await;
    // Long enough to be killed in the middle.
    let large = std::fs::File::create(program.path("data/audio/large.wav")).unwrap();
    large.set_len(8 << 30).unwrap();
    let mut child = program.start(&["backup", "all.tar"]);
    let partial = |program: &Program| {
        let mut files = program.files();
        files.retain(|name| name.starts_with(".loqui-backup-"));
        files
    };
    while partial(&program)
        .iter()
        .all(|name| !program.path(name).join("archive.tar").exists())
    {
        tokio::task::yield_now().await;
    }
    child.kill().await.unwrap();
    assert!(!program.path("all.tar").exists());
    assert_eq!(partial(&program).len(), 1);
    large.set_len(1_000).unwrap();
    ok(&program, &["backup", "all.tar"]).await;
    assert!(program.path("all.tar").exists());
    assert_eq!(partial(&program), Vec::<String>::new(), "the next run removes it");
}

#[tokio::test(flavor = "multi_thread")]
async fn file_of_records_is_complete_after_a_clean_end() {
    let original = spoken().await;
    let copy = Program::offline();
    std::fs::create_dir(copy.path("data")).unwrap();
    std::fs::copy(original.path("data/loqui.db"), copy.path("data/loqui.db")).unwrap();
    let listed = ok(&copy, &["generations", "list", "--json"]).await;
    assert_eq!(listed.json()[0]["status"], "COMPLETED", "{listed:?}");
}

/// A generation that nobody has begun to speak, in a backup and in the original.
async fn waiting(emulator: &Emulator) -> (Server, String) {
    let server = Start::at(emulator).with(&["--leave-to-workers"]).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.create(sample, "Do not pay twice.").await.accepted(201);
    let backup = server.folder.path().join("waiting.tar");
    ok(&beside(&server), &["backup", backup.to_str().unwrap()]).await;
    (server, backup.to_str().unwrap().to_owned())
}

/// Runs a worker until the first generation has ended.
async fn worked(program: &Program) -> Value {
    let mut worker = program.start(&["worker", "--settle", "1"]);
    let ended = loop {
        let info = ok(program, &["generations", "show", "1", "--json"]).await.json();
        if matches!(info["status"].as_str(), Some("COMPLETED" | "FAILED")) {
            break info;
        }
    };
    worker.kill().await.unwrap();
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn restored_copy_does_not_pay_for_what_the_original_paid_after_the_backup() {
    let emulator = Emulator::start().await.unwrap();
    let (server, backup) = waiting(&emulator).await;
    let original = Program::at(&emulator).with_env(vec![("LOQUI_DATA_DIR", data(server.folder.path()))]);
    assert_eq!(worked(&original).await["status"], "COMPLETED");
    assert_eq!(emulator.ledger().paid_runs(), 1);

    let copy = Program::at(&emulator);
    ok(&copy, &["restore", &backup]).await;
    let ended = worked(&copy).await;
    assert_eq!(ended["status"], "FAILED");
    assert_eq!(ended["error"]["code"], "generation.answer_unknown", "{ended}");
    assert_eq!(emulator.ledger().paid_runs(), 1);
    // A person decides.
    ok(&copy, &["generations", "retry", "1", "-o", "a.wav"]).await;
    assert_eq!(emulator.ledger().paid_runs(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn restored_copy_goes_on_if_nothing_ran_after_the_backup() {
    let emulator = Emulator::start().await.unwrap();
    let (_server, backup) = waiting(&emulator).await;
    let copy = Program::at(&emulator);
    ok(&copy, &["restore", &backup]).await;
    assert_eq!(worked(&copy).await["status"], "COMPLETED");
    assert_eq!(emulator.ledger().paid_runs(), 1);
}
