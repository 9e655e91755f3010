//! The engine `pocket`, with a model of random weights. Its speech is noise, so the best of the rejected takes is kept.

use serde_json::{Value, json};

use crate::program::{Program, Said, shared};
use crate::server::Start;

/// Installs a model of random weights under a name and for a language.
async fn install(program: &Program, name: &str, language: &str) {
    let folder = tempfile::tempdir().unwrap();
    loqui_pocket::testing::write_model_folder(folder.path()).unwrap();
    let source = folder.path().to_str().unwrap();
    let added = program
        .run(&["models", "add", source, "--name", name, "--language", language])
        .await;
    assert_eq!(added.code, 0, "{added:?}");
}

async fn speak(program: &Program, more: &[&str]) -> Said {
    speak_with_seed(program, "5", more).await
}

async fn speak_with_seed(program: &Program, seed: &str, more: &[&str]) -> Said {
    let sample = shared("voices/heart.mp3");
    let command = [
        "speak",
        "--sample",
        &sample,
        "Hello there.",
        "-o",
        "out.wav",
        "--json",
        "--max-takes",
        "1",
        "--seed",
        seed,
    ];
    program.run(&[&command, more].concat()).await
}

fn code(said: &Said) -> Value {
    said.json()["error"]["code"].clone()
}

const CONSENT: [&str; 2] = ["--consent", "I am the speaker."];

#[tokio::test(flavor = "multi_thread")]
async fn missing_model_is_reported_before_missing_consent_and_with_its_command() {
    let program = Program::offline();
    let said = speak(&program, &["--engine", "pocket"]).await;
    assert_eq!((said.code, code(&said)), (1, "pocket.not_installed".into()), "{said:?}");
    assert!(said.stderr.contains("loqui models pull english"), "{said:?}");
    let said = speak(&program, &["--engine", "pocket", "--model", "german"]).await;
    assert!(said.stderr.contains("loqui models pull german"), "{said:?}");
    let doctor = program.run(&["doctor", "--engine", "pocket", "--json"]).await;
    assert_eq!(
        (doctor.code, models(&doctor)["ok"].clone()),
        (1, false.into()),
        "{doctor:?}"
    );

    install(&program, "tiny", "en").await;
    let said = speak(&program, &["--engine", "pocket"]).await;
    assert_eq!((said.code, code(&said)), (1, "sample.no_consent".into()), "{said:?}");
    let doctor = program.run(&["doctor", "--engine", "pocket", "--json"]).await;
    assert!(
        models(&doctor)["message"].as_str().unwrap().contains("tiny (en)"),
        "{doctor:?}"
    );
    let said = speak(
        &program,
        &["--engine", "pocket", "--language", "de", CONSENT[0], CONSENT[1]],
    )
    .await;
    assert_eq!(code(&said), "engine.language", "{said:?}");
    assert!(said.stderr.contains("loqui models pull german"), "{said:?}");
}

fn models(doctor: &Said) -> Value {
    let report = doctor.json();
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == "models").cloned().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn speech_depends_on_the_seed_only_and_consent_is_stored() {
    let program = Program::offline();
    install(&program, "tiny", "en").await;
    let said = speak(&program, &["--engine", "pocket", CONSENT[0], CONSENT[1]]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let info = said.json();
    assert_eq!((&info["engine"], &info["model"]), (&json!("pocket"), &json!("tiny")));
    assert_eq!(info["cost_usd"], 0.0);
    assert!(said.stderr.starts_with("Using the engine pocket"), "{said:?}");
    let samples = |path| loqui_core::audio::wav::read(&std::fs::read(program.path(path)).unwrap()).unwrap();
    let first = samples("out.wav");

    // The consent is stored with the sample.
    let said = speak(&program, &["--engine", "pocket", "--anew"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(samples("out.wav") == first);
    let said = speak_with_seed(&program, "6", &["--engine", "pocket"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(samples("out.wav") != first);
    let temperature = [
        "--engine",
        "pocket",
        "--anew",
        "--temperature",
        "1.5",
        "--exaggeration",
        "1",
    ];
    let said = speak(&program, &temperature).await;
    assert!(samples("out.wav") != first, "{said:?}");
    let warnings = said.json()["warnings"].to_string();
    assert!(
        warnings.contains("no option exaggeration") && !warnings.contains("no option temperature"),
        "{warnings}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn auto_uses_an_installed_model_and_never_changes_for_lack_of_consent() {
    let program = Program::offline();
    let said = speak(&program, &[]).await;
    assert_eq!(said.json()["engine"], "offline", "{said:?}");
    assert!(
        said.stderr.contains("no model is installed: using the offline voice"),
        "{said:?}"
    );
    install(&program, "tiny", "en").await;
    let said = speak(&program, &[]).await;
    assert_eq!((said.code, code(&said)), (1, "sample.no_consent".into()), "{said:?}");
    assert!(
        said.stderr
            .contains("No REPLICATE_API_TOKEN is set: using the engine pocket"),
        "{said:?}"
    );
    let said = speak(&program, &CONSENT).await;
    assert_eq!(said.json()["engine"], "pocket", "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn batch_takes_the_consent_of_all_speakers() {
    let program = Program::offline();
    install(&program, "tiny", "en").await;
    let job =
        json!({ "id": "a", "sample": shared("voices/heart.mp3"), "script": "Hello.", "out": "a.wav", "max_takes": 1 });
    std::fs::write(program.path("jobs.jsonl"), job.to_string()).unwrap();
    let batch = ["batch", "jobs.jsonl", "--engine", "pocket", "--json"];
    let said = program.run(&batch).await;
    assert_eq!((said.code, code(&said)), (1, "sample.no_consent".into()), "{said:?}");
    let said = program.run(&[&batch[..], &CONSENT].concat()).await;
    assert_eq!(said.code, 0, "{said:?}");
}

/// `--demo-user` declares the consent of the speakers, so an upload without a statement is accepted.
#[tokio::test(flavor = "multi_thread")]
async fn server_speaks_with_an_installed_model() {
    let program = Program::offline();
    install(&program, "tiny", "en").await;
    let models = program.path("data/models").display().to_string();
    let server = Start::offline()
        .with(&["--engine", "pocket", "--models-dir", &models])
        .start()
        .await;
    let service = server.get("/api/monitoring/ai-service").await.accepted(200);
    assert_eq!(
        service["service"],
        json!({ "mode": "pocket", "provider": "Loqui", "model": "tiny", "replicate_available": false })
    );
    assert_ne!(service["message"], "Using real AI");
    let user = server.demo().await;
    let sample = user.voice().await;
    let (id, status) = user.spoken(sample, "Hello there.").await;
    assert_eq!(status["status"], "COMPLETED", "{status}");
    let speech = user.get(&format!("/api/library/download/generated/{id}")).await;
    let provenance = loqui_core::audio::wav::provenance(&speech.body).unwrap();
    assert!(
        provenance.comment.contains("engine=pocket, model=tiny"),
        "{provenance:?}"
    );
}
