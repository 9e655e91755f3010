//! Step 3: create a generation.

use loqui_emulator::{Emulator, Fault};
use serde_json::json;

use crate::server::{Start, TEXT};

#[tokio::test(flavor = "multi_thread")]
async fn s037_to_s049_create_responds_at_once_with_the_fields_of_the_guide() {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().next(Fault::SlowRun(60_000));
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let answer = user.create(sample, TEXT).await.accepted(201);
    let me = user.get("/api/auth/me").await.accepted(200);
    assert_eq!(answer["audio_id"], 1);
    assert_eq!(answer["user_id"], me["user_id"]);
    assert_eq!(answer["sample_id"], sample);
    assert_eq!(answer["model_name"], "My Voice Model");
    assert_eq!(answer["script_text"], TEXT);
    assert_eq!(answer["status"], "PENDING");
    assert!(
        answer["generated_at"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .is_ok()
    );
    for key in ["output_file_path", "duration_seconds", "file_size", "completed_at"] {
        assert!(
            answer.as_object().unwrap().contains_key(key) && answer[key].is_null(),
            "{key}"
        );
    }
    // The generation belongs to the user (S46, S47).
    assert_eq!(user.get("/api/generation/1").await.accepted(200)["script_text"], TEXT);
}

#[tokio::test(flavor = "multi_thread")]
async fn s046_s200_recording_must_belong_to_the_user() {
    let server = Start::offline().start().await;
    let (user, other) = (server.demo().await, server.other("other").await);
    let sample = user.voice().await;
    for (caller, id) in [(&user, 99), (&other, sample)] {
        let answer = caller.create(id, TEXT).await.refused(404);
        assert_eq!(answer["detail"], "Audio sample not found");
    }
    assert_eq!(user.get("/api/generation/").await.accepted(200)["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn s205_s206_s227_missing_fields_are_named_and_the_title_is_optional() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let long = "word ".repeat(1_001);
    for (body, field) in [
        (json!({"sample_id": sample}), "script_text"),
        (json!({"script_text": "Hello."}), "sample_id"),
        (json!({"sample_id": "one", "script_text": "Hello."}), "sample_id"),
        (json!({"sample_id": 0, "script_text": "Hello."}), "sample_id"),
        (json!({"sample_id": sample, "script_text": ""}), "script_text"),
        (json!({"sample_id": sample, "script_text": " \n "}), "script_text"),
        (json!({"sample_id": sample, "script_text": long}), "script_text"),
        (
            json!({"sample_id": sample, "script_text": "Hello.", "model_name": ""}),
            "model_name",
        ),
        (
            json!({"sample_id": sample, "script_text": "Hello.", "seed": -1}),
            "seed",
        ),
    ] {
        let answer = user.post("/api/generation/create", &body).await.refused(422);
        assert_eq!(answer["detail"][0]["loc"], json!(["body", field]), "{body}: {answer}");
    }
    let answer = user
        .post(
            "/api/generation/create",
            &json!({"sample_id": sample, "script_text": "🎤 🎉"}),
        )
        .await
        .refused(422);
    assert_eq!(answer["error"]["code"], "script.unspeakable");
    let plain = json!({"sample_id": sample, "script_text": "Hello."});
    let answer = user.post("/api/generation/create", &plain).await.accepted(201);
    assert_eq!(answer["model_name"], "Untitled voice");
}
