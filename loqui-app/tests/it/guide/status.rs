//! Steps 4 and 5: background processing and status.

use loqui_emulator::{Emulator, Fault};

use crate::server::{Start, TEXT};

#[tokio::test(flavor = "multi_thread")]
async fn s050_to_s069_generation_runs_in_the_background_with_the_messages_of_the_guide() {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().next(Fault::SlowRun(60_000));
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.create(sample, TEXT).await.accepted(201);
    let mut last = 0;
    let processing = loop {
        let path = format!("/api/generation/status/1?wait=30&progress={last}");
        let status = user.get(&path).await.accepted(200);
        let progress = status["progress"].as_u64().unwrap();
        assert!(progress >= last && progress < 100, "{status}");
        last = progress;
        if status["status"] == "PROCESSING" && progress > 0 {
            break status;
        }
    };
    assert_eq!(processing["audio_id"], 1);
    assert_eq!(processing["message"], "AI is generating your voice...");
    // The input that Replicate received (S51-S53).
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(10));
    while emulator.ledger().creates.is_empty() {
        ticks.tick().await;
    }
    assert!(format!("{:?}", emulator.ledger().creates[0]).contains("Hello! This is a test"));

    let (id, done) = user.spoken(sample, "Short.").await;
    assert_eq!((&done["audio_id"], &done["status"]), (&id.into(), &"COMPLETED".into()));
    assert_eq!(done["progress"], 100);
    assert_eq!(done["message"], "Generation complete! Ready to download.");
}

#[tokio::test(flavor = "multi_thread")]
async fn s057_s210_record_is_complete_at_the_end() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let (id, _) = user.spoken(sample, TEXT).await;
    let record = user.get(&format!("/api/generation/{id}")).await.accepted(200);
    let path = record["output_file_path"].as_str().unwrap();
    let name = path.strip_prefix("app/storage/generated/").unwrap();
    assert!(
        uuid::Uuid::parse_str(name.strip_suffix(".wav").unwrap()).is_ok(),
        "{path}"
    );
    assert!(record["duration_seconds"].as_f64().unwrap() > 2.0, "{record}");
    let wav = user.get(&format!("/api/library/download/generated/{id}")).await.body;
    assert_eq!(record["file_size"], wav.len());
    assert!(record["completed_at"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn s114_s207_s208_failure_has_a_reason_and_can_be_retried() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator)
        .with_env("REPLICATE_API_TOKEN", "r8_0000000000000000000000000000000000000")
        .start()
        .await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let (id, failed) = user.spoken(sample, "Hello.").await;
    assert_eq!(failed["status"], "FAILED");
    assert_eq!(failed["error"]["code"], "replicate.unauthorized");
    let message = failed["message"].as_str().unwrap();
    assert!(
        message.contains("replicate.unauthorized") && !message.contains("r8_"),
        "{message}"
    );
    assert!(failed["progress"].as_u64().unwrap() < 100);
    user.get(&format!("/api/library/download/generated/{id}"))
        .await
        .refused(409);
    // A35: a retry continues the generation.
    user.post(&format!("/api/generation/{id}/retry"), &serde_json::json!({}))
        .await
        .accepted(200);
    assert_eq!(user.ended(id).await["status"], "FAILED");
}
