//! Audio in S3, a server and a worker that share only records and a bucket, and clients of other services.

mod clients;

use std::path::Path;

use loqui_emulator::Emulator;

use crate::nodes::{self, Shared};
use crate::program::{Program, shared};
use crate::server::{Start, TEXT};

#[path = "../../../tests/peers/s3_server.rs"]
mod s3_server;
use s3_server::{BUCKET, S3Server};

fn variables(server: &S3Server) -> Vec<(&'static str, String)> {
    vec![
        ("LOQUI_STORAGE_URL", format!("s3://{BUCKET}/loqui")),
        ("AWS_ENDPOINT", server.endpoint.clone()),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "anna".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "secret99".to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a server of S3's API"]
async fn audio_is_stored_only_in_the_bucket() {
    let s3 = S3Server::start();
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator).with_env(variables(&s3));
    let voice = shared("voices/heart.mp3");
    let said = program.run(&["speak", "--sample", &voice, TEXT, "-o", "a.wav"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let said = program.run(&["generations", "wait", "1", "-o", "b.wav"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let (a, b) = (program.path("a.wav"), program.path("b.wav"));
    assert_eq!(std::fs::read(a).unwrap(), std::fs::read(b).unwrap());
    assert!(!program.path("data/audio").exists());

    let said = program.run(&["doctor", "--json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stdout.contains("s3://voices/loqui is readable and writable"),
        "{said:?}"
    );
    let said = program.run(&["generations", "erase", "1"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let said = program.run(&["generations", "wait", "1"]).await;
    assert_eq!(said.code, 1, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a server of S3's API"]
async fn server_leaves_generations_to_a_worker_elsewhere() {
    let s3 = S3Server::start();
    let emulator = Emulator::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let records = format!("sqlite://{}", folder.path().join("records.db").display());
    let mut start = Start::at(&emulator)
        .with(&["--leave-to-workers"])
        .with_env("LOQUI_DATABASE_URL", &records);
    for (name, value) in variables(&s3) {
        start = start.with_env(name, &value);
    }
    let server = start.start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.create(sample, TEXT).await.accepted(201);
    assert_eq!(
        user.get("/api/generation/status/1").await.accepted(200)["status"],
        "PENDING"
    );

    let elsewhere = Program::at(&emulator)
        .with_env(variables(&s3))
        .with_env(vec![("LOQUI_DATABASE_URL", records)]);
    let mut worker = elsewhere.start(&["worker"]);
    assert_eq!(user.ended(1).await["status"], "COMPLETED");
    let speech = user.get("/api/library/download/generated/1").await;
    assert_eq!(speech.status, 200);
    assert!(speech.body.starts_with(b"RIFF") && speech.body.len() > 24_000);
    worker.kill().await.unwrap();
    let audio_of = |folder: &Path| folder.join("audio").exists();
    assert!(!audio_of(&server.folder.path().join("data")) && !audio_of(&elsewhere.path("data")));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a server of S3's API"]
async fn two_servers_on_one_bucket_are_one_backend() {
    let s3 = S3Server::start();
    let folder = tempfile::tempdir().unwrap();
    let records = format!("sqlite://{}", folder.path().join("records.db").display());
    let mut environment = variables(&s3);
    environment.push(("LOQUI_DATABASE_URL", records));
    nodes::all(&Shared {
        environment,
        audio: None,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs curl"]
async fn shell_example_speaks_with_curl() {
    let server = Start::offline().start().await;
    let folder = tempfile::tempdir().unwrap();
    let script = shared("../examples/shell/speak.sh");
    let run = tokio::process::Command::new("sh")
        .args([&script, &shared("voices/heart.mp3"), "Hello there.", "hello"])
        .current_dir(folder.path())
        .env("LOQUI_URL", &server.url)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("speech.audio.done"), "{said}");
    assert!(
        std::fs::read(folder.path().join("hello.mp3"))
            .unwrap()
            .starts_with(b"ID3")
    );
}
