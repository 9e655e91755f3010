//! Verification of the service.

use loqui_emulator::Emulator;
use serde_json::json;

use crate::server::Start;

#[tokio::test(flavor = "multi_thread")]
async fn s089_s190_to_s196_service_is_described_as_in_the_guide() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let answer = server.get("/api/monitoring/ai-service").await.accepted(200);
    let service = json!({
        "mode": "replicate",
        "provider": "Replicate.com",
        "model": "resemble-ai/chatterbox",
        "replicate_available": true
    });
    assert_eq!(answer, json!({"service": service, "message": "Using real AI"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn s213_offline_voice_is_not_called_real_ai() {
    let server = Start::offline().start().await;
    let answer = server.get("/api/monitoring/ai-service").await.accepted(200);
    assert_eq!(answer["service"]["mode"], "offline");
    assert_eq!(answer["service"]["replicate_available"], false);
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("not the voice of the sample")
    );
    assert!(!answer.to_string().contains("clone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s186_to_s189_readiness_checks_perform_real_operations() {
    let emulator = Emulator::start().await.unwrap();
    let ready = Start::at(&emulator).start().await;
    let answer = ready.get("/readyz").await.accepted(200);
    assert_eq!(answer["ready"], true);
    // A50, A51: with a wrong token, Replicate is not "available".
    let refused = Start::at(&emulator)
        .with_env("REPLICATE_API_TOKEN", "r8_0000000000000000000000000000000000000")
        .start()
        .await;
    let answer = refused.get("/readyz").await.accepted(503);
    let bad: Vec<&str> = answer["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(bad, ["provider"]);
    let answer = refused.get("/api/monitoring/ai-service").await.accepted(200);
    assert_eq!(answer["service"]["replicate_available"], false);
    assert_ne!(answer["message"], "Using real AI");
    assert_eq!(refused.get("/health").await.accepted(200)["status"], "unhealthy");
    assert_eq!(refused.get("/healthz").await.accepted(200)["status"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn s189_s218_folders_are_created_and_their_loss_is_reported() {
    let server = Start::offline().start().await;
    let audio = server.folder.path().join("data/audio");
    assert!(audio.is_dir());
    server.get("/readyz").await.accepted(200);
    std::fs::remove_dir_all(&audio).unwrap();
    std::fs::write(&audio, "in the way").unwrap();
    let answer = server.get("/readyz").await.accepted(503);
    let audio = answer["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["name"] == "audio");
    assert_eq!(audio.unwrap()["ok"], false, "{answer}");
}
